"""What models were before they were trained: their parameters before the first update.

Runs in the student's process. What a model knows at its start, this run's training didn't teach.
"""

from __future__ import annotations

import torch
from torch import nn

from grader.observe.looking import has_values, named_parameters_in, quietly
from grader.observe.models import LiveModel

MOST_NUMBERS = 50_000_000
"""Of all models that are kept, 200 MB: what a program at its start may need for itself."""

MOST_TIMES = 10
"""Gradients may be gathered over many passes before the first update."""

State = dict[str, torch.Tensor]


class Starts:
    """The first parameters of each module that was given data, by the index of its model."""

    def __init__(self) -> None:
        self._states: dict[int, State] = {}
        self._times: dict[int, int] = {}
        self._later: set[int] = set()

    def keep(self, model: LiveModel, updates: int, *, again: bool = True) -> None:
        """Copy the parameters as they are after so many updates of whatever was trained.

        Not ``again`` within a step, whose closure's later passes see what it has changed.
        """
        module = model.ref()
        times = self._times.get(model.index, 0)
        if not model.is_module or module is None or times == MOST_TIMES:
            return
        if times and not again:
            return
        self._times[model.index] = times + 1
        if updates:
            self._later.add(model.index)
        with quietly():
            own = dict(named_parameters_in(module))
            if not all(map(has_values, own.values())):  # some get theirs with the first batch
                return
            others = (state for index, state in self._states.items() if index != model.index)
            held = sum(p.numel() for state in (own, *others) for p in state.values())
            if held <= MOST_NUMBERS:
                self._states[model.index] = {name: p.detach().clone() for name, p in own.items()}

    def is_first(self, index: int) -> bool:
        """Whether nothing was trained before: not even a model whose weights this one may have."""
        return index in self._states and index not in self._later

    def known(self) -> list[int]:
        """The models whose start was kept."""
        return list(self._states)

    def of(self, index: int, module: nn.Module) -> State | None:
        """The start of a model; None if it wasn't kept, or the module has other tensors now."""
        state = self._states.get(index)
        shapes = {name: p.shape for name, p in named_parameters_in(module)}
        if state is None or {name: p.shape for name, p in state.items()} != shapes:
            return None
        return state
