"""The turns of loaders: when each began to hand out its batches, in which order, and of what.

Runs in the student's process. A loop over a loader is one turn; how often two of them take turns,
with updates in each, tells a training on two data sets from one that goes on in the validation.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

from torch.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    Subset,
)

from grader.observe.ledger import LiveSource
from grader.observe.looking import MISSING, attribute, is_a, module_of
from grader.observe.moments import Observer, Run
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Turn

DEPTH = 8
MOST_MADE = 1000
THEIRS = ("torchvision.datasets.", "grader.runner.inside.served.")
"""Modules whose data sets say what they hold: torchvision's, and those served in their place."""
PARTS = {"train": "train", "test": "test", "val": "test", "valid": "test"}


class Turns(Observer):
    """Writes down each turn, and knows where loaders are made."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._made: dict[int, tuple[ref[Any], int]] = {}  # of what chooses a loader's batches

    def install(self, patches: Patches) -> None:
        """Hear where loaders are made."""
        patches.around(DataLoader, "__init__", lambda *_: True, self._makes, guarded=False)

    def _makes(self, args: tuple[Any, ...], _: dict[str, Any], output: Any) -> None:
        chooses = attribute(args[0], "batch_sampler") if args else MISSING
        if output is FAILED or not is_a(chooses, BatchSampler) or not self.log.watches():
            return
        if len(self._made) < MOST_MADE:
            self._made[id(chooses)] = ref(chooses), self.log.here()

    def turn(self, source: LiveSource, iterator: Any) -> None:
        """Write down who begins."""
        chooses = attribute(iterator, "_index_sampler")
        at, made = self._made.get(id(chooses), (None, -1))
        made = made if at is not None and at() is chooses else -1
        order = _order(chooses)
        part = _part(attribute(iterator, "_dataset"), DEPTH)
        self.log.add(Turn.write(source.index, self.run.updates.count, order, part, made))


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
