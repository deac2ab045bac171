"""The tables that Canvas, Moodle and nbgrader take back, with their traps in mind.

Canvas ignores a column called like a total of its own and takes a blank cell for a change.
Moodle's grade import gives a row without a user to the student of the row before, and one user
that it doesn't know ends all of it; its offline worksheet knows participants by a number alone.
So a student stands in such a table only with a score, and only under a name that the system
itself gave; whoever is left out is counted, and said.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.bulk.journal import Journal, Row
from grader.bulk.names import folded, one_line
from grader.bulk.roster import Entry, Roster
from grader.bulk.tables import cell as safe
from grader.bulk.tables import comment, is_formula, number
from grader.export.files import replacing
from grader.model import Exercise

_CANVAS_TOTALS = re.compile(
    r"(?i)\b(?:current|final|override|unposted)\b.*\b(?:score|points|grade)"
)
_TITLE_WITH_ID = re.compile(r"(?P<title>.*?)\s*\(\d+\)\s*", re.DOTALL)
_MOODLES = ("email address", "e-mail-adresse", "id number", "id-nummer", "username", "anmeldename")
_WORKSHEET = ("identifier", "grade", "last modified (grade)")
_NBGRADER = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
             "raw_score", "late_submission_penalty", "score", "max_score")  # fmt: skip
_GRADE_DIGITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """One student with a score: who they are in the roster, if there is one, and their row."""

    row: Row
    entry: Entry | None
    name: str
    id: str
    email: str

    @property
    def score(self) -> str:
        return number(round(float(self.row.result["score"]), _GRADE_DIGITS))


def write(
    journal: Journal,
    folder: Path,
    exercise: Exercise,
    roster: Roster | None,
    layouts: frozenset[str],
) -> list[str]:
    """Writes the tables that fit the roster and the layout; what is to be known about them.

    Raises:
        UsageError: one can't be written.
    """
    course = _Course(journal, folder, exercise, roster, layouts)
    return [note for way in (course.canvas, course.moodle, course.worksheet, course.nbgrader)
            for note in way()]  # fmt: skip


class _Course:
    def __init__(
        self,
        journal: Journal,
        folder: Path,
        exercise: Exercise,
        roster: Roster | None,
        layouts: frozenset[str],
    ) -> None:
        self._folder = folder
        self._exercise = exercise
        self._roster = roster
        self._layouts = layouts
        self._journal = journal
        self._header = [one_line(name).casefold() for name in roster.header] if roster else []

    def _scored(self) -> Iterator[_Scored]:
        """Everyone who has a score, the members of a group each."""
        for row in self._journal.rows():
            if row.result["score"] is None:
                continue
            for person in row.members or (row.student,):
                entry = self._roster.find(person) if self._roster else None
                yield _Scored(
                    row=row, entry=entry, name=person.name, id=person.id or "",
                    email=person.email or "",
                )  # fmt: skip

    # --- Canvas -------------------------------------------------------------------------------

    def canvas(self) -> Iterator[str]:
        """``canvas.csv``: the gradebook with the exercise's own column filled, and no other."""
        if self._roster and self._header[:1] == ["student"] and "id" in self._header[1:2]:
            yield from self._gradebook(self._roster)
        elif not self._roster and "canvas" in self._layouts:
            header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", self._title())
            rows = [(s.name, s.id, "", "", "", s.score) for s in self._scored() if s.id]
            yield from self._write("canvas.csv", header, rows, [1])

    def _gradebook(self, roster: Roster) -> Iterator[str]:
        info = self._header.index("section") + 1 if "section" in self._header else 2
        place = self._column(roster)
        title = self._title() if place is None else roster.header[place]
        scores = {s.entry.row: s.score for s in self._scored() if s.entry}
        rows = []
        for count, row in enumerate(roster.rows):
            before = row[place].strip() if place is not None and place < len(row) else ""
            if "points possible" in (row[0] if row else "").casefold():
                value = before or number(self._exercise.max_score)
                if value != number(self._exercise.max_score):
                    yield (
                        f"canvas.csv: Canvas counts {one_line(title)} as {value} points, the "
                        f"exercise has {number(self._exercise.max_score)}."
                    )
            else:
                value = scores.get(count, before)
            if value:
                rows.append((*row[:info], value))
        yield from self._write("canvas.csv", (*roster.header[:info], title), rows, [1])

    def _column(self, roster: Roster) -> int | None:
        """Where the gradebook has the exercise."""
        names = {folded(self._exercise.title), folded(self._exercise.id)}
        for place, name in enumerate(roster.header):
            match = _TITLE_WITH_ID.fullmatch(name)
            if folded(match["title"] if match else name) in names:
                return place
        return None

    def _title(self) -> str:
        """A title that Canvas doesn't take for a total of its own."""
        title = self._exercise.title
        return f"{self._exercise.id}" if _CANVAS_TOTALS.search(title) else title

    # --- Moodle -------------------------------------------------------------------------------

    def moodle(self) -> Iterator[str]:
        """``moodle.csv``: one column that tells the user, the grade, and a comment."""
        roster = self._roster
        fits = "moodle" in self._layouts or any(name in self._header for name in _MOODLES)
        if roster is None or not fits or self._is_worksheet():
            return
        scored = list(self._scored())
        columns = [name for name in ("email", "id", "login") if name in roster.columns]
        known = {c: [s for s in scored if s.entry and roster.value(s.entry, c)] for c in columns}
        best = max(columns, key=lambda column: len(known[column]), default=None)
        if best is None:
            return
        header = (roster.header[roster.columns[best]], "Grade", "Feedback")
        rows = [
            (roster.value(s.entry, best), s.score, safe(comment(s.row)))
            for s in known[best] if s.entry
        ]  # fmt: skip
        left = len(scored) - len(rows)
        if left:
            yield f"moodle.csv: {left} without {header[0]} in the roster are left out."
        yield from self._write("moodle.csv", header, rows, [0])

    def worksheet(self) -> Iterator[str]:
        """``moodle-offline.csv``: the offline grading worksheet, filled in."""
        roster = self._roster
        if roster and self._is_worksheet():
            places = {name: self._header.index(name) for name in _WORKSHEET}
            said = self._header.index("feedback comments") if (
                "feedback comments" in self._header) else None  # fmt: skip
            rows = []
            for s in self._scored():
                if s.entry is None:
                    continue
                values = list(roster.rows[s.entry.row])
                values += [""] * (len(roster.header) - len(values))
                values[places["grade"]] = s.score
                if said is not None:
                    values[said] = safe(comment(s.row))
                rows.append(values)
            yield from self._write("moodle-offline.csv", roster.header, rows, [])
        elif "moodle" in self._layouts and not roster:
            header = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)",
                      "Feedback comments")  # fmt: skip
            top = number(self._exercise.max_score)
            filled = [
                (f"Participant {s.id}", safe(s.name), s.score, top, "-", safe(comment(s.row)))
                for s in self._scored() if s.id
            ]  # fmt: skip
            yield from self._write("moodle-offline.csv", header, filled, [])

    def _is_worksheet(self) -> bool:
        return all(name in self._header for name in _WORKSHEET)

    # --- nbgrader -----------------------------------------------------------------------------

    def nbgrader(self) -> Iterator[str]:
        """``nbgrader.csv``: in the columns of nbgrader's own export."""
        if "nbgrader" not in self._layouts and "first_name" not in self._header:
            return
        rows = []
        for s in self._scored():
            given, _, family = s.name.rpartition(" ")
            first = self._roster.value(s.entry, "first") if self._roster and s.entry else given
            last = self._roster.value(s.entry, "last") if self._roster and s.entry else family
            rows.append(
                (self._exercise.id, "", "", s.id, safe(last), safe(first), safe(s.email), s.score,
                 "0", s.score, number(self._exercise.max_score))
            )  # fmt: skip
        yield from self._write("nbgrader.csv", _NBGRADER, rows, [3])

    # --- writing ------------------------------------------------------------------------------

    def _write(
        self, name: str, header: Sequence[str], rows: Iterable[Sequence[str]], keys: Sequence[int]
    ) -> Iterator[str]:
        """Write a table. ``keys`` are the columns that must stay letter by letter or not at all."""
        left = 0
        with replacing(self._folder / name) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for row in rows:
                if any(is_formula(row[key]) for key in keys):
                    left += 1  # as text it would be another's name, as it is a formula
                else:
                    writer.writerow([f"'{v}" if is_formula(v) and not _is_number(v) else v
                                     for v in map(one_line, row)])  # fmt: skip
        if left:
            yield f"{name}: {left} whose id a spreadsheet would take for a formula are left out."


def _is_number(text: str) -> bool:
    return text == "-" or bool(re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text))
