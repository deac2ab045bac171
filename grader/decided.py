"""What a course decided about an exercise, as plain data: for another machine, or for a package.

The exercise's files are not in it: whoever reads it has them, and puts the decisions over them. A
course's own checks are in it, as text.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from grader import bank
from grader.model import Exercise, Feedback, IsolationLevel, Limits, Rubric, Visibility


def to_plain(exercise: Exercise) -> dict[str, Any]:
    """The decisions, as JSON has them."""
    path = exercise.extra
    extra = {} if path is None else {"name": path.name, "text": path.read_text(encoding="utf-8")}
    return {
        "id": exercise.id,
        "limits": asdict(exercise.limits),
        "rubric": [asdict(line) for line in exercise.rubric],
        "isolation": exercise.isolation.value,
        "due": exercise.due,
        "feedback": asdict(exercise.feedback),
        "leaderboard": list(exercise.leaderboard),
        **({"extra": extra} if extra else {}),
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
        extra=_laid(**said["extra"]) if "extra" in said else None,
    )


def _laid(name: str, text: str) -> Path:
    """A file of a course's own checks, for the judge to read."""
    path = Path(_folder(text).name) / Path(name).name
    path.write_text(text, encoding="utf-8")
    return path


@functools.lru_cache(maxsize=8)
def _folder(_text: str) -> tempfile.TemporaryDirectory[str]:
    """A folder for a text that nobody else can read, removed when this process ends."""
    return tempfile.TemporaryDirectory(prefix="grade-course-")


def _rubric(said: Mapping[str, Any]) -> Rubric:
    return Rubric(
        **{
            **said,
            "visibility": Visibility(said["visibility"]),
            "needs": tuple(said["needs"]),
            "hints": tuple(said["hints"]),
        }
    )
