"""What was measured: plain numbers, and shares that come with their interval and threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.model import Exercise, Run, Visibility
from grader.shown import words

LOW, HIGH, COUNT = "_low", "_high", "_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its 95 % interval, all from 0 to 1; ``needed`` is the threshold, if known."""

    name: str
    value: float
    low: float
    high: float
    count: int | None
    needed: float | None

    @property
    def said(self) -> str:
        """The share in words, with its interval, what it was measured on, and its threshold."""
        interval = f"95 % interval {100 * self.low:.1f} to {100 * self.high:.1f} %"
        of = f" of {self.count:,} held-out digits" if self.count else ""
        needed = f"; {words.percent(self.needed)} needed" if self.needed is not None else ""
        return f"{100 * self.value:.1f} % ({interval}){of}{needed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """All that was measured, each number once."""

    shares: tuple[Share, ...]
    numbers: Mapping[str, float]


def measures(metrics: Mapping[str, float], exercise: Exercise, run: Run) -> Measures:
    """Return the metrics, with an interval's two ends taken to the share between them."""
    names = [name for name in metrics if _is_share(metrics, name)]
    needed = _needed(exercise, run) if len(names) == 1 else None
    parts = {f"{name}{end}" for name in names for end in (LOW, HIGH, COUNT)}
    return Measures(
        shares=tuple(
            Share(
                name=name,
                value=metrics[name],
                low=metrics[name + LOW],
                high=metrics[name + HIGH],
                count=round(metrics[name + COUNT]) if name + COUNT in metrics else None,
                needed=needed,
            )
            for name in names
        ),
        numbers={
            name: value
            for name, value in metrics.items()
            if name not in names and name not in parts
        },
    )


def _is_share(metrics: Mapping[str, float], name: str) -> bool:
    low, value, high = (metrics.get(each, -1.0) for each in (name + LOW, name, name + HIGH))
    return 0 <= low <= value <= high <= 1


def _needed(exercise: Exercise, run: Run) -> float | None:
    """The threshold of the one public check that has one, for the data that was used."""
    found = [
        _for_kind(line.settings["threshold"], run)
        for line in exercise.rubric
        if "threshold" in line.settings and line.visibility is Visibility.PUBLIC
    ]
    return found[0] if len(found) == 1 else None


def _for_kind(threshold: Any, run: Run) -> float | None:
    kinds = set(run.data.values())
    if isinstance(threshold, Mapping):
        threshold = threshold.get(kinds.pop()) if len(kinds) == 1 else None
    is_share = isinstance(threshold, int | float) and 0 < threshold < 1
    return float(threshold) if is_share else None
