"""How a loss should have changed since the start, by its own gradient.

Runs in the student's process, in replays with small steps. Beside the same passes of a replay that
takes no step, which tells how the loss did change, it shows whether the gradients are those of
the loss (`grader.trace.descent`).
"""

from __future__ import annotations

import torch

from grader.observe.gradients import Gradients, Leaf
from grader.observe.log import Log, plain_float
from grader.observe.looking import has_values
from grader.observe.marks import nonzero
from grader.schema.rows import Slope

MOST = 60
"""Passes that are looked at."""


class Slopes:
    """Writes, for each of the first passes after some updates, gradient times displacement.

    ``after``: how many updates come before the first pass that counts.
    """

    def __init__(self, log: Log, gradients: Gradients, after: int) -> None:
        self._log = log
        self._gradients = gradients
        self._after = after
        self._starts: dict[int, tuple[Leaf, torch.Tensor]] = {}
        self._passes = 0
        self._is_fresh = False

    def before(self, updates: int) -> None:
        """Remember the tensors that are new, and whether gradients are there already."""
        self._is_fresh = updates >= self._after and self._passes < MOST
        if not self._is_fresh:
            return
        for leaf, tensor in self._gradients.living():
            if leaf.index not in self._starts and not leaf.foreign and has_values(tensor):
                self._starts[leaf.index] = leaf, tensor.detach().clone()
            if tensor.grad is not None and nonzero(tensor.grad):
                self._is_fresh = False

    def after(self, number: int) -> None:
        """Write the slope of the pass that has just been made."""
        if not self._is_fresh:
            return
        self._passes += 1
        slope = 0.0
        for leaf, start in self._starts.values():
            tensor = leaf.ref()
            if tensor is None or tensor.grad is None or not has_values(tensor.grad):
                continue
            gained = tensor.grad.detach() * (tensor.detach() - start)
            slope += float(gained.sum(dtype=torch.float64))
        self._log.add(Slope.write(number, plain_float(slope)))
