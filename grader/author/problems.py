"""What is wrong with an exercise: one line each, for its author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.model import Exercise


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that an exercise's author has to mend. ``file`` is its place in the bank."""

    exercise: str
    file: str
    what: str
    line: int | None = None
    expected: str = ""
    actual: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        facts = [f"expected {self.expected}"] if self.expected else []
        facts += [f"got {self.actual}"] if self.actual else []
        return f"{place}: {self.what}" + (f": {', '.join(facts)}" if facts else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What ``grade verify`` found out. No problem means that the exercises are proved."""

    exercises: tuple[str, ...]
    trials: int
    problems: Sequence[Problem]

    def plain(self) -> dict[str, Any]:
        """The proof as plain values for JSON."""
        return {
            "passed": not self.problems,
            "exercises": list(self.exercises),
            "trials": self.trials,
            "problems": [asdict(problem) for problem in self.problems],
        }


def place_in_bank(exercise: Exercise, path: Path) -> str:
    """A file as its author knows it: from the root that holds the exercise."""
    return path.relative_to(exercise.reference.parent.parent).as_posix()
