"""Data of no known origin that is of the same kind as what is trained on.

Runs in the student's process. A tensor that a program evaluates may be a grid for a plot, noise, or
a validation set that was kept apart before the program began. It is the last where labels stand
beside it that follow from its rows as those of the training follow from theirs. That none of its
rows was trained on is known where each trained row stands word for word in the training's tensor.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch
from torch import nn

from grader.observe.association import follows
from grader.observe.calls import Call
from grader.observe.ledger import LiveSource
from grader.observe.looking import has_values, is_tensor
from grader.observe.moments import Observer, Pass, Run
from grader.observe.pairs import Pair, pair_of, places_of, tensors_around
from grader.schema.rows import Kindred as KindredRow

PASSES = 3
"""So many first passes are looked at for what is trained on."""
LOOKS = 3
"""So often each source is looked at."""
MOST_PLACES = 3
MOST_NUMBERS = 1 << 26
SURE = 5.0
"""So many standard deviations above chance can be none."""


class Kindred(Observer):
    """Knows what the first passes were trained on, and looks at what is evaluated later."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._inputs: torch.Tensor | None = None
        self._pair: Pair | None = None
        self._passes = 0
        self._looks: Counter[int] = Counter()
        self._kindred: dict[int, LiveSource] = {}

    def loss(self, passing: Pass) -> None:
        """Find what the batch of one of the first passes was taken from."""
        inputs, self._inputs = self._inputs, None
        if inputs is not None and inputs.dim():
            self._passes += 1
            self._pair = pair_of(inputs, passing, tensors_around(self.log.frame(1)))

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Look at what a trained model is given from nowhere."""
        del module, output
        given = inputs[0] if inputs else None
        if not is_tensor(given) or not has_values(given):
            return
        if self._pair is None:
            self._inputs = given if self._passes < PASSES else None
            return
        source = call.source
        if source is None or source.kind != "unknown" or not self.run.updates.count:
            return
        if source.is_seen or source.index in self._kindred or self._looks[source.index] >= LOOKS:
            return
        self._looks[source.index] += 1
        if self._is_kindred(given):
            self._kindred[source.index] = source

    def _is_kindred(self, batch: torch.Tensor) -> bool:
        """Whether labels stand beside a batch's rows that follow from them as in the training."""
        assert self._pair is not None
        around = tensors_around(self.log.frame(1))
        for rows, *_ in list(places_of(batch.detach(), around))[:MOST_PLACES]:
            if rows.data_ptr() == self._pair.rows.data_ptr():
                return False
            for labels in around:
                if len(labels) == len(rows) and labels is not rows:
                    sure = follows(*self._pair, rows, labels)
                    if sure is not None and sure > SURE:
                        return True
        return False

    def end(self) -> None:
        """Write down those of which nothing can have been trained on unseen."""
        if not self._kindred or self._pair is None or self._pair.rows.numel() > MOST_NUMBERS:
            return
        sources, rows = self.run.sources, self._pair.rows
        known = frozenset(sources.prints.of(rows, len(rows)))
        loaded = [one for one in sources.table if one.kind == "loader" and one.direct]
        for source in self._kindred.values():
            made = sources.made_of(source.width)
            given = [one.rows - {0} for one in loaded]
            if (made or loaded) and made <= known and all(one <= known for one in given):
                self.log.add(KindredRow.write(source.index))
