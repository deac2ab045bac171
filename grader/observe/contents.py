"""Which rows a data set has, by what stands in them: a copy of a row is known again.

Runs in the student's process. Only rows that can hardly be alike by chance are told: those of
three and more numbers with digits behind the point, or of many numbers. Where a data set repeats
its own rows (words, categories, a grid), a row in two places is no sign of a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import ConcatDataset, Dataset, Subset, TensorDataset

from grader.observe.datasets import as_tensor, size_of
from grader.observe.looking import attribute, integers, is_a, own, parts_of, values_of

MOST_NUMBERS = 1 << 26
DEPTH = 8
FEWEST, MANY = 3, 32
"""Numbers in a row: at least so many where they are fractions, and so many where they are none."""


def rows_of(dataset: Any, numbers: set[int]) -> frozenset[bytes]:
    """What stands in rows of a data set, by number; empty where it isn't known or tells nothing."""
    found: list[bytes] = []
    for tensor, rows in _tensors(dataset, sorted(numbers), DEPTH):
        flat = tensor.detach().reshape(len(tensor), -1)
        if not tells(flat) or flat.shape[1] * len(rows) > MOST_NUMBERS:
            return frozenset()
        chosen = flat[torch.tensor(rows, device=flat.device)].cpu().contiguous()
        raw = chosen.view(torch.uint8).numpy()
        found += [hashlib.blake2b(row.tobytes(), digest_size=12).digest() for row in raw]
    different = frozenset(found)
    return different if len(different) == len(found) == len(numbers) else frozenset()


def tells(flat: torch.Tensor) -> bool:
    """Whether two rows of a tensor (N, width) are hardly ever alike by chance."""
    width = flat.shape[1]
    if not flat.is_floating_point() or width < FEWEST:
        return width >= MANY
    sample = flat[:: max(1, len(flat) // MANY)][:MANY]
    fractions = (sample != sample.round()).sum(1)
    return width >= MANY or bool((fractions >= FEWEST).all())


def _tensors(dataset: Any, rows: list[int], depth: int) -> Iterator[tuple[torch.Tensor, list[int]]]:
    """The tensors that hold a data set's inputs, and which of their rows; none if not known."""
    if not depth or not rows:
        return
    if is_a(dataset, Subset):
        inner = integers(attribute(dataset, "indices")) or []
        chosen = [inner[row] for row in rows if 0 <= row < len(inner)]
        yield from _tensors(attribute(dataset, "dataset"), chosen, depth - 1)
    elif is_a(dataset, ConcatDataset):
        start = 0
        for part in parts_of(attribute(dataset, "datasets")):
            size = size_of(part)
            if size is None:
                return
            inside = [row - start for row in rows if 0 <= row - start < size]
            yield from _tensors(part, inside, depth - 1)
            start += size
    else:
        yield from _held(dataset, rows, depth)


def _held(dataset: Any, rows: list[int], depth: int) -> Iterator[tuple[torch.Tensor, list[int]]]:
    values = parts_of(attribute(dataset, "tensors")) if is_a(dataset, TensorDataset) else []
    for value in values or values_of(own(dataset)):
        if is_a(value, Dataset):
            yield from _tensors(value, rows, depth - 1)
            return
        tensor = as_tensor(value)
        if tensor is not None and len(tensor) > rows[-1] and tensor.numel() > len(tensor):
            yield tensor, rows
            return
