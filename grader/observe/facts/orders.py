"""Orders that a program draws, and whether one of them has parted inputs from their labels.

Runs in the student's process. Rows and labels that are put into the same new order stay together.
Where the rows that are trained on say nothing of the labels beside them, and say a lot of them once
an order that ``torch.randperm`` gave is undone, that order was put to one of the two alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from grader.observe.association import association
from grader.observe.calls import Call
from grader.observe.looking import has_values, is_tensor
from grader.observe.moments import Observer, Pass, Run
from grader.observe.pairs import MOST_ROWS, Pair, is_same, pair_of, tensors_around
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Parted

FEWEST_ROWS = 64
MOST_ORDERS = 4
LOOKS = 2
"""So many first passes are looked at."""
SOMETHING = 6.0
"""So many standard deviations above chance can be no chance."""
TIMES = 4.0
"""So much more is told once an order is undone: near rows of one kind make some chance larger."""


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
        given = inputs[0] if len(inputs) == 1 else None
        is_open = self._orders and self._looks < LOOKS and not self.run.updates.count
        self._inputs = given if is_open and is_tensor(given) and has_values(given) else None

    def loss(self, passing: Pass) -> None:
        """Look at the rows and the labels of one of the first passes."""
        inputs, self._inputs = self._inputs, None
        if inputs is None or not inputs.dim():
            return
        self._looks += 1
        sizes = {len(order.rows) for order in self._orders}
        tensors = [one for one in tensors_around(self.log.frame(1)) if len(one) in sizes]
        pair = pair_of(inputs, passing, tensors)
        if pair is not None:
            self._looks = LOOKS
            self._look(passing, pair, tensors)

    def _look(self, passing: Pass, pair: Pair, tensors: Sequence[torch.Tensor]) -> None:
        """Write a row where an order, undone, makes the labels those of their rows."""
        x, y = pair
        now = association(x, y)
        if now is None or now > SOMETHING:
            return
        of_length = [order for order in self._orders if len(order.rows) == len(x)]
        for one, other in itertools.product((None, *of_length), repeat=2):
            last = other or one
            if one is other or last is None:
                continue
            index = _undone(len(x), one, other)
            undone = association(x, y[index])
            if undone is not None and undone > max(SOMETHING, TIMES * now):
                kept = one is None and any(is_same(y[index], each) for each in tensors)
                row = passing.number, last.place, len(x), now, undone, kept
                self.log.add(Parted.write(*row))
                return


def _undone(size: int, rows: Order | None, labels: Order | None) -> torch.Tensor:
    """Where each row's own label stands, if rows and labels were put into these orders."""
    at = torch.arange(size) if rows is None else rows.rows
    return at if labels is None else labels.rows.argsort()[at]
