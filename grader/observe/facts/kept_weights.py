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

from grader.observe.looking import (
    has_values,
    is_tensor,
    items_of,
    named_parameters_in,
    parts_of,
    quietly,
    values_of,
)
from grader.observe.moments import Observer, Run
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Alias

MOST_ROWS = 50
MOST_KEPT = 1000
AGAIN = 2
"""So often are weights taken on a line that they are kept for later, and not changed and loaded."""


class KeptWeights(Observer):
    """Listens where a model gives its weights, and where weights are loaded or saved."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._kept: dict[int, tuple[weakref.ref[torch.Tensor], int, int]] = {}
        self._times: dict[int, set[int]] = {}  # line that takes weights -> when, since a load

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
            times = self._times.setdefault(known[2], set())
            times.update([known[1]] if len(times) < AGAIN else [])

    def _loads(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        weights = args[1] if len(args) > 1 else kwargs.get("state_dict")
        if not self._use(weights, "load") and self.run.updates.count and self.log.watches():
            with quietly():
                if _are_own(args[0], weights):
                    self._write(self.log.here(), self.run.updates.count, "own")

    def _saves(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        value = args[0] if args else kwargs.get("obj")
        self._use(value, "save")
        for part in parts_of(value):  # a checkpoint: weights beside other things
            self._use(part, "save")

    def _use(self, value: Any, how: str) -> bool:
        """Write a row if these are weights that were taken before the last update.

        Returns whether it is known when they were taken.
        """
        if not self._kept or not self.log.watches():
            return False
        with quietly():
            tensor = next(filter(is_tensor, values_of(value)), None)
            known = None if tensor is None else self._kept.get(id(tensor))
            if known is None or known[0]() is not tensor:
                return False
            _, taken, place = known
            times = self._times.pop(place, ()) if how == "load" else ()
            if self.run.updates.count > taken:
                self._write(place, taken, how)
            elif len(times) == AGAIN and place != self.log.here():
                self._write(place, taken, "own")
            return True

    def _write(self, place: int, taken: int, how: str) -> None:
        if self._rows < MOST_ROWS:
            self._rows += 1
            self.log.add(Alias.write(place, taken, self.log.here(), self.run.updates.count, how))


def _are_own(module: nn.Module, weights: Any) -> bool:
    """Whether what a module is to load are its own parameters, all of them."""
    own = dict(named_parameters_in(module))
    given = [(own[name], one) for name, one in items_of(weights) if name in own]
    return bool(given) and all(_is_same(one, other) for one, other in given)


def _is_same(one: torch.Tensor, other: Any) -> bool:
    return (
        is_tensor(other)
        and has_values(one)
        and has_values(other)
        and one.data_ptr() == other.data_ptr()
        and one.shape == other.shape
    )
