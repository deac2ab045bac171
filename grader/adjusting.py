"""Marks that no check gives: points set by hand, and what a late hand-in costs.

Both are applied to a finished report, visibly: the check says who set it and why, the result says
what it was before and after. Neither ever touches what was found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from grader.model import (
    Adjustment,
    LatePolicy,
    Outcome,
    Report,
    ScoredCheck,
    Status,
    Verdict,
)

FOUND = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.SKIPPED: "was skipped",
    Status.ERROR: "could not be judged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A check's points, as a person has set them. ``at`` is UTC, ISO 8601; ``by`` may be empty."""

    check: str
    points: float
    why: str
    by: str = ""
    at: str = ""


def taken_off(policy: LatePolicy, earned: float, late_s: float) -> float:
    """Points that a hand-in so many seconds after the due date loses of those it earned."""
    begun = 0 if late_s <= policy.grace else max(1, math.ceil(late_s / policy.unit))
    return min(begun * (policy.points + policy.share * earned), policy.cap * earned)


def with_overrides(report: Report, overrides: Mapping[str, Override]) -> Report:
    """The report with the points that a person has set; those of a check that is gone count not."""
    wanted = [c for c in report.verdict.checks if c.rubric.id in overrides]
    if not wanted:
        return report
    checks = tuple(
        _overridden(check, overrides[check.rubric.id]) if check in wanted else check
        for check in report.verdict.checks
    )
    made = tuple(_adjustment(check, overrides[check.rubric.id]) for check in wanted)
    return _told(replace(report, verdict=_whole(report, checks)), made)


def with_lateness(
    report: Report, policy: LatePolicy | None, *, submitted: str, due: str, late: bool | None
) -> Report:
    """The report with what the hand-in's time costs it.

    ``submitted`` and ``due`` are ISO 8601 with an offset, or empty where they aren't known.
    """
    score = report.verdict.score
    if policy is None or score is None or not due:
        return report
    if not submitted:
        note = "Handed in late; by how much isn't known, so nothing was taken off for it."
        return _noted(report, note) if late else report
    after = datetime.fromisoformat(submitted) - datetime.fromisoformat(due)
    off = taken_off(policy, score, after.total_seconds())
    if off <= 0:
        return report
    text = (
        f"Handed in {_span(after)} after the due date: {number(off)} of {number(score)} points "
        f"are taken off, {number(score - off)} are left."
    )
    made = Adjustment(kind="late", text=text, before=score, after=score - off)
    verdict = replace(report.verdict, score=score - off)
    return _told(replace(report, verdict=verdict), (made,))


def number(value: float) -> str:
    """Points, as a reader writes them."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _overridden(check: ScoredCheck, override: Override) -> ScoredCheck:
    """A check as a person has set it; what the grader had found stays to be read."""
    result, points = check.result, check.rubric.points
    status = Status.PASSED if override.points >= points else Status.FAILED
    found = f"{FOUND[result.status]}, {number(check.score)} of {number(points)}"
    before = f"found by the grader: it {found}: {result.message}".rstrip(": ")
    return replace(
        check,
        score=override.points,
        result=replace(
            result,
            status=status,
            message=_by_hand(override, points),
            details=(before, *result.details),
        ),
    )


def _by_hand(override: Override, points: float) -> str:
    by = f" by {override.by}" if override.by else ""
    return f"set by hand to {number(override.points)} of {number(points)}{by}: {override.why}"


def _adjustment(check: ScoredCheck, override: Override) -> Adjustment:
    before = None if check.result.status is Status.ERROR else check.score
    return Adjustment(
        kind="override",
        text=f"{check.rubric.title}: {_by_hand(override, check.rubric.points)}",
        before=before,
        after=override.points,
        check=override.check,
        by=override.by,
        at=override.at,
    )


def _whole(report: Report, checks: tuple[ScoredCheck, ...]) -> Verdict:
    """The verdict over checks of which some were set by hand: these count as judged."""
    old = report.verdict
    statuses = {check.result.status for check in checks}
    by_hand = all(check.result.message.startswith("set by hand") for check in checks)
    outcome = report.run.outcome
    if outcome is Outcome.GRADER_FAULT and by_hand:
        outcome = Outcome.OK
    faulty = outcome is Outcome.GRADER_FAULT or Status.ERROR in statuses
    return replace(
        old,
        checks=checks,
        outcome=Outcome.GRADER_FAULT if faulty else outcome,
        passed=not faulty and outcome is Outcome.OK and statuses == {Status.PASSED},
        score=None if faulty else math.fsum(check.score for check in checks),
    )


def _told(report: Report, made: tuple[Adjustment, ...]) -> Report:
    """The report with adjustments, which its notes tell too: every format shows them."""
    told = replace(report, adjustments=(*report.adjustments, *made))
    for each in made:
        told = _noted(told, each.text)
    return told


def _noted(report: Report, note: str) -> Report:
    return replace(report, run=replace(report.run, notes=(*report.run.notes, note)))


def _span(after: timedelta) -> str:
    hours = after.total_seconds() / 3600
    if hours < 1:
        return f"{math.ceil(hours * 60)} minutes"
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"  # noqa: PLR2004
