"""PrairieLearn's ``results.json`` of an external grader.

A fault of the grader is ``gradable: false``: it uses no attempt. The file stays below 1 MiB,
beyond which PrairieLearn refuses it. Keys that its page doesn't know, such as ``staff``, are
kept with the submission, where instructors read them.

Source: PrairieLearn's documentation, "External grading", and its own reading of the file.
"""

from __future__ import annotations

from typing import Any

from grader.export.tell import (
    Room,
    as_json,
    below,
    fraction,
    origin,
    scored,
    staff,
    summary,
    tidy,
    whole,
    within,
)
from grader.shown.records import Shown, ShownCheck

MEDIA_TYPE = "application/json"
LIMIT = (1 << 20) - (16 << 10)
"""Bytes: PrairieLearn refuses files above 1 MiB; some room is left for what it adds."""


def render(shown: Shown) -> str:
    """The results file."""
    return within(LIMIT, lambda room: as_json(_results(tidy(shown, room), room)))


def _results(shown: Shown, room: Room) -> dict[str, Any]:
    share = fraction(shown)
    results: dict[str, Any] = {
        "gradable": share is not None,
        "message": room.cut(summary(shown)),
        "output": room.cut(whole(shown)),
        "tests": [_test(check) for check in shown.checks],
        "staff": staff(shown),
        "origin": origin(shown),
    }
    if share is None:
        said = room.cut(summary(shown))
        return {**results, "format_errors": [said], "tests": []}
    return {"score": share, **results}


def _test(check: ShownCheck) -> dict[str, Any]:
    return {
        "name": check.title,
        "points": check.score if scored(check) else 0,
        "max_points": check.max_score,
        "output": below(check),
    }
