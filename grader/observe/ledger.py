"""The rows that were trained on, and what that makes of each origin of inputs.

Runs in the student's process. Numbers of rows are compared where data sets are known to have the
same rows, fingerprints where they stand word for word in one collection. Where neither tells, the
count is -1: not known. Whether a source is training or held-out data is for the Trace to say.
"""

from __future__ import annotations

from typing import Any

from grader.observe.datasets import Part, collections_in, content_of, parts_of
from grader.observe.fingerprints import Fingerprints
from grader.observe.log import Log
from grader.observe.looking import has_values, is_tensor
from grader.observe.stocks import Stocks
from grader.schema import rows as kinds
from grader.schema.rows import Seen, Shared, Trained

Taught = dict[str, set[int] | None]
"""Of each pool of known images, the positions of those that were trained on; None: not known."""


class LiveSource:
    """One origin of inputs, and what became of its rows.

    ``rows`` are fingerprints, ``drawn`` and ``taught`` numbers of rows of the data set: those that
    a model was given, and those of them that reached an update.
    """

    __slots__ = (
        "dataset", "direct", "drawn", "due", "given", "handed", "index", "is_changed",
        "is_distinct", "is_doubted", "is_followed", "is_indexed", "is_seen", "kind", "name",
        "place", "pool", "rows", "sampler", "size", "taught", "told", "width",
    )  # fmt: skip

    def __init__(self, index: int, kind: str, name: str, size: int) -> None:
        self.index = index
        self.kind = kind
        self.name = name
        self.size = size
        self.pool: str | None = None
        self.dataset: Any = None  # kept alive, so that its id stays its own
        self.sampler: Any = None
        self.is_indexed = True  # the numbers of all rows that it gave are known
        self.drawn: set[int] = set()
        self.taught: set[int] = set()
        self.rows: set[int] = set()
        self.direct: dict[int, int] = {}  # model -> batches that reached an update of it
        self.told: dict[int, tuple[int, int]] = {}  # source -> rows that were compared last
        self.is_distinct = False  # no two rows of a batch are alike, and hardly by chance
        self.is_seen = False  # most of its rows were trained on before a model was given them
        self.given = 0  # batches of it that a model was given, where no loader gave them
        self.width = 0
        self.handed = 0  # batches of it that a loader has given
        self.due = 1  # the one of them that is to be followed next
        self.is_followed = True
        self.is_changed = False  # models are given what the program makes of its batches
        self.is_doubted = False  # what was trained on may have been made of its batches
        self.place = -1

    def row(self) -> list[Any]:
        """The row of the table of sources."""
        kind = "unknown" if self.is_doubted and not self.direct else self.kind
        return kinds.Source.write(self.index, kind, self.name, self.size, self.pool)

    def parts(self, rows: set[int]) -> tuple[Part, ...]:
        """The parts of base data sets that rows are, or all that it may give."""
        return parts_of(self.dataset, sorted(rows) if self.is_indexed else None)


