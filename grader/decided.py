"""What a course decided about an exercise, as plain data: for another machine, or for a package.

The exercise's files are not in it: whoever reads it has them, and puts the decisions over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from grader import bank
from grader.model import Exercise, Feedback, IsolationLevel, Limits, Rubric, Visibility


def to_plain(exercise: Exercise) -> dict[str, Any]:
    """The decisions, as JSON has them."""
    return {
        "id": exercise.id,
        "limits": asdict(exercise.limits),
        "rubric": [asdict(line) for line in exercise.rubric],
        "isolation": exercise.isolation.value,
        "due": exercise.due,
        "feedback": asdict(exercise.feedback),
        "leaderboard": list(exercise.leaderboard),
    }


def from_plain(said: Mapping[str, Any]) -> Exercise:
    """The exercise of this machine's bank with the decisions over it.

    Raises:
        UnknownName: there is no such exercise here.
    """
    feedback = said["feedback"]
    return replace(
        bank.load(said["id"]),
        limits=Limits(**said["limits"]),
        rubric=tuple(map(_rubric, said["rubric"])),
        isolation=IsolationLevel(said["isolation"]),
        due=said["due"],
        feedback=Feedback(**{**feedback, "then": Visibility(feedback["then"])}),
        leaderboard=tuple(said["leaderboard"]),
    )


def _rubric(said: Mapping[str, Any]) -> Rubric:
    return Rubric(
        **{
            **said,
            "visibility": Visibility(said["visibility"]),
            "needs": tuple(said["needs"]),
            "hints": tuple(said["hints"]),
        }
    )
