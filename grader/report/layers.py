"""How each layer did, as small multiples: the geometry only, as `grader.report.chart` has it.

A row for each layer, a column for each quantity, and one scale for a whole column: what differs
from layer to layer is what such a picture is for. Of a deep network some layers are drawn, from the
first to the last, and the page says how many are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.model import LayerCurves
from grader.shown.words import number, percent

WIDTH, HEIGHT = 160, 44
EDGE = 4
MOST_ROWS = 16
GRADIENT, STEP, SHUT = "gradient", "step", "shut off"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """One quantity of one layer: joined points, and all points.

    ``ends`` are its first and last value, ``said`` is the picture in words.
    """

    column: str
    pieces: tuple[str, ...]
    dots: tuple[Point, ...]
    ends: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRow:
    """A layer, by its weight's name, with a picture for each column or None."""

    name: str
    cells: tuple[Small | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """All rows, and what the reader has to know about them."""

    columns: tuple[str, ...]
    said: str
    rows: tuple[LayerRow, ...]


def pictures(layers: Sequence[LayerCurves]) -> Pictures | None:
    """The pictures of these layers; None if there is nothing to draw."""
    if not layers:
        return None
    chosen = list(_evenly(layers))
    last = max(step for layer in layers for step in layer.steps)
    gradient = _Scale.of([value for layer in chosen for value in layer.gradient], last)
    ratio = _Scale.of([value for layer in chosen for value in layer.ratio], last)
    share = _Scale(last=last, low=0.0, high=1.0, log=False)
    rows = tuple(
        LayerRow(
            name=layer.name or f"layer {layer.layer + 1}",
            cells=(
                _small(GRADIENT, layer, layer.gradient, gradient),
                _small(STEP, layer, layer.ratio, ratio),
                _small(SHUT, layer, layer.share, share),
            ),
        )
        for layer in chosen
    )
    return Pictures(
        columns=("gradients", "steps", "activations"),
        said=_said(chosen, last, gradient, ratio),
        rows=rows,
    )


def _evenly(layers: Sequence[LayerCurves]) -> Iterator[LayerCurves]:
    """Some layers from all over, the first and the last among them."""
    count = min(len(layers), MOST_ROWS)
    last = max(count - 1, 1)
    yield from (layers[round(n * (len(layers) - 1) / last)] for n in range(count))


def _said(layers: Sequence[LayerCurves], last: int, gradient: _Scale, ratio: _Scale) -> str:
    """How to read the pictures, and what isn't there."""
    of = layers[0].of
    left = (
        f" {len(layers)} of {of} layers are drawn, from the first to the last."
        if of > len(layers)
        else ""
    )
    cuts = sorted({layer.how for layer in layers if layer.how})
    shut = {
        "zeros": "the share of what the ReLU behind the layer gave that was 0",
        "flat": "the share where the tanh or sigmoid behind the layer is flat",
    }
    told = " or ".join(shut[how] for how in cuts)
    return (
        f"From the first layer to the last, in some of the steps 1 to {last:,} (a logarithmic "
        f"axis). One scale for each column. Gradient: its norm, from {gradient.bottom} to "
        f"{gradient.top}, logarithmic. Step: its size against the weight's, from {ratio.bottom} "
        f"to {ratio.top}, logarithmic; about 0.001 is common."
        + (f" Shut off: {told}, from 0 to 100 %." if told else "")
        + left
    )


def _small(column: str, layer: LayerCurves, values: Sequence[float], scale: _Scale) -> Small | None:
    """The picture of one quantity; None where nothing was measured."""
    measured = [pair for pair in zip(layer.steps, values, strict=False) if not math.isnan(pair[1])]
    if not measured:
        return None
    finite = groupby(measured, lambda pair: math.isfinite(pair[1]))
    pieces = [
        [scale.point(step, value) for step, value in part] for is_known, part in finite if is_known
    ]
    told = percent if column == SHUT else number
    (first, begin), (last, end) = measured[0], measured[-1]
    said = f"{column} of {layer.name}: {told(begin)} in step {first:,}"
    if last != first:
        said += f", {told(end)} in step {last:,}"
    broken = next((step for step, value in measured if not math.isfinite(value)), None)
    return Small(
        column=column,
        pieces=tuple(" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1),
        dots=tuple(point for piece in pieces for point in piece),
        ends=_short(column, begin) + ("" if last == first else f" → {_short(column, end)}"),
        said=said + ("" if broken is None else f"; no finite number in step {broken:,}"),
    )


def _short(column: str, value: float) -> str:
    """A number below a picture, where there is room for two digits."""
    return percent(round(value, 2)) if column == SHUT else f"{value:.2g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From steps and values to SVG units. ``low`` and ``high`` are exponents if ``log``."""

    last: int
    low: float
    high: float
    log: bool

    @classmethod
    def of(cls, values: Sequence[float], last: int) -> _Scale:
        """Whole powers of ten around all values that are above 0."""
        known = [math.log10(value) for value in values if math.isfinite(value) and value > 0]
        low, high = math.floor(min(known, default=0.0)), math.ceil(max(known, default=1.0))
        return cls(last=last, low=low, high=max(high, low + 1), log=True)

    @property
    def bottom(self) -> str:
        """What the lower edge stands for."""
        return f"{10.0**self.low:g}"

    @property
    def top(self) -> str:
        """What the upper edge stands for."""
        return f"{10.0**self.high:g}"

    def point(self, step: int, value: float) -> Point:
        """Where a value of a step is drawn; 0 on the lower edge."""
        if self.log:
            value = math.log10(value) if value > 0 else self.low
        along = math.log(step) / math.log(self.last) if self.last > 1 else 0.5
        up = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        width, height = WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE
        return round(EDGE + along * width, 1), round(HEIGHT - EDGE - up * height, 1)
