"""From what was seen of a submission to its report: the same for a fresh run and for a kept one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from grader.model import CheckResult, Exercise, Report, Rubric, Status
from grader.observation.again import Again, judged_again, undecided
from grader.observation.record import Observation
from grader.shown.harmless import entered
from grader.verdict import decide

__all__ = ["Again", "again_report", "judged_again", "report_of", "settled"]

CURVES_FILE = "curves.json"


def report_of(observation: Observation, exercise: Exercise) -> Report:
    """The report of a run that was made under this very rubric."""
    kept = observation
    verdict = decide(
        kept.checks,
        exercise.rubric,
        kept.run,
        extra=kept.findings,
        public_only=kept.public_only,
    )
    report = Report(
        tool_version=kept.version,
        exercise=exercise,
        submission=kept.submission,
        verdict=verdict,
        run=kept.run,
        metrics=kept.metrics,
        curves=kept.curves,
        reference_curves=reference_curves(exercise),
        handin=kept.handin,
    )
    return entered(report)


def again_report(observation: Observation, exercise: Exercise, again: Again) -> Report:
    """The report of a kept run under another rubric."""
    seen = replace(
        observation,
        checks=again.checks,
        findings=again.findings,
        metrics=again.metrics,
    )
    return report_of(seen, exercise)


def settled(
    again: Again,
    exercise: Exercise,
    results: Iterable[CheckResult],
    metrics: Mapping[str, float],
) -> Again:
    """The same, with the results of checks that were run over what was kept.

    What a check needs is looked at once more: one that was undecided may have passed by now.
    """
    told = {result.id: result for result in results}
    reasons = dict(again.undecided)
    done: dict[str, CheckResult] = {}
    lines = {line.id: line for line in exercise.rubric}
    for before in again.checks:
        line, result = lines[before.id], told.get(before.id)
        if result is not None and result.basis.unkept:
            reasons[line.id] = result.basis.unkept
        elif result is not None and result.status is not Status.ERROR:
            reasons.pop(line.id, None)
        done[line.id] = _of_check(line, before, result, reasons, done)
    return replace(
        again,
        checks=tuple(done.values()),
        undecided=reasons,
        metrics={**again.metrics, **metrics},
    )


def _of_check(
    line: Rubric,
    before: CheckResult,
    result: CheckResult | None,
    reasons: dict[str, str],
    done: Mapping[str, CheckResult],
) -> CheckResult:
    unknown = [need for need in line.needs if need in reasons]
    if unknown:
        reasons[line.id] = f"it needs {', '.join(unknown)}, which can't be judged"
    if line.id in reasons:
        return undecided(line, reasons[line.id], before.basis)
    missing = tuple(n for n in line.needs if n not in done or done[n].status is not Status.PASSED)
    if missing:
        return CheckResult(
            id=line.id,
            title=line.title,
            status=Status.SKIPPED,
            message=f"needs {', '.join(missing)}",
            basis=replace(before.basis, needs=missing),
        )
    return before if result is None else result


def reference_curves(exercise: Exercise) -> dict[str, tuple[float, ...]]:
    """The curves of the reference solution's own run (scripts/record_curves.py)."""
    path: Path = exercise.reference / CURVES_FILE
    if not path.is_file():
        return {}
    curves = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(values) for name, values in curves.items()}
