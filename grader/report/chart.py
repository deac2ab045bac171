"""Curves as line charts: the geometry only, in numbers that a template draws as SVG.

A chart is small on purpose (440 by 220 units), so that its labels stay legible on a phone.
Values that are not finite leave a gap, a mark and a sentence, for that step is often the
answer to what went wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grader.shown.measures import Share
from grader.shown.words import number, percent, plural

WIDTH, HEIGHT = 440, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 428, 24, 184
_MAX_POINTS = 600
_LOG_RANGE = 1_000.0
_PLAIN_BELOW = 100_000
_CLAMP = 1e150  # spans of larger numbers overflow a float, and those of smaller ones than 1/_CLAMP

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A position on an axis, in SVG units, and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One curve: polyline pieces between gaps, and points that stand alone."""

    pieces: tuple[str, ...]
    dots: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a curve first stopped being a number."""

    at: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that a template needs to draw one curve and, if given, the reference's."""

    name: str
    meaning: str
    unit: str
    yours: Line
    reference: Line | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    log: bool
    mark: Mark | None
    summary: str


def chart(
    name: str, values: Sequence[float], reference: Sequence[float] = (), *, meaning: str = ""
) -> Chart | None:
    """Return the chart of ``values`` over steps 1, 2, …; None if there is nothing to draw.

    ``meaning`` explains the quantity in a few words. A curve that is named after epochs has
    one value an epoch.
    """
    if not values:
        return None
    unit = "epoch" if "epoch" in name.lower() else "step"
    finite = [_drawable(v) for v in (*values, *reference) if math.isfinite(v)]
    scale = _Scale.fit(finite, max(len(values), len(reference)))
    return Chart(
        name=name,
        meaning=meaning,
        unit=unit,
        yours=scale.line(values),
        reference=scale.line(reference) if any(map(math.isfinite, reference)) else None,
        x_ticks=tuple(Tick(at=scale.x(t), label=f"{t:,}") for t in _steps(scale.steps)),
        y_ticks=scale.y_ticks(),
        log=scale.log,
        mark=_mark(values, scale, unit),
        summary=summary(values, reference, unit),
    )


def _drawable(value: float) -> float:
    """Return the number that is drawn: neither too large nor too near to zero for a scale."""
    return 0.0 if abs(value) < 1 / _CLAMP else min(max(value, -_CLAMP), _CLAMP)


