"""Predictions (N, 1) that are compared with labels (N,): N × N answers, and no exception tells.

Runs in the student's process. It counts only where one of the two is, number by number, what the
last forward of a model predicts (its argmax, or on which side of the threshold it lies), each time
that a line compares: a comparison of labels among themselves, for a loss of pairs, is meant so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from grader.observe.calls import Call
from grader.observe.looking import has_values, is_tensor, quietly
from grader.observe.moments import Observer, Run
from grader.observe.patching import Patches
from grader.schema.rows import Comparison

MOST_ROWS = 50
FEWEST, MOST = 3, 4096
MATRIX = 2
DOORS = ((torch.Tensor, "__eq__"), (torch.Tensor, "eq"), (torch, "eq"))


class Comparisons(Observer):
    """Listens where tensors are compared, and knows the output that a model gave last."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._output: torch.Tensor | None = None
        self._updates = 0  # that had been made when it was computed

    def install(self, patches: Patches) -> None:
        """Listen at the three ways to compare."""
        for owner, name in DOORS:
            patches.around(owner, name, self._compared, guarded=False)

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep the output of a batch of rows, without its graph."""
        del call, module, inputs
        is_rows = is_tensor(output) and has_values(output) and output.dim() == MATRIX
        self._output = output.detach() if is_rows else None
        self._updates = self.run.updates.count

    def _compared(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        if self._output is None or len(args) < MATRIX or self._rows >= MOST_ROWS:
            return
        one, two = args[:MATRIX]
        if self.run.updates.count > self._updates + 1:  # of many forwards, not each is told
            return
        if type(one) is not torch.Tensor or type(two) is not torch.Tensor or not self.log.watches():
            return
        try:
            with quietly():
                self._note(one, two, self._output)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.missed(type(self).__name__, error)
            self._output = None

    def _note(self, one: torch.Tensor, two: torch.Tensor, output: torch.Tensor) -> None:
        column, labels = (one, two) if one.dim() == MATRIX else (two, one)
        rows = len(output)
        if column.shape != (rows, 1) or labels.shape != (rows,) or not FEWEST <= rows <= MOST:
            return
        if not (has_values(column) and has_values(labels)) or column.device != output.device:
            return
        told = column.detach()[:, 0].to(torch.float64)
        given = labels.detach().to(told)
        sides = list(_predictions(output))
        predicted = any(torch.equal(one, each) for one in (told, given) for each in sides)
        right, crossed = _near(told, given), _near(told[:, None], given)
        self._rows += 1
        row = self.log.here(), self.run.updates.count, rows, predicted, right, crossed
        self.log.add(Comparison.write(*row))


def _predictions(output: torch.Tensor) -> Iterator[torch.Tensor]:
    """The classes that an output may stand for: the largest, or above which threshold it lies."""
    if output.shape[1] > 1:
        yield output.argmax(1).to(torch.float64)
        return
    for threshold in (0.0, 0.5):
        yield (output[:, 0] > threshold).to(torch.float64)


def _near(one: torch.Tensor, two: torch.Tensor) -> int:
    """How many class numbers are equal; asked by a difference, as ``==`` leads through the door."""
    return int((one - two).abs().lt(0.5).sum())
