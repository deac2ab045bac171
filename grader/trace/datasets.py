"""Which data a loader draws from: the base of a dataset, and the rows of it that are used.

Runs in the student's process. ``Subset``, ``random_split``, ``ConcatDataset``,
``TensorDataset``, samplers with indices and wrappers with an inner dataset are seen
through, so that "the first thousand training images" is known as training data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import ConcatDataset, Dataset, IterableDataset, Subset, TensorDataset

DEPTH = 8
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of one base dataset. ``rows`` is None when they are not known: maybe all."""

    base: str
    rows: frozenset[int] | None

    def common(self, other: Part) -> int | None:
        """How many rows two parts share; None when it can't be told."""
        if self.base != other.base:
            return 0
        if self.rows is None or other.rows is None:
            return None
        return len(self.rows & other.rows)


def parts_of(dataset: Any, sampler: Any = None) -> tuple[Part, ...]:
    """The parts that a loader over ``dataset`` with ``sampler`` may yield."""
    indices = getattr(sampler, "indices", None)
    if indices is not None and not isinstance(dataset, IterableDataset):
        rows = _integers(indices)
        return tuple(_resolve(dataset, rows, DEPTH))
    return tuple(_resolve(dataset, None, DEPTH))


def _integers(values: Any) -> list[int] | None:
    try:
        return [int(value) for value in values][:MOST_ROWS]
    except (TypeError, ValueError):
        return None


def _resolve(dataset: Any, rows: list[int] | None, depth: int) -> Iterable[Part]:
    if depth == 0:
        yield Part(_identity(dataset), None)
    elif isinstance(dataset, Subset):
        inner = _integers(dataset.indices)
        if rows is not None and inner is not None:
            inner = [inner[row] for row in rows if -len(inner) <= row < len(inner)]
        yield from _resolve(dataset.dataset, inner, depth - 1)
    elif isinstance(dataset, ConcatDataset):
        yield from _concatenated(dataset, rows, depth)
    elif isinstance(dataset, TensorDataset) and dataset.tensors:
        yield _of_tensor(dataset.tensors[0], rows)
    else:
        inner_dataset = _wrapped(dataset)
        if inner_dataset is not None:
            yield from _resolve(inner_dataset, rows, depth - 1)
        else:
            yield Part(_identity(dataset), _all_or(rows, dataset))


def _concatenated(
    dataset: ConcatDataset[Any], rows: list[int] | None, depth: int
) -> Iterable[Part]:
    start = 0
    for part in dataset.datasets:
        size = len(part)  # type: ignore[arg-type]
        inside = None if rows is None else [row - start for row in rows if 0 <= row - start < size]
        if inside is None or inside:
            yield from _resolve(part, inside, depth - 1)
        start += size


def _of_tensor(tensor: torch.Tensor, rows: list[int] | None) -> Part:
    """Rows of a tensor, counted in its storage, so that two slices of one tensor compare."""
    stride = tensor.stride(0) if tensor.dim() else 0
    if not stride or tensor.storage_offset() % stride:
        return Part(_content(tensor, "tensor"), None)
    first = int(tensor.storage_offset() // stride)
    if rows is None:
        rows = list(range(min(len(tensor), MOST_ROWS)))
    whole = tensor.untyped_storage()
    digest = hashlib.blake2b(digest_size=8)
    flat = torch.empty(0, dtype=tensor.dtype, device=tensor.device).set_(whole)
    step = max(1, len(flat) // 256)
    digest.update(flat[::step][:256].contiguous().cpu().view(torch.uint8).numpy().tobytes())
    base = f"tensor:{len(flat)}:{stride}:{digest.hexdigest()}"
    return Part(base, frozenset(first + row for row in rows))


def _all_or(rows: list[int] | None, dataset: Any) -> frozenset[int] | None:
    if rows is not None:
        return frozenset(rows)
    try:
        return frozenset(range(min(len(dataset), MOST_ROWS)))
    except TypeError:
        return None


def _wrapped(dataset: Any) -> Any:
    """The dataset that a student's own wrapper holds, if it has as many rows."""
    try:
        size = len(dataset)
        inner = [value for value in vars(dataset).values() if isinstance(value, Dataset)]
        return next((value for value in inner if len(value) == size), None)  # type: ignore[arg-type]
    except TypeError:
        return None


def _identity(dataset: Any) -> str:
    """One name for copies of the same data: by content where a ``data`` tensor shows it."""
    data = getattr(dataset, "data", None)
    name = type(dataset).__name__
    if isinstance(data, torch.Tensor) and data.dim() > 0 and len(data):
        return _content(data, name)
    return f"{name}:{id(dataset)}"


def _content(tensor: torch.Tensor, name: str) -> str:
    step = max(1, len(tensor) // 16)
    sample = tensor.detach()[::step][:16].contiguous().cpu()
    raw = sample.reshape(-1).view(torch.uint8).numpy().tobytes()
    return f"{name}:{tuple(tensor.shape)}:{hashlib.blake2b(raw, digest_size=8).hexdigest()}"
