"""Where a model's input comes from: which loader or tensor, and whether it was trained on.

Runs in the student's process. A batch is known by its storage (which ``view`` keeps), else by
the operations that made it of a loader's batch (`grader.observe.derived`), else by the fingerprints
of its rows. Whether a source is training or held-out data is for the Trace to say: here only facts
are kept.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple
from weakref import ref

import torch
from torch.utils.data import RandomSampler, SequentialSampler, dataloader

from grader.observe.contents import tells
from grader.observe.datasets import size_of
from grader.observe.derived import UNDECIDED, Derived, Numbers
from grader.observe.fingerprints import FEW, Fingerprints
from grader.observe.ledger import Ledger, LiveSource
from grader.observe.log import Log
from grader.observe.looking import (
    attribute,
    has_rows,
    has_values,
    integers,
    name_of,
    quietly,
    tensors_in,
    version_of,
)
from grader.observe.moments import Moments
from grader.observe.patching import FAILED, Patches
from grader.observe.stocks import Stocks

MOST_ROWS = 200_000
REPORT_SECONDS = 2.0
MOST_STORAGES = 512
MOST_SOURCES = 2_000
"""A program may make a loader for each step: the origin of what is beyond is not known."""
MOST_TENSORS = 8
LOOKS = 3
"""So often are collections looked for around a line that calls a model."""
WHOLE = (SequentialSampler, RandomSampler)


class Origin(NamedTuple):
    """Where an input comes from, fingerprints of its rows, and their numbers in the data set.

    ``near``: the loaders whose batches it may have been made of, where it isn't known.
    """

    source: LiveSource | None
    prints: list[int]
    numbers: Numbers
    near: tuple[LiveSource, ...] = ()


NOWHERE = Origin(None, [], [])


class Sources:
    """The table of sources, and how an input finds its own."""

    def __init__(self, log: Log, pools: Mapping[str, Any], moments: Moments) -> None:
        self._log = log
        self._moments = moments
        self.prints = Fingerprints(pools)
        self.table: list[LiveSource] = []
        self._stocks = Stocks(self.prints)
        self._ledger = Ledger(log, self.prints, self._stocks)
        self._looked_around: Counter[int] = Counter()
        self._loaders: dict[tuple[int, int], LiveSource] = {}
        self._others: dict[tuple[str, int], LiveSource] = {}
        self._iterator: ref[Any] | None = None
        self._current: LiveSource | None = None
        self._numbers: Numbers | None = None
        self.last: tuple[LiveSource, torch.Tensor, Numbers] | None = None
        self._storages: dict[int, tuple[ref[Any], LiveSource, Numbers]] = {}
        self._read: dict[int, tuple[tuple[Any, ...], ref[Any], list[int]]] = {}
        self._derived = Derived(self.by_storage)
        self.tape = self._derived.tape
        self.wants_steps = False  # whether the next step's operations would tell of an origin
        self._clock = time.monotonic
        self._reported = self._clock()

    def install(self, patches: Patches) -> None:
        """Watch what every `torch.utils.data.DataLoader` yields, and which rows it asked for."""
        owner = dataloader._BaseDataLoaderIter
        patches.around(owner, "__next__", self._asked, self._yielded)
        patches.around(owner, "_next_index", lambda *_: True, self._chosen, guarded=False)
        patches.around(owner, "__init__", lambda *_: True, self._begun, guarded=False)

    def _begun(self, args: tuple[Any, ...], _: dict[str, Any], output: Any) -> None:
        """A loader has made an iterator, which will hand out its batches."""
        if output is FAILED or not self._moments.wants_turns() or not self._log.watches():
            return
        try:
            with quietly():
                source = self._loader(args[0])
                if source is not None:
                    self._moments.turn(source, args[0])
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("loader", error)

    def _asked(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> bool:
        self.tape.pause()  # what a data set computes is no part of the step
        self._numbers = None
        return True

    def _chosen(self, _args: tuple[Any, ...], _: dict[str, Any], index: Any) -> None:
        if index is FAILED or not self._log.watches():
            return
        with quietly():
            self._numbers = [index] if type(index) is int else integers(index)

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
            self._iterator = ref(iterator)
            self._current = self._loader(iterator)
        source = self._current
        batches = [tensor for tensor in tensors_in(data) if has_values(tensor) and tensor.dim()]
        self.last = None
        if source is None or not batches:
            return
        ahead = type(iterator) is not dataloader._SingleProcessDataLoaderIter
        numbers = self._numbers
        if ahead or numbers is None:  # workers are asked for rows before it is their turn
            source.is_indexed, numbers = False, []
        self.last = (source, batches[0], numbers)
        self._moments.batch(source, batches)
        if source.is_followed:
            self._derived.handed(source, batches[0])
        for batch in batches[:MOST_TENSORS]:
            storage = batch.untyped_storage()
            # The weak reference lives as long as the storage: a pointer alone is used again.
            self._storages[storage.data_ptr()] = (ref(storage), source, numbers)
        if len(self._storages) > MOST_STORAGES:
            self._storages = {k: v for k, v in self._storages.items() if v[0]() is not None}

    def _loader(self, iterator: Any) -> LiveSource | None:
        dataset = attribute(iterator, "_dataset")
        sampler = attribute(attribute(iterator, "_index_sampler"), "sampler")
        if any(type(sampler) is kind for kind in WHOLE):
            sampler = None  # each loader over all rows is the same origin
        key = (id(dataset), id(sampler))
        source = self._loaders.get(key)
        if source is None and len(self.table) < MOST_SOURCES:
            size = size_of(dataset)
            source = self._new("loader", name_of(dataset), -1 if size is None else size)
            source.dataset, source.sampler = dataset, sampler
            self._loaders[key] = source
        return source

    def _new(self, kind: str, name: str, size: int) -> LiveSource:
        source = LiveSource(len(self.table), kind, name, size)
        self.table.append(source)
        self._log.add(source.row())
        return source

    # --- inputs -----------------------------------------------------------------------

    def of(self, batch: torch.Tensor, place: int) -> Origin:
        """Where a model's input comes from.

        No rows are read of a training source that has been read through once: later passes
        bring no new ones, and reading costs time in every step.
        """
        if not has_values(batch):
            return NOWHERE
        found = self.by_storage(batch)
        if found is not None:
            source, numbers = found
            if self._derived.is_open:
                self._derived.stands(source)
            return Origin(source, self._read_rows(source, batch, numbers), numbers)
        last = self.last
        made = UNDECIDED if last is None else self._derived.of(batch, place, last)
        if made.source is None:
            origin = self._by_rows(batch, place)
            return origin._replace(near=made.near) if made.near else origin
        return Origin(made.source, self._read_rows(made.source, batch, made.numbers), made.numbers)

    def _read_rows(self, source: LiveSource, batch: torch.Tensor, numbers: Numbers) -> list[int]:
        """Fingerprints of a loader's batch: of all rows, where one of them is new."""
        fresh = not numbers or not source.drawn.issuperset(numbers)
        source.drawn.update(numbers)
        if not fresh or len(source.rows) >= MOST_ROWS:
            return [] if source.direct else self.prints.of(batch, 1)
        prints = self.prints.of(batch, len(batch) if batch.dim() else 0)
        self._keep_rows(source, prints)
        return prints

    def passes(self, source: LiveSource, numbers: Numbers, batch: torch.Tensor) -> None:
        """Note a batch of a loader that will reach an update like many before it."""
        if not source.taught.issuperset(numbers) or not numbers:
            self._ledger.trained_rows.update(self._read_rows(source, batch, numbers))
            source.taught.update(numbers)

    def by_storage(self, batch: torch.Tensor) -> tuple[LiveSource, Numbers] | None:
        """The loader whose batch lies where ``batch`` does, a view of it or itself; its rows."""
        if self.last is not None and self.last[1] is batch:
            return self.last[0], self.last[2]
        if not has_values(batch):
            return None
        entry = self._storages.get(batch.untyped_storage().data_ptr())
        return entry[1:] if entry is not None and entry[0]() is not None else None

    def knows(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor is data: a loader's batch, or an image of a pool."""
        if self.by_storage(tensor) is not None:
            return True
        if not has_rows(tensor):
            return False
        rows = tensor if tensor.dim() > 1 else tensor.unsqueeze(0)
        return any(self.prints.known(value) is not None for value in self.prints.of(rows, 1))

    def _by_rows(self, batch: torch.Tensor, place: int) -> Origin:
        """An input that no loader gave: known images, rows of a collection, or unknown."""
        prints = self._prints_of(batch, place)
        real = [value for value in prints if value]
        if not real:
            return Origin(None, prints, [])
        known = self.prints.known(real[0]) or self.prints.known(real[len(real) // 2])
        kind = "rows" if known is not None else "unknown"
        if known is None and self._looked_around[place] < LOOKS:
            self._looked_around[place] += 1
            steps, _ = self.tape.noted
            is_known = self._stocks.learn(batch, frozenset(real), self._log.frame(1), steps)
            self.wants_steps = not is_known and torch.is_grad_enabled()
        trained = sum(value in self._ledger.trained_rows for value in real)
        state = "seen" if trained * 2 > len(real) else "new"
        source = self._other(f"{kind}:{state}", place, batch)
        if source is not None:
            source.given += 1
            source.is_distinct &= len(set(prints)) == len(prints)
            self._keep_rows(source, prints)
        return Origin(source, prints, [])

    def _prints_of(self, batch: torch.Tensor, place: int) -> list[int]:
        """Fingerprints of all rows; of the same rows as last time in a place, those of then."""
        if batch.dim() == 0:
            return []
        storage = batch.untyped_storage()
        key = (batch.data_ptr(), batch.shape, batch.stride(), version_of(batch))
        read = self._read.get(place)
        if read is None or read[0] != key or key[-1] < 0 or read[1]() is not storage:
            # The weak reference lives as long as the storage: a pointer alone is used again.
            prints = self.prints.of(batch, min(len(batch), MOST_ROWS))
            self._read[place] = read = key, ref(storage), prints
        return read[2]

    def _other(self, key: str, place: int, batch: torch.Tensor) -> LiveSource | None:
        source = self._others.get((key, place))
        if source is None and len(self.table) < MOST_SOURCES:
            source = self._new(key.partition(":")[0], "tensor", len(batch))
            source.place, source.width = place, batch.numel() // len(batch)
            source.is_seen = key.endswith(":seen")
            source.is_distinct = source.width < FEW and tells(
                batch.detach().reshape(len(batch), -1)
            )
            self._others[key, place] = source
        return source

    # --- facts ------------------------------------------------------------------------

    def _keep_rows(self, source: LiveSource, prints: list[int]) -> None:
        if len(source.rows) < MOST_ROWS:
            source.rows.update(prints)
        if source.pool is None and prints:
            known = self.prints.known(prints[0])
            if known is not None:
                source.pool = known[0]
                self._log.add(source.row())

    def trained(self, origin: Origin, model: int) -> None:
        """Note that a batch reached an update of ``model``."""
        source: LiveSource | None = origin.source
        if source is None:
            return
        if source.kind == "unknown":
            self._doubt(origin.near)
        if source.kind != "loader":  # new rows of a tensor are not new any more
            source.rows.difference_update(origin.prints)
            self._ledger.made(source.width, origin.prints)
            key = (f"{source.kind}:seen", source.place)
            seen = self._others.get(key)
            if seen is None:
                seen = self._others[key] = self._new(source.kind, "tensor", source.size)
                seen.place, seen.width = source.place, source.width
                seen.is_distinct = source.is_distinct
            source = seen
        first = model not in source.direct
        source.direct[model] = source.direct.get(model, 0) + 1
        if first and source.is_doubted:
            self._log.add(source.row())  # it is known now
        source.taught.update(origin.numbers)
        self._ledger.trained_rows.update(origin.prints)
        if first or self._clock() - self._reported > REPORT_SECONDS:
            self.report()

    def _doubt(self, near: tuple[LiveSource, ...]) -> None:
        """Note that loaders' rows may have been trained on, changed on their way."""
        for source in near:
            if not source.is_doubted:
                source.is_doubted = True
                self._log.add(source.row())

    def made_of(self, width: int) -> frozenset[int]:
        """The rows of so many numbers that were trained on, and that no loader gave."""
        return self._ledger.made_of(width)

    def report(self) -> None:
        """Write down how the sources stand now: batches trained on, rows in common."""
        self._reported = self._clock()
        self._ledger.report(self.table)
