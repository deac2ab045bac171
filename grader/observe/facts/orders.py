"""Orders that a program draws, and whether one of them has parted inputs from their labels.

Runs in the student's process. Rows and labels that are put into the same new order stay together.
Where the rows that are trained on say nothing of the labels beside them, and say a lot of them once
an order that ``torch.randperm`` gave is undone, that order was put to one of the two alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from grader.observe.association import association
from grader.observe.bindings import names_around
from grader.observe.calls import Call
from grader.observe.datasets import as_tensor, collections_in
from grader.observe.looking import attribute, has_values, is_a, is_tensor
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import name_of, near
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Parted

FEWEST_ROWS, MOST_ROWS = 64, 1 << 20
MOST_ORDERS = 4
MOST_TENSORS = 64
LOOKS = 2
"""So many first passes are looked at."""
COLUMNS = 16
"""Numbers by which a row is found again."""
NOTHING, SOMETHING = 3.0, 6.0
"""So many standard deviations above chance are still chance, or can be none."""
TARGETED = (
    "NllLoss", "NllLoss2D", "MseLoss", "SmoothL1Loss", "HuberLoss", "BinaryCrossEntropy",
    "BinaryCrossEntropyWithLogits",
)  # fmt: skip
MATRIX = 2


class Order(NamedTuple):
    """One order of so many rows, and the line that drew it."""

    rows: torch.Tensor
    place: int


class Orders(Observer):
    """Keeps the first orders, and looks at what the first passes are trained on."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._orders: list[Order] = []
        self._inputs: torch.Tensor | None = None
        self._looks = 0

    def install(self, patches: Patches) -> None:
        """Hear which orders are drawn."""
        patches.around(torch, "randperm", self._draws, self._drawn, guarded=False)

    def _draws(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        if len(self._orders) >= MOST_ORDERS or self.run.updates.count or not self.log.watches():
            return None
        caller = self.log.outside()  # a loader that shuffles its pairs asks for itself
        return True if caller is not None and self.log.is_student(caller.f_code) else None

    def _drawn(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], order: Any) -> None:
        is_order = order is not FAILED and is_tensor(order) and has_values(order)
        if is_order and FEWEST_ROWS <= len(order) <= MOST_ROWS:
            rows = order.detach().to("cpu", torch.int64, copy=True)
            self._orders.append(Order(rows, self.log.here()))

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep what a model gets, for the first passes."""
        del call, module, output
        given = inputs[0] if inputs else None
        is_open = self._orders and self._looks < LOOKS and not self.run.updates.count
        self._inputs = given if is_open and is_tensor(given) and has_values(given) else None

    def loss(self, passing: Pass) -> None:
        """Look at the rows and the labels of one of the first passes."""
        inputs, self._inputs = self._inputs, None
        if inputs is None or len(inputs) < MATRIX:
            return
        self._looks += 1
        sizes = {len(order.rows) for order in self._orders}
        tensors = list(itertools.islice(self._around(sizes), MOST_TENSORS))
        for rows, at in _places_of(inputs.detach(), tensors):
            labels = _labels(passing, at, rows, tensors)
            if labels is not None:
                self._look(passing, rows, labels, tensors)
                return

    def _around(self, sizes: set[int]) -> Iterator[torch.Tensor]:
        """The tensors of such a length that have a name here, or that a data set here holds."""
        seen: set[tuple[int, int]] = set()
        for _, value in names_around(self.log.frame(1)):
            for tensor in _held_by(value):
                key = (tensor.data_ptr(), tensor.numel())
                if len(tensor) in sizes and key not in seen:
                    seen.add(key)
                    yield tensor.detach()

    def _look(
        self, passing: Pass, x: torch.Tensor, y: torch.Tensor, tensors: Sequence[torch.Tensor]
    ) -> None:
        """Write a row where an order, undone, makes the labels those of their rows."""
        self._looks = LOOKS
        now = association(x, y)
        if now is None or now > NOTHING:
            return
        of_length = [order for order in self._orders if len(order.rows) == len(x)]
        for one, other in itertools.product((None, *of_length), repeat=2):
            if one is other:
                continue
            index = _undone(len(x), one, other)
            undone = association(x, y[index])
            if undone is not None and undone > SOMETHING:
                last = other or one
                assert last is not None
                kept = one is None and any(_same(y[index], each) for each in tensors)
                row = passing.number, last.place, len(x), now, undone, kept
                self.log.add(Parted.write(*row))
                return


def _held_by(value: Any) -> Iterator[torch.Tensor]:
    """A tensor, those of a data set or a loader, and what they are views of."""
    loaded = attribute(value, "dataset") if is_a(value, DataLoader) else value
    for one in [loaded, *collections_in(loaded)] if is_a(loaded, Dataset) else [loaded]:
        tensor = as_tensor(one)
        if tensor is not None:
            yield tensor
            if tensor._is_view() and tensor._base is not None and tensor._base.dim():
                yield tensor._base


def _undone(size: int, rows: Order | None, labels: Order | None) -> torch.Tensor:
    """Where each row's own label stands, if rows and labels were put into these orders."""
    at = torch.arange(size) if rows is None else rows.rows
    return at if labels is None else labels.rows.argsort()[at]


def _places_of(
    batch: torch.Tensor, tensors: Sequence[torch.Tensor]
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The tensors in which all rows of a batch stand, each once, and where."""
    wide = batch.reshape(len(batch), -1)
    if not wide.is_floating_point():
        return
    columns = wide.double().var(0).topk(min(COLUMNS, wide.shape[1])).indices
    for tensor in tensors:
        flat = tensor.reshape(len(tensor), -1)
        if tensor.dtype != batch.dtype or flat.shape[1] != wide.shape[1] or len(batch) > len(flat):
            continue
        few = flat[:, columns]
        at = [(few == row).all(1).nonzero().flatten() for row in wide[:, columns]]
        if all(len(one) == 1 for one in at):
            yield tensor, torch.cat(at)


def _labels(
    passing: Pass, at: torch.Tensor, x: torch.Tensor, tensors: Sequence[torch.Tensor]
) -> torch.Tensor | None:
    """The tensor whose entries at these rows are what the loss compares the outputs with."""
    others = [each for each in tensors if len(each) == len(x) and each is not x]
    targets = [
        node._saved_target.detach()
        for root in passing.roots
        for node in near(root)
        if name_of(node) in TARGETED and has_values(node._saved_target)
    ]
    for target in targets:
        for one in others:
            if any(_same(one[at], each) for each in _forms(target, one)):
                return one
    return others[0] if not targets and len(others) == 1 else None


def _forms(target: torch.Tensor, labels: torch.Tensor) -> Iterator[torch.Tensor]:
    """A target as it is, and the numbers of classes that it may have been made of."""
    yield target
    if target.dim() == MATRIX and labels.dim() == 1 and target.shape[1] > 1:
        yield target.argmax(1)


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two hold the same numbers, whatever their form."""
    return one.numel() == other.numel() and torch.equal(
        one.reshape(-1).double(), other.reshape(-1).double()
    )
