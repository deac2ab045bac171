"""How each layer does: its gradient, its step, and what its activation shuts off.

Runs in the student's process, in windows only. What a report draws layer by layer; no rule hangs
on it. Steps are measured on a sample of each weight's numbers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch

from grader.model import Plain
from grader.observe.facts.layers import Network, layer_of
from grader.observe.gradients import Leaf
from grader.observe.log import plain_float
from grader.observe.looking import gradient_of, has_values, named_parameters_in, shape_of
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import name_of
from grader.schema.rows import LayerState

MATRIX = 2
MOST_LAYERS = 24
MOST_ROWS = 600
MOST_NUMBERS = 1 << 12
"""Of each weight, and of what an activation gave: so many numbers tell enough for a picture."""
MOST_IN_ALL = 1 << 24
"""The norm of a gradient is that of all its numbers, unless there are more."""
FLAT = 0.99
"""Beyond this share of its range the slope of a tanh is below a fiftieth of its steepest."""
CUTS = {"Relu": "zeros", "Tanh": "flat", "Sigmoid": "flat"}


class Layer(NamedTuple):
    """A weight's place among those of its model."""

    model: int
    at: int
    of: int
    name: str


class Before(NamedTuple):
    """A weight as it was before an update, and the norm of its gradient."""

    leaf: Leaf
    layer: Layer
    numbers: torch.Tensor
    gradient: float | None


class LayerStates(Observer):
    """Compares weights before and after the updates of a window."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._layers: dict[int, Layer] = {}  # by the weight's id
        self._shares: dict[int, tuple[str, float]] = {}
        self._before: list[Before] = []
        self._updates = -1

    def loss(self, passing: Pass) -> None:
        """Find the weights of the models that were called, and look at their activations."""
        self._layers, self._shares, self._before = {}, {}, []
        if self._rows >= MOST_ROWS:
            return
        for call in passing.calls:
            module = call.model.ref()
            if module is not None:
                self._layers.update(_layers_of(module, call.model.index))
        if self._layers:
            with contextlib.suppress(RuntimeError):  # a tensor that a graph kept was changed since
                self._shares = dict(_shares_in(Network(passing.roots)))

    def backward(self, passing: Pass) -> None:
        """Keep what an update may change now."""
        del passing
        self._updates = self.run.updates.count
        self._before = [
            Before(leaf, self._layers[id(tensor)], _some(tensor).clone(), _norm(tensor))
            for leaf, tensor in self.run.gradients.living()
            if id(tensor) in self._layers and has_values(tensor)
        ]

    def update(self, leaves: Sequence[Leaf], number: int) -> None:
        """Write how each layer did."""
        before, self._before = self._before, []
        if number != self._updates + 1:
            return  # another update came between
        changed = set(leaves)
        for leaf, layer, old, gradient in sorted(before, key=lambda one: one.layer):
            tensor = leaf.ref()
            if tensor is None or leaf not in changed or self._rows >= MOST_ROWS:
                continue
            size, moved = float(old.norm()), float((_some(tensor) - old).norm())
            ratio = plain_float(moved / size) if size > 0 else None
            told: tuple[Plain, ...] = (None if gradient is None else plain_float(gradient), ratio)
            how: tuple[Plain, ...] = self._shares.get(id(tensor), ("", None))
            self._rows += 1
            self.log.add(LayerState.write(number, *layer, *told, *how))


def _layers_of(module: Any, model: int) -> Iterator[tuple[int, Layer]]:
    """The weights of a model by their ids; of very many, some from all over it."""
    weights = [
        (name, tensor)
        for name, tensor in named_parameters_in(module)
        if len(shape_of(tensor)) >= MATRIX
    ]
    of = len(weights)
    last = max(min(of, MOST_LAYERS) - 1, 1)
    for at in dict.fromkeys(round(n * (of - 1) / last) for n in range(min(of, MOST_LAYERS))):
        name, tensor = weights[at]
        yield id(tensor), Layer(model, at, of, name[:80])


def _shares_in(graph: Network) -> Iterator[tuple[int, tuple[str, float]]]:
    """Of each layer with an activation right behind it, the share that this shuts off."""
    for node in graph.inner:
        how = CUTS.get(name_of(node))
        below = None if how is None else graph.feeder(node)
        layer = None if below is None else layer_of(below)
        if how is None or layer is None or not has_values(node._saved_result):
            continue
        given = _some(node._saved_result)
        if not given.numel():
            continue
        if how == "zeros":
            shut = given == 0
        elif name_of(node) == "Tanh":
            shut = given.abs() > FLAT
        else:
            shut = (given - 0.5).abs() > FLAT / 2
        yield id(layer.weight), (how, float(shut.double().mean()))


def _some(tensor: torch.Tensor) -> torch.Tensor:
    """Numbers from all over a tensor."""
    flat = tensor.detach().reshape(-1)
    return flat[:: max(1, -(-len(flat) // MOST_NUMBERS))].double()


def _norm(tensor: torch.Tensor) -> float | None:
    grad = gradient_of(tensor)
    if grad is None or not has_values(grad) or grad.numel() > MOST_IN_ALL:
        return None
    return float(grad.detach().norm())
