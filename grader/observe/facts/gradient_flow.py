"""How a gradient grows on its way back through a network, or through the steps of a sequence.

Runs in the student's process. In the first passes, before anything is changed, each product of the
graph is asked how large the gradient is that comes to it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

from grader.observe.log import plain_float
from grader.observe.looking import has_values, quietly
from grader.observe.marks import norm
from grader.observe.moments import FIRST, Observer, Pass, Run
from grader.observe.nodes import all_of, name_of
from grader.observe.stocks import MOST_NUMBERS
from grader.observe.tapes import MOST_STEPS
from grader.schema.rows import Flow

PRODUCTS = frozenset(("Addmm", "Mm", "Mv", "Bmm", "Baddbmm", "Convolution", "Linear"))
FEWEST = 3


class GradientFlow(Observer):
    """Listens at the products of the first graphs."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._norms: dict[int, float] = {}
        self._handles: list[Any] = []

    def loss(self, passing: Pass) -> None:
        """Ask to be told of the gradients of the pass that is about to begin."""
        self._leave()
        if self.run.updates.count or self._rows >= FIRST:
            return
        products = [node for node in all_of(passing.roots) if name_of(node) in PRODUCTS]
        if FEWEST <= len(products) <= MOST_STEPS:
            self._handles = [
                node.register_prehook(self._listener(node._sequence_nr())) for node in products
            ]

    def backward(self, passing: Pass) -> None:
        """Write how large the gradient was at the product nearest to the loss, and at most."""
        norms, is_asked = self._norms, bool(self._handles)
        self._leave()
        if not is_asked or len(norms) < FEWEST:
            return
        self._rows += 1
        nearest = max(norms)
        largest = max(norms, key=lambda number: _order(norms[number]))
        back = sum(number > largest for number in norms)
        sizes = [plain_float(norms[number]) for number in (nearest, largest)]
        self.log.add(Flow.write(passing.number, passing.place, len(norms), back, *sizes))

    def _listener(self, number: int) -> Callable[[Any], None]:
        norms = self._norms

        def heard(grads: Any) -> None:
            with contextlib.suppress(Exception), quietly():
                found = [g.detach() for g in grads if g is not None and has_values(g)]
                if found and sum(g.numel() for g in found) <= MOST_NUMBERS:
                    norms[number] = norm(found)

        return heard

    def _leave(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles, self._norms = [], {}


def _order(size: float) -> float:
    return math.inf if math.isnan(size) else size
