"""The line that computes a loss: kept for the passes that are looked at, node by node.

Runs in the student's process. A loss is made by a module of torch's, or by a function; both meet in
torch's own operations. A pass may have several losses, so each is known by the graph's node that it
returned: the nodes of one call are numbered in a row.
"""

from __future__ import annotations

from typing import Any

import torch

from grader.observe.log import Log
from grader.observe.looking import is_tensor, node_of, run_quietly
from grader.observe.patching import FAILED, Door, Patches

MOST = 1000
OPERATIONS = {
    torch._C._nn: (
        "binary_cross_entropy", "cross_entropy_loss", "huber_loss", "l1_loss", "mse_loss",
        "nll_loss_nd", "smooth_l1_loss",
    ),
    torch: ("binary_cross_entropy_with_logits", "kl_div"),
}  # fmt: skip


class LossLines:
    """Where the losses since the last pass were computed, as long as somebody wants to know."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.marks = True  # whether the lines of the next losses are wanted
        self._doors: list[Door] = []
        self.place = -1  # the last one's
        self._made: list[tuple[int, int]] = []  # the number of the node that was returned, line

    def install(self, patches: Patches) -> None:
        """Listen to torch's operations that compute losses."""
        for owner, names in OPERATIONS.items():
            for name in names:
                self._doors.append(patches.around(owner, name, self._begins, self._ended))

    def want(self, *, marks: bool) -> None:
        """Mark the lines of the next losses, or don't: then nothing of ours is called."""
        if marks is not self.marks:
            self.marks = marks
            for door in self._doors:
                (door.hear if marks else door.deaf)()

    def _begins(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        return True if self.marks and self._log.watches() else None

    def _ended(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], output: Any) -> None:
        if output is FAILED or not is_tensor(output):
            return
        try:
            node = run_quietly(node_of, output)
            if node is not None and len(self._made) < MOST:
                self.place = self._log.here()
                self._made.append((node._sequence_nr(), self.place))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("loss", error)

    def called(self) -> None:
        """A loss module is called: its line is known, whatever it computes."""
        self.place = self._log.here()

    def take(self) -> tuple[tuple[int, int], ...]:
        """The losses that were made, by the numbers of their nodes; they are forgotten."""
        made, self._made, self.place = tuple(sorted(self._made)), [], -1
        return made
