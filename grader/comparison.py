"""Measured numbers against a rubric's: whether a comparison holds, and what is said if not.

Pure functions of a :class:`~grader.model.Compared`, so that a comparison can be made again with
another threshold when the program that was measured is long gone.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from grader.model import Compared

AT_LEAST, AT_MOST = "at least", "at most"

Z = 1.96
"""Of a 95 % interval."""
NEAR = 2.0
"""Standard errors around a threshold within which chance could decide."""

_NUMBER = re.compile(r"\{(measured|threshold|low|high|tries)(?::((?:,|)(?:\.\d{1,2})?[%efg]?))?\}")


class Interval(NamedTuple):
    """A share of ``count`` with its 95 % interval (Wilson 1927)."""

    share: float
    low: float
    high: float


def wilson(share: float, count: int) -> Interval:
    """The interval of a share that was measured on ``count`` independent samples."""
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * math.sqrt(share * (1 - share) / count + (Z / (2 * count)) ** 2) / (1 + Z * Z / count)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def is_near(share: float, threshold: float, count: int) -> bool:
    """Whether chance could decide if a share of ``count`` samples reaches a threshold."""
    noise = math.sqrt(threshold * (1 - threshold) / count)
    return abs(share - threshold) < NEAR * noise


def may_be_chance(compared: Compared) -> bool:
    """Whether this comparison is one that other seeds have to be asked about."""
    return bool(compared.count) and is_near(
        compared.measured, compared.threshold, compared.count
    )  # fmt: skip


def value(compared: Compared) -> float:
    """The number that counts: what was measured, or near the threshold the median of the seeds.

    Of several tries the first that meets the threshold counts, else the best.
    """
    if compared.tried:
        best = max if compared.relation == AT_LEAST else min
        enough = (each for each in compared.tried if _meets(each, compared))
        return next(enough, best(compared.tried))
    if not compared.again or not may_be_chance(compared):
        return compared.measured
    return statistics.median([compared.measured, *compared.again])


def holds(compared: Compared) -> bool:
    """Whether the number is as the rubric wants it; NaN never is."""
    return _meets(value(compared), compared)


def _meets(measured: float, compared: Compared) -> bool:
    if compared.relation == AT_LEAST:
        return measured >= compared.threshold
    return measured <= compared.threshold


def groups(compared: Iterable[Compared]) -> Iterator[tuple[Compared, ...]]:
    """Comparisons in their order, those of which one is enough together."""
    group: list[Compared] = []
    for each in compared:
        group.append(each)
        if not each.or_next:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)


def with_threshold(compared: Compared, threshold: float) -> Compared:
    """The comparison with another number of the rubric."""
    return replace(compared, threshold=threshold)


def failure(compared: Compared) -> tuple[str, tuple[str, ...]]:
    """What a reader is told of a comparison that doesn't hold: a sentence, and its details."""
    details = [_told(detail, compared) for detail in compared.details]
    if compared.again and may_be_chance(compared):
        shares = (compared.measured, *compared.again)
        shown = ", ".join(f"{share:.1%}" for share in shares)
        details.insert(1, f"trained with {len(shares)} seeds: {shown}; the median counts")
    return _told(compared.said, compared), tuple(details)


def metrics(compared: Compared) -> dict[str, float]:
    """The metrics of the result that a share is told as; none where it is not told."""
    if not compared.metric:
        return {}
    if not compared.count:
        return {compared.metric: value(compared)}
    interval, name = wilson(value(compared), compared.count), compared.metric
    return {
        name: interval.share,
        f"{name}_low": interval.low,
        f"{name}_high": interval.high,
        f"{name}_count": compared.count,
    }


def threshold_of(settings: Mapping[str, Any], name: str, kind: str) -> float:
    """A number of a rubric line's settings; of one for each kind of data, that kind's.

    Raises:
        LookupError: the line has no such setting.
        TypeError: it is no number.
    """
    found = settings[name]
    if isinstance(found, Mapping):
        found = found[kind]
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise TypeError(f"the setting {name!r} is no number")
    return found


def _told(text: str, compared: Compared) -> str:
    """A text with its numbers. Only these are known, so a text can ask for nothing else."""
    known = {"measured": value(compared), "threshold": compared.threshold}
    if compared.tried:
        known["tries"] = len(compared.tried)
    if compared.count:
        interval = wilson(known["measured"], compared.count)
        known |= {"low": interval.low, "high": interval.high}

    def number(found: re.Match[str]) -> str:
        name, form = found.groups()
        return format(known[name], form or "g") if name in known else found[0]

    return _NUMBER.sub(number, text)
