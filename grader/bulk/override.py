"""A mark set by hand: whose, in which check, how many points, why and by whom."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.adjusting import Override, number
from grader.bulk import marks
from grader.bulk.journal import Journal, Row
from grader.bulk.marks import Change
from grader.bulk.names import one_line
from grader.bulk.reports import Adjuster, adjust_all, draw_pages
from grader.errors import UnknownName, UsageError
from grader.model import Exercise

LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants to set. ``student`` is a name, an id, an address or a report's name."""

    student: str
    check: str
    points: float
    why: str
    by: str = ""


def override(journal: Journal, exercise: Exercise, wanted: Wanted) -> tuple[Row, list[Change]]:
    """Set a check's points for one student; whose they are, and how the mark has changed.

    Raises:
        UsageError: no such student or several, no such check, points out of range, no reason.
    """
    row = _student(journal, wanted.student)
    made = _override(exercise, wanted)
    if marks.rubric_text(exercise.rubric) != journal.about("rubric"):
        raise UsageError(
            "The rubric isn't the one that these results were made with. Bring them up to date "
            "first: grade regrade."
        )
    before = marks.marks(journal)
    marks.set_override(journal, row.identity, made)
    left = adjust_all(journal, Adjuster.of(journal, exercise))
    if row.identity in left:
        raise UsageError(
            f"The result of {row.student.name} isn't one of today's rubric, or its observation "
            "wasn't kept. The points are noted and count as soon as it is: grade regrade --run."
        )
    cause = f"{made.check} was set by hand to {number(made.points)}"
    cause += f" by {made.by}: {made.why}" if made.by else f": {made.why}"
    after = {row.identity: marks.marks(journal)[row.identity]}
    changes = marks.note_changes(journal, before, after, cause)
    adjuster = Adjuster.of(journal, exercise)
    adjust_all(journal, adjuster)
    list(draw_pages(journal, adjuster))
    return row, changes


def _student(journal: Journal, named: str) -> Row:
    rows = list(journal.rows())
    wanted = named.casefold().strip()
    found = [row for row in rows if wanted in _names(row)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(_several(named, found))
    every = sorted({row.student.name for row in rows})
    near = difflib.get_close_matches(wanted, [name.casefold() for name in every], n=3, cutoff=0.4)
    raise UnknownName("student", named, [n for n in every if n.casefold() in near] or every[:20])


def _names(row: Row) -> set[str]:
    """Whatever a student may be called by; members of a group too."""
    people = (row.student, *row.members)
    told = [row.stem, row.identity]
    for person in people:
        told += [person.name, person.id or "", person.email or ""]
    return {text.casefold().strip() for text in told} - {""}


def _several(named: str, rows: Sequence[Row]) -> str:
    known = ", ".join(
        f"{row.student.name} ({row.student.id or row.student.email or row.stem})"
        for row in rows[:10]
    )
    return (
        f"{named!r} names {len(rows)} students: {known}. Name one by the id, the address or the "
        "name of the report instead."
    )


def _override(exercise: Exercise, wanted: Wanted) -> Override:
    lines = {line.id: line for line in exercise.rubric}
    if wanted.check not in lines:
        raise UnknownName(f"check (of {exercise.id})", wanted.check, lines)
    most = lines[wanted.check].points
    if not (math.isfinite(wanted.points) and 0 <= wanted.points <= most):
        raise UsageError(
            f"{wanted.check} takes 0 to {number(most)} points; found {wanted.points:g}."
        )
    why, by = one_line(wanted.why).strip(), one_line(wanted.by).strip()
    if not why or len(why) > LONGEST:
        raise UsageError(
            f"--why must say in 1 to {LONGEST} characters why the mark is set by hand: the student "
            "reads it."
        )
    return Override(
        check=wanted.check, points=wanted.points, why=why, by=by[:LONGEST], at=marks.now()
    )
