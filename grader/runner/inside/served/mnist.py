"""The MNIST that a student's process holds: 60,000 and 10,000 images, mapped in.

The files come as open descriptors, and every use maps them copy-on-write: all students share
their pages, and one who writes into ``dataset.data`` changes a copy of the page.
"""

from __future__ import annotations

import functools
import mmap
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

MEAN, STD = 0.1307, 0.3081
"""Of MNIST's training pixels scaled to 0..1 (lesson 1.3 §3)."""

LESSON_SPLIT = 50_000
"""Of the 60,000 training images, the provided loaders train on the first so many (lesson 1.3)."""

WHAT = ("images", "labels")

Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


class Digits(TensorDataset):
    """MNIST in memory: items are ``(image (1, 28, 28) float32 normalised, label int64)``.

    ``data``, ``targets`` and ``classes`` are there as in torchvision's class.
    """

    classes = tuple(str(digit) for digit in range(10))

    def __init__(self, images: Bytes, labels: Bytes) -> None:
        self.data = torch.from_numpy(images)
        self.targets = torch.from_numpy(labels.astype(np.int64))

    @functools.cached_property
    def tensors(self) -> tuple[torch.Tensor, ...]:  # type: ignore[override]
        """Images and labels; made when they are asked for, as most programs load their own."""
        scaled = self.data.to(torch.float32).div_(255.0).sub_(MEAN).div_(STD)
        return scaled.unsqueeze(1), self.targets

    def __len__(self) -> int:
        return len(self.data)

    def __getitems__(self, indices: list[int]) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """A whole batch by one index operation; DataLoader asks for it by this name."""
        images, labels = (tensor[indices] for tensor in self.tensors)
        return list(zip(images.unbind(0), labels.unbind(0), strict=True))


@dataclass
class Mnist:
    """The MNIST that a student's process may hold; images (N, 28, 28), uint8.

    ``val`` is what ``train=False`` gives. ``files`` are descriptors of the four files, in the
    order of the arrays; ``form`` is ``full`` or ``subset``. ``few`` are the subset's own images
    and labels, in the same order, where the provided loaders are of these.
    """

    train_images: Bytes
    train_labels: Bytes
    val_images: Bytes
    val_labels: Bytes
    files: tuple[int, ...]
    form: str
    few: tuple[Bytes, ...] | None = None
    _names: Bytes | None = None

    @classmethod
    def read(cls, descriptors: Sequence[int], form: str) -> Mnist:
        """Read what was handed over: four IDX files, and after them perhaps the subset's own one.

        Raises:
            ValueError: a file isn't what it should be.
        """
        files = tuple(descriptors[:4])
        few = _few(*descriptors[4:]) if descriptors[4:] else None
        images, labels, val_images, val_labels = map(_mapped, files)
        return cls(images, labels, val_images, val_labels, files=files, form=form, few=few)

    def rename(self, names: Sequence[int] | None) -> None:
        """Call class c by ``names[c]`` in all labels that are given out from here on."""
        self._names = None if names is None else np.array(names, np.uint8)

    def _called(self, labels: Bytes) -> Bytes:
        return labels if self._names is None else self._names[labels]

    def loaders(self) -> dict[str, Any]:
        """``train_loader`` (batches of 64, shuffled) and ``val_loader`` (batches of 256).

        These are the lesson's 50,000 and 10,000 of the training images, or the subset's own
        8,000 and 1,000.
        """
        train, val = self._lesson_split() if self.few is None else self._subset_split(*self.few)
        return {
            "train_loader": DataLoader(train, batch_size=64, shuffle=True),
            "val_loader": DataLoader(val, batch_size=256),
        }

    def _lesson_split(self) -> tuple[Digits, Digits]:
        images, labels = self.train_images, self._called(self.train_labels)
        first, last = slice(None, LESSON_SPLIT), slice(LESSON_SPLIT, None)
        return Digits(images[first], labels[first]), Digits(images[last], labels[last])

    def _subset_split(self, *arrays: Bytes) -> tuple[Digits, Digits]:
        images, labels, val_images, val_labels = arrays
        return (
            Digits(images, self._called(labels)),
            Digits(val_images, self._called(val_labels)),
        )

    def split(self, *, train: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """What ``torchvision.datasets.MNIST(train=…)`` holds: images uint8 and labels int64.

        Each call gives tensors of its own, so that a change of one data set stays in it.
        """
        images, labels = map(_mapped, self.files[:2] if train else self.files[2:])
        return torch.from_numpy(images), torch.from_numpy(self._called(labels).astype(np.int64))


def _few(fd: int) -> tuple[Bytes, ...]:
    """The arrays of the subset's own file."""
    with os.fdopen(os.dup(fd), "rb") as file, np.load(file, allow_pickle=False) as arrays:
        return tuple(arrays[f"{part}_{what}"] for part in ("train", "val") for what in WHAT)


def _mapped(fd: int) -> Bytes:
    """The array of an IDX file of bytes, in a private mapping that can be written to.

    The format: two zero bytes, the type (8 is uint8), the rank, the sizes (big-endian), values.
    """
    mapped = mmap.mmap(fd, 0, access=mmap.ACCESS_COPY)
    zeros, kind, rank = struct.unpack_from(">HBB", mapped)
    sizes = struct.unpack_from(f">{rank}I", mapped, 4)
    start = 4 + 4 * rank
    if zeros or kind != 8 or len(mapped) != start + int(np.prod(sizes)):  # noqa: PLR2004
        raise ValueError(f"descriptor {fd} is no IDX file of bytes")
    return np.frombuffer(mapped, np.uint8, offset=start).reshape(sizes)
