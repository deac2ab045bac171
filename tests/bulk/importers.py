"""What Canvas's gradebook import, Moodle's two imports and spreadsheets do with a table.

Written from the rules that the systems follow, to be run on what we write for them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_INFO = {"id", "sis user id", "sis login id", "integration id", "root account", "section"}
_NOT_IMPORTED = re.compile(r"(?i)(?:current|final|override) (?:score|points|grade)")


class Refused(Exception):
    """The import ends here, and nothing of it was taken."""


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def canvas_number(text: str) -> float | None:
    """The last separator is the decimal point; what is no plain number is not a score."""
    if not re.fullmatch(r"-?[0-9.,]+%?", text):
        return None
    whole, _, decimals = text.rstrip("%").replace(",", ".").rpartition(".")
    return float(f"{whole.replace('.', '')}.{decimals}" if whole else decimals)


def canvas(path: Path, gradebook: Mapping[str, str]) -> dict[tuple[str, str], float | None]:
    """The changes that Canvas makes: (user id, assignment) to a score, None for one that goes.

    ``gradebook`` maps the ids of users to their names.
    """
    header, *rows = read(path)
    if len(header) <= 3 or "Student" not in header[0] or "ID" not in header[1]:
        raise Refused("Invalid header row")
    first = next(n for n, name in enumerate(header) if name.casefold() not in _INFO and n > 1)
    assert "section" not in [name.casefold() for name in header[first:]]
    changes: dict[tuple[str, str], float | None] = {}
    for row in rows:
        if "Points Possible" in row[0]:
            continue
        user = row[1] if row[1] in gradebook else next(
            (id_ for id_, name in gradebook.items() if name == row[0]), None)  # fmt: skip
        if user is None:
            raise Refused(f"unknown student {row[:2]}")
        for name, value in zip(header[first:], row[first:], strict=True):
            if not _NOT_IMPORTED.search(name):
                changes[user, name] = canvas_number(value) if value else None
    return changes


def moodle(path: Path, users: Sequence[str], top: float) -> dict[str, float]:
    """The grades that Moodle's CSV import gives when the first column is mapped to the user."""
    _, *rows = read(path)
    grades: dict[str, float] = {}
    user = ""
    for row in rows:
        if row[0]:  # a blank cell leaves the user of the row before
            user = row[0]
            if user not in users:
                raise Refused(f"unknown user {user}")
        if row[1] in ("", "-"):
            continue
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", row[1]) or float(row[1]) > top:
            raise Refused(f"bad grade {row[1]}")
        grades[user] = float(row[1])
    return grades


def moodle_offline(path: Path) -> dict[str, float]:
    """The grades of the offline worksheet, by participant."""
    header, *rows = read(path)
    places = [header.index(name) for name in ("Identifier", "Grade", "Last modified (grade)")]
    return {
        row[places[0]].rpartition(" ")[2]: float(row[places[1]]) for row in rows if row[places[1]]
    }
