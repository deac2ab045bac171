"""Coursera's ``feedback.json`` of a custom grader.

Its kit takes a share from 0 to 1 and a text for the learner, and has no place for what only
staff may read, so none is written. A fault of the grader has no share, and the kit refuses the
file: the learner's attempt is not graded.

Source: Coursera's programming assignment kit, ``courseraprogramming grade``.
"""

from __future__ import annotations

from typing import Any

from grader.export.tell import Room, as_json, fraction, summary, tidy, whole, within
from grader.shown.records import Shown

MEDIA_TYPE = "application/json"
LIMIT = 512 << 10


def render(shown: Shown) -> str:
    """The feedback file."""
    return within(LIMIT, lambda room: as_json(_feedback(tidy(shown, room), room), indent=None))


def _feedback(shown: Shown, room: Room) -> dict[str, Any]:
    share = fraction(shown)
    said = {"feedback": room.cut(whole(shown)) or summary(shown), "feedbackType": "TXT"}
    return said if share is None else {"fractionalScore": share, **said}
