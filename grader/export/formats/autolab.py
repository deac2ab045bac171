"""What Autolab reads: the feedback as text, and on the last line the scores as JSON.

The problems' names are the checks' ids. Autolab puts quotes around every word before a colon
in that line, so it holds none: ids and numbers only. A fault of the grader gives no scores,
which Autolab tells as an error of the autograder.

Source: Autolab's documentation, "Autograders for Instructors", and its own parser.
"""

from __future__ import annotations

from grader.export.tell import Room, as_json, tidy, whole, within
from grader.shown.records import Shown

MEDIA_TYPE = "text/plain"
LIMIT = 96 << 10
"""Bytes of feedback: of more, Autolab's driver keeps head and tail only."""


def render(shown: Shown) -> str:
    """The feedback, an empty line, and the scores."""
    return within(LIMIT, lambda room: f"{_feedback(shown, room)}\n\n{_scores(shown)}")


def _feedback(shown: Shown, room: Room) -> str:
    """Nothing in it can be the last line, whatever a program printed."""
    return room.cut(whole(tidy(shown, room)))


def _scores(shown: Shown) -> str:
    scores = {} if shown.score is None else {check.id: check.score for check in shown.checks}
    return as_json({"scores": scores}, indent=None)
