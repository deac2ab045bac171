"""Which way the first updates went, and what it was that they made smaller.

Runs in the student's process. Two signs decide between learning and its opposite: that of the loss
before its gradient is taken, and that of the step along it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch

from grader.observe.gradients import Leaf
from grader.observe.log import plain_float
from grader.observe.looking import gradient_of, has_values, is_tensor, node_of, quietly, scalar
from grader.observe.misfits import misfit_of
from grader.observe.moments import FIRST, Observer, Pass, Run
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Direction, Objective

MOST_NUMBERS = 1 << 20
"""Tensors of more numbers are not looked at."""
MOST_TENSORS = 4
MOST_ROWS = 60


class Directions(Observer):
    """Compares the first updates with the gradients that they went by."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._before: list[tuple[Leaf, torch.Tensor, torch.Tensor]] = []
        self._is_fed = False  # modules were called for the loss: what is trained is theirs
        self._is_mixed = False  # gradients were asked for once more before an update
        self._rows = 0

    def install(self, patches: Patches) -> None:
        """Hear of gradients that are returned, and stand in no ``.grad``."""
        patches.around(torch.autograd, "grad", self._asks, self._answers)

    def _asks(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        if torch._C._is_torch_function_mode_enabled():  # it hands the call on, and that one counts
            return None
        return True if self.run.updates.backward <= FIRST and self.log.watches() else None

    def _answers(self, args: tuple[Any, ...], _kwargs: dict[str, Any], output: Any) -> None:
        if output is FAILED or self.run.updates.backward > FIRST:
            return
        try:
            with quietly():
                self._keep_returned(args[1], output)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.missed(type(self).__name__, error)

    def _keep_returned(self, inputs: Any, output: Any) -> None:
        """Keep what is returned, unless the update may as well go by other gradients."""
        wanted = [inputs] if is_tensor(inputs) else inputs
        pairs = [
            (leaf, tensor, grad)
            for tensor, grad in zip(wanted, output, strict=True)
            if is_tensor(tensor) and is_tensor(grad)
            if (leaf := self.run.gradients.find(tensor)) is not None
        ]
        self._is_mixed |= bool(self._before and pairs)
        self._before = []
        if not self._is_mixed:
            self._keep(pairs)

    def loss(self, passing: Pass) -> None:
        """Write what is differentiated, where it is one misfit and its sign."""
        self._is_fed = bool(passing.calls)
        value = scalar(passing.roots[0]) if len(passing.roots) == 1 else None
        if value is None or self._rows >= MOST_ROWS:
            return
        misfit, sign = misfit_of(node_of(passing.roots[0]))
        if misfit and sign:
            self._rows += 1
            number, place, negated = passing.number, passing.place, sign < 0
            row = Objective.write(number, place, misfit, negated, plain_float(value))
            self.log.add(row)

    def backward(self, passing: Pass) -> None:
        """Keep what the first updates will change, and the gradients."""
        self._before, self._is_mixed = [], False
        if passing.number > FIRST and self.run.updates.count:
            return
        self._keep(
            (leaf, tensor, grad)
            for leaf, tensor in self.run.gradients.living()
            if (grad := gradient_of(tensor)) is not None
        )

    def _keep(self, found: Iterable[tuple[Leaf, torch.Tensor, torch.Tensor]]) -> None:
        for leaf, tensor, grad in found:
            if leaf.foreign or (self._is_fed and not leaf.hosted):
                continue  # an input, perhaps, that is made a hard one
            if not _is_small(tensor) or not has_values(grad):
                continue
            self._before.append((leaf, tensor.detach().clone(), grad.detach().clone()))
            if len(self._before) == MOST_TENSORS:
                break

    def update(self, leaves: Sequence[Leaf], number: int) -> None:
        """Write the angle between an update and its gradient."""
        along = moved = steep = 0.0
        for leaf, old, grad in self._before:
            tensor = leaf.ref()
            if tensor is None or leaf not in leaves or not has_values(tensor):
                continue
            step = (tensor.detach() - old).double()
            along += float((step * grad.double()).sum())
            moved += float(step.square().sum())
            steep += float(grad.double().square().sum())
        self._before, self._is_mixed = [], False
        if moved > 0 and steep > 0:
            cosine = along / (moved * steep) ** 0.5
            self.log.add(Direction.write(number, plain_float(cosine)))


def _is_small(tensor: torch.Tensor) -> bool:
    return has_values(tensor) and tensor.is_floating_point() and tensor.numel() <= MOST_NUMBERS
