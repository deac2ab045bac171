"""The class as tables: CSV files for people, for pandas and for LMSs.

A cell that begins like a formula becomes text: whoever opens the table in a spreadsheet must not
run what a student wrote. Only numbers that we computed ourselves may begin with a minus.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.bulk.journal import Journal, Row
from grader.bulk.names import one_line
from grader.bulk.similar import Pair
from grader.export.files import replacing, write_bytes_atomically

Cell = str | float | int | bool | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GRADES = (
    "id", "name", "email", "score", "max_score", "outcome", "passed", "late", "attempt",
    "submission", "report", "members", "note",
)  # fmt: skip
PARQUET = "checks.parquet"
_CHECKS = ("id", "name", "check", "title", "status", "score", "max_score", "visibility", "message")


_SIMILAR = ("student", "other", "share", "matches")


def write_similar(journal: Journal, pairs: Sequence[Pair], path: Path) -> None:
    """A row for each pair of submissions that are alike: a hint for a person.

    Raises:
        UsageError: it can't be written.
    """
    names = [row.student.name for row in journal.rows()]
    rows = (
        (
            names[pair.one],
            names[pair.other],
            pair.share,
            "; ".join(f"{match.here} and {match.there}" for match in pair.matches),
        )
        for pair in pairs
    )
    write(path, _SIMILAR, rows)


_POINTS = ("score", "max_score")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA)


def cell(value: Cell) -> str:
    """A value as one cell: one line, and no formula."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() | int():
            return number(value)
        case _:
            text = one_line(value)
            return f"'{text}" if is_formula(value) or is_formula(text) else text


def number(value: float) -> str:
    """A number as every importer reads it: a point for the decimals, nothing for thousands."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Writes a table; the old one stays until the new one is whole.

    Raises:
        UsageError: it can't be written.
    """
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([cell(value) for value in row] for row in rows)


def write_grades(journal: Journal, path: Path) -> None:
    """``grades.csv``: a row a student, those who handed in nothing at the end."""
    write(path, _GRADES, _grades(journal))


def write_checks(journal: Journal, path: Path) -> None:
    """``checks.csv``: a row a check and student, for pandas."""
    write(path, _CHECKS, _checks(journal))


def write_parquet(journal: Journal, path: Path) -> bool:
    """``checks.parquet``: the same rows with their types; False where pyarrow isn't installed.

    Texts are as they are: no spreadsheet opens it, so none takes one for a formula.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  # whoever wants it has it
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        return False
    columns: dict[str, list[Cell]] = {name: [] for name in _CHECKS}
    for row in _checks(journal):
        for name, value in zip(_CHECKS, row, strict=True):
            columns[name].append(float(value) if name in _POINTS and value is not None else value)
    types = {name: pa.float64() if name in _POINTS else pa.string() for name in _CHECKS}
    schema = pa.schema(list(types.items()))
    table = pa.table(columns, schema=schema)
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    write_bytes_atomically(path, sink.getvalue().to_pybytes())
    return True


def _grades(journal: Journal) -> Iterator[Sequence[Cell]]:
    for row in journal.rows():
        result = row.result
        yield (
            row.student.id, row.student.name, row.student.email, result["score"],
            result["max_score"], result["outcome"], result["passed"], row.late, row.attempt,
            row.path, f"reports/{row.stem}.html", "; ".join(each.name for each in row.members),
            comment(row),
        )  # fmt: skip
    for student in journal.students("missing"):
        yield (
            student.id, student.name, student.email, None, None, "missing", False, None, None,
            None, None, None, "handed in nothing",
        )  # fmt: skip


def _checks(journal: Journal) -> Iterator[Sequence[Cell]]:
    for row in journal.rows():
        for check in row.result["checks"]:
            yield (
                row.student.id, row.student.name, check["id"], check["title"], check["status"],
                check["score"], check["max_score"], check["visibility"], check["message"],
            )  # fmt: skip


def comment(row: Row) -> str:
    """What a student is told beside a grade, in a line: which checks did not pass, or why none."""
    result = row.result
    if result["outcome"] == "grader_fault":
        return "The grader failed on this submission; a person has to look at it."
    if result["outcome"] not in ("ok", "crashed"):
        return one_line(result["run"]["reason"] or result["outcome"].replace("_", " "))
    lost = [c["title"] for c in result["checks"] if c["status"] != "passed" and _told(c)]
    hidden = sum(c["status"] != "passed" and not _told(c) for c in result["checks"])
    if hidden:
        lost.append(f"{hidden} that {'is' if hidden == 1 else 'are'} not public")
    return f"Not passed: {'; '.join(lost)}" if lost else "Every check passed"


def _told(check: dict[str, str]) -> bool:
    return check["visibility"] == "public"
