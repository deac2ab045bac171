"""The JSON that a grader hands to GitHub Classroom's old reporter.

The reporter prints what it is given, and GitHub's runner takes lines that begin with ``::``
for commands: a student's text must hold none. It sums the tests' scores, and prints a table of
full passes, so ``pass`` stands only where the points are full. The reporter knows no score
that is missing: a fault of the grader is ``error`` with tests of no points at all.

Source: classroom-resources/autograding-grading-reporter and its graders.
"""

from __future__ import annotations

from typing import Any

from grader.export.tell import Room, as_json, below, no_commands, scored, tidy, within
from grader.model import Status
from grader.shown.records import Shown, ShownCheck

MEDIA_TYPE = "application/json"
LIMIT = 96 << 10
"""Bytes: in base64 it becomes one line of the runner's, which ends at 128 KiB."""
_VERSION = 1


def render(shown: Shown) -> str:
    """The result, on one line."""
    return within(LIMIT, lambda room: as_json(_result(tidy(shown, room), room), indent=None))


def _result(shown: Shown, room: Room) -> dict[str, Any]:
    status = "error" if shown.score is None else "pass" if shown.passed else "fail"
    return {
        "version": _VERSION,
        "status": status,
        "max_score": 0 if shown.score is None else shown.max_score,
        "tests": [_test(check, room, graded=shown.score is not None) for check in shown.checks],
    }


def _test(check: ShownCheck, room: Room, *, graded: bool) -> dict[str, Any]:
    full = check.status is Status.PASSED
    place = next((f.finding.place for f in check.findings if f.finding.place), None)
    return {
        "name": no_commands(check.title),
        "status": "pass" if full else "fail" if scored(check) else "error",
        "score": check.score if graded and scored(check) else 0,
        "max_score": check.max_score if graded else 0,
        "message": no_commands(room.cut(below(check))),
        "test_code": check.id,
        "filename": no_commands(place.file) if place else "",
        "line_no": place.line if place else 0,
        "duration": 0,
    }
