"""Rows that a loader gives twice, with other numbers the second time.

Runs in the student's process. A data set that changes its rows at random gives others in each turn;
the number of a row says which one it was meant to be. Whether that is augmentation is known where a
transform of torchvision's that draws at random is part of the data set.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils.data import dataloader

from grader.observe.ledger import LiveSource
from grader.observe.looking import has_values, quietly, tensors_in
from grader.observe.moments import Observer, Run
from grader.observe.patching import FAILED, Patches
from grader.observe.pipelines import transforms_of
from grader.schema.rows import Altered

PAIR = 2
MOST_SOURCES = 20
MOST_TURNS = 6
MOST_BATCHES = 4
"""So many batches of a turn are looked at."""
MOST_NUMBERS = 1 << 20
MOST_NAMES = 6
RANDOM = ("Random", "ColorJitter", "AutoAugment", "RandAugment", "TrivialAugment", "AugMix")
"""How the names of torchvision's transforms begin that draw at random."""


@dataclass(slots=True)
class Given:
    """What a loader has given so far: for each row, in which turn, its inputs and its label.

    ``turns``: after how many updates each turn began. ``compared`` of the rows came again after
    further updates, ``altered`` of them with other inputs.
    """

    source: LiveSource
    turns: list[int] = field(default_factory=list)
    batches: int = 0
    rows: dict[int, tuple[int, bytes, int]] = field(default_factory=dict)
    compared: int = 0
    altered: int = 0
    relabelled: int = 0


class AlteredRows(Observer):
    """Compares the first batches of the first turns of each loader."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._given: dict[int, Given] = {}

    def install(self, patches: Patches) -> None:
        """Listen to what loaders hand out."""
        patches.around(dataloader._BaseDataLoaderIter, "__next__", _heard, self._yielded)

    def turn(self, source: LiveSource, iterator: Any) -> None:
        """Note that a loader begins anew."""
        del iterator
        given = self._given.get(source.index)
        if given is None and len(self._given) < MOST_SOURCES:
            given = self._given[source.index] = Given(source)
        if given is not None:
            given.turns.append(self.run.updates.count)
            given.batches = 0

    def _yielded(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], data: Any) -> None:
        if data is FAILED or not self.log.watches():
            return
        try:
            with quietly():
                self._look(data)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._given.clear()
            self.log.missed(type(self).__name__, error)

    def _look(self, data: Any) -> None:
        tensors = [one for one in tensors_in(data) if has_values(one) and one.dim()]
        found = self.run.sources.by_storage(tensors[0]) if len(tensors) == PAIR else None
        given = None if found is None else self._given.get(found[0].index)
        if found is None or given is None or len(given.turns) > MOST_TURNS or not given.turns:
            return
        given.batches += 1
        (inputs, labels), numbers = tensors, found[1]
        fits = len(numbers) == len(inputs) == len(labels) and inputs.numel() <= MOST_NUMBERS
        if given.batches > MOST_BATCHES or not fits or not _are_labels(labels):
            return
        rows = inputs.detach().cpu().contiguous().reshape(len(inputs), -1).view(torch.uint8).numpy()
        for number, row, label in zip(numbers, rows, labels.tolist(), strict=True):
            print_ = hashlib.blake2b(row.tobytes(), digest_size=12).digest()
            self._compare(given, number, print_, label)

    @staticmethod
    def _compare(given: Given, number: int, print_: bytes, label: int) -> None:
        now = given.turns[-1]
        before = given.rows.get(number)
        if before is not None and now > before[0]:
            given.compared += 1
            given.altered += before[1] != print_
            given.relabelled += before[2] != label
        given.rows[number] = now, print_, label

    def end(self) -> None:
        """Write a row for each loader that gave rows again."""
        for index, given in self._given.items():
            if given.altered and not given.relabelled:
                again = len(set(given.turns)) < len(given.turns)
                held = transforms_of(given.source.dataset).values()
                names = list(dict.fromkeys(name for name, _ in held if name.startswith(RANDOM)))
                row = index, given.compared, given.altered, again, names[:MOST_NAMES]
                self.log.add(Altered.write(*row))


def _heard(_args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
    return True


def _are_labels(labels: torch.Tensor) -> bool:
    return labels.dim() == 1 and not (labels.is_floating_point() or labels.is_complex())
