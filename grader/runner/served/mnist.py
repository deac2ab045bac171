"""The MNIST that a student's process holds: the embedded subset, or the full files mapped in.

The full files come as open descriptors, and every use maps them copy-on-write: all students
share their pages, and one who writes into ``dataset.data`` changes a copy of the page.
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


@dataclass(frozen=True)
class Mnist:
    """The part of MNIST that a student's process may hold; images (N, 28, 28), uint8.

    ``val`` is what ``train=False`` gives. ``files`` are descriptors of the full set's four
    files, in the order of the arrays; there are none where the subset is used.
    """

    train_images: Bytes
    train_labels: Bytes
    val_images: Bytes
    val_labels: Bytes
    files: tuple[int, ...] = ()

    @classmethod
    def read(cls, descriptors: Sequence[int], kind: str) -> Mnist:
        """Read what was handed over: for ``full`` four IDX files, else the subset's one file.

        Raises:
            ValueError: a file isn't what it should be.
        """
        if kind == "full":
            images, labels, test_images, test_labels = map(_mapped, descriptors)
            return cls(images, labels, test_images, test_labels, files=tuple(descriptors))
        (fd,) = descriptors
        with os.fdopen(fd, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            names = ("train_images", "train_labels", "val_images", "val_labels")
            return cls(**{name: arrays[name] for name in names})

    def loaders(self) -> dict[str, Any]:
        """``train_loader`` (batches of 64, shuffled) and ``val_loader`` (batches of 256).

        Of the full set these are the lesson's 50,000 and 10,000 of the training images, else
        the subset's 8,000 and 1,000.
        """
        train, val = self._lesson_split() if self.files else self._subset_split()
        return {
            "train_loader": DataLoader(train, batch_size=64, shuffle=True),
            "val_loader": DataLoader(val, batch_size=256),
        }

    def _lesson_split(self) -> tuple[Digits, Digits]:
        images, labels = self.train_images, self.train_labels
        first, last = slice(None, LESSON_SPLIT), slice(LESSON_SPLIT, None)
        return Digits(images[first], labels[first]), Digits(images[last], labels[last])

    def _subset_split(self) -> tuple[Digits, Digits]:
        return (
            Digits(self.train_images, self.train_labels),
            Digits(self.val_images, self.val_labels),
        )

    def split(self, *, train: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """What ``torchvision.datasets.MNIST(train=…)`` holds: images uint8 and labels int64.

        Each call gives tensors of its own, so that a change of one data set stays in it.
        """
        if self.files:
            images, labels = map(_mapped, self.files[:2] if train else self.files[2:])
        elif train:
            images, labels = self.train_images.copy(), self.train_labels
        else:
            images, labels = self.val_images.copy(), self.val_labels
        return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))


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
