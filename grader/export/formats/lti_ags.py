"""A score of LTI Advantage's Assignment and Grade Services, ready to be posted.

``userId`` is the tool consumer's (``shown.handin.student``). A fault of the grader is
``NotReady`` without a score, which consumers leave aside. Moodle drops scores that aren't
``FullyGraded`` and takes a missing maximum for 1; Canvas refuses one without a maximum; both
refuse a timestamp that isn't later than the last: it has microseconds.

Source: 1EdTech, LTI-AGS 2.0, "Score publish service".
"""

from __future__ import annotations

from typing import Any

from grader.export.tell import Room, as_json, summary, tidy, whole, within
from grader.shown.records import Shown

MEDIA_TYPE = "application/vnd.ims.lis.v1.score+json"
LIMIT = 64 << 10


def render(shown: Shown) -> str:
    """The payload of one score."""
    return within(LIMIT, lambda room: as_json(_score(tidy(shown, room), room)))


def _score(shown: Shown, room: Room) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "userId": shown.handin.student,
        "timestamp": shown.run.started,
        "activityProgress": "Submitted" if shown.score is None else "Completed",
        "gradingProgress": "NotReady" if shown.score is None else "FullyGraded",
        "comment": room.cut(summary(shown) + "\n\n" + whole(shown)),
    }
    if shown.handin.submitted:
        payload["submission"] = {"submittedAt": shown.handin.submitted}
    if shown.score is None:
        return payload
    return {**payload, "scoreGiven": max(shown.score, 0.0), "scoreMaximum": _maximum(shown)}


def _maximum(shown: Shown) -> float:
    """Above 0, as the standard demands; an exercise of no points counts as one."""
    return shown.max_score if shown.max_score > 0 else 1.0
