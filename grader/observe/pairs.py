"""Rows and their labels: the tensors that a batch and what it is compared with are taken from.

Runs in the student's process. Looked for among what has a name around a moment and what the data
sets and loaders there hold, and found by what stands in them: each row of the batch once, and at
the same places in another tensor the targets of the loss.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any, NamedTuple

import torch
from torch.utils.data import DataLoader, Dataset

from grader.observe.bindings import names_around
from grader.observe.datasets import as_tensor, collections_in
from grader.observe.looking import attribute, has_values, is_a, node_of
from grader.observe.moments import Pass
from grader.observe.nodes import PICKS, name_of, near

MOST_TENSORS = 64
MOST_ROWS = 1 << 20
COLUMNS = 16
"""Numbers by which a row is found again."""
TARGETED = (
    "NllLoss", "NllLoss2D", "MseLoss", "SmoothL1Loss", "HuberLoss", "BinaryCrossEntropy",
    "BinaryCrossEntropyWithLogits",
)  # fmt: skip
MATRIX = 2
HALF = 0.5


class Pair(NamedTuple):
    """A tensor of rows, and that of their labels, entry by entry."""

    rows: torch.Tensor
    labels: torch.Tensor


def tensors_around(frame: FrameType | None) -> list[torch.Tensor]:
    """The tensors that have a name around a frame or stand in a data set there, longest first.

    What was computed with a graph is no data: it is what a network made.
    """
    seen: set[tuple[int, int]] = set()
    found: list[torch.Tensor] = []
    for _, value in names_around(frame):
        for tensor in _held_by(value):
            key = (tensor.data_ptr(), tensor.numel())
            is_data = node_of(tensor) is None
            if is_data and 1 < len(tensor) <= MOST_ROWS and key not in seen:
                seen.add(key)
                found.append(tensor.detach())
        if len(found) >= MOST_TENSORS:
            break
    return sorted(found, key=len, reverse=True)


def _held_by(value: Any) -> Iterator[torch.Tensor]:
    """A tensor, those of a data set or a loader, and what they are views of."""
    loaded = attribute(value, "dataset") if is_a(value, DataLoader) else value
    for one in [loaded, *collections_in(loaded)] if is_a(loaded, Dataset) else [loaded]:
        tensor = as_tensor(one)
        if tensor is not None:
            yield tensor
            if tensor._is_view() and tensor._base is not None and tensor._base.dim():
                yield tensor._base


class Place(NamedTuple):
    """Which rows of a batch stand in a tensor, each once, and where."""

    tensor: torch.Tensor
    rows: torch.Tensor
    at: torch.Tensor


def places_of(
    batch: torch.Tensor, tensors: Sequence[torch.Tensor], share: float = 1.0
) -> Iterator[Place]:
    """The tensors in which so large a share of a batch's rows stands, each once, and where."""
    wide = batch.reshape(len(batch), -1)
    if not wide.is_floating_point() or len(wide) < MATRIX:
        return
    columns = wide.double().var(0).topk(min(COLUMNS, wide.shape[1])).indices
    for tensor in tensors:
        flat = tensor.reshape(len(tensor), -1)
        if tensor.dtype != batch.dtype or flat.shape[1] != wide.shape[1] or len(batch) > len(flat):
            continue
        few = flat[:, columns]
        at = [(few == row).all(1).nonzero().flatten() for row in wide[:, columns]]
        found = [row for row, one in enumerate(at) if len(one) == 1]
        if len(found) >= max(MATRIX, share * len(at)):
            yield Place(tensor, torch.tensor(found), torch.cat([at[row] for row in found]))


def pair_of(batch: torch.Tensor, passing: Pass, tensors: Sequence[torch.Tensor]) -> Pair | None:
    """What a batch was taken from, and what the loss compares the outputs for it with.

    Half of the rows will do: they may have been put together with others since.
    """
    for place in places_of(batch.detach(), tensors, HALF):
        labels = _labels(passing, place, tensors)
        if labels is not None:
            return Pair(place.tensor, labels)
    return None


def _labels(passing: Pass, place: Place, tensors: Sequence[torch.Tensor]) -> torch.Tensor | None:
    """The tensor whose entries at these rows are the targets; without any, the only one there.

    None where there are several targets: mixed rows have a share of each one's label.
    """
    x, rows, at = place
    others = [each for each in tensors if len(each) == len(x) and each is not x]
    targets = [
        target.detach()
        for root in passing.roots
        for node in near(root)
        for target in _targets_of(node)
        if has_values(target) and target.dim()  # a single answer has no rows
    ]
    if any(not is_same(targets[0], other) for other in targets[1:]):
        return None
    for target, one in itertools.product(targets[:1], others):
        if len(target) > int(rows[-1]) and any(
            is_same(one[at], each) for each in _forms(target[rows], one)
        ):
            return one
    others = [] if targets else [one for one in others if not _is_an_order(one)]
    return others[0] if len(others) == 1 else None


def _targets_of(node: Any) -> Iterator[torch.Tensor]:
    """What an operation of a loss compares with, or the entry of each row that it picks."""
    name = name_of(node)
    if name in TARGETED:
        yield node._saved_target
    elif name == "Gather":
        yield node._saved_index
    elif name in PICKS:
        chosen = [one for one in node._saved_indices if one is not None]
        if len(chosen) == MATRIX and not any(one.is_floating_point() for one in chosen):
            yield chosen[1]  # of each row, which entry


def _is_an_order(rows: torch.Tensor) -> bool:
    """Whether a tensor holds numbers of rows, each once."""
    if rows.dim() != 1 or rows.is_floating_point():
        return False
    return torch.equal(rows.sort().values.cpu(), torch.arange(len(rows)))


def _forms(target: torch.Tensor, labels: torch.Tensor) -> Iterator[torch.Tensor]:
    """A target as it is, and the numbers of classes that it may have been made of."""
    yield target
    if target.dim() == MATRIX and labels.dim() == 1 and target.shape[1] > 1:
        yield target.argmax(1)


def is_same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two hold the same numbers, whatever their form."""
    return one.numel() == other.numel() and torch.equal(
        one.reshape(-1).double(), other.reshape(-1).double()
    )
