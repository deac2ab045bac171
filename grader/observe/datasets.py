"""Which data a loader draws from: the base of a dataset, and the rows of it that are used.

Runs in the student's process. ``Subset``, ``random_split``, ``ConcatDataset``,
``TensorDataset``, samplers with indices and wrappers with an inner dataset are seen
through, so that "the first thousand training images" is known as training data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np
import torch
from torch.utils.data import ConcatDataset, Dataset, IterableDataset, Subset, TensorDataset

from grader.observe.looking import (
    attribute,
    derives,
    has_values,
    in_class,
    integers,
    is_a,
    is_exactly,
    is_tensor,
    name_of,
    own,
    shape_of,
    values_of,
)
from grader.observe.looking import parts_of as parts_in

DEPTH = 8
MOST_ROWS = 200_000


Layer = tuple[str, frozenset[int] | None]
"""A data set by name, and rows of it; None when they are not known: maybe all."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of one data set.

    ``layers``: the same rows, of a data set that a program wrote and of the one inside it, as far
    as it is known that their rows are the same. ``holds``: what the data set is made from.
    """

    layers: tuple[Layer, ...]
    holds: frozenset[int]

    def common(self, other: Part) -> int | None:
        """How many rows two parts share; None when it can't be told."""
        for base, rows in self.layers:
            for other_base, other_rows in other.layers:
                if base == other_base:
                    known = rows is not None and other_rows is not None
                    return len(rows & other_rows) if known else None  # type: ignore[operator]
        return None if self.holds & other.holds else 0


def parts_of(dataset: Any, indices: list[int] | None = None) -> tuple[Part, ...]:
    """The parts that rows of a data set are from; without ``indices``, that any row may be."""
    if derives(type(dataset), IterableDataset):
        indices = None
    return tuple(_resolve(dataset, indices, DEPTH))


def collections_in(dataset: Any, depth: int = DEPTH) -> Iterator[Any]:
    """The data sets, tensors, arrays and lists that a data set is made from."""
    for value in values_of(own(dataset)):
        inner = is_a(value, Dataset)
        if inner or is_tensor(value) or is_exactly(value, np.ndarray, list):
            yield value
        if inner and depth:
            yield from collections_in(value, depth - 1)
        if type(value) is tuple:  # of a `TensorDataset`
            yield from filter(is_tensor, value)


COUNT_THEIR_DATA = ("torchvision.datasets.", "grader.runner.inside.served.")
"""Modules whose data sets are as long as their ``data``: torchvision's, and those served here."""


def size_of(dataset: Any) -> int | None:
    """How many rows a data set has, where that is known without asking its own code."""
    counts = in_class(type(dataset), "__len__")
    if counts is Subset.__len__:
        indices = integers(attribute(dataset, "indices"))
        return None if indices is None else len(indices)
    if counts is ConcatDataset.__len__:
        sizes = [size_of(part) for part in parts_in(attribute(dataset, "datasets"))]
        return None if None in sizes else sum(size for size in sizes if size is not None)
    if counts is TensorDataset.__len__:
        return next((_count(part) for part in parts_in(attribute(dataset, "tensors"))), None)
    if type(counts) is FunctionType and counts.__module__.startswith(COUNT_THEIR_DATA):
        return _count(attribute(dataset, "data"))
    return None


def _count(data: Any) -> int | None:
    if is_tensor(data):
        return next(iter(shape_of(data)), None)
    if type(data) is np.ndarray:
        return len(data)
    return len(data) if is_exactly(data, list, tuple) else None


def _resolve(dataset: Any, rows: list[int] | None, depth: int) -> Iterable[Part]:
    if depth == 0:
        yield Part(((_identity(dataset), None),), _holds(dataset))
    elif is_a(dataset, Subset):
        inner = integers(attribute(dataset, "indices"))
        if rows is not None and inner is not None:
            inner = [inner[row] for row in rows if -len(inner) <= row < len(inner)]
        yield from _resolve(attribute(dataset, "dataset"), inner, depth - 1)
    elif is_a(dataset, ConcatDataset):
        yield from _concatenated(dataset, rows, depth)
    elif is_a(dataset, TensorDataset) and (tensors := parts_in(attribute(dataset, "tensors"))):
        yield Part((_of_tensor(tensors[0], rows),), _holds(dataset))
    else:
        yield Part(tuple(_layers(dataset, rows, depth)), _holds(dataset))


