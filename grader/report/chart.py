"""Curves as line charts: the geometry only, in numbers that a template draws as SVG.

Where a reference is known, the scale is that of the reference: a curve that leaves it goes out at
the top, with a band for as long as it stays there and a sentence that says how far it went. So a
loss of 10³³ doesn't flatten all that matters to a line. Values that are not finite leave a gap, a
mark and a sentence, for that step is often the answer to what went wrong. Lines are named at their
ends, and a noisy one is drawn thin, with its moving average over it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from grader.shown.words import number, plural

WIDTH, HEIGHT = 600, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 478, 30, 208
BAND = 8  # the height of the strip above the scale in which a curve is off it
_MAX_POINTS = 600
_LOG_RANGE = 30.0
_PLAIN_BELOW = 100_000
_CLAMP = 1e150  # spans of larger numbers overflow a float, and those of smaller ones than 1/_CLAMP
_NOISY_FROM = 100  # values
_AVERAGED = 40  # the part of a noisy curve's length that one average spans
_ROOM = 4.0
"""How far above the reference's highest value a scale goes before the curve is cut off."""
_LABEL_GAP = 15
_HELD = 3
"""As many equal values in a row are one that was measured and not measured again since."""
_FEW = 40  # measured values that are shown as points, too

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A position on an axis, in SVG units, and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One curve: polyline pieces between gaps, and points that stand alone.

    ``raw`` are the pieces below an average, ``off`` the stretches above the scale, from x to x.
    """

    pieces: tuple[str, ...]
    dots: tuple[Point, ...]
    raw: tuple[str, ...] = ()
    off: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The name of a line beside its end."""

    at: float
    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a curve left its scale, or stopped being a number."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that a template needs to draw one curve and, if given, the reference's."""

    name: str
    meaning: str
    unit: str
    steps: int
    yours: Line
    reference: Line | None
    labels: tuple[Label, ...]
    guessing: float | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    log: bool
    mark: Mark | None
    summary: str


def chart(
    name: str,
    values: Sequence[float],
    reference: Sequence[float] = (),
    *,
    meaning: str = "",
    guessing: float | None = None,
) -> Chart | None:
    """Return the chart of ``values`` over steps 1, 2, …; None if there is nothing to draw.

    ``meaning`` explains the quantity in a few words; ``guessing`` is its value for answers by
    chance. A curve that is named after epochs has one value an epoch.
    """
    if not values:
        return None
    unit = "epoch" if "epoch" in name.lower() else "step"
    known = [_drawable(v) for v in reference if math.isfinite(v)]
    own = [_drawable(v) for v in values if math.isfinite(v)]
    scale = _Scale.fit(own, known, max(len(values), len(reference)))
    level = scale.y(guessing) if guessing and scale.holds(guessing) else None
    return Chart(
        name=name,
        meaning=meaning,
        unit=unit,
        steps=scale.steps,
        yours=scale.line(values),
        reference=scale.line(reference) if known else None,
        labels=tuple(_labels(scale, values, reference, guessing if level else None)),
        guessing=level,
        x_ticks=tuple(Tick(at=scale.x(t), label=f"{t:,}") for t in _steps(scale.steps)),
        y_ticks=scale.y_ticks(),
        log=scale.log,
        mark=_mark(values, scale, unit),
        summary=summary(values, reference, unit),
    )


def _labels(
    scale: _Scale, values: Sequence[float], reference: Sequence[float], guessing: float | None
) -> Iterator[Label]:
    """Yield the lines' names, from top to bottom, with room between them."""
    wanted = []
    if values and math.isfinite(values[-1]) and scale.holds(values[-1]):
        wanted.append((scale.y(values[-1]), f"yours {_end(values)}", "yours"))
    if reference and math.isfinite(reference[-1]):
        wanted.append((scale.y(_late(reference)), f"reference {_end(reference)}", "reference"))
    if guessing is not None:
        wanted.append((scale.y(guessing), f"guessing {guessing:.2f}", "guessing"))
    lowest = -math.inf
    for at, text, kind in sorted(wanted):
        lowest = max(at + 4, lowest + _LABEL_GAP)
        yield Label(at=round(lowest, 1), text=text, kind=kind)


def _end(values: Sequence[float]) -> str:
    return f"{_late(values):.2g}"


def _late(values: Sequence[float]) -> float:
    """Where a curve ends: its last average, as it is drawn."""
    return averaged(values)[-1] if len(values) > _NOISY_FROM else values[-1]