INTERVAL_HEIGHT = 64
INTERVAL_AT = 30  # the height of the interval's line


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A share as a point on a line, with its interval and its threshold."""

    low: float
    value: float
    high: float
    needed: Tick | None
    anchor: str
    ticks: tuple[Tick, ...]


def interval(share: Share) -> Interval:
    """Return the drawing of a share: the axis ends at 100 % and begins below all of it."""
    marks = [share.low, share.high] if share.needed is None else [share.low, share.needed]
    room = max(2 * (share.high - share.low), 0.02)
    start = max(math.floor(20 * (min(marks) - room)) / 20, 0.0)
    scale = _Across(start=start)
    needed = None
    if share.needed is not None:
        needed = Tick(at=scale.x(share.needed), label=f"{percent(share.needed)} needed")
    return Interval(
        low=scale.x(share.low),
        value=scale.x(share.value),
        high=scale.x(share.high),
        needed=needed,
        anchor="end" if needed and needed.at > (LEFT + RIGHT) / 2 else "start",
        ticks=tuple(Tick(at=scale.x(t), label=percent(t)) for t in _nice(start, 1.0)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Across:
    """From shares to SVG units, left to right up to 100 %."""

    start: float

    def x(self, share: float) -> float:
        return round(LEFT + (share - self.start) / (1 - self.start) * (RIGHT - LEFT), 1)


def summary(values: Sequence[float], reference: Sequence[float] = (), unit: str = "step") -> str:
    """Return the curve in words: where it starts and ends, its extremes, its first nan."""
    finite = [(value, at) for at, value in enumerate(values, 1) if math.isfinite(value)]
    parts = []
    if finite:
        (low, low_at), (high, high_at) = min(finite), max(finite, key=lambda pair: pair[0])
        parts.append(
            f"Starts at {number(values[0])}, ends at {number(values[-1])} after {len(values):,} "
            f"{plural(len(values), unit)}; lowest {number(low)} at {unit} {low_at:,}, "
            f"highest {number(high)} at {unit} {high_at:,}."
        )
    broken = first_broken(values)
    if broken is not None:
        parts.append(f"It became {number(values[broken])} at {unit} {broken + 1:,}.")
    ends = [value for value in reference if math.isfinite(value)]
    if ends:
        length = f"{len(reference):,} {plural(len(reference), unit)}"
        parts.append(f"The reference ends at {number(ends[-1])} after {length}.")
    return " ".join(parts)


def first_broken(values: Sequence[float]) -> int | None:
    """Return the index of the first value that is nan or infinite."""
    return next((i for i, v in enumerate(values) if not math.isfinite(v)), None)


def thinned(values: Sequence[float], limit: int = _MAX_POINTS) -> Iterator[tuple[int, float]]:
    """Yield at most ``limit`` pairs of index and value that keep every bucket's extremes.

    A bucket that holds a value that is not finite yields that one beside its lowest, so a
    single nan among a million steps still leaves its gap.
    """
    if len(values) <= limit:
        yield from enumerate(values)
        return
    buckets = limit // 2
    for bucket in range(buckets):
        indexes = range(bucket * len(values) // buckets, (bucket + 1) * len(values) // buckets)
        yield from ((i, values[i]) for i in _telling(values, indexes))


def _telling(values: Sequence[float], indexes: range) -> list[int]:
    """Return the lowest and the highest of a bucket, or the lowest and the first that broke."""
    finite = [i for i in indexes if math.isfinite(values[i])]
    broken = [i for i in indexes if not math.isfinite(values[i])]
    keep = {min(finite, key=values.__getitem__)} if finite else set()
    keep.add(broken[0] if broken else max(finite, key=values.__getitem__))
    return sorted(keep)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From steps and values to SVG units. ``low`` and ``high`` are exponents if ``log``."""

    steps: int
    low: float
    high: float
    log: bool

    @classmethod
    def fit(cls, finite: Sequence[float], steps: int) -> _Scale:
        low, high = min(finite, default=0.0), max(finite, default=1.0)
        positive = [v for v in finite if v > 0]
        if low >= 0 and positive and high / min(positive) > _LOG_RANGE:
            bottom, top = math.floor(math.log10(min(positive))), math.ceil(math.log10(high))
            return cls(steps=steps, low=bottom, high=max(top, bottom + 1), log=True)
        if low > 0 and low < 0.5 * high:
            low = 0.0  # a curve of positive numbers reads best from zero
        pad = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
        return cls(steps=steps, low=low - pad * (low != 0), high=high + pad, log=False)

    def x(self, step: float) -> float:
        share = (step - 1) / max(self.steps - 1, 1)
        return round(LEFT + share * (RIGHT - LEFT), 1)

    def y(self, value: float) -> float:
        if self.log:  # zeros and denormals sit on the floor of a logarithmic axis
            value = math.log10(value) if value > 0 else self.low
        value = min(max(value, self.low), self.high)
        share = (value - self.low) / (self.high - self.low)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    def y_ticks(self) -> tuple[Tick, ...]:
        if self.log:
            every = max(math.ceil((self.high - self.low) / 5), 1)
            powers = range(int(self.low), int(self.high) + 1, every)
            return tuple(Tick(at=self.y(10.0**e), label=_power(e)) for e in powers)
        values = _nice(self.low, self.high)
        step = values[1] - values[0]
        return tuple(Tick(at=self.y(v), label=_label(v, step)) for v in values)

    def line(self, values: Sequence[float]) -> Line:
        pieces = list(self._pieces(thinned(values)))
        return Line(
            pieces=tuple(" ".join(f"{x},{y}" for x, y in p) for p in pieces if len(p) > 1),
            dots=tuple(p[0] for p in pieces if len(p) == 1),
        )

    def _pieces(self, points: Iterable[tuple[int, float]]) -> Iterator[list[Point]]:
        piece: list[Point] = []
        for index, value in points:
            if math.isfinite(value):
                piece.append((self.x(index + 1), self.y(value)))
            elif piece:
                yield piece
                piece = []
        if piece:
            yield piece


def _mark(values: Sequence[float], scale: _Scale, unit: str) -> Mark | None:
    broken = first_broken(values)
    if broken is None:
        return None
    at = scale.x(broken + 1)
    third = (RIGHT - LEFT) / 3
    anchor = "start" if at < LEFT + third else "end" if at > RIGHT - third else "middle"
    return Mark(at=at, label=f"{number(values[broken])} at {unit} {broken + 1:,}", anchor=anchor)


def _steps(count: int) -> list[int]:
    """Ticks for steps: 1, the last one, and round numbers between with room around them."""
    if count == 1:
        return [1]
    inner = [int(t) for t in _nice(1, count) if t == int(t)]
    room = count / 12
    return [1, *[t for t in inner if 1 + room < t < count - room], count]


def _nice(low: float, high: float) -> list[float]:
    """Return four to eight round numbers within the range (multiples of 1, 2 or 5)."""
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next(m for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


def _label(value: float, step: float) -> str:
    """Return a tick's label with the decimals that its distance to the next one asks for."""
    if max(abs(value), step) >= _PLAIN_BELOW or step < 1 / _PLAIN_BELOW:
        return f"{value:.3g}"
    decimals = max(-math.floor(math.log10(step) + 1e-9), 0)
    return f"{value:,.{decimals}f}"


def _power(exponent: int) -> str:
    """Return a power of ten: plain from 0.001 to 1,000, else as 10ⁿ."""
    if -3 <= exponent <= 3:
        return f"{10.0**exponent:,.{max(-exponent, 0)}f}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
