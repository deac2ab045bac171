"""Observations made by hand, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grader import bank
from grader.model import (
    Basis,
    Cell,
    CheckResult,
    Compared,
    Exercise,
    Handin,
    Isolation,
    IsolationLevel,
    Outcome,
    Output,
    Part,
    Run,
    Status,
    Submission,
    SubmissionKind,
)
from grader.observation import code
from grader.observation.record import Kept, Observation, Training

EXERCISE = "debug_loop"


def exercise(**settings: Any) -> Exercise:
    """The shipped exercise, with the settings of its line ``learns`` changed."""
    found = bank.load(EXERCISE)
    rubric = tuple(
        replace(line, settings={**line.settings, **settings}) if line.id == "learns" else line
        for line in found.rubric
    )
    return replace(found, rubric=rubric)


def share(measured: float, **more: Any) -> Compared:
    """A share of 1,000 images, held against a threshold of 0.85."""
    fields: dict[str, Any] = {
        "label": "share", "measured": measured, "relation": "at least", "threshold": 0.85,
        "setting": "threshold", "said": "it reads {measured:.1%}, expected {threshold:.0%}",
        "details": ("{low:.1%} to {high:.1%}",), "settles_pass": True, "count": 1000,
        "metric": "val_accuracy",
    }  # fmt: skip
    return Compared(**{**fields, **more})


def result(name: str, status: Status = Status.PASSED, *parts: Part, **basis: Any) -> CheckResult:
    """A check's result."""
    message = "it does" if status is Status.PASSED else "it doesn't"
    return CheckResult(
        id=name, title=name, status=status, message=message, basis=Basis(parts=parts, **basis)
    )


def part(status: Status, *compared: Compared) -> Part:
    """How one test ended."""
    return Part(status=status, message="as it was", passed="It reads well", compared=compared)


def observation(
    *results: CheckResult,
    kept_training: Training | None = None,
    asked: Mapping[str, bool] | None = None,
) -> Observation:
    """A grading of a script of one line, in which all other checks passed."""
    today = bank.load(EXERCISE)
    told = {each.id: each for each in results}
    checks = tuple(told.get(line.id, result(line.id)) for line in today.rubric)
    return Observation(
        version="0.1.0",
        exercise=EXERCISE,
        exercise_version=today.version,
        asked=tuple(line.id for line in today.rubric if (asked or {}).get(line.id, True)),
        public_only=False,
        code=code.of(today),
        submission=Submission(
            name="s.py",
            sha256="0" * 64,
            kind=SubmissionKind.SCRIPT,
            cells=(Cell(number=0, source="pass"),),
        ),
        handin=Handin(),
        run=Run(
            device="cpu",
            seed=1,
            started="2027-01-01T00:00:00+00:00",
            wall_s=1.0,
            cpu_s=1.0,
            peak_rss_mb=1.0,
            isolation=Isolation(level=IsolationLevel.FULL),
            output=Output(stdout="hello"),
            outcome=Outcome.OK,
            data={"mnist": "subset"},
        ),
        checks=checks,
        findings=(),
        metrics={"val_accuracy": 0.5},
        curves={},
        kept=Kept(training=kept_training),
    )
