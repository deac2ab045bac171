"""Reads the rows of a recorder, which are hostile bytes until they have been through here.

The student's process wrote them, so each value's type, range and reference is checked by the class
of its row (`grader.schema.rows`), and their number is bounded. Whatever is wrong raises
`TraceMalformed` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.model import Place, Plain
from grader.schema import bits, rows
from grader.schema.fields import Row, TraceMalformed
from grader.schema.rows import KINDS

MOST_ROWS = 400_000
MOST_TABLE = 50_000


class Reader:
    """Takes rows one by one and builds the tables and events of a Trace.

    A row without a method here is an event: a new kind needs its class alone.
    """

    def __init__(self) -> None:
        self.events: list[Row] = []
        self.models: list[rows.Model] = []
        self.sources: list[rows.Source] = []
        self.optimizers: list[rows.Optimizer] = []
        self.faults: list[str] = []
        self.end: dict[str, Any] | None = None
        self._places: list[Place] = []
        self._forwards: dict[int, int] = {}
        self._count = 0
        self._updates = 0
        self._tables: dict[str, Sequence[Any] | Mapping[int, Any]] = {
            "places": self._places,
            "models": self.models,
            "sources": self.sources,
            "optimizers": self.optimizers,
            "forwards": self._forwards,
        }
        self._takes: dict[type[Row], Callable[[Any], None]] = {
            rows.Placed: self._take_place,
            rows.Model: lambda model: self._put(self.models, model.index, model),
            rows.Source: self._take_source,
            rows.Optimizer: lambda one: self._put(self.optimizers, one.index, one),
            rows.Scheduled: self._take_schedule,
            rows.Trained: self._take_trained,
            rows.Seen: self._take_seen,
            rows.Shared: self._take_shared,
            rows.Forward: self._take_forward,
            rows.Fed: self._take_fed,
            rows.Twin: self._take_twin,
            rows.Backward: self._take_backward,
            rows.Update: self._take_update,
            rows.Fault: lambda fault: self.faults.append(f"{fault.where}: {fault.what}"),
            rows.End: self._take_end,
        }

    def read(self, batches: Iterable[Plain]) -> list[Row]:
        """Read every row, and give the records that were made of them, in order.

        Raises:
            TraceMalformed: at the first row that is not as it must be.
        """
        read: list[Row] = []
        for batch in batches:
            if not isinstance(batch, list):
                raise TraceMalformed("a batch is no list of rows")
            read += map(self._row, batch)
        return read

    def _row(self, row: Plain) -> Row:
        self._count += 1
        if self._count > MOST_ROWS:
            raise TraceMalformed("it is too long")
        if not isinstance(row, list) or not row or type(row[0]) is not str:
            raise TraceMalformed("a row has no kind")
        kind = KINDS.get(row[0])
        if kind is None:
            raise TraceMalformed("a row is of an unknown kind or length")
        if self.end is not None:
            raise TraceMalformed("it goes on after its end")
        read: Row = kind.read(row[1:], self._tables)
        self._takes.get(kind, self.events.append)(read)
        return read

    # --- tables -----------------------------------------------------------------------

    @staticmethod
    def _put(table: list[Any], index: int, value: Any) -> None:
        if index > len(table) or index >= MOST_TABLE:
            raise TraceMalformed("a table has a gap")
        if index == len(table):
            table.append(value)
        else:
            table[index] = value

    def _take_place(self, at: rows.Placed) -> None:
        self._put(self._places, at.index, Place(at.file, at.line, at.cell))

    def _take_source(self, new: rows.Source) -> None:
        if new.index < len(self.sources):
            old = self.sources[new.index]
            new = replace(old, kind=new.kind, name=new.name, size=new.size, pool=new.pool)
        self._put(self.sources, new.index, new)

    def _take_schedule(self, one: rows.Scheduled) -> None:
        old = self.optimizers[one.optimizer]
        self.optimizers[one.optimizer] = replace(old, schedule=one.place)

    # --- facts about sources ----------------------------------------------------------

    def _take_trained(self, one: rows.Trained) -> None:
        # In place: a copy for each row would take as long as it likes.
        self.sources[one.source].trained[one.model] = one.batches

    def _take_seen(self, one: rows.Seen) -> None:
        old = self.sources[one.source]
        self.sources[one.source] = replace(old, rows=one.rows, rows_trained=one.trained)

    def _take_shared(self, one: rows.Shared) -> None:
        self.sources[one.source].shared[one.other] = one.rows

    # --- events -----------------------------------------------------------------------

    def _take_forward(self, forward: rows.Forward) -> None:
        if forward.number in self._forwards:
            raise TraceMalformed("a forward pass is numbered wrongly")
        self._reach(forward.updates)
        self._forwards[forward.number] = len(self.events)
        self.events.append(forward)

    def _take_fed(self, fed: rows.Fed) -> None:
        if fed.flag not in (bits.FED, bits.FED_GRAD):
            raise TraceMalformed("a forward pass has an unknown fate")
        if fed.number in self._forwards:  # a long run is thinned: it may have been left out
            forward = self._forward(fed.number)
            self._change(replace(forward, flags=forward.flags | fed.flag))

    def _take_twin(self, twin: rows.Twin) -> None:
        self._change(replace(self._forward(twin.number), twin=twin.model))

    def _forward(self, number: int) -> rows.Forward:
        event = self.events[self._forwards[number]]
        assert isinstance(event, rows.Forward)
        return event

    def _change(self, forward: rows.Forward) -> None:
        self.events[self._forwards[forward.number]] = forward

    def _reach(self, updates: int) -> None:
        """Take the number of updates made so far: of a long run, not each has a row."""
        if updates < self._updates or (updates > self._updates and self._count <= bits.THIN_AFTER):
            raise TraceMalformed("a pass is numbered wrongly")
        self._updates = updates

    def _take_backward(self, backward: rows.Backward) -> None:
        self._reach(backward.updates)
        self.events.append(backward)

    def _take_update(self, update: rows.Update) -> None:
        if update.number <= self._updates:
            raise TraceMalformed("an update is numbered wrongly")
        self._updates = update.number
        self.events.append(update)

    def _take_end(self, end: rows.End) -> None:
        self.end = end.facts