def _drawable(value: float) -> float:
    """Return the number that is drawn: neither too large nor too near to zero for a scale."""
    return 0.0 if abs(value) < 1 / _CLAMP else min(max(value, -_CLAMP), _CLAMP)


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
    def fit(cls, own: Sequence[float], known: Sequence[float], steps: int) -> _Scale:
        """Hold all of the reference, and of the curve what is not far above it."""
        highest = max(known, default=0.0)
        top = highest * _ROOM if highest > 0 else math.inf
        finite = [*known, *(value for value in own if value <= top)] or list(own)
        low, high = min(finite, default=0.0), max(finite, default=1.0)
        if any(value > top for value in own):
            high = max(high, top)
        positive = [v for v in finite if v > 0]
        if low >= 0 and positive and high / min(positive) > _LOG_RANGE:
            bottom, top = math.log10(min(positive)), math.log10(high)
            return cls(steps=steps, low=bottom, high=max(top, bottom + 1), log=True)
        if low > 0 and low < 0.5 * high:
            low = 0.0  # a curve of positive numbers reads best from zero
        pad = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
        return cls(steps=steps, low=low - pad * (low != 0), high=high + pad, log=False)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the scale or below it."""
        if not self.log:
            return value <= self.high
        return value <= 0 or math.log10(value) <= self.high + 1e-9

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
            first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
            every = max(math.ceil((last - first) / 5), 1)
            powers = [10.0**e for e in range(first, last + 1, every)]
            ends = [] if len(powers) > 1 else [10**self.low, 10**self.high]
            return tuple(Tick(at=self.y(v), label=_power(v)) for v in sorted({*powers, *ends}))
        values = _nice(self.low, self.high)
        step = values[1] - values[0]
        return tuple(Tick(at=self.y(v), label=_label(v, step)) for v in values)

    def line(self, values: Sequence[float]) -> Line:
        """Draw a curve; a noisy one as an average over what was measured."""
        measured = list(_measured(values))
        noisy = len(measured) > _NOISY_FROM
        pieces = list(self._pieces(_points(measured)))
        joined = tuple(" ".join(f"{x},{y}" for x, y in p) for p in pieces if len(p) > 1)
        dots = [p[0] for p in pieces if len(p) == 1]
        if len(measured) < len(values) and len(measured) <= _FEW:
            dots = [point for piece in pieces for point in piece]
        off = tuple(self._off(measured))
        if not noisy or off:
            return Line(pieces=joined, dots=tuple(dots), off=off)
        smooth = zip((at for at, _ in measured), averaged([v for _, v in measured]), strict=True)
        over = list(self._pieces(_points(list(smooth))))
        return Line(
            pieces=tuple(" ".join(f"{x},{y}" for x, y in p) for p in over if len(p) > 1),
            dots=tuple(dots),
            raw=joined,
        )

    def _pieces(self, points: Iterable[tuple[int, float]]) -> Iterator[list[Point]]:
        """Points that are joined: up to where the curve is no number, or leaves the scale."""
        piece: list[Point] = []
        for index, value in points:
            if math.isfinite(value) and self.holds(value):
                piece.append((self.x(index + 1), self.y(value)))
                continue
            if piece:
                if value > 0 and not math.isnan(value):  # it goes out at the top
                    piece.append((self.x(index + 1), float(TOP)))
                yield piece
                piece = []
        if piece:
            yield piece

    def _off(self, points: Sequence[tuple[int, float]]) -> Iterator[Point]:
        """From where to where the curve is above the scale."""
        start: int | None = None
        for index, value in points:
            above = math.isfinite(value) and not self.holds(value)
            if above and start is None:
                start = index
            if not above and start is not None:
                yield self.x(start + 1), self.x(index + 1)
                start = None
        if start is not None:
            yield self.x(start + 1), self.x(points[-1][0] + 1)


def _measured(values: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Yield the values with their indexes, without those that only repeat the one before.

    What is measured every tenth step stands in the curve ten times; drawn so it would be stairs,
    which nothing has gone up. The last one stays, for the line goes to there.
    """
    at = 0
    for value, same in groupby(values):
        length = len(list(same))
        held = length >= _HELD and math.isfinite(value)
        yield from ((at + n, value) for n in (range(1) if held else range(length)))
        at += length
        if held and at == len(values) and length > 1:
            yield at - 1, value


def averaged(values: Sequence[float]) -> list[float]:
    """Return the exponential moving average of a curve; it begins anew after what is no number."""
    share = 2 / (max(len(values) / _AVERAGED, 1.0) + 1)
    smooth: list[float] = []
    last = math.nan
    for value in values:
        if math.isfinite(value) and math.isfinite(last):
            last += share * (value - last)
        else:
            last = value
        smooth.append(last)
    return smooth


def _points(measured: Sequence[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    """Few enough of the measured values to be drawn, with each bucket's extremes."""
    yield from ((measured[at][0], value) for at, value in thinned([v for _, v in measured]))


def _mark(values: Sequence[float], scale: _Scale, unit: str) -> Mark | None:
    """Where the curve left the scale for the first time, or became no number, in a few words."""
    broken = first_broken(values)
    off = [at for at, v in enumerate(values) if math.isfinite(v) and not scale.holds(v)]
    said = []
    if off:
        most = max(values[at] for at in off)
        said.append(f"off the scale at {unit} {off[0] + 1:,}, up to {_power(most)}")
    if broken is not None:
        said.append(f"{number(values[broken])} from {unit} {broken + 1:,}")
    if not said:
        return None
    at = scale.x((broken if broken is not None else off[0]) + 1)
    return Mark(at=at, label="yours: " + ", ".join(said))


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


def _power(value: float) -> str:
    """Return a number as a logarithmic axis has it: plain from 0.001 to 9,999, else in powers."""
    exponent = math.floor(math.log10(value) + 1e-9)
    if -3 <= exponent <= 3:
        return f"{value:,.{max(-exponent, 0)}f}" if value == 10.0**exponent else f"{value:,.2g}"
    front = f"{value / 10.0**exponent:.0f}"
    up = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{up}" if front == "1" else f"{front}·10{up}"
