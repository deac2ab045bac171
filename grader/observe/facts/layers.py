"""Layers with nothing between them, and ReLUs that never answer: read from the graph of a loss.

Runs in the student's process, right before a backward pass, when the graph is whole: the
operations from the loss back to the inputs, and the tensors that they have kept.
"""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import torch
from torch import nn

from grader.observe.looking import (
    has_values,
    is_a,
    module_dict,
    module_of,
    modules_in,
    named_parameters_in,
    node_of,
    shape_of,
    values_of,
)
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import LAYERS, LEAF, VIEWS, is_dropout, name_of
from grader.schema.rows import Rectified, Stacked

MOST_NODES = 3000
MOST_STACKED = 20
MOST_RECTIFIED = 120
MOST_RELUS = 8
"""Of a pass, those nearest to the inputs: what they don't let through, none behind them sees."""
MOST_NUMBERS = 1 << 18
FEWEST_ROWS = 8
LOOKS = 3
"""A network's structure is read at the first passes."""
INPUT = {"Addmm": 1, "Mm": 0, "Convolution": 0}
"""The operations of linear layers, and which of their arguments such a layer is applied to."""
GIVEN = ("Addmm", "Mm")
SAME_ORDER = frozenset((
    "View", "UnsafeView", "Reshape", "ReshapeAlias", "Alias", "Squeeze", "Unsqueeze", "Clone",
    "ToCopy",
))  # fmt: skip
"""Views after which a layer sees the features of the one before."""
LINEAR = VIEWS | INPUT.keys() | {"AccumulateGrad", "NativeBatchNorm", "Add", "Sub", "Neg"}
LAYER_TYPES = (nn.Linear, nn.modules.conv._ConvNd)
MATRIX = 2
FEATURES_LAST = 3


class Layer(NamedTuple):
    """A linear layer: its weight, and how many numbers or channels it takes and gives."""

    weight: torch.Tensor
    takes: int
    gives: int


class Layers(Observer):
    """Walks the graph of a loss through the whole network."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._looks = 0
        self._stacked = 0
        self._rectified = 0

    def loss(self, passing: Pass) -> None:
        """Look at the layers of the pass that is about to begin."""
        graph = Network(passing.roots)
        with contextlib.suppress(RuntimeError):  # a tensor that a graph kept was changed since
            if self._looks < LOOKS:
                self._looks += 1
                self._look_for_pairs(passing, graph)
            self._look_at_relus(passing, graph)

    # --- pairs ------------------------------------------------------------------------

    def _look_for_pairs(self, passing: Pass, graph: Network) -> None:
        for node in graph.inner:
            second = layer_of(node)
            below = graph.feeder(node) if second is not None else None
            first = None if below is None else layer_of(below)
            if below is None or first is None or second is None or first.weight is second.weight:
                continue
            if self._stacked >= MOST_STACKED or second.takes <= min(first.takes, second.gives):
                continue  # no more numbers than on either side: a factorisation, a code
            if _is_embedding(below):
                continue
            owners = [_owner(passing, layer.weight) for layer in (first, second)]
            if owners[0][0] is owners[1][0] and all(_is_plain(part) for _, part in owners):
                self._stacked += 1
                names = self._name(passing, first.weight), self._name(passing, second.weight)
                sizes = first.takes, second.takes, second.gives
                bare = graph.is_bare(node)
                whole = graph.is_linear()
                self.log.add(Stacked.write(passing.number, *names, *sizes, bare, whole))

    def _name(self, passing: Pass, weight: torch.Tensor | None) -> str:
        for call in passing.calls:
            module = call.model.ref()
            for name, tensor in () if module is None else named_parameters_in(module):
                if tensor is weight:
                    return name[:80]
        return ""

    # --- ReLUs ------------------------------------------------------------------------

    def _look_at_relus(self, passing: Pass, graph: Network) -> None:
        relus = [node for node in graph.inner if name_of(node) == "Relu"]
        first = sorted(relus, key=lambda one: one._sequence_nr())[:MOST_RELUS]
        for number, node in enumerate(first):
            given = node._saved_result
            if self._rectified >= MOST_RECTIFIED or not has_values(given) or given.dim() < MATRIX:
                continue
            if not given.numel():
                continue
            axis = -1 if given.dim() == FEATURES_LAST and not _is_convolved(node) else 1
            given = given.detach()[: max(FEWEST_ROWS, len(given) * MOST_NUMBERS // given.numel())]
            active = (given != 0).movedim(axis, 0).flatten(1).any(1)
            below = graph.feeder(node)
            layer = None if below is None else layer_of(below)
            name = self._name(passing, None if layer is None else layer.weight)
            self._rectified += 1
            self.log.add(
                Rectified.write(
                    passing.number, number, name, given.shape[0], len(active), int((~active).sum())
                )
            )


def _owner(passing: Pass, weight: torch.Tensor) -> tuple[nn.Module | None, nn.Module | None]:
    """The model that was called whose weight this is, and the module inside that holds it."""
    for call in passing.calls:
        module = call.model.ref()
        for part in () if module is None else modules_in(module):
            if any(one is weight for one in values_of(module_dict(part).get("_parameters"))):
                return module, part
    return None, None


def _is_plain(part: nn.Module | None) -> bool:
    """Whether a module is a linear layer or a program's own, and no recurrence or attention."""
    return (
        part is None or is_a(part, *LAYER_TYPES) or not module_of(type(part)).startswith("torch.")
    )


