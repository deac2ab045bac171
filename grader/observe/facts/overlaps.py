"""Rows of one data set that one loader evaluated and another trained on, counted at the end.

Runs in the student's process. Rows are counted by their numbers in one data set. Where two loaders
have a data set each, rows that stand word for word in both are counted, if neither repeats its own
rows: else they may be alike by nature.
"""

from __future__ import annotations

from grader.observe.contents import rows_of
from grader.observe.ledger import LiveSource
from grader.observe.moments import Observer
from grader.schema.rows import Overlap

MOST_ROWS = 100
MOST_LOADERS = 40


class Overlaps(Observer):
    """Compares the loaders that were trained on with those that were not."""

    def end(self) -> None:
        """Write down each pair that has rows in common."""
        loaders = [source for source in self.run.sources.table if source.kind == "loader"]
        loaders = [source for source in loaders if source.is_indexed and source.drawn]
        trained = [source for source in loaders if source.direct][:MOST_LOADERS]
        others = [source for source in loaders if not source.direct][:MOST_LOADERS]
        pairs = ((one, two) for one in others for two in trained)
        rows = 0
        for one, two in pairs:
            shared = _shared(one, two)
            if shared and rows < MOST_ROWS:
                rows += 1
                sizes = len(one.drawn), len(two.taught)
                self.log.add(Overlap.write(one.index, two.index, shared, *sizes))


def _shared(one: LiveSource, two: LiveSource) -> int:
    """The rows in common, by number where all that both gave are known by it; else as copies."""
    counts = [a.common(b) for a in one.parts(one.drawn) for b in two.parts(two.taught)]
    known = [count for count in counts if count is not None]
    by_number = sum(known) if len(known) == len(counts) else 0
    return by_number or _copied(one, two)


def _copied(one: LiveSource, two: LiveSource) -> int:
    """The rows that both have word for word, and that a model was given as such."""
    given = len((one.rows & two.rows) - {0})
    if not given:
        return 0
    return min(given, len(rows_of(one.dataset, one.drawn) & rows_of(two.dataset, two.taught)))
