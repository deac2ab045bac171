"""Weights that were kept without a copy, and used once later updates had changed them.

Runs in the student's process. ``state_dict()`` gives the model's own tensors under other names:
whoever keeps the dictionary, keeps the weights as they will be. The tensors in it are known again
by themselves, whatever dictionary they stand in by then; a copy has others.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import nn

from grader.observe.looking import is_tensor, parts_of, quietly, values_of
from grader.observe.moments import Observer, Run
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Alias

MOST_ROWS = 50
MOST_KEPT = 1000


class KeptWeights(Observer):
    """Listens where a model gives its weights, and where weights are loaded or saved."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._kept: dict[int, tuple[weakref.ref[torch.Tensor], int, int]] = {}

    def install(self, patches: Patches) -> None:
        """Listen at ``state_dict``, ``load_state_dict`` and ``torch.save``."""
        patches.around(nn.Module, "state_dict", self._asked, self._given, guarded=False)
        patches.around(nn.Module, "load_state_dict", self._loads, guarded=False)
        patches.around(torch, "save", self._saves, guarded=False)

    def _asked(self, _args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """Hear of the end of a call for a whole model, and not for a part of one."""
        inside = "destination" in kwargs or not self.run.updates.count
        return None if inside or not self.log.watches() else True

    def _given(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], output: Any) -> None:
        if output is FAILED:
            return
        tensor = next(filter(is_tensor, values_of(output)), None)
        if tensor is None:
            return
        self._kept = {key: one for key, one in self._kept.items() if one[0]() is not None}
        if len(self._kept) < MOST_KEPT:
            known = weakref.ref(tensor), self.run.updates.count, self.log.here()
            self._kept[id(tensor)] = known

    def _loads(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._use(args[1] if len(args) > 1 else kwargs.get("state_dict"), "load")

    def _saves(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        value = args[0] if args else kwargs.get("obj")
        self._use(value, "save")
        for part in parts_of(value):  # a checkpoint: weights beside other things
            self._use(part, "save")

    def _use(self, value: Any, how: str) -> None:
        """Write a row if these are weights that were taken before the last update."""
        if not self._kept or self._rows >= MOST_ROWS or not self.log.watches():
            return
        with quietly():
            tensor = next(filter(is_tensor, values_of(value)), None)
            known = None if tensor is None else self._kept.get(id(tensor))
            if known is None or known[0]() is not tensor:
                return
            _, taken, place = known
            if self.run.updates.count > taken:
                self._rows += 1
                used = self.log.here(), self.run.updates.count, how
                self.log.add(Alias.write(place, taken, *used))
