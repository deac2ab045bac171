"""From what was seen of a submission to its report: the same for a fresh run and for a kept one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from grader.model import CheckResult, Exercise, Report, Rubric, Status, Verdict
from grader.observation.again import Again, judged_again, undecided
from grader.observation.record import Observation
from grader.shown.harmless import entered
from grader.verdict import decide

__all__ = ["Again", "again_report", "judged_again", "report_of", "settled", "verdict_of"]

CURVES_FILE = "curves.json"


def report_of(observation: Observation, exercise: Exercise) -> Report:
    """The report of a run that was made under this very rubric."""
    kept = observation
    report = Report(
        tool_version=kept.version,
        exercise=exercise,
        submission=kept.submission,
        verdict=verdict_of(kept, exercise),
        run=kept.run,
        metrics=kept.metrics,
        curves=kept.curves,
        reference_curves=reference_curves(exercise),
        handin=kept.handin,
        counted=kept.counted,
    )
    return entered(report)


def verdict_of(observation: Observation, exercise: Exercise) -> Verdict:
    """The verdict alone."""
    return decide(
        observation.checks,
        exercise.rubric,
        observation.run,
        extra=observation.findings,
        public_only=observation.public_only,
    )


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
    for before in again.checks:  # what a check needs comes before it
        if before.id in again.undecided:
            done[before.id] = _settled(lines[before.id], before, told.get(before.id), reasons, done)
        else:
            done[before.id] = before
    return replace(
        again,
        checks=tuple(done.values()),
        undecided=reasons,
        metrics={**again.metrics, **metrics},
    )


def _settled(
    line: Rubric,
    before: CheckResult,
    result: CheckResult | None,
    reasons: dict[str, str],
    done: Mapping[str, CheckResult],
) -> CheckResult:
    unknown = [need for need in line.needs if need in reasons]
    if unknown:
        reasons[line.id] = f"it needs {', '.join(unknown)}, which can't be judged"
    elif result is not None and result.basis.unkept:
        reasons[line.id] = result.basis.unkept
    elif result is not None and result.status is not Status.ERROR:
        del reasons[line.id]
    if result is None or line.id in reasons:
        return undecided(line, reasons[line.id], before.basis)
    missing = tuple(n for n in line.needs if n not in done or done[n].status is not Status.PASSED)
    if not missing:
        return result
    return CheckResult(
        id=line.id,
        title=line.title,
        status=Status.SKIPPED,
        message=f"needs {', '.join(missing)}",
        basis=replace(before.basis, needs=missing),
    )


def reference_curves(exercise: Exercise) -> dict[str, tuple[float, ...]]:
    """The curves of the reference solution's own run (scripts/record_curves.py)."""
    path: Path = exercise.reference / CURVES_FILE
    return dict(_curves(path, path.stat().st_mtime_ns)) if path.is_file() else {}


@lru_cache(maxsize=8)
def _curves(path: Path, _changed: int) -> dict[str, tuple[float, ...]]:
    curves = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(values) for name, values in curves.items()}
