"""Gradescope's ``results.json``.

A check is one test, always visible, with its title and points: one hidden test would take the
total from every student. What a hidden check said stands in ``extra_data``, which students
don't see. What waits for the due date stands in a test of its own without points, which
Gradescope shows then (and it shows no total before). A fault of the grader has no score
anywhere: Gradescope then tells of an autograder error, which counts as no attempt.

Source: Gradescope's autograder documentation, "Technical Details" and "Submission Metadata".
"""

from __future__ import annotations

from typing import Any

from grader.export.tell import (
    Room,
    as_json,
    below,
    origin,
    scored,
    staff,
    summary,
    tidy,
    whole,
    within,
)
from grader.model import Status, Visibility
from grader.shown.records import Shown, ShownCheck, Withheld

MEDIA_TYPE = "application/json"
LIMIT = 4 << 20
"""Gradescope names none; its page stays quick."""


def render(shown: Shown) -> str:
    """The results file."""
    return within(LIMIT, lambda room: as_json(_results(tidy(shown, room), room)))


def _results(shown: Shown, room: Room) -> dict[str, Any]:
    later = [each for each in shown.for_staff if each.visibility is Visibility.AFTER_DUE]
    tests = [_test(check, number) for number, check in enumerate(shown.checks, 1)]
    results: dict[str, Any] = {
        "output": room.cut(f"{summary(shown)}\n\n{whole(shown)}"),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(shown.run.wall_s, 3),
        "tests": [*tests, *(_after_due(each, room) for each in later)],
        "extra_data": {**origin(shown), "staff": staff(shown), "notes": list(shown.run.notes)},
    }
    if shown.standing:
        results["leaderboard"] = [
            {"name": each.name, "value": each.value, "order": "asc" if each.fewer else "desc"}
            for each in shown.standing
        ]
    if shown.score is None:
        return {**results, "tests": [_unscored(test) for test in results["tests"]]}
    return {"score": shown.score, **results}


def _test(check: ShownCheck, number: int) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": check.title,
        "number": str(number),
        "status": "passed" if check.status is Status.PASSED else "failed",
        "output": below(check),
        "tags": [check.id],
        "visibility": "visible",
    }
    if scored(check):
        test |= {"score": check.score, "max_score": check.max_score}
    return test


def _after_due(each: Withheld, room: Room) -> dict[str, Any]:
    said = [each.message, *each.details, *each.findings, each.crash]
    return {
        "name": f"{each.title}: details",
        "output": room.cut("\n".join(filter(None, said))),
        "tags": [each.id],
        "visibility": "after_due_date",
    }


def _unscored(test: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in test.items() if key not in {"score", "max_score"}}
