"""Notebooks as they are handed in: graded without a false word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from books import BOOKS, Book
from grader import bank, submission
from grader.model import Report, Status, SubmissionKind
from grader.pipeline import Grader


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_messy_notebook_is_judged_by_what_it_does(
    book: Book, warm_grader: Grader, tmp_path: Path
) -> None:
    """Checks, findings with cell and line, each cell's end and the notes are those stated."""
    exercise = bank.load("debug_loop")
    if "cell_s" in book.keys:
        limits = replace(exercise.limits, cell_s=float(book.keys["cell_s"]))
        exercise = replace(exercise, limits=limits)
    given = submission.read(book.write(tmp_path), SubmissionKind.SCRIPT)
    report = warm_grader.grade(exercise, given)
    said = (report.run.reason, report.run.notes, report.verdict.findings)
    assert report.run.outcome == book.keys.get("outcome", "ok"), said
    assert _ends(report) == [(cell.status, cell.after) for cell in book.code], said
    _check_verdict(book, report)
    found = {(f.rule, f.place and f.place.cell, f.place and f.place.line)
             for f in report.verdict.findings if f.level != "note"}  # fmt: skip
    expected = book.findings
    if "finding" in book.keys:  # in a file of the notebook's own
        found = {(rule, None, None) for rule, _, _ in found}
    assert found == expected
    for words in book.notes:
        assert any(words in note for note in report.run.notes), report.run.notes


def _ends(report: Report) -> list[tuple[str, tuple[int, ...]]]:
    return [(str(cell.status), cell.after_failure) for cell in report.run.cells]


def _check_verdict(book: Book, report: Report) -> None:
    words = book.keys.get("failed", "").split()
    either = {word.removesuffix("?") for word in words if word.endswith("?")}
    failed = {
        scored.rubric.id: scored.result.message
        for scored in report.verdict.checks
        if scored.result.status is not Status.PASSED
    }
    assert failed.keys() - either == set(words) - {f"{name}?" for name in either}, failed


def test_there_are_twenty_and_most_are_correct() -> None:
    """The library holds what it is said to hold."""
    assert len(BOOKS) >= 20
    assert sum("failed" not in book.keys for book in BOOKS) >= 14
