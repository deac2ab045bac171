"""Everything in the output folder but the journal: made from it, and made again at will."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.bulk import lms, similar, tables
from grader.bulk.graded import page_text
from grader.bulk.journal import Journal, Row
from grader.bulk.page import write_page
from grader.bulk.roster import Roster
from grader.export.files import replacing
from grader.model import Exercise

RESULTS = "results.jsonl"
REPORTS = "reports"
PAGE = "index.html"
_EVERY_S = 5.0
_SHARE = 0.05
"""Of the time, at most: what keeping ``results.jsonl`` up to date may take while a run goes on."""


def as_line(row: Row) -> dict[str, Any]:
    """A row of ``results.jsonl``: the result, and who handed it in."""
    result = dict(row.result)
    result["submission"] = {
        **result["submission"],
        "student": row.student.plain(),
        "path": row.path,
        "late": row.late,
        "attempt": row.attempt,
        "members": [member.plain() for member in row.members],
    }
    result["run"] = {**result["run"], "notes": [*result["run"]["notes"], *row.remarks]}
    return result


def write_lines(journal: Journal, folder: Path) -> None:
    """``results.jsonl``: a line a student, whole at any moment.

    Raises:
        UsageError: it can't be written.
    """
    with replacing(folder / RESULTS) as file:
        for row in journal.rows():
            text = json.dumps(as_line(row), ensure_ascii=True, allow_nan=False)
            file.write(text + "\n")


def write_all(
    journal: Journal,
    folder: Path,
    exercise: Exercise,
    roster: Roster | None = None,
    layouts: frozenset[str] = frozenset(),
) -> list[str]:
    """Every file that is made from the journal; what is to be known about some of them.

    Raises:
        UsageError: one can't be written.
    """
    write_lines(journal, folder)
    tables.write_grades(journal, folder / "grades.csv")
    tables.write_checks(journal, folder / "checks.csv")
    tables.write_parquet(journal, folder / tables.PARQUET)
    _write_reports(journal, folder / REPORTS)
    alike = similar.kept(journal)
    if alike is not None:
        tables.write_similar(journal, alike, folder / "similar.csv")
    write_page(journal, folder / PAGE, exercise, alike or ())
    return lms.write(journal, folder, exercise, roster, layouts)


def _write_reports(journal: Journal, folder: Path) -> None:
    """A report a student; those of students who are no longer in the class go."""
    folder.mkdir(exist_ok=True)
    kept: set[str] = set()
    for stem, page in journal.pages():
        kept.add(f"{stem}.html")
        if drawn := page():  # one that isn't drawn yet follows
            with replacing(folder / f"{stem}.html") as file:
                file.write(page_text(drawn))
    for path in folder.glob("*.html"):
        if path.name not in kept:
            path.unlink()


class UpToDate:
    """Writes ``results.jsonl`` anew while a run goes on, now and then."""

    def __init__(self, write: Callable[[], None]) -> None:
        self._write = write
        self._next = time.monotonic() + _EVERY_S

    def changed(self) -> None:
        """Another result is in the journal."""
        began = time.monotonic()
        if began < self._next:
            return
        self._write()
        ended = time.monotonic()
        self._next = ended + max(_EVERY_S, (ended - began) / _SHARE)
