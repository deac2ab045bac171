"""Classroom 50's ``result.json``, schema ``classroom50/result/v1``.

All points there are whole numbers, so a rubric with halves is scaled, and ``scale`` in each
test says by what. Which classroom, assignment and commit a result is of, the runner tells in
its environment (``shown.handin.names``). The schema asks for a score; a fault of the grader has
none, and the runner refuses the file rather than show a zero. Grading runs in the student's own
repository: what only staff may read is not written.

Source: foundation50/classroom50, its schema and runner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.export.tell import (
    Room,
    as_json,
    below,
    no_commands,
    scored,
    tidy,
    whole_number_scale,
    within,
)
from grader.model import Status
from grader.shown.records import Shown, ShownCheck

MEDIA_TYPE = "application/json"
SCHEMA = "classroom50/result/v1"
LIMIT = 512 << 10
NAMES = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
"""Field of the result → the runner's name for it."""
_SECONDS = 19
"""Characters of ``2026-11-30T09:57:47``: the schema takes no fraction of a second."""


def render(shown: Shown) -> str:
    """The result file."""
    return within(LIMIT, lambda room: as_json(_result(tidy(shown, room), room)))


def _result(shown: Shown, room: Room) -> dict[str, Any]:
    checks = shown.checks
    scale = whole_number_scale([*(c.max_score for c in checks), *(c.score for c in checks)])
    tests = [_test(check, scale, room) for check in checks]
    result = {
        "schema": SCHEMA,
        **_names(shown.handin.names, shown),
        "datetime": f"{shown.run.started[:_SECONDS]}Z",
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    if shown.score is None:
        return result
    return {**result, "score": sum(test["score"] for test in tests)}


def _names(told: Mapping[str, str], shown: Shown) -> dict[str, str]:
    names = {field: told.get(name, "") for field, name in NAMES.items()}
    tag = names["submission"]
    return {
        **names,
        "assignment": names["assignment"] or shown.exercise.id,
        "assignment_type": names["assignment_type"] or "individual",
        "submission": tag if tag.startswith("submit/") else f"submit/{tag}",
    }


def _test(check: ShownCheck, scale: int, room: Room) -> dict[str, Any]:
    return {
        "test-name": no_commands(check.title),
        "passed": check.status is Status.PASSED,
        "score": round(check.score * scale) if scored(check) else 0,
        "max-score": round(check.max_score * scale),
        "id": check.id,
        "status": check.status.value,
        "message": no_commands(room.cut(below(check))),
        "scale": scale,
    }
