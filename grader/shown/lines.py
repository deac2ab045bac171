"""The student's own lines: what stands at a place, and an exception with those it went through."""

from __future__ import annotations

from itertools import groupby
from pathlib import PurePath

from grader.model import Crash, Finding, Place, Submission, SubmissionKind
from grader.shown.records import Call, ShownCrash
from grader.shown.spans import span_at

OUTER_FRAMES, INNER_FRAMES = 3, 8


def source_line(submission: Submission, place: Place | None) -> str:
    """Return the student's own line at ``place``, or nothing if there is no such line."""
    if place is None:
        return ""
    lines = _text_at(submission, place).split("\n")
    return lines[place.line - 1] if 1 <= place.line <= len(lines) else ""


def span_of(submission: Submission, finding: Finding) -> tuple[int, int] | None:
    """Return from which column of its line to which a finding points, where that is known."""
    place = finding.place
    if place is None:
        return None
    return span_at(_text_at(submission, place), place.line, finding.rule)


def _text_at(submission: Submission, place: Place) -> str:
    """The student's file or cell that a place is in, empty for another file."""
    if not same_file(submission, place):
        return ""
    wanted = place.cell if submission.kind is SubmissionKind.NOTEBOOK else 0
    return next((cell.source for cell in submission.cells if cell.number == wanted), "")


def same_file(submission: Submission, place: Place) -> bool:
    """Whether ``place`` speaks of the file that was handed in, whatever folder it names."""
    return PurePath(place.file).name == PurePath(submission.name).name


def shown_crash(crash: Crash, submission: Submission) -> ShownCrash:
    """Return an exception with the lines that it went through, the middle ones left out."""
    *frames, last = crash.frames or [(None, "")]
    callers = [
        Call(
            place=place,
            source=source_line(submission, place) or text,
            times=len(list(same)),
        )
        for (place, text), same in groupby(frames)
        if place
    ]
    omitted = max(len(callers) - OUTER_FRAMES - INNER_FRAMES, 0)
    if omitted:
        callers = [*callers[:OUTER_FRAMES], *callers[-INNER_FRAMES:]]
    return ShownCrash(
        type=crash.type,
        message=crash.message,
        explanation=crash.explanation,
        values=crash.values,
        place=last[0],
        source=source_line(submission, last[0]) or last[1],
        callers=tuple(callers),
        omitted=omitted,
        span=crash.span,
    )
