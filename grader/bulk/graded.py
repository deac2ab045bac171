"""What is kept of one grading: its result, its report, and the lines that findings point to."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader import judging
from grader.export.json import strict, to_result
from grader.model import Exercise, Outcome, Place, Report, Submission
from grader.observation import file
from grader.observation.record import Observation
from grader.report.html import render_html

_AROUND = 1  # lines before and after the one that a finding points to
_LONGEST = 200  # characters of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A grading as the journal keeps it. ``page`` is the HTML report, compressed.

    ``excerpts`` are, for each finding in the result's order, the lines around its place: pairs
    of a line's number and its text. ``observation`` is what all of it was made from, and can be
    made from again; empty where the grading didn't come so far.
    """

    result: Mapping[str, Any]
    page: bytes
    excerpts: list[list[tuple[int, str]]]
    observation: bytes = b""

    @property
    def is_fault(self) -> bool:
        """Whether the grader was at fault, so that this is nobody's score."""
        return bool(self.result["outcome"] == Outcome.GRADER_FAULT)


def observed(seen: Observation, exercise: Exercise, notes: tuple[str, ...] = ()) -> Graded:
    """What is kept of a grading, with ``notes`` added to those of its run."""
    seen = replace(seen, run=replace(seen.run, notes=(*seen.run.notes, *notes)))
    graded = keep(judging.report_of(seen, exercise))
    return replace(graded, observation=file.encode(seen))


def keep(report: Report, notes: tuple[str, ...] = ()) -> Graded:
    """What is kept of a report, with ``notes`` added to those of its run."""
    report = replace(report, run=replace(report.run, notes=(*report.run.notes, *notes)))
    return Graded(result=to_result(report), page=page_of(report), excerpts=excerpts_of(report))


def page_of(report: Report) -> bytes:
    """The HTML report, compressed."""
    return zlib.compress(render_html(report).encode("utf-8", "replace"))


def excerpts_of(report: Report) -> list[list[tuple[int, str]]]:
    """For each finding, the lines around its place."""
    places = [finding.place for finding in report.verdict.findings]
    return [_lines(report.submission, place) for place in places]


def page_text(page: bytes) -> str:
    """The HTML report of a kept grading."""
    return zlib.decompress(page).decode()


def _lines(submission: Submission, place: Place | None) -> list[tuple[int, str]]:
    if place is None:
        return []
    cells = (cell for cell in submission.cells if cell.number == (place.cell or 0))
    lines = next((cell.source.split("\n") for cell in cells), [])
    if not 0 < place.line <= len(lines):
        return []
    first = max(place.line - _AROUND, 1)
    last = min(place.line + _AROUND, len(lines))
    return [
        (number, str(strict(lines[number - 1][:_LONGEST]))) for number in range(first, last + 1)
    ]


def plain(excerpts: list[list[tuple[int, str]]]) -> str:
    """Excerpts as JSON text."""
    return json.dumps(excerpts, ensure_ascii=True)
