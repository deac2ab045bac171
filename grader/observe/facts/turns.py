"""The turns of loaders: when each began to hand out its batches, in which order, and of what.

Runs in the student's process. A loop over a loader is one turn; how often two of them take turns,
with updates in each, tells a training on two data sets from one that goes on in the validation.
"""

from __future__ import annotations

from typing import Any

from torch.utils.data import BatchSampler, ConcatDataset, RandomSampler, SequentialSampler, Subset

from grader.observe.ledger import LiveSource
from grader.observe.looking import attribute, is_a, module_of
from grader.observe.moments import Observer
from grader.schema.rows import Turn

DEPTH = 8
THEIRS = ("torchvision.datasets.", "grader.runner.inside.served.")
"""Modules whose data sets say what they hold: torchvision's, and those served in their place."""
PARTS = {"train": "train", "test": "test", "val": "test", "valid": "test"}


class Turns(Observer):
    """Writes down each turn."""

    def turn(self, source: LiveSource, iterator: Any) -> None:
        """Write down who begins."""
        order = _order(attribute(iterator, "_index_sampler"))
        part = _part(attribute(iterator, "_dataset"), DEPTH)
        self.log.add(Turn.write(source.index, self.run.updates.count, order, part))


def _order(batches: Any) -> str:
    """How a loader takes its rows; one with a sampler of the program's has an order of its own."""
    rows = attribute(batches, "sampler") if type(batches) is BatchSampler else batches
    if type(rows) is SequentialSampler:
        return "sequential"
    return "random" if type(rows) is RandomSampler else "other"


def _part(dataset: Any, depth: int) -> str:
    """Which part of its data set a class of torchvision's holds, through subsets of it."""
    if is_a(dataset, Subset) and depth:
        return _part(attribute(dataset, "dataset"), depth - 1)
    if is_a(dataset, ConcatDataset) or not module_of(type(dataset)).startswith(THEIRS):
        return ""
    train, split = attribute(dataset, "train"), attribute(dataset, "split")
    if type(train) is bool:
        return "train" if train else "test"
    return PARTS.get(split, "") if type(split) is str else ""
