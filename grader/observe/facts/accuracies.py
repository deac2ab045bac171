"""The accuracy of what a program compares, batch by batch, beside the numbers that it prints.

Runs in the student's process. Where predictions, those of the output that a model gave last, are
compared with labels, the right ones are counted here too. A number that is printed after that, and
is near their share, is written down; whether it is that share is for a rule to say.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from grader.observe.calls import Call
from grader.observe.ledger import LiveSource
from grader.observe.looking import has_values, is_tensor, quietly
from grader.observe.moments import Observer, Run
from grader.observe.patching import Patches
from grader.schema.rows import Reported, WrongAxis

MOST_ROWS = 200
MATRIX = 2
FEWEST_BATCHES = 2
LONGEST = 400
NEAR = 0.15
"""A number this near to an accuracy, as a share of it, may be meant to be it."""
FEWEST_DIGITS = 2
DOORS = ((torch.Tensor, "__eq__"), (torch.Tensor, "eq"), (torch, "eq"))
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}\.(\d{2,12})(?![\d.])")

Tally = list[tuple[int, int]]
"""Of each batch: how many predictions were right, of how many."""


class Accuracies(Observer):
    """Listens where tensors are compared and where something is printed."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._output: torch.Tensor | None = None
        self._tally: Tally = []
        self._updates = -1

    def install(self, patches: Patches) -> None:
        """Listen at the ways to compare, and at ``print``."""
        for owner, name in DOORS:
            patches.around(owner, name, self._compared, guarded=False)
        patches.around(builtins, "print", self._printed, guarded=False)

    def turn(self, source: LiveSource, iterator: Any) -> None:
        """Another pass over data begins, with another accuracy."""
        del source, iterator
        self._tally = []

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep the output of a batch of rows, without its graph."""
        del call, module, inputs
        is_rows = is_tensor(output) and has_values(output) and output.dim() == MATRIX
        self._output = output.detach() if is_rows and output.shape[1] > 1 else None
        if self._updates != self.run.updates.count:
            self._tally, self._updates = [], self.run.updates.count

    def _compared(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        if self._output is None or len(args) < MATRIX or self._rows >= MOST_ROWS:
            return
        one, two = args[:MATRIX]
        if type(one) is not torch.Tensor or type(two) is not torch.Tensor or not self.log.watches():
            return
        try:
            with quietly():
                self._count(one, two, self._output)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.missed(type(self).__name__, error)
            self._output = None

    def _count(self, one: torch.Tensor, two: torch.Tensor, output: torch.Tensor) -> None:
        if one.shape != two.shape or one.dim() != 1 or not (has_values(one) and has_values(two)):
            return
        rows, classes = output.shape
        for told, labels in ((one, two), (two, one)):
            if len(told) == rows and torch.equal(told.to(torch.int64), output.argmax(1)):
                self._output = None  # `==` below leads through the door again
                self._tally.append((int((told == labels).sum()), rows))
                return
            if len(told) == classes and torch.equal(told.to(torch.int64), output.argmax(0)):
                self._rows += 1
                place = self.log.here(), self.run.updates.count, rows, classes
                self.log.add(WrongAxis.write(*place))
                return

    def _printed(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        tally = self._tally
        if len(tally) < FEWEST_BATCHES or self._rows >= MOST_ROWS or not self.log.watches():
            return
        right, rows = (sum(each) for each in zip(*tally, strict=True))
        for said, digits in _numbers(args):
            share = said if said <= 1 else said / 100
            if abs(share * rows - right) <= NEAR * right:
                self._rows += 1
                mean = sum(a / b for a, b in tally) / len(tally)
                largest = max(b for _, b in tally)
                where = self.log.here(), self.run.updates.count, said, digits
                self.log.add(Reported.write(*where, right, rows, len(tally), largest, mean))


def _numbers(args: tuple[Any, ...]) -> Iterator[tuple[float, int]]:
    """The numbers with a point in what is printed, and how many digits they have behind it."""
    for value in args:
        text = value if type(value) is str else repr(value) if type(value) is float else ""
        for found in _NUMBER.finditer(text[:LONGEST]):
            yield float(found[0]), len(found[1])
