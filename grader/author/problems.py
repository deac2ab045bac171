"""What is wrong with an exercise: one line each, for its author."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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


def place_in_bank(exercise: Exercise, path: Path) -> str:
    """A file as its author knows it: from the root that holds the exercise."""
    return path.relative_to(exercise.reference.parent.parent).as_posix()
