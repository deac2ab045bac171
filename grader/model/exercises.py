"""What an exercise says, and what a course decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.model.words import IsolationLevel, SubmissionKind, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a student's process may use. Each names itself in the outcome when it strikes.

    ``wall_s`` is the time in all, ``check_s`` that of one question of a check, ``cell_s`` that
    of one cell of a notebook, which never gets more than three quarters of ``wall_s``: what
    follows a cell that hangs is to run too.
    """

    wall_s: float = 120.0
    cell_s: float = 600.0
    check_s: float = 30.0
    memory_bytes: int = 4 << 30
    output_bytes: int = 8 << 20
    kept_output_bytes: int = 64 << 10
    disk_bytes: int = 512 << 20
    disk_files: int = 10_000
    answer_bytes: int = 64 << 20
    open_files: int = 1024
    threads: int = 256

    @property
    def one_cell_s(self) -> float:
        """The seconds that one cell of a notebook may run."""
        return min(self.cell_s, 0.75 * self.wall_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """One line of a rubric: what the course decides about one check.

    ``settings`` are the check's own numbers (thresholds, tolerances), handed to it by name.
    """

    id: str
    title: str
    points: float
    visibility: Visibility = Visibility.PUBLIC
    needs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """How much is told of which attempt, where the platform tells the attempt.

    The first ``full_attempts`` are told everything that is public (None: every attempt is); what is
    public then becomes ``then``, hidden or after_due, in the later ones.
    """

    full_attempts: int | None = None
    then: Visibility = Visibility.HIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolicy:
    """What a course takes off for a late hand-in.

    ``share`` of the points earned, or ``points``, for each ``unit`` (seconds) begun after the due
    date, once the ``grace`` (seconds) is over; ``cap`` is the largest share of the points earned
    that is ever taken off.
    """

    share: float = 0.0
    points: float = 0.0
    unit: float = 86400.0
    grace: float = 0.0
    cap: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """An exercise as the bank reads it from the three places of its stem."""

    id: str
    title: str
    version: str
    lesson: str
    submit: SubmissionKind
    summary: str
    starter: Path
    task: Path
    reference: Path
    data: tuple[str, ...]
    provides: tuple[str, ...]
    limits: Limits
    rubric: tuple[Rubric, ...]
    isolation: IsolationLevel = IsolationLevel.NONE
    """The least isolation that the exercise may be graded with."""
    full_data: bool = False
    """Whether it is graded on the full data set where this machine has it."""
    answers: bool = False
    """Whether a table of answers (YAML) may be handed in."""
    due: str = ""
    """When it is due, ISO 8601 with an offset; empty where no check waits for it."""
    feedback: Feedback = field(default_factory=Feedback)
    leaderboard: tuple[str, ...] = ()
    """What a course compares its students by, in names of metrics and of what was counted."""
    late: LatePolicy | None = None
    """What a late hand-in costs; the course's decision, never a bank's."""
    extra: Path | None = None
    """A file of checks of the course's own, whose lines end the rubric; never a bank's."""

    @property
    def max_score(self) -> float:
        """The points that can be earned."""
        return sum(line.points for line in self.rubric)
