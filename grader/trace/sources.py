"""Where a model's input comes from: which loader or tensor, and whether it was trained on.

Runs in the student's process. A batch is known by its storage (which ``view`` keeps), else
by likeness to the loader's last batch, else by the fingerprints of its rows. Whether a
source is training or held-out data is for the Trace to say: here only facts are kept.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Mapping
from typing import Any

import torch
from torch.utils.data import dataloader

from grader.trace.datasets import Part, parts_of, size_of
from grader.trace.log import Log
from grader.trace.looking import (
    attribute,
    has_rows,
    has_values,
    integers,
    name_of,
    quietly,
    tensors_in,
)
from grader.trace.patching import FAILED, Patches
from grader.trace.rows import Fingerprints
from grader.trace.tapes import Tape

MOST_ROWS = 200_000
FEWEST_READ = 64
LIKENESS = 0.8
LYING_ALIKE = 0.9
FEWEST_ROWS, MOST_COMPARED = 16, 32
REPORT_SECONDS = 2.0
MOST_STORAGES = 512
TRUSTED = 4
RECHECK = 16


class Source:
    """One origin of inputs, and what became of its rows."""

    __slots__ = (
        "batches", "dataset", "direct", "index", "kind", "name", "parts", "place", "pool", "read",
        "rows", "sampler", "size",
    )  # fmt: skip

    def __init__(self, index: int, kind: str, name: str, size: int) -> None:
        self.index = index
        self.kind = kind
        self.name = name
        self.size = size
        self.pool: str | None = None
        self.parts: tuple[Part, ...] = ()
        self.dataset: Any = None  # kept alive, so that its id stays its own
        self.sampler: Any = None
        self.rows: set[int] = set()
        self.direct: dict[int, int] = {}  # model -> batches that reached an update of it
        self.batches = 0
        self.read = 0
        self.place = -1

    def row(self) -> list[Any]:
        """The row of the table of sources."""
        return ["source", self.index, self.kind, self.name, self.size, self.pool]


class Sources:
    """The table of sources, and how an input finds its own."""

    def __init__(self, log: Log, pools: Mapping[str, Any]) -> None:
        self._log = log
        self.prints = Fingerprints(pools)
        self.table: list[Source] = []
        self._loaders: dict[tuple[int, int], Source] = {}
        self._others: dict[tuple[str, int], Source] = {}
        self._iterator: weakref.ref[Any] | None = None
        self._current: Source | None = None
        self._last: tuple[Source, torch.Tensor] | None = None
        self._storages: dict[int, tuple[weakref.ref[Any], Source]] = {}
        self._trained_rows: set[int] = set()
        self._alike: dict[tuple[int, int], int] = {}
        self._told: set[tuple[int, int]] = set()
        self.tape = Tape()
        self._clock = time.monotonic
        self._reported = self._clock()

    def install(self, patches: Patches) -> None:
        """Watch what every `torch.utils.data.DataLoader` yields."""
        patches.around(dataloader._BaseDataLoaderIter, "__next__", self._asked, self._yielded)

    def _asked(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> bool:
        self.tape.pause()  # what a data set computes is no part of the step
        return True

    def _yielded(self, args: tuple[Any, ...], _: dict[str, Any], data: Any) -> None:
        self.tape.go_on()
        if data is FAILED or not self._log.watches():
            return
        try:
            with quietly():
                self._seen(args[0], data)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("loader", error)

    # --- loaders ----------------------------------------------------------------------

    def _seen(self, iterator: Any, data: Any) -> None:
        if self._iterator is None or self._iterator() is not iterator:
            self._iterator = weakref.ref(iterator)
            self._current = self._loader(iterator)
        source = self._current
        batch = next((tensor for tensor in tensors_in(data) if has_rows(tensor)), None)
        self._last = None if source is None or batch is None else (source, batch)
        if source is None or batch is None or not has_values(batch):
            return
        storage = batch.untyped_storage()
        # The weak reference lives as long as the storage: a pointer alone is used again.
        self._storages[storage.data_ptr()] = (weakref.ref(storage), source)
        if len(self._storages) > MOST_STORAGES:
            self._storages = {k: v for k, v in self._storages.items() if v[0]() is not None}

    def _loader(self, iterator: Any) -> Source:
        dataset = attribute(iterator, "_dataset")
        sampler = attribute(attribute(iterator, "_index_sampler"), "sampler")
        indices = integers(attribute(sampler, "indices"))
        chosen = None if indices is None else sampler
        key = (id(dataset), id(chosen))
        source = self._loaders.get(key)
        if source is None:
            size = size_of(dataset) if indices is None else len(indices)
            source = self._new("loader", name_of(dataset), -1 if size is None else size)
            source.dataset, source.sampler = dataset, chosen
            source.parts = parts_of(dataset, indices)
            self._loaders[key] = source
        return source

    def _new(self, kind: str, name: str, size: int) -> Source:
        source = Source(len(self.table), kind, name, size)
        self.table.append(source)
        self._log.add(source.row())
        return source

    # --- inputs -----------------------------------------------------------------------

    def of(self, batch: torch.Tensor, place: int) -> tuple[Source | None, list[int]]:
        """The source of a model's input, and fingerprints of its rows, the first one first.

        No rows are read of a training source that has been read through once: later passes
        bring no new ones, and reading costs time in every step.
        """
        source = self.by_storage(batch) or self._by_likeness(batch, place)
        if source is not None:
            source.batches += 1
            if source.read < source.size or source.size < 0 or source.read < FEWEST_READ:
                prints = self.prints.of(batch)
                source.read += len(prints)
                self._keep_rows(source, prints)
                return source, prints
            return source, [] if source.direct else self.prints.of(batch, 1)
        prints = self.prints.of(batch)
        source = self._by_rows(batch, [value for value in prints if value], place)
        if source is not None:
            source.batches += 1
            self._keep_rows(source, prints)
        return source, prints

    def by_storage(self, batch: torch.Tensor) -> Source | None:
        """The loader whose batch lies where ``batch`` does: a view of it, or itself."""
        if self._last is not None and self._last[1] is batch:
            return self._last[0]
        if not has_values(batch):
            return None
        entry = self._storages.get(batch.untyped_storage().data_ptr())
        return entry[1] if entry is not None and entry[0]() is not None else None

    def knows(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor is data: a loader's batch, or an image of a pool."""
        if self.by_storage(tensor) is not None:
            return True
        if not has_rows(tensor):
            return False
        rows = tensor if tensor.dim() > 1 else tensor.unsqueeze(0)
        return any(self.prints.known(value) is not None for value in self.prints.of(rows[:1]))

    def _by_likeness(self, batch: torch.Tensor, place: int) -> Source | None:
        """The last loader, if ``batch`` is plainly made from its last batch."""
        if self._last is None:
            return None
        source, last = self._last
        if not (has_values(last) and has_values(batch)):
            return None
        if last.dim() == 0 or batch.dim() == 0 or last.shape[0] != batch.shape[0]:
            return None
        key = (place, source.index)
        agreed = self._alike.get(key, 0)
        if agreed >= TRUSTED and agreed % RECHECK:
            self._alike[key] = agreed + 1
            return source
        if not _alike(batch, last):
            self._alike[key] = 0
            return None
        self._alike[key] = agreed + 1
        return source

    def _by_rows(self, batch: torch.Tensor, prints: list[int], place: int) -> Source | None:
        if not prints:
            return None
        trained = sum(value in self._trained_rows for value in prints)
        known = self.prints.known(prints[0])
        if known is None and len(prints) > 1:
            known = self.prints.known(prints[len(prints) // 2])
        kind = "rows" if known is not None else "unknown"
        state = "seen" if trained * 2 > len(prints) else "new"
        return self._other(f"{kind}:{state}", place, batch.shape[0])

    def _other(self, key: str, place: int, size: int) -> Source:
        source = self._others.get((key, place))
        if source is None:
            source = self._new(key.partition(":")[0], "tensor", size)
            source.place = place
            self._others[key, place] = source
        return source

    # --- facts ------------------------------------------------------------------------

    def _keep_rows(self, source: Source, prints: list[int]) -> None:
        if len(source.rows) < MOST_ROWS:
            source.rows.update(prints)
        if source.pool is None and prints:
            known = self.prints.known(prints[0])
            if known is not None:
                source.pool = known[0]
                self._log.add(source.row())

    def trained(self, source: Source, model: int, prints: list[int]) -> None:
        """Note that a batch of ``source`` reached an update of ``model``."""
        if source.kind != "loader":  # new rows of a tensor are not new any more
            source.rows.difference_update(prints)
            source = self._other(f"{source.kind}:seen", source.place, source.size)
        first = model not in source.direct
        source.direct[model] = source.direct.get(model, 0) + 1
        if len(self._trained_rows) < MOST_ROWS:
            self._trained_rows.update(prints)
        if first or self._clock() - self._reported > REPORT_SECONDS:
            self.report()

    def report(self) -> None:
        """Write down how the sources stand now: batches trained on, rows in common."""
        self._reported = self._clock()
        for source in self.table:
            for model, batches in source.direct.items():
                self._log.add(["trained", source.index, model, batches])
            if not source.direct:
                source.rows.discard(0)  # rows without a shape are all alike
                seen = len(source.rows & self._trained_rows)
                self._log.add(["seen", source.index, len(source.rows), seen])
        trained = [source for source in self.table if source.direct and source.parts]
        for source in self.table:
            if source.parts and not source.direct:
                for other in trained:
                    self._report_shared(source, other)

    def _report_shared(self, one: Source, other: Source) -> None:
        if (one.index, other.index) in self._told:
            return
        self._told.add((one.index, other.index))
        counts = [a.common(b) for a in one.parts for b in other.parts]
        known = [count for count in counts if count is not None]
        self._log.add(
            ["shared", one.index, other.index, sum(known) if len(known) == len(counts) else -1]
        )


def _alike(batch: torch.Tensor, last: torch.Tensor) -> bool:
    """Whether two batches are plainly one: their first rows correlate, or all rows lie alike."""
    one, two = batch[0].detach().reshape(-1), last[0].detach().reshape(-1)
    if one.numel() == two.numel() > 1 and abs(_correlation(one, two)) > LIKENESS:
        return True
    return _lie_alike(batch, last)


def _lie_alike(batch: torch.Tensor, last: torch.Tensor) -> bool:
    """Whether the rows of two batches are as far from each other in the one as in the other.

    So they are after padding, cropping, pooling, repeating channels, a projection.
    """
    if len(batch) < FEWEST_ROWS:
        return False
    one, two = (
        torch.pdist(rows[:MOST_COMPARED].detach().flatten(1).to(torch.float32).cpu())
        for rows in (batch, last)
    )
    return _correlation(one, two) > LYING_ALIKE


def _correlation(one: torch.Tensor, two: torch.Tensor) -> float:
    one, two = one.to(torch.float32).cpu(), two.to(torch.float32).cpu()
    one, two = one - one.mean(), two - two.mean()
    scale = float(one.norm() * two.norm())
    return float(one @ two) / scale if scale > 0.0 else 0.0
