"""What is kept of one grading: frozen records, and nothing of a class that may change beside them.

A training is kept as the rows that came over the wire, so that a later reader reads them as
strictly as the first one did. Of what a model answered to each held-out image only the class it
gave is kept, which is what an accuracy is counted from: 1 byte an image instead of 40.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.model import (
    CheckResult,
    Crash,
    Finding,
    Handin,
    Outcome,
    Run,
    Submission,
)
from grader.trace.trace import ReplayRequest

SCHEMA = "grade.observation/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a model answered to ``count`` images: the class of each, or what came instead.

    ``best`` is the class of each image as one byte, in base64; ``classes`` is how many there were
    to choose from. Instead there may be the ``crash`` of the student's code, or an ``outcome`` with
    its ``reason``.
    """

    count: int = 0
    classes: int = 0
    best: str = ""
    crash: Crash | None = None
    outcome: Outcome | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReplay:
    """A run of the first steps with other updates: what was asked for, and its rows."""

    request: ReplayRequest
    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One run of a program, with its replays.

    ``damage`` is what was wrong with its rows; ``start`` are the answers before the first update,
    ``is_first`` says that nothing else was trained by then.
    """

    ended: str
    rows: tuple[Any, ...]
    replays: tuple[KeptReplay, ...] = ()
    damage: str = ""
    answers: Answers | None = None
    start: Answers | None = None
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that a check made under the recorder: its rows, and what the rules found in them."""

    rows: tuple[Any, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the judge keeps beside the results. ``training`` is None where nothing was trained."""

    training: Training | None = None
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """By what it is known whether code has changed: ``checks`` has a digest for each check."""

    checks: Mapping[str, str] = field(default_factory=dict)
    rules: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One grading, all of it.

    ``version`` and ``exercise_version`` are the grader's and the exercise's at that time; ``asked``
    are the checks that were asked for, and ``public_only`` whether others had been left out.
    """

    schema: str = SCHEMA
    version: str
    exercise: str
    exercise_version: str
    asked: tuple[str, ...]
    public_only: bool
    code: Code
    submission: Submission
    handin: Handin
    run: Run
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    metrics: Mapping[str, float]
    curves: Mapping[str, tuple[float, ...]]
    kept: Kept = field(default_factory=Kept)
    counted: Mapping[str, int] = field(default_factory=dict)
