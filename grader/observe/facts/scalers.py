"""How gradients were scaled for half precision, and what used them while they still were.

Runs in the student's process. ``GradScaler.scale`` multiplies a loss by some ten thousands, so that
its gradients are; only ``GradScaler.step`` and ``unscale_`` divide them again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from weakref import ref

import torch
from torch import nn
from torch.amp.grad_scaler import GradScaler
from torch.nn.utils import clip_grad

from grader.observe.facts.clippings import CLIPPERS, is_bound
from grader.observe.gradients import Leaf
from grader.observe.graphs import number_of, walk
from grader.observe.looking import attribute, is_tensor, node_of
from grader.observe.moments import Observer, Pass, Run
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Scaled

MOST = 50
NEAR = 200
"""Nodes of a loss's graph in which the scaled loss is looked for."""


class Scalers(Observer):
    """Counts, by line, what was done with a scaler and with what it has scaled."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._counts: Counter[tuple[str, int]] = Counter()
        self._is_scaled = False  # gradients are, since the last pass
        self._steps = False  # a scaler's own step is running
        self._output: tuple[ref[torch.Tensor] | None, int] | None = None
        self._reads_scale = False

    def install(self, patches: Patches) -> None:
        """Listen to the scaler, and to the functions that clip."""
        patches.around(GradScaler, "scale", self._is_enabled, self._scaled)
        patches.around(GradScaler, "unscale_", self._is_enabled, self._unscaled)
        patches.around(GradScaler, "step", self._begins, self._ended)
        patches.around(GradScaler, "get_scale", self._asked)
        for name in CLIPPERS:
            for owner in (clip_grad, nn.utils):
                patches.around(owner, name, self._clips)

    def _add(self, what: str, place: int) -> None:
        if (what, place) in self._counts or len(self._counts) < MOST:
            self._counts[what, place] += 1

    def _is_enabled(self, args: tuple[Any, ...], _: dict[str, Any]) -> object:
        return True if attribute(args[0], "_enabled") is True and self.log.watches() else None

    def _scaled(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], output: Any) -> None:
        self._is_scaled = True
        if is_tensor(output):
            self._output = ref(output), number_of(node_of(output)) if node_of(output) else -1

    def _unscaled(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], output: Any) -> None:
        if output is not FAILED:
            self._is_scaled = False

    def _asked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """The program reads the scale: it may divide by it itself."""
        if not self._steps and self._is_enabled(args, kwargs):
            self._reads_scale = True

    def _begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        if self._is_enabled(args, kwargs) is None:
            return None
        self._steps = True
        self._add("step", self.log.here())
        return True

    def _ended(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], _output: Any) -> None:
        self._steps = self._is_scaled = False

    def _clips(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if (
            self._is_scaled
            and not self._reads_scale
            and self.log.watches()
            and is_bound(args, kwargs)
        ):
            self._add("clipped", self.log.here())

    def loss(self, passing: Pass) -> None:
        """Look whether the loss that was scaled is the one that is differentiated."""
        if self._output is None:
            return
        number = self._output[1]
        self._output = None
        if number >= 0 and number not in walk(passing.roots, NEAR).numbers:
            self._is_scaled = False
            self._add("unscaled", self.log.here())

    def update(self, leaves: Sequence[Leaf], number: int) -> None:  # noqa: ARG002
        """Look whether an update went along scaled gradients."""
        if self._is_scaled and not self._steps and not self._reads_scale:
            self._add("direct", self.log.here())
        if not self._steps:
            self._is_scaled = False

    def end(self) -> None:
        """Write a row for each line and what was done there."""
        for (what, place), count in self._counts.items():
            self.log.add(Scaled.write(what, place, count))