def _layers(dataset: Any, rows: list[int] | None, depth: int) -> Iterator[Layer]:
    """A data set of the program's own, and the one inside it, if it has the same rows."""
    yield _identity(dataset), _all_or(rows, dataset)
    inner = _wrapped(dataset)
    size = None if inner is None else size_of(inner)
    if rows and size == max(rows) + 1:
        within = list(_resolve(inner, rows, depth - 1))
        if len(within) == 1:
            yield from within[0].layers


def _holds(dataset: Any) -> frozenset[int]:
    """Numbers that are the same for data sets that are made from the same things."""
    found = {id(dataset)}
    for value in collections_in(dataset):
        stored = is_tensor(value) and has_values(value)
        found.add(value.untyped_storage().data_ptr() if stored else id(value))
    return frozenset(found)


def _concatenated(
    dataset: ConcatDataset[Any], rows: list[int] | None, depth: int
) -> Iterable[Part]:
    start = 0
    for part in parts_in(attribute(dataset, "datasets")):
        size = size_of(part)
        if size is None:  # where the next one begins is not known either
            yield Part(((_identity(dataset), None),), _holds(dataset))
            return
        inside = None if rows is None else [row - start for row in rows if 0 <= row - start < size]
        if inside is None or inside:
            yield from _resolve(part, inside, depth - 1)
        start += size


def _of_tensor(tensor: torch.Tensor, rows: list[int] | None) -> Layer:
    """Rows of a tensor, counted in its storage, so that two slices of one tensor compare."""
    if not is_tensor(tensor) or not has_values(tensor):
        return f"tensor:{id(tensor)}", None
    stride = tensor.stride(0) if tensor.dim() else 0
    if not stride or tensor.storage_offset() % stride:
        return f"tensor:{content_of(tensor)}", None
    first = int(tensor.storage_offset() // stride)
    if rows is None:
        rows = list(range(min(len(tensor), MOST_ROWS)))
    whole = tensor.untyped_storage()
    digest = hashlib.blake2b(digest_size=8)
    flat = torch.empty(0, dtype=tensor.dtype, device=tensor.device).set_(whole)
    step = max(1, len(flat) // 256)
    digest.update(flat[::step][:256].contiguous().cpu().view(torch.uint8).numpy().tobytes())
    base = f"tensor:{len(flat)}:{stride}:{digest.hexdigest()}"
    return base, frozenset(first + row for row in rows)


def _all_or(rows: list[int] | None, dataset: Any) -> frozenset[int] | None:
    if rows is not None:
        return frozenset(rows)
    size = size_of(dataset)
    return None if size is None else frozenset(range(min(size, MOST_ROWS)))


def _wrapped(dataset: Any) -> Any:
    """The one dataset that a student's own wrapper holds."""
    inner = [value for value in values_of(own(dataset)) if is_a(value, Dataset)]
    return inner[0] if len(inner) == 1 else None


def _identity(dataset: Any) -> str:
    """One name for copies of the same data: by content where a ``data`` tensor shows it."""
    data = attribute(dataset, "data")
    name = name_of(dataset)
    if is_tensor(data) and has_values(data) and data.dim() > 0 and len(data):
        return f"{name}:{content_of(data)}"
    return f"{name}:{id(dataset)}"


def content_of(tensor: torch.Tensor) -> str:
    """The same for tensors of one shape and type that hold the same, by a sample of their rows."""
    step = max(1, len(tensor) // 16)
    sample = tensor.detach()[::step][:16].contiguous().cpu()
    raw = sample.reshape(-1).view(torch.uint8).numpy().tobytes()
    return f"{tuple(tensor.shape)}:{hashlib.blake2b(raw, digest_size=8).hexdigest()}"


def as_tensor(value: Any) -> torch.Tensor | None:
    """A tensor, or an array of numbers as one over the same memory."""
    if type(value) is np.ndarray and value.dtype.kind in "fiu" and value.flags.writeable:
        try:
            value = torch.from_numpy(value)
        except TypeError:  # of a kind that torch has not
            return None
    return value if is_tensor(value) and has_values(value) and value.dim() > 0 else None
