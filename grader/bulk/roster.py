"""The roster: who is in the class, from a CSV as Canvas, Moodle, Gradescope or nbgrader export it.

Columns are found by the names that these systems give them, in whatever order. A roster can be
a gradebook or a grading worksheet; then it can be handed back with the grades filled in, which
is why its rows are kept as they came.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.bulk.hand_in import Student
from grader.bulk.names import exact, folded, one_line
from grader.errors import UsageError

_MAX_BYTES = 64 << 20
_DELIMITERS = ",;\t"

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("student", "student name", "name", "full name", "fullname", "vollständiger name"),
    "first": ("first name", "first_name", "firstname", "given name", "vorname"),
    "last": ("last name", "last_name", "lastname", "surname", "family name", "nachname"),
    "id": ("id", "student_id", "student id", "sid", "id number", "idnumber", "id-nummer",
           "matrikelnummer", "identifier", "lms_user_id"),
    "sis": ("sis user id",),
    "login": ("sis login id", "username", "user name", "login", "anmeldename"),
    "email": ("email", "email address", "e-mail", "e-mail address", "e-mail-adresse", "mail"),
}  # fmt: skip
"""What a column can be called, without case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One student of the roster. ``ids`` and ``names`` are what a layout may know them by."""

    student: Student
    ids: frozenset[str]
    names: frozenset[str]
    spelled: frozenset[str]
    row: int

    def is_exactly(self, student: Student) -> bool:
        """Whether it is this student letter by letter, in one of the names, ids or addresses."""
        words = (student.id, student.email, student.name)
        return any(exact(word) in self.spelled for word in words if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A roster as read: the header and the rows as they came, and the students in them."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, int]
    entries: tuple[Entry, ...]
    delimiter: str

    def value(self, entry: Entry, column: str) -> str:
        """One cell of a student's row; empty where there is no such column."""
        place = self.columns.get(column)
        row = self.rows[entry.row]
        return row[place].strip() if place is not None and place < len(row) else ""

    def find(self, student: Student) -> Entry | None:
        """The one entry that this is, by name, address, login or id; None where two could be.

        Where a name and an id point to two people the name has it: Moodle counts participants
        anew for each assignment, and such a number may be another student's id.
        """
        words = {folded(word) for word in (student.id, student.email) if word}
        by_id = [entry for entry in self.entries if words & entry.ids]
        name = folded(student.name)
        named = [entry for entry in self.entries if name in entry.names or name in entry.ids]
        if len(named) == 1:
            return named[0]
        among = [entry for entry in by_id if entry in named] if named else by_id
        return among[0] if len(among) == 1 else None


def read(path: Path) -> Roster:
    """Reads a roster.

    Raises:
        UsageError: there is no such file, no column tells who a student is, or one id stands for
            two students.
    """
    text = _text(path)
    delimiter = max(_DELIMITERS, key=text[:4000].partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as problem:
        raise UsageError(f"{path} is no table ({problem}); a CSV file was expected.") from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise UsageError(f"{path} is empty; a header and a row a student were expected.")
    columns = _columns(rows[0])
    if not columns.keys() & {"name", "first", "last", "id", "email", "login"}:
        found = ", ".join(one_line(cell) for cell in rows[0][:8])
        raise UsageError(
            f"{path}: no column of its header tells who a student is. Expected one named like "
            f"Student, Name, First name, Email, ID, SID or student_id; found {found}. Export the "
            "roster or gradebook anew, with its header."
        )
    body = tuple(tuple(row) for row in rows[1:])
    entries = tuple(_entries(body, columns))
    _check_twice(path, body, columns, entries)
    return Roster(
        header=tuple(rows[0]), rows=body, columns=columns, entries=entries, delimiter=delimiter
    )


def _text(path: Path) -> str:
    """The file as text: UTF-8, UTF-16 where it says so, else the Windows code page."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise UsageError(f"The roster {path} can't be read ({reason}). Check its name.") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\0", "")


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [one_line(cell).casefold() for cell in header]
    columns: dict[str, int] = {}
    for column, spellings in COLUMNS.items():
        places = [names.index(spelling) for spelling in spellings if spelling in names]
        if places:
            columns[column] = places[0]
    return columns


def _entries(rows: Sequence[Sequence[str]], columns: dict[str, int]) -> Iterable[Entry]:
    for number, row in enumerate(rows):
        cells = {
            column: one_line(row[place]) for column, place in columns.items() if place < len(row)
        }
        if "points possible" in (row[0] if row else "").casefold():
            continue  # the second row of Canvas's gradebook
        if cells.get("name", "").casefold() in ("student, test", "test student"):
            continue  # Canvas's own
        entry = _entry(cells, number)
        if entry is not None:
            yield entry


def _entry(cells: dict[str, str], number: int) -> Entry | None:
    first, last, email = (cells.get(name, "") for name in ("first", "last", "email"))
    name = cells.get("name", "") or f"{first} {last}".strip()
    ids = [cells.get(column, "") for column in ("id", "sis", "login")]
    shown = name or email or next(filter(None, ids), "")
    if not shown:
        return None
    if "," in name:  # "Last, First"
        last, _, first = (part.strip() for part in name.partition(","))
        shown = f"{first} {last}".strip()
    spellings = {name, shown, f"{last} {first}", f"{first} {last}"}
    local = email.partition("@")[0]
    known = {*ids, email, local, *(word.split()[-1] for word in ids if " " in word)} - {""}
    return Entry(
        student=Student(name=shown, id=next(filter(None, ids), None), email=email or None),
        ids=frozenset(map(folded, known)),  # the last word of "Participant 12" too
        names=frozenset(folded(word) for word in spellings if word.strip()),
        spelled=frozenset(exact(word) for word in known | spellings if word.strip()),
        row=number,
    )


def _check_twice(
    path: Path,
    rows: Sequence[Sequence[str]],
    columns: dict[str, int],
    entries: Iterable[Entry],
) -> None:
    """An id that stands for two people would give one the other's mark."""
    for column in ("id", "sis", "login", "email"):
        seen: defaultdict[str, set[str]] = defaultdict(set)
        for entry in entries:
            place, row = columns.get(column), rows[entry.row]
            value = one_line(row[place]) if place is not None and place < len(row) else ""
            if value:
                seen[value.casefold()].add(entry.student.name)
        twice = [(value, names) for value, names in seen.items() if len(names) > 1]
        if twice:
            value, names = twice[0]
            people = " and ".join(sorted(names)[:3])
            raise UsageError(
                f"{path}: {value!r} stands for {people}; each student needs one of their own. "
                "Correct the roster, or leave the wrong row out."
            )
