"""Parts of a report, each with what the samples have in common; a test changes what it is about."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from grader.model import (
    Cell,
    CheckResult,
    Exercise,
    Finding,
    Isolation,
    IsolationLevel,
    Limits,
    Outcome,
    Output,
    Report,
    Rubric,
    Run,
    ScoredCheck,
    Status,
    Submission,
    SubmissionKind,
    Verdict,
)

RUBRIC = (
    Rubric(
        id="learning_rate",
        title="The step size neither blows training up nor freezes it",
        points=2,
        hints=(
            "Print the loss of the first ten steps. What does it do?",
            "Compare the size of one update with the size of the weights that it changes.",
            "For plain SGD on this network, look between 0.001 and 0.5.",
        ),
    ),
    Rubric(
        id="zero_grad",
        title="Each step uses the gradients of its own batch only",
        points=2,
        hints=(
            "Print a parameter's gradient before the backward pass of the second batch.",
            "PyTorch adds to .grad; it never replaces it.",
            "The optimizer has a method that clears all of its parameters' gradients.",
        ),
    ),
    Rubric(
        id="loss_call",
        title="The loss is computed by calling an instance of the loss class",
        points=2,
        hints=("What type does the name loss have after this line?",),
    ),
    Rubric(
        id="validation_mode",
        title="Validation runs in eval mode and without gradients",
        points=2,
    ),
    Rubric(
        id="learns",
        title="The trained model reads at least 85 % of unseen digits",
        points=2,
    ),
)


def exercise(**changes: object) -> Exercise:
    """The debug_loop exercise, or another with some fields changed."""
    base = Exercise(
        id="debug_loop",
        title="Debug a training loop",
        version="1.0",
        lesson="1.3 §8",
        submit=SubmissionKind.SCRIPT,
        summary="A training loop with four bugs; find and repair them all.",
        starter=Path("starter.py"),
        task=Path("task.md"),
        reference=Path("solution.py"),
        data=("mnist",),
        provides=("train_loader", "val_loader"),
        limits=Limits(wall_s=120),
        rubric=RUBRIC,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def submission(
    source: str, name: str = "loop.py", kind: SubmissionKind = SubmissionKind.SCRIPT
) -> Submission:
    """A script or module of one cell."""
    cells = (Cell(number=0, source=source),)
    return Submission(name=name, sha256="5f2c9d0e" * 8, kind=kind, cells=cells)


def run(**changes: object) -> Run:
    """A run of twelve seconds behind the full wall, or with some fields changed."""
    base = Run(
        device="cpu",
        seed=20240,
        started="2026-03-02T09:30:00Z",
        wall_s=12.34,
        cpu_s=11.9,
        peak_rss_mb=612.4,
        isolation=Isolation(
            level=IsolationLevel.FULL,
            layers=(
                *("descriptors", "namespaces", "private-root", "landlock", "uid", "capabilities"),
                *("no-new-privs", "rlimits", "seccomp"),
            ),
            missing=("cgroup: no cgroup that can be written to",),
        ),
        output=Output(),
        outcome=Outcome.OK,
        versions={"Python": "3.11.9", "torch": "2.14.1"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def scored(
    rubric: Rubric,
    status: Status,
    message: str = "",
    *,
    earned: float | None = None,
    **parts: object,
) -> ScoredCheck:
    """One check's result with its points: all of them if it passed, else none."""
    result = CheckResult(
        id=rubric.id,
        title=rubric.title,
        status=status,
        message=message,
        duration_s=0.4,
        **parts,  # type: ignore[arg-type]
    )
    full = rubric.points if status is Status.PASSED else 0.0
    return ScoredCheck(result=result, rubric=rubric, score=full if earned is None else earned)


def report(
    checks: tuple[ScoredCheck, ...],
    *,
    handed_in: Submission,
    ran: Run,
    of: Exercise | None = None,
    findings: tuple[Finding, ...] = (),
    **parts: object,
) -> Report:
    """A Report whose verdict follows from its checks."""
    fault = ran.outcome is Outcome.GRADER_FAULT
    verdict = Verdict(
        outcome=ran.outcome,
        passed=all(check.result.status is Status.PASSED for check in checks) and not fault,
        score=None if fault else sum(check.score for check in checks),
        max_score=sum(check.rubric.points for check in checks),
        checks=checks,
        findings=findings,
    )
    base = Report(
        tool_version="0.1.0",
        exercise=of or exercise(),
        submission=handed_in,
        verdict=verdict,
        run=ran,
        metrics={},
        curves={},
    )
    return replace(base, **parts)  # type: ignore[arg-type]


def exploding() -> tuple[float, ...]:
    rising = [2.31 * 9.0 ** min(step, 30) * (1 + 0.4 * math.sin(step)) for step in range(36)]
    return (*rising, *[math.nan] * 24)


def falling(steps: int, end: float = 0.21) -> tuple[float, ...]:
    return tuple(
        end + (2.31 - end) * math.exp(-step / 90) + 0.05 * math.sin(step * 1.7) * math.cos(step / 7)
        for step in range(steps)
    )
