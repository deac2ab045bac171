"""Rows of one data set that one loader evaluated and another trained on, counted at the end.

Runs in the student's process. Rows are counted by their numbers in one data set. Where two loaders
have a data set each, rows that stand word for word in both are counted, if neither repeats its own
rows: else they may be alike by nature.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

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
        table = self.run.sources.table
        loaders = [one for one in table if one.kind == "loader" and one.is_indexed and one.drawn]
        trained = [one for one in loaders if one.direct][:MOST_LOADERS]
        others = [one for one in loaders if not one.direct][:MOST_LOADERS]
        pairs = ((one, two, _shared(one, two)) for one in others for two in trained)
        found = (
            (one.index, two.index, shared, len(one.drawn), len(two.taught))
            for one, two, shared in pairs
            if shared
        )
        for row in itertools.islice(itertools.chain(found, self._without_loaders()), MOST_ROWS):
            self.log.add(Overlap.write(*row))

    def _without_loaders(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Rows of a program that has no loader, by what stands in them.

        Some of them count where the same rows are evaluated again and again: who draws at random
        for each evaluation, and for each step, has no two parts that could overlap.
        """
        table = self.run.sources.table
        if any(one.kind == "loader" for one in table):
            return  # what seems to be rows of nobody's may be a batch of it, changed on its way
        table = [one for one in table if one.is_distinct]
        places = {one.place for one in table if one.direct}
        for other in table:
            if other.place not in places:
                continue
            made = self.run.sources.made_of(other.width)
            for one in table:
                rows = one.rows - {0}
                shared = len(rows & made) if one.width == other.width else 0
                is_all = shared == len(rows) and one.is_seen
                is_fixed = one.given > 1 and len(rows) == one.size and shared < len(rows)
                if shared and (is_fixed or is_all) and not one.direct:
                    yield one.index, other.index, shared, len(rows), len(made)


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
