"""Whether inputs and labels belong together: in the data, and on the way from loader to loss.

Runs in the student's process. Of the first rows of each loader, the nearest other row is found:
where labels say anything of inputs, neighbours have the same one more often than by chance. And
where a loss gets the labels of the batch that the loader gave in another order, while the model got
the inputs as they were, they were shuffled in between.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from grader.observe.association import EXACT, distinct
from grader.observe.calls import Call
from grader.observe.ledger import LiveSource
from grader.observe.looking import has_values, is_tensor
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import name_of, near
from grader.schema.rows import Pairing, Permuted

MOST_ROWS, FEWEST_ROWS = 256, 64
MOST_NUMBERS = 128
MOST_CLASSES = 20
MOST_SOURCES = 20
MOST_TOLD = 20
PAIR = 2

Collected = tuple[list[torch.Tensor], list[torch.Tensor]]


class Pairings(Observer):
    """Collects the first rows of each loader, and knows its last batch."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._told = 0
        self._rows: dict[int, Collected] = {}
        self._handed: tuple[torch.Tensor, torch.Tensor] | None = None
        self._as_handed = False  # whether the last forward got the inputs as they were

    def batch(self, source: LiveSource, tensors: Sequence[torch.Tensor]) -> None:
        """Note the inputs and labels of a batch, if that is what it is."""
        self._handed = None
        if len(tensors) != PAIR or not _are_labels(tensors[1], len(tensors[0])):
            return
        inputs, labels = tensors
        self._handed, self._as_handed = (inputs, labels), False
        known = self._rows.get(source.index)
        if known is None and len(self._rows) < MOST_SOURCES:
            known = self._rows[source.index] = ([], [])
        if known is not None and sum(map(len, known[1])) < MOST_ROWS:
            flat = inputs.detach().reshape(len(inputs), -1)
            step = max(1, flat.shape[1] // MOST_NUMBERS)
            known[0].append(flat[:, ::step].to("cpu", torch.float32, copy=True))
            known[1].append(labels.detach().to("cpu", torch.int64, copy=True))

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Note whether a model gets the inputs of the batch that was handed out last."""
        del call, module, output
        given = inputs[0] if inputs else None
        self._as_handed = (
            self._handed is not None
            and is_tensor(given)
            and has_values(given)
            and given.data_ptr() == self._handed[0].data_ptr()
            and given.numel() == self._handed[0].numel()
        )

    def loss(self, passing: Pass) -> None:
        """Compare the labels of a likelihood with those that the loader gave."""
        if self._handed is None or not self._as_handed or self._told >= MOST_TOLD:
            return
        for node in (node for root in passing.roots for node in near(root)):
            if name_of(node) == "NllLoss" and has_values(node._saved_target):
                self._compare(passing, node._saved_target, self._handed[1])

    def _compare(self, passing: Pass, got: torch.Tensor, given: torch.Tensor) -> None:
        if got.shape != given.shape:
            return
        one, two = (each.detach().to("cpu", torch.int64) for each in (got, given))
        moved = int((one != two).sum())
        if moved and torch.equal(one.sort().values, two.sort().values):
            self._told += 1
            self.log.add(Permuted.write(passing.number, passing.place, len(one), moved))

    def end(self) -> None:
        """Write down how often neighbours have the same label, of the rows that differ."""
        for index, (inputs, labels) in self._rows.items():
            if len({each.shape[1] for each in inputs}) == 1:
                self._write(index, *distinct(torch.cat(inputs), torch.cat(labels)))

    def _write(self, source: int, x: torch.Tensor, y: torch.Tensor) -> None:
        shares = torch.bincount(y).double() / max(len(y), 1)
        shares = shares[shares > 0]
        if len(x) < FEWEST_ROWS or not PAIR <= len(shares) <= MOST_CLASSES:
            return
        x, y = x[:MOST_ROWS], y[:MOST_ROWS]
        apart = torch.cdist(x, x, compute_mode=EXACT).fill_diagonal_(torch.inf)
        hits = int((y[apart.argmin(1)] - y).abs().lt(1).sum())
        chance, entropy = float((shares**2).sum()), float(-(shares * shares.log()).sum())
        if math.isfinite(float(x.sum())):
            self.log.add(Pairing.write(source, len(x), len(shares), hits, chance, entropy))


def _are_labels(labels: torch.Tensor, rows: int) -> bool:
    """Whether a tensor holds a class number for each row."""
    if not has_values(labels) or labels.dim() != 1 or len(labels) != rows or not rows:
        return False
    if labels.is_floating_point() or labels.dtype is torch.bool:
        return False
    return int(labels.min()) >= 0 and int(labels.max()) < 1 << 16
