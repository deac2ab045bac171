"""A small report with odd numbers in it, for tests that need one and no grading."""

from __future__ import annotations

import dataclasses
from typing import Any

import sample_parts
from grader.model import (
    CheckResult,
    Crash,
    Evidence,
    Finding,
    Isolation,
    IsolationLevel,
    Level,
    Limits,
    Outcome,
    Output,
    Place,
    Report,
    Rubric,
    Status,
)
from grader.verdict import decide

FINDING = Finding(
    rule="gradients-not-cleared",
    level=Level.ERROR,
    place=Place("work.py", 8),
    step=2,
    what="step 2 adds its gradients to those of step 1",
    evidence=(Evidence(label="before", expected="none", actual="those of step 1"),),
    fix="clear the gradients once per step",
    why="PyTorch adds to .grad",
)
IN_CELL = dataclasses.replace(FINDING, place=Place("work.ipynb", 3, 2), step=None)
PLACELESS = dataclasses.replace(FINDING, place=None, level=Level.NOTE)
RUBRIC = (
    Rubric(id="zero_grad", title="Gradients are cleared", points=2),
    Rubric(id="learns", title="It learns", points=0.3),
)
EXERCISE = sample_parts.exercise(
    title="Repair a loop",
    version="1",
    lesson="1.3",
    data=(),
    provides=(),
    limits=Limits(),
    rubric=RUBRIC,
)
SUBMISSION = sample_parts.submission("x = 1", "work.py")
CRASH = Crash(
    type="ValueError",
    message="no",
    frames=((Place("work.py", 4), "f()"),),
    values=(("x", "None"),),
    explanation="what no means",
)


def report(*results: CheckResult, outcome: Outcome = Outcome.OK, **changes: Any) -> Report:
    run = sample_parts.run(
        started="2030-01-01T00:00:00Z",
        wall_s=1.23456,
        cpu_s=0.5,
        peak_rss_mb=312.345,
        isolation=Isolation(level=IsolationLevel.PARTIAL, layers=("seccomp",), missing=("user",)),
        output=Output(stdout="hello\n"),
        outcome=outcome,
        reason="because",
        crash=CRASH,
        notes=("num_workers=2 was served in-process",),
    )
    given = Report(
        tool_version="0.1.0",
        exercise=EXERCISE,
        submission=SUBMISSION,
        verdict=decide(results, RUBRIC, run, extra=[PLACELESS]),
        run=run,
        metrics={"test_accuracy": 0.9, "steps": 375},
        curves={"loss": (2.3, float("nan"), float("inf"), float("-inf"))},
    )
    return dataclasses.replace(given, **changes)


def passed(name: str) -> CheckResult:
    return CheckResult(id=name, title=name, status=Status.PASSED, message="", duration_s=0.25)


def failed(name: str, *findings: Finding) -> CheckResult:
    return CheckResult(
        id=name,
        title="of the check",
        status=Status.FAILED,
        message="m",
        details=("fc1[0]",),
        findings=findings,
        crash=CRASH,
    )
