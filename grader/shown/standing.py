"""Where a submission stands beside others: the numbers that a course's leaderboard shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.model import Report

COUNTED = ("steps", "parameters")
"""What every recorded training has; the rest are metrics of an exercise."""
_FEWER_IS_BETTER = ("steps", "parameters", "loss", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One number of a leaderboard, and whether a smaller one is better."""

    name: str
    value: float
    fewer: bool


def standing(report: Report) -> tuple[Standing, ...]:
    """The numbers that the course asked for and that were measured, in the course's order.

    Nothing before the submission has passed: few steps that learn nothing are no feat.
    """
    if not report.verdict.passed:
        return ()
    measured = {**report.metrics, **report.counted}
    return tuple(
        Standing(
            name=name.replace("_", " "),
            value=measured[name],
            fewer=name.endswith(_FEWER_IS_BETTER),
        )
        for name in report.exercise.leaderboard
        if name in measured and math.isfinite(measured[name])
    )
