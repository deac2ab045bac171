"""Layers whose units are all alike at the start, and still are at the end.

Runs in the student's process. Units with the same weights get the same gradient, so they stay
alike for ever: a layer of a hundred is one of one. A last layer that begins with zeros doesn't:
its rows have other gradients from the first step on. So what counts is the end.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import init

from grader.observe.gradients import Leaf
from grader.observe.looking import (
    gradient_of,
    has_values,
    is_a,
    is_tensor,
    items_of,
    module_dict,
    modules_in,
    named_parameters_in,
    shape_of,
    values_of,
)
from grader.observe.moments import FIRST, Observer, Pass, Run
from grader.observe.patching import Patches
from grader.schema.rows import Symmetric

FEWEST_UPDATES = 10
MOST = 50
ALIKE = 1e-5
MATRIX = 2
FEWEST_LAYERS = 2
LAYERS = (nn.Linear, nn.modules.conv._ConvNd)
CONSTANTS = ("zeros_", "ones_", "constant_")


class SymmetricWeights(Observer):
    """Remembers the tensors whose units were alike after the first updates."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._suspects: dict[int, Leaf] = {}
        self._stuck: set[int] = set()  # of these, zeros with a gradient of zeros
        self._constant: list[weakref.ref[torch.Tensor]] = []  # of a model that has no others
        self._written = False
        self._trained: Sequence[Leaf] = ()
        self._lines: dict[int, tuple[weakref.ref[torch.Tensor], int]] = {}

    def install(self, patches: Patches) -> None:
        """Note where a program fills a tensor with one value."""
        for name in CONSTANTS:
            patches.around(init, name, self._filled)

    def _filled(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        tensor = args[0] if args else kwargs.get("tensor")
        if is_tensor(tensor) and self.log.watches():
            self._lines[id(tensor)] = weakref.ref(tensor), self.log.here()

    def loss(self, passing: Pass) -> None:
        """Look at the layers of the models that the first pass goes through."""
        for call in passing.calls if passing.number == 1 else ():
            module = call.model.ref()
            weights = [] if module is None else _weights_of_layers(module)
            if len(weights) >= FEWEST_LAYERS and all(map(_is_constant, weights)):
                self._constant = [weakref.ref(weight) for weight in weights]

    def update(self, leaves: Sequence[Leaf], number: int) -> None:
        """Look at what one of the first updates has left."""
        if number > FIRST or len(self._suspects) >= MOST:
            return
        self._trained = leaves
        for leaf in leaves:
            tensor = leaf.ref()
            if tensor is not None and _axis(tensor) is not None:
                self._suspects[leaf.index] = leaf
                if number == 1 and _is_zero(tensor) and _is_zero(gradient_of(tensor)):
                    self._stuck.add(leaf.index)

    def end(self) -> None:
        """Write down those that are still alike."""
        for leaf in self._suspects.values():
            tensor = leaf.ref()
            axis = None if tensor is None else _axis(tensor)
            if tensor is None or leaf.consumed_at < FEWEST_UPDATES:
                continue
            if axis is not None:
                self._write(tensor, axis, leaf.consumed_at, "lasting")
            elif leaf.index in self._stuck:
                self._write(tensor, 0, leaf.consumed_at, "zeros")
        leaves = {id(leaf.ref()): leaf for leaf in self._trained}
        constant = [tensor for at in self._constant if (tensor := at()) is not None]
        first = leaves.get(id(constant[0])) if constant else None
        if first is not None and not self._written and first.consumed_at >= FEWEST_UPDATES:
            self._write(constant[0], 0, first.consumed_at, "constant")

    def _write(self, tensor: torch.Tensor, axis: int, updates: int, how: str) -> None:
        name, is_layer = self._owner(tensor)
        if is_layer and axis:  # the units of a layer are its rows
            return
        if not self._feeds_others(tensor):  # alike outputs may be what a loss asks for
            return
        ref, place = self._lines.get(id(tensor), (None, -1))
        units = tensor.shape[axis]
        inputs = tensor.numel() // units
        at = place if ref is not None and ref() is tensor else -1
        self._written = True
        self.log.add(Symmetric.write(at, name, units, inputs, updates, how))

    def _feeds_others(self, tensor: torch.Tensor) -> bool:
        """Whether weights beside it are trained: its units are then not the outputs alone."""
        others = (leaf.ref() for leaf in self._trained if leaf.ref() is not tensor)
        return any(other is not None and len(shape_of(other)) >= MATRIX for other in others)

    def _owner(self, tensor: torch.Tensor) -> tuple[str, bool]:
        """A tensor's name in its model, and whether it is the weight of a layer of torch."""
        for model in self.run.models.table:
            module = model.ref()
            for name, parameter in () if module is None else named_parameters_in(module):
                if module is not None and parameter is tensor:
                    return name[:80], _is_layers(module, tensor)
        return "", False


def _weights_of_layers(module: nn.Module) -> list[torch.Tensor]:
    """The weights of a model's layers, in the order in which it registers them."""
    layers = [part for part in modules_in(module) if is_a(part, *LAYERS)]
    named = [dict(items_of(module_dict(layer).get("_parameters"))) for layer in layers]
    weights = [own.get("weight") for own in named]
    return [weight for weight in weights if is_tensor(weight) and has_values(weight)]


def _is_constant(weight: torch.Tensor) -> bool:
    """Whether all numbers of a weight are one, which is not 0."""
    values = weight.detach()
    return bool(values.numel() > 1 and (values == values.flatten()[0]).all() and values.any())


def _is_layers(module: nn.Module, tensor: torch.Tensor) -> bool:
    return any(
        is_a(part, *LAYERS)
        and any(one is tensor for one in values_of(module_dict(part).get("_parameters")))
        for part in modules_in(module)
    )


def _is_zero(tensor: torch.Tensor | None) -> bool:
    return tensor is not None and has_values(tensor) and not bool(tensor.detach().any())


def _axis(tensor: torch.Tensor) -> int | None:
    """Along which of its first two axes all slices are alike; None if along neither."""
    shape = shape_of(tensor)
    if len(shape) < MATRIX or 0 in shape or not has_values(tensor):
        return None
    values = tensor.detach()
    if not values.is_floating_point():
        return None
    for axis in range(MATRIX):
        if shape[axis] < MATRIX:
            continue
        first = values.narrow(axis, 0, 1)
        if _near(first, values.narrow(axis, 1, 1)) and _near(values, first):
            return axis
    return None


def _near(values: torch.Tensor, first: torch.Tensor) -> bool:
    size = float(values.abs().max())
    return float((values - first).abs().max()) <= ALIKE * size
