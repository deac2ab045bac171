"""Each student's result as it counts: the kept grading, with what was set by hand and what is late.

A page is drawn when it is needed: an empty one in the journal says that the result under it has
changed since, so the marks of a class are there before its thousand pages are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from grader.adjusting import Override, with_lateness, with_overrides
from grader.bulk import marks
from grader.bulk.graded import page_of
from grader.bulk.journal import Journal
from grader.bulk.marks import Change
from grader.errors import GraderFault
from grader.export.json import to_result
from grader.judging import Again, again_report, judged_again
from grader.model import Exercise, Report
from grader.observation import file
from grader.observation.record import Observation

# Hand-ins that a grader failed on are no attempts; of an older one more may have been graded since.
_ATTEMPT = """
    max(h.attempt, 1 + (
        SELECT count(*) FROM history e
        WHERE e.identity = h.identity AND e.score IS NOT NULL AND e.rowid < coalesce((
            SELECT o.rowid FROM history o JOIN result r ON r.key = h.key
            WHERE o.identity = h.identity
            AND o.sha256 = json_extract(r.result, '$.submission.sha256')), 9e18)))"""
_COUNTING = f"""
    SELECT h.identity, h.key, h.submitted, h.late, {_ATTEMPT} FROM hand_in h
    WHERE h.key IN (SELECT key FROM observation)"""  # noqa: S608  # our own words
_UNDRAWN = f"""
    SELECT h.identity, h.key, h.submitted, h.late, {_ATTEMPT},
    EXISTS(SELECT 1 FROM adjusted a WHERE a.key=h.key AND a.identity=h.identity)
    FROM final h WHERE length(h.page)=0"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One hand-in of one student, as far as a mark hangs on it, and what is told of it.

    ``attempt`` is the platform's number, or that of the hand-ins that the journal knows of.
    """

    identity: str
    key: str
    submitted: str
    late: bool | None
    attempt: int = 1


@dataclass(slots=True)
class Adjuster:
    """What changes the marks of a class beside its rubric."""

    exercise: Exercise
    overrides: dict[str, dict[str, Override]] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=dict)

    @classmethod
    def of(cls, journal: Journal, exercise: Exercise) -> Adjuster:
        """What the journal knows of it."""
        return cls(exercise, marks.overrides(journal), marks.changes(journal))

    def concerns(self, each: HandedIn) -> bool:
        """Whether this hand-in's result may be another one than its grading's."""
        is_late = self.exercise.late is not None and (each.submitted or each.late)
        is_changed = each.identity in self.overrides or each.identity in self.changes
        return bool(is_late) or is_changed or self._is_told_less(each)

    def _is_told_less(self, each: HandedIn) -> bool:
        full = self.exercise.feedback.full_attempts
        return full is not None and each.attempt > full

    def adjusted(self, report: Report, each: HandedIn) -> Report:
        """The report as it counts for one student, with the changes that its mark has seen.

        It has the number of the attempt where the course tells less of it than of others.
        """
        if self._is_told_less(each):
            report = replace(report, handin=replace(report.handin, attempt=each.attempt))
        report = with_overrides(report, self.overrides.get(each.identity, {}))
        report = with_lateness(
            report,
            self.exercise.late,
            submitted=each.submitted,
            due=self.exercise.due,
            late=each.late,
        )
        notes = tuple(map(str, self.changes.get(each.identity, ())))
        return replace(report, run=replace(report.run, notes=(*report.run.notes, *notes)))


def handed_in(journal: Journal) -> list[HandedIn]:
    """Every hand-in whose observation there is."""
    rows = journal.db.execute(_COUNTING)
    return [HandedIn(who, key, at, _flag(late), number) for who, key, at, late, number in rows]


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def observation(journal: Journal, key: str) -> Observation | None:
    """What a result was made from; None where that wasn't kept.

    Raises:
        GraderFault: it is damaged.
    """
    row = journal.db.execute("SELECT data FROM observation WHERE key=?", (key,)).fetchone()
    if row is None:
        return None
    try:
        return file.decode(bytes(row[0]), f"the observation of {key[:12]}")
    except file.BadObservation as problem:
        raise GraderFault(str(problem)) from None


def put_adjusted(
    journal: Journal, rows: Iterable[tuple[HandedIn, Report]], page: bytes = b""
) -> None:
    """Keep results as they count for single students; without a page it is drawn later."""
    journal.db.executemany(
        "INSERT OR REPLACE INTO adjusted VALUES (?,?,?,?,?,?,?)",
        (_values(each, report, page) for each, report in rows),
    )


def _values(each: HandedIn, report: Report, page: bytes) -> tuple[object, ...]:
    verdict = report.verdict
    text = json.dumps(to_result(report), ensure_ascii=False, allow_nan=False)
    return (
        each.identity, each.key, int(verdict.passed), verdict.outcome.value, verdict.score, text,
        page,
    )  # fmt: skip


def adjust_all(journal: Journal, adjuster: Adjuster) -> list[str]:
    """Bring every student's own result up to date; the identities for which that can't be done.

    A result whose check would have to be run again stays as it is: under the rubric of today it
    isn't known.
    """
    left: list[str] = []
    with journal.transaction():
        journal.db.execute("DELETE FROM adjusted")
        for each in filter(adjuster.concerns, handed_in(journal)):
            report = _report(journal, each.key, adjuster.exercise)
            if report is None:
                left.append(each.identity)
            else:
                put_adjusted(journal, [(each, adjuster.adjusted(report, each))])
    return left


def _report(journal: Journal, key: str, exercise: Exercise) -> Report | None:
    seen = observation(journal, key)
    if seen is None:
        return None
    again = _kept_again(journal, key, seen, exercise)
    return None if again.undecided else again_report(seen, exercise, again)


def _kept_again(journal: Journal, key: str, seen: Observation, exercise: Exercise) -> Again:
    """Today's results: those of checks that were run over what was kept are in the journal."""
    again = judged_again(seen, exercise)
    row = journal.db.execute("SELECT again FROM observation WHERE key=?", (key,)).fetchone()
    if not again.undecided or not row[0]:
        return again
    return judged_again(file.decode(bytes(row[0]), "the results"), exercise)


def draw_pages(journal: Journal, adjuster: Adjuster) -> Iterator[str]:
    """Draw every page that is missing, of each hand-in that counts or did; names each that is."""
    missing = journal.db.execute(_UNDRAWN).fetchall()
    for identity, key, submitted, late, attempt, own in missing:
        report = _report(journal, key, adjuster.exercise)
        if report is None:
            continue
        each = HandedIn(identity, key, submitted, _flag(late), attempt)
        _put_page(journal, each, adjuster.adjusted(report, each), own=bool(own))
        yield identity


def _put_page(journal: Journal, each: HandedIn, report: Report, *, own: bool) -> None:
    page: Any = page_of(report)
    with journal.transaction():
        if own:
            journal.db.execute(
                "UPDATE adjusted SET page=? WHERE identity=? AND key=?",
                (page, each.identity, each.key),
            )
        else:
            journal.set_page(each.key, page)