class Ledger:
    """Which rows were trained on, by fingerprint, and how each source stands to them."""

    def __init__(self, log: Log, prints: Fingerprints, stocks: Stocks) -> None:
        self._log = log
        self._prints = prints
        self._stocks = stocks
        self._pools = {name: content_of(images) for name, images in prints.pools().items()}
        self.trained_rows: set[int] = set()
        self._made: dict[int, set[int]] = {}  # width -> trained rows that no loader gave

    def made(self, width: int, prints: list[int]) -> None:
        """Note rows of so many numbers that were trained on, and that no loader gave."""
        self._made.setdefault(width, set()).update(prints)

    def made_of(self, width: int) -> frozenset[int]:
        """The rows of so many numbers that were trained on, and that no loader gave."""
        return frozenset(self._made.get(width, ())) - {0}

    def report(self, table: list[LiveSource]) -> None:
        """Write down how the sources stand now: batches trained on, rows in common."""
        taught = self._taught_images(table)
        for source in table:
            self._report_size(source)
            for model, batches in source.direct.items():
                if model >= 0:  # one whose layers all stand in a list registers nothing
                    self._log.add(Trained.write(source.index, model, batches))
            if not source.direct:
                self._report_rows(source, taught)
        trained = [source for source in table if source.direct and source.kind == "loader"]
        for source in table:
            if source.kind == "loader" and not source.direct:
                for other in trained:
                    self._report_shared(source, other)

    def _report_size(self, source: LiveSource) -> None:
        """The rows of a loader that only its own data set could tell, or its sampler chooses."""
        rows = len(source.drawn) if source.is_indexed else 0
        if rows not in (0, source.size) and (source.size < 0 or source.sampler is not None):
            source.size = rows
            self._log.add(source.row())

    def _taught_images(self, table: list[LiveSource]) -> Taught:
        """The known images that loaders trained on, changed on their way perhaps, by position.

        None for a pool of which a data set of the program's own made other images.
        """
        taught: Taught = {name: set() for name in self._pools}
        for source in table:
            if source.kind != "loader" or not source.direct:
                continue
            rest = set(self._pools)
            for base, rows in (la for part in source.parts(source.taught) for la in part.layers):
                for name in [n for n in rest if base.endswith(f":{self._pools[n]}")]:
                    rest.discard(name)
                    known = taught[name]
                    taught[name] = None if rows is None or known is None else known | rows
            holds = _contents(source.dataset) & {self._pools[name] for name in rest}
            if holds and not self._is_verbatim(source):
                taught |= {name: None for name in rest if self._pools[name] in holds}
        return taught

    def _is_verbatim(self, source: LiveSource) -> bool:
        """Whether the rows of a training are rows of known collections, as they stand there."""
        rows = source.rows - {0}
        return any(rows <= stock.prints for stock in self._stocks.all()) or all(
            self._prints.known(value) is not None for value in rows
        )

    def _report_rows(self, source: LiveSource, taught: Taught) -> None:
        rows = source.rows - {0}  # those without a shape are all alike
        if source.kind == "unknown" and self._is_held(source, rows):
            source.kind = "rows"
            self._log.add(source.row())
        seen = sum(value in self.trained_rows or self._is_of(value, taught) for value in rows)
        self._log.add(Seen.write(source.index, len(rows), seen))

    def _is_of(self, value: int, taught: Taught) -> bool:
        """Whether a row is an image that was trained on, or that may have been."""
        known = self._prints.known(value)
        if known is None:
            return False
        positions = taught[known[0]]
        return positions is None or known[1] in positions

    def _is_held(self, source: LiveSource, rows: set[int]) -> bool:
        """Whether rows come from a collection that the training took its rows from, all of them."""
        made = self.made_of(source.width)
        return bool(rows) and any(
            stock.width == source.width
            and rows <= stock.prints
            and made <= stock.prints
            and not self.trained_rows.isdisjoint(stock.prints)
            for stock in self._stocks.all()
        )

    def _report_shared(self, one: LiveSource, other: LiveSource) -> None:
        compared = (len(one.drawn), len(other.taught))
        if one.told.get(other.index) == compared:
            return
        one.told[other.index] = compared
        counts = [a.common(b) for a in one.parts(one.drawn) for b in other.parts(other.taught)]
        known = [count for count in counts if count is not None]
        shared = sum(known) if len(known) == len(counts) else self._shared_by_content(one, other)
        self._log.add(Shared.write(one.index, other.index, shared))

    def _shared_by_content(self, one: LiveSource, other: LiveSource) -> int:
        """Rows in common by fingerprints; -1 if the training's were changed on their way."""
        rows, taught = one.rows - {0}, other.rows - {0}
        for value in (*collections_in(one.dataset), *collections_in(other.dataset)):
            self._stocks.know(value)
        known = rows and taught and self._is_verbatim(other)
        return len(rows & taught) if known else -1


def _contents(dataset: Any) -> set[str]:
    """What the tensors that a data set is made from hold, by a sample of their rows."""
    tensors = [value for value in collections_in(dataset) if is_tensor(value)]
    return {content_of(one) for one in tensors if has_values(one) and one.dim() and len(one)}
