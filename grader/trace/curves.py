"""What a curve of losses shows: where it began, where it ended, whether it learned.

Our side of the wall.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

BAD = 0.5
"""Training that ends above this share of its first loss is looked into."""
LEARNED = 0.8
"""A replay has learned below this share of the first loss, ..."""
TIMES = 3.0
"""... if its loss fell by this many times what the original's did, or ..."""
HALF = 0.5
"""... to below this share of where the original ended."""
FEWEST = 8
"""Fewer steps than these say nothing, unless the loss exploded in them."""
GREW = 1.5
FEW = 5
FEWEST_LAST = 4
SMOOTH = 20
"""The best moment of a training is looked for in medians of a twentieth of its losses."""


def start_of(losses: Sequence[float]) -> float:
    """The loss before anything was learned: one noisy first batch must not decide."""
    first = losses[0]
    if len(losses) < FEWEST:
        return first
    middle = statistics.median(losses[:FEW])
    return min(first, middle) if math.isfinite(middle) else first


def end_of(losses: Sequence[float]) -> float:
    """The median of the last fifth; nan if more than half of it is not finite."""
    last = losses[-max(1, len(losses) // 5) :]
    finite = [loss for loss in last if math.isfinite(loss)]
    return statistics.median(finite) if 2 * len(finite) > len(last) else math.nan


def ended_badly(losses: Sequence[float]) -> bool:
    """Whether a training came to nothing: not finite, grown, or hardly fallen."""
    if not math.isfinite(losses[-1]):
        return True
    start, end = start_of(losses), end_of(losses)
    if not math.isfinite(end):
        return True
    share = BAD if len(losses) >= FEWEST else GREW
    return start > 0 and end > share * start


def has_learned(replay: Sequence[float], start: float, reached: float) -> bool:
    """Whether a replay learned clearly, and clearly more than the original rate did.

    ``reached``: the lowest that the original rate came to.
    """
    end = end_of(replay)
    if not (math.isfinite(end) and math.isfinite(start) and start > 0):
        return False
    if end > LEARNED * start:
        return False
    fell = max(start - reached, 0.0)
    return start - end > TIMES * fell or end < HALF * reached


def best_of(losses: Sequence[float]) -> tuple[int, float]:
    """Where the stretch begins in which a loss was at its best, and how low it was there."""
    width = max(FEW, len(losses) // SMOOTH)
    best = (0, math.inf)
    for at in range(0, max(1, len(losses) - width + 1), max(1, width // 4)):
        stretch = [loss for loss in losses[at : at + width] if math.isfinite(loss)]
        if 2 * len(stretch) > width and (middle := statistics.median(stretch)) < best[1]:
            best = (at, middle)
    return best


def is_clearly_below(replay: Sequence[float], losses: Sequence[float]) -> bool:
    """Whether most of the last losses of a replay are below most of a run's.

    Losses that go up and down with the data have medians that differ by chance.
    """
    lower, upper = _last(replay), _last(losses)
    if len(lower) < FEWEST_LAST or len(upper) < FEWEST_LAST:
        return True  # too few to tell their spread, or not finite in the end
    return statistics.quantiles(lower, n=4)[2] < statistics.quantiles(upper, n=4)[0]


def _last(losses: Sequence[float]) -> list[float]:
    """The finite ones of the last fifth."""
    return [loss for loss in losses[-max(1, len(losses) // 5) :] if math.isfinite(loss)]