class Network:
    """A graph beyond the loss: ``inner`` are the nodes from the last layer on."""

    def __init__(self, roots: Iterable[torch.Tensor]) -> None:
        starts = [node for root in roots if (node := node_of(root)) is not None]
        outside = _walk(starts, lambda node: name_of(node) in LAYERS)
        inside = _walk([node for node in outside if name_of(node) in LAYERS], lambda _: False)
        self._uses: Counter[Any] = Counter()
        for node in {**outside, **inside}:
            self._uses.update(following for following, _ in node.next_functions)
        self.inner = list(inside)

    def feeder(self, node: Any) -> Any:
        """The linear layer whose numbers reach a node as they are, and nothing else; or None."""
        last = deque(self._way(node), maxlen=1)
        return last[0] if last and name_of(last[0]) in INPUT else None

    def is_bare(self, node: Any) -> bool:
        """Whether on the way to that layer no dropout and no normalisation stands."""
        return not any(name_of(one) in ("Mul", "NativeBatchNorm") for one in self._way(node))

    def _way(self, node: Any) -> Iterator[Any]:
        """The nodes from a layer's input on, up to another layer or to what can't be passed."""
        at = INPUT.get(name_of(node), 0)
        while 0 <= at < len(node.next_functions):
            node = node.next_functions[at][0]
            if node is None or self._uses[node] > 1:
                return
            yield node
            if name_of(node) in INPUT:
                return
            at = _passed(node, name_of(node))

    def is_linear(self) -> bool:
        """Whether nothing in it is anything but linear, dropout and normalisation aside."""
        return all(
            name_of(node) in LINEAR or (name_of(node) == "Mul" and is_dropout(node))
            for node in self.inner
        )


def _walk(starts: Iterable[Any], ends: Callable[[Any], bool]) -> dict[Any, None]:
    """The nodes from some on, nearest first, and not beyond those at which it ends."""
    waiting = deque(starts)
    found = dict.fromkeys(waiting)
    while waiting and len(found) < MOST_NODES:
        node = waiting.popleft()
        if ends(node):
            continue
        for following, _ in node.next_functions:
            if following is not None and following not in found:
                found[following] = None
                waiting.append(following)
    return found


def _passed(node: Any, name: str) -> int:
    """Which input of an operation is handed on, the next layer being as well applied to it; or -1.

    Views, dropout, a normalisation over the batch, and a bias that is added.
    """
    if name in SAME_ORDER or name == "NativeBatchNorm" or (name == "Mul" and is_dropout(node)):
        return 0
    if name == "Add":
        sides = [one for one, _ in node.next_functions]
        for at in (0, 1):
            other = sides[1 - at]
            if type(other) is LEAF and len(shape_of(other.variable)) == 1:
                return at
    return -1


def layer_of(node: Any) -> Layer | None:
    """The linear layer that a node is; None of a separable part of one, and of other products."""
    name = name_of(node)
    if name not in INPUT:
        return None
    weight = _weight(node.next_functions[INPUT[name] + 1][0])
    shape = () if weight is None else shape_of(weight)
    if weight is None or len(shape) < MATRIX:
        return None
    if name == "Convolution":
        square = len(set(shape[2:])) == 1
        plain = square and node._saved_groups == 1 and not node._saved_transposed
        return Layer(weight, shape[1], shape[0]) if plain else None
    below = node.next_functions[INPUT[name] + 1][0]
    gives, takes = shape if name_of(below) in ("T", "Transpose", "Permute") else reversed(shape)
    return Layer(weight, takes, gives)


def _is_embedding(node: Any) -> bool:
    """Whether a layer is applied to one-hot rows, and so picks rows of its weight."""
    if name_of(node) not in GIVEN or node.next_functions[INPUT[name_of(node)]][0] is not None:
        return False
    given = node._saved_mat1 if name_of(node) == "Addmm" else node._saved_self
    if given is None or not has_values(given):
        return False
    chosen = given.detach() != 0
    return bool((chosen.sum(-1) == 1).all())


def _weight(node: Any) -> torch.Tensor | None:
    """The leaf behind a weight that may have been transposed for a product."""
    for _ in range(3):
        if node is None or type(node) is LEAF:
            break
        node = node.next_functions[0][0] if name_of(node) in VIEWS else None
    found: torch.Tensor | None = None if node is None else node.variable
    return found


def _is_convolved(node: Any) -> bool:
    """Whether a convolution comes next, views and normalisations aside: features are axis 1."""
    for _ in range(4):
        node = node.next_functions[0][0] if node.next_functions else None
        if node is None or name_of(node) in ("Addmm", "Mm"):
            return False
        if name_of(node) == "Convolution":
            return True
    return False
