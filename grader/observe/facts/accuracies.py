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

from grader.observe.bindings import stores_last
from grader.observe.calls import Call
from grader.observe.ledger import LiveSource
from grader.observe.looking import has_values, is_exactly, is_tensor, items_of, locals_of, quietly
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
CUTS = (0.0, 0.5)
SAID = (str, float, int)
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
        is_rows = is_tensor(output) and has_values(output) and 1 <= output.dim() <= MATRIX
        self._output = output.detach() if is_rows and output.is_floating_point() else None
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
        if one.shape != two.shape or not (has_values(one) and has_values(two)):
            return
        if output.numel() == len(output):
            self._count_binary(one.flatten(), two.flatten(), output.flatten())
            return
        if one.dim() != 1:
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

    def _count_binary(self, one: torch.Tensor, two: torch.Tensor, output: torch.Tensor) -> None:
        """Of one number for each row: what is above 0, or a half, and what else is told."""
        sides = [(output > cut).to(torch.float64) for cut in CUTS]
        for told in (one, two) if len(one) == len(output) else ():
            if any(map(told.to(torch.float64).equal, sides)):
                self._output = None
                self._tally.append((int((one == two).sum()), len(output)))
                return

    def _printed(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        tally = self._tally
        if len(tally) < FEWEST_BATCHES or self._rows >= MOST_ROWS or not self.log.watches():
            return
        right, rows = (sum(each) for each in zip(*tally, strict=True))
        for said, digits, is_named in _numbers(args):
            share = said if said <= 1 else said / 100
            if is_named or abs(share * rows - right) <= NEAR * right:
                self._rows += 1
                mean = sum(a / b for a, b in tally) / len(tally)
                largest = max(b for _, b in tally)
                where = self._place_of(said, digits), self.run.updates.count, said, digits
                self.log.add(
                    Reported.write(*where, right, rows, len(tally), largest, mean, is_named)
                )

    def _place_of(self, said: float, digits: int) -> int:
        """The line that gave a name to the number that is printed; else that which prints."""
        frame = self.log.frame(1)
        if frame is None:
            return -1
        near = 0.5000001 * 10.0**-digits
        lines = [
            stores_last(frame.f_code, name, frame.f_lineno)
            for name, value in items_of(dict(locals_of(frame)))
            if type(value) is float and min(abs(value - said), abs(100 * value - said)) <= near
        ]
        known = [line for line in lines if line is not None]  # others may be copies of the first
        return self.log.line(frame.f_code, min(known)) if known else self.log.here()


def _numbers(args: tuple[Any, ...]) -> Iterator[tuple[float, int, bool]]:
    """The numbers with a point in what is printed, and how many digits they have behind it.

    And whether the words since the last one call it an accuracy.
    """
    kinds = (
        value if type(value) is str else repr(value) for value in args if is_exactly(value, *SAID)
    )
    text = " ".join(kinds)[:LONGEST]
    at = 0
    for found in _NUMBER.finditer(text):
        yield float(found[0]), len(found[1]), "acc" in text[at : found.start()].lower()
        at = found.end()
