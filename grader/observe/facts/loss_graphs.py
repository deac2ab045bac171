"""What a loss was made of: read from its graph, right before a backward pass.

Runs in the student's process. Nothing is replaced and nothing computed again: the graph that
autograd keeps says which operations led to the loss, and the tensors that they have kept say
what went into them. It is read at the first passes and then ever more rarely.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import torch

from grader.model import Plain
from grader.observe.log import Row, plain_float
from grader.observe.looking import has_values, node_of
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import chain, leaves_of, name_of, near
from grader.observe.pairing import crossed
from grader.schema.rows import Loss, Reach

MOST_ROWS = 120
LONGEST = 6
"""Operations that are told of a loss."""
LIKELIHOODS = ("NllLoss", "NllLoss2D")
LOGITS = ("LogSoftmax", "BinaryCrossEntropyWithLogits", "BinaryCrossEntropy")


class LossGraphs(Observer):
    """Writes down what losses are made of, and whether anything that trains is in them."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0

    def loss(self, passing: Pass) -> None:
        """Write the rows of the pass that is about to begin."""
        if self._rows >= MOST_ROWS:
            return
        with contextlib.suppress(RuntimeError):  # a tensor that a graph kept was changed since
            for root in passing.roots:
                self._reach(passing.number, passing.place, root)
                for node in near(root):
                    self._loss(passing.number, passing.place_of(node), node)

    def _reach(self, number: int, place: int, root: torch.Tensor) -> None:
        """How many leaves a graph ends in, and how many of them belong to a model."""
        made = node_of(root) is not None
        leaves = list(leaves_of([root])) if made else [root]
        known = [self.run.gradients.find(leaf) for leaf in leaves]
        hosted = sum(leaf is not None and (leaf.hosted or leaf.owned) for leaf in known)
        self._add(Reach.write(number, place, len(leaves), hosted, not made))

    def _loss(self, number: int, place: int, node: Any) -> None:
        name, facts, count = name_of(node), list[Plain]([None, None, None]), 0
        if name in LIKELIHOODS:
            if not has_values(node._saved_self):
                return
            facts = _given(node._saved_self)
        elif name not in LOGITS:
            count = crossed(node)
            if not count:
                return
        names = list(itertools.islice(chain(node), LONGEST))
        self._add(Loss.write(number, place, names, *facts, count))

    def _add(self, row: Row) -> None:
        self._rows += 1
        self.log.add(row)


def _given(values: torch.Tensor) -> list[Plain]:
    """What a likelihood was given: its range, and the sum of exp over a row, the oddest one."""
    values = values.detach()
    totals = values.double().exp().sum(1 if values.dim() > 1 else 0).reshape(-1)
    odd = (totals - 1).abs().nan_to_num(nan=torch.inf).argmax()
    return [plain_float(float(each)) for each in (values.min(), values.max(), totals[odd])]
