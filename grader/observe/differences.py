"""Differences of a model's output to its targets that are written out: what the targets were.

Runs in the student's process. ``((out - y) ** 2).mean()`` keeps the differences and neither of the
two sides. But the output is known from the call of the model, and with it so are the targets.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from grader.observe.looking import has_values, is_tensor, node_of
from grader.observe.nodes import VIEWS, name_of

MOST_OUTPUTS = 4
MOST_NUMBERS = 1 << 22
SQUARE = 2
SHAPED = VIEWS - {"Transpose", "T", "Permute", "AsStrided", "Expand", "Index"}
"""Views that leave the numbers in their order, if they leave all of them."""
DEEPEST = 8


class Apart(NamedTuple):
    """How far outputs are from targets, entry by entry: ``power`` is what each is raised to.

    ``output`` is in the form in which the model gave it; ``apart`` and ``targets`` are flat.
    """

    output: torch.Tensor
    apart: torch.Tensor
    targets: torch.Tensor
    power: int


class Outputs:
    """The last outputs of models, by the number of their node: neither keeps a graph alive."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[torch.Tensor, int]] = {}

    def keep(self, output: Any) -> None:
        """Keep one that has a graph."""
        node = node_of(output) if is_tensor(output) else None
        if node is None or not has_values(output) or output.numel() > MOST_NUMBERS:
            return
        if len(self._known) == MOST_OUTPUTS:
            self._known.pop(next(iter(self._known)))
        self._known[name_of(node), node._sequence_nr()] = (output.detach(), output._version)

    def clear(self) -> None:
        """Forget them: their pass has begun."""
        self._known = {}

    def difference(self, node: Any) -> Apart | None:
        """What a square or an absolute value is taken of; None unless it is such a difference."""
        name = name_of(node)
        if not (name == "Abs" or (name == "Pow" and node._saved_exponent == SQUARE)):
            return None
        below, apart = node.next_functions[0][0], node._saved_self
        if below is None or name_of(below) != "Sub" or not has_values(apart):
            return None
        sides = [(at, one) for at, (one, _) in enumerate(below.next_functions) if one is not None]
        output = self._behind(sides[0][1]) if len(sides) == 1 else None
        if output is None or output.numel() != apart.numel():
            return None
        given, apart = output.reshape(-1).double(), apart.detach().reshape(-1).double()
        targets = given + apart if sides[0][0] else given - apart
        return Apart(output, apart, targets, SQUARE if name == "Pow" else 1)

    def _behind(self, node: Any) -> torch.Tensor | None:
        """The output that views of it, at most, stand in for."""
        for _ in range(DEEPEST):
            name = name_of(node)
            found = self._known.get((name, node._sequence_nr()))
            if found is not None:
                output, version = found
                return output if output._version == version else None
            if name not in SHAPED or node.next_functions[0][0] is None:
                return None
            node = node.next_functions[0][0]
        return None
