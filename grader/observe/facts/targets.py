"""The class numbers that a likelihood was given, and those that a loader gave: batch by batch.

Runs in the student's process. Autograd keeps the targets of a loss for its backward pass, whatever
the data came from and whatever was done to the labels on the way. What a loader gives is known
whatever the loss is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import torch

from grader.observe.ledger import LiveSource
from grader.observe.looking import has_values
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import name_of, near
from grader.schema.fields import MOST_NAMES
from grader.schema.rows import Handed, Targets

MOST_ROWS = 60
MOST_HANDED = 100
MOST_CLASSES = 100
PAIR = 2
LIKELIHOOD = "NllLoss"
MATRIX = 2


class LossTargets(Observer):
    """Counts the labels of the passes that are looked at."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._handed = 0

    def batch(self, source: LiveSource, tensors: Sequence[torch.Tensor]) -> None:
        """Write a row for a batch of inputs and class numbers."""
        if self._handed >= MOST_HANDED or len(tensors) != PAIR:
            return
        inputs, labels = tensors
        rows = len(labels)
        if not has_values(labels) or labels.numel() != rows or len(inputs) != rows or not rows:
            return
        numbers = labels.detach().flatten()
        whole = numbers.to(torch.int64)
        lowest, highest = int(whole.min()), int(whole.max())
        if not bool((whole == numbers).all()) or lowest < 0 or highest >= MOST_CLASSES:
            return
        self._handed += 1
        self.log.add(Handed.write(source.index, torch.bincount(whole.cpu()).tolist()))

    def loss(self, passing: Pass) -> None:
        """Write a row for each likelihood over a batch of rows."""
        with contextlib.suppress(RuntimeError):  # what the graph kept was changed since
            for root in passing.roots:
                for node in near(root):
                    if name_of(node) == LIKELIHOOD and self._rows < MOST_ROWS:
                        self._write(passing, node)

    def _write(self, passing: Pass, node: Any) -> None:
        scores, targets = node._saved_self, node._saved_target
        if not (has_values(scores) and has_values(targets)) or scores.dim() != MATRIX:
            return
        classes, ignored = scores.shape[1], node._saved_ignore_index
        if classes > MOST_NAMES or targets.dim() != 1:
            return
        kept = targets.detach().to(torch.int64).cpu()
        counts = torch.bincount(kept[(kept >= 0) & (kept < classes)], minlength=classes).tolist()
        self._rows += 1
        at = ignored if 0 <= ignored < classes else -1
        self.log.add(Targets.write(passing.number, passing.place, classes, at, counts))
