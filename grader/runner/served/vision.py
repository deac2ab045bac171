"""``torchvision.datasets.MNIST`` of any root holds the grader's copy, without a network."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.utils.data
import torchvision
from torch.utils.data import Dataset, Subset

from grader.runner.served.batches import FromMemory
from grader.runner.served.mnist import Mnist
from grader.runner.served.quiet import Note

FULL_SIZES = {True: 60_000, False: 10_000}
"""The sizes that a script written for the full MNIST counts with, by ``train``."""


def serve_mnist(mnist: Mnist, note: Note) -> None:
    """Every root exists and holds ``mnist``; loaders over it make their batches in one go."""
    genuine = torchvision.datasets.MNIST
    others = (
        torchvision.datasets.FashionMNIST,
        torchvision.datasets.KMNIST,
        torchvision.datasets.EMNIST,
        torchvision.datasets.QMNIST,
    )

    def served(name: str, replacement: Callable[[Any], Any]) -> None:
        original = getattr(genuine, name)

        @functools.wraps(original)
        def method(self: Any) -> Any:
            return original(self) if isinstance(self, others) else replacement(self)

        setattr(genuine, name, method)

    def load(dataset: Any) -> tuple[torch.Tensor, torch.Tensor]:
        note(_origin(mnist))
        return mnist.split(train=dataset.train)

    served("_check_legacy_exist", lambda _: False)
    served("_check_exists", lambda _: True)
    served("download", lambda _: None)
    served("_load_data", load)
    _serve_full_sizes(genuine, others, note)
    FromMemory().install()


def _origin(mnist: Mnist) -> str:
    if not mnist.files:
        return "torchvision.datasets.MNIST was served from the grader's own subset of MNIST."
    count = len(mnist.val_images)
    return (
        "torchvision.datasets.MNIST was served from the grader's own copy; its test split has "
        f"{count:,} images, without those that the grader measures on."
    )


def _serve_full_sizes(genuine: type, others: tuple[type, ...], note: Note) -> None:
    """Splits counted for 60,000 images get the same shares of the smaller set."""

    def full_size(dataset: Any) -> int | None:
        if isinstance(dataset, genuine) and not isinstance(dataset, others):
            return FULL_SIZES[bool(dataset.train)]  # type: ignore[attr-defined]
        return None

    split = torch.utils.data.random_split

    @functools.wraps(split)
    def random_split(
        dataset: Dataset[Any], lengths: Sequence[int | float], *rest: Any, **kw: Any
    ) -> Any:
        full, size = full_size(dataset), len(dataset)  # type: ignore[arg-type]
        if full is not None and full != size and sum(lengths) == full:
            note(f"random_split({list(lengths)}) was scaled to the {size:,} images there are.")
            scaled = [int(length * size // full) for length in lengths]
            lengths = [*scaled[:-1], size - sum(scaled[:-1])]
        return split(dataset, lengths, *rest, **kw)

    torch.utils.data.random_split = random_split
    torch.utils.data.dataset.random_split = random_split
    original = Subset.__init__

    @functools.wraps(original)
    def init(self: Any, dataset: Any, indices: Sequence[int]) -> None:
        full = full_size(dataset)
        if full is not None and len(indices) and len(dataset) <= max(indices) < full:
            note(f"Subset indices up to {full:,} were scaled to the {len(dataset):,} images there.")
            indices = _scaled_indices(indices, full, len(dataset))
        original(self, dataset, indices)

    Subset.__init__ = init  # type: ignore[method-assign]


def _scaled_indices(indices: Sequence[int], full: int, size: int) -> list[int]:
    """The part of a smaller set that ``indices`` are of the full one, in their order.

    Each of the ``size`` images stands for one index of the ``full`` ones, so that parts which
    share no index share no image, and parts that make up the whole still do.
    """
    stands_for = {image * full // size: image for image in range(size)}
    chosen = (stands_for.get(int(index)) for index in indices)
    return [image for image in chosen if image is not None]
