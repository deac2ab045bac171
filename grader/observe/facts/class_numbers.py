"""Class numbers as the targets of a distance, and as the labels that answers are compared with.

Runs in the student's process. What a squared or absolute error is taken to is read from the graph
of a loss, right before a backward pass: as torch's losses have kept it, or, of a difference by
hand, as what is left of the model's output. An answer is what is compared with labels and is, row
by row, the largest number of the last output or its only number rounded.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from grader.observe.calls import Call
from grader.observe.ledger import LiveSource
from grader.observe.looking import has_values, is_tensor, quietly, version_of
from grader.observe.moments import Observer, Pass, Run, is_due
from grader.observe.nodes import name_of, near
from grader.observe.patching import Patches
from grader.schema.rows import Answered, Numbered

MOST_ROWS = 100
MOST_NUMBERS = 1 << 20
HIGHEST = 10_000
PAIR = 2
DISTANCES = ("MseLoss", "SmoothL1Loss", "HuberLoss")
POWERS = ("Abs", "Pow", "Mul")
ROUNDING = 1e-3
"""Of a target that is found as the output less their difference."""
DOORS = ((torch.Tensor, "__eq__"), (torch.Tensor, "eq"), (torch, "eq"))


class ClassNumbers(Observer):
    """Looks at what losses measure the distance to, and at what is compared."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._answers = 0
        self._at: Counter[int] = Counter()  # comparisons by line
        self._output: torch.Tensor | None = None
        self._version = -1
        self._labels: torch.Tensor | None = None

    def install(self, patches: Patches) -> None:
        """Listen at the three ways to compare."""
        for owner, name in DOORS:
            patches.around(owner, name, self._compared, guarded=False)

    def batch(self, source: LiveSource, tensors: Sequence[torch.Tensor]) -> None:
        """Keep the whole numbers that a loader gives beside its inputs."""
        del source
        last = tensors[-1]
        is_whole = not (last.is_floating_point() or last.is_complex() or last.dtype is torch.bool)
        self._labels = last if len(tensors) == PAIR and is_whole else None

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep the output of a batch of rows, without its graph."""
        del call, module, inputs
        fits = is_tensor(output) and has_values(output) and 1 <= output.dim() <= PAIR
        is_small = fits and 1 < output.numel() <= MOST_NUMBERS
        self._output = output.detach() if is_small and output.is_floating_point() else None
        self._version = -1 if self._output is None else version_of(self._output)

    # --- targets ----------------------------------------------------------------------

    def loss(self, passing: Pass) -> None:
        """Write a row for each distance near the root of a graph."""
        for root in passing.roots:
            for node in near(root):
                if self._rows < MOST_ROWS:
                    with contextlib.suppress(RuntimeError):  # a kept tensor was changed since
                        self._write(passing, node, name_of(node))

    def _write(self, passing: Pass, node: Any, name: str) -> None:
        if name in DISTANCES:
            targets = node._saved_target
        elif name in POWERS and (sign := _sign_of_difference(node)):
            targets = self._less(node._saved_self, sign)
        else:
            return
        if targets is None or not has_values(targets) or not targets.dim():
            return
        if not 1 < targets.numel() <= MOST_NUMBERS:
            return
        rows = len(targets)
        numbers = _class_numbers(targets.detach().reshape(rows, -1).double())
        self._rows += 1
        place = passing.place_of(node)
        shape = rows, targets.numel() // rows
        highest = max(numbers, default=0)
        self.log.add(Numbered.write(passing.number, place, *shape, len(numbers), highest))

    def _less(self, difference: torch.Tensor | None, sign: int) -> torch.Tensor | None:
        """What was taken off the last output, or it off that: the output less the difference."""
        output = self._output
        if difference is None or output is None or not has_values(difference):
            return None
        if version_of(output) != self._version or difference.numel() != output.numel():
            return None
        return output.double().reshape(difference.shape) - sign * difference.detach().double()

    # --- answers ----------------------------------------------------------------------

    def _compared(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        if self._output is None or len(args) < PAIR or self._answers >= MOST_ROWS:
            return
        one, two = args[:PAIR]
        if type(one) is not torch.Tensor or type(two) is not torch.Tensor or not self.log.watches():
            return
        try:
            with quietly():
                self._note(one, two, self._output)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.missed(type(self).__name__, error)
            self._output = None

    def _note(self, one: torch.Tensor, two: torch.Tensor, output: torch.Tensor) -> None:
        rows = len(output)
        if one.numel() != rows or two.numel() != rows or not (has_values(one) and has_values(two)):
            return
        place = self.log.here()
        self._at[place] += 1
        if not is_due(self._at[place] - 1):
            return
        outputs = output.numel() // rows
        how, answers = _answers(output.reshape(rows, outputs))
        for told, labels in ((one.flatten(), two.flatten()), (two.flatten(), one.flatten())):
            if any(torch.equal(told.double(), answer.to(told.device)) for answer in answers):
                right = int((told.double() - labels.double()).abs().lt(0.5).sum())
                shape = rows, outputs, self._is_whole(labels)
                self._answers += 1
                self._output = None  # another fact that counts the equal ones comes by here again
                self.log.add(Answered.write(place, self.run.updates.count, how, *shape, right))
                return

    def _is_whole(self, labels: torch.Tensor) -> bool:
        """Whether labels are kept as whole numbers, or were when a loader gave them."""
        if not labels.is_floating_point():
            return labels.dtype is not torch.bool
        given = self._labels
        if given is None or not has_values(given) or given.numel() != labels.numel():
            return False
        return torch.equal(given.flatten().double(), labels.double())


def _sign_of_difference(node: Any) -> int:
    """Of the side with a graph in the difference that a power is taken of; 0 if there is none."""
    below = node.next_functions[0][0]
    if below is None or name_of(below) != "Sub":
        return 0
    if name_of(node) == "Mul":  # d * d
        one, two = node._saved_self, node._saved_other
        if one is None or two is None or one.data_ptr() != two.data_ptr():
            return 0
    one, two = (side is not None for side, _ in below.next_functions)
    return int(one) - int(two)


def _class_numbers(targets: torch.Tensor) -> set[int]:
    """The whole numbers from 0 on that are the targets, one for each row; empty if they aren't."""
    first = targets[:, :1]
    whole = first.round()
    if not bool(((targets - first).abs() <= ROUNDING).all()):
        return set()
    if not bool(((first - whole).abs() <= ROUNDING).all()):
        return set()
    lowest, highest = float(whole.min()), float(whole.max())
    return set(map(int, whole.flatten().tolist())) if 0 <= lowest <= highest <= HIGHEST else set()


def _answers(output: torch.Tensor) -> tuple[str, list[torch.Tensor]]:
    """What an output may be taken to say, row by row, as class numbers."""
    if output.shape[1] > 1:
        return "largest", [output.argmax(1).double()]
    only = output[:, 0].double()
    return "rounded", [only.round(), only.trunc(), only.floor()]
