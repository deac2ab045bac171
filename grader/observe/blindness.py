"""Steps that the recorder has not seen, by what they leave behind.

Runs in the student's process. Every function that is listened at can be gone around: an
optimizer's undecorated ``step``, the engine below ``backward()``, another thread at the same time,
a switch of torch's that says nothing is run for real. A step that was made so leaves gradients that
no pass has computed, or weights that no step has changed. What was seen is true then, and
isn't all: nothing may be concluded from it.
"""

from __future__ import annotations

import torch

from grader.observe.gradients import Leaf
from grader.observe.looking import gradient_of, version, versions_of

Pair = tuple[Leaf, torch.Tensor]

A_HABIT = 3
"""So often it is no accident: a gradient set by hand once, weights restored once."""
MOVES_IN_A_ROW = 5
"""Passes with other weights each, and no step among them; sharpness-aware descent makes one."""


class Blindness:
    """Counts what was missed."""

    def __init__(self) -> None:
        self._missed = 0
        self._unexplained = 0
        self.passes_at: dict[int, int] = {}  # how many there were at each optimizer's last step
        self.versions: list[int] = []  # of the weights, as a step or a pass saw them last
        self.moves = 0  # passes in a row before which the weights were moved
        self._moved = 0

    def missed(self) -> None:
        """A pass or a step was made where nobody could look."""
        self._missed += 1

    def steps(self, optimizer: int, fed: list[Pair], passes: int) -> None:
        """A step begins: its gradients are of a pass since its last one, or were used before."""
        since = self.passes_at.get(optimizer, -1)
        self.passes_at[optimizer] = passes
        if passes > since:
            return
        new = (
            leaf.consumed is None or not leaf.consumed.holds(gradient_of(tensor))
            for leaf, tensor in fed
        )
        self._unexplained += any(new)

    def stepped(self, held: list[torch.Tensor]) -> None:
        """A step has ended: the weights are what it made of them."""
        try:
            self.versions = list(map(version, held))
        except RuntimeError:  # tensors of inference have none
            self.versions = versions_of(held)
        self.moves = 0

    def passes(self, held: list[torch.Tensor]) -> None:
        """A backward pass begins: the weights are those of the last step, or were moved since."""
        try:  # as in `versions_of`, without a call: this is done in every step
            versions = list(map(version, held))
        except RuntimeError:
            versions = versions_of(held)
        if self.versions and versions != self.versions:
            self.moves += 1
            self._moved += self.moves >= MOVES_IN_A_ROW
        self.versions = versions

    @property
    def unseen(self) -> int:
        """How many steps were missed, at least."""
        unexplained = self._unexplained if self._unexplained >= A_HABIT else 0
        return self._missed + unexplained + self._moved
