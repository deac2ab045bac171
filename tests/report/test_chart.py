"""Charts: gaps where a curve is no number, extremes kept, coordinates always on the canvas."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, chart, summary, thinned

NAN, INF = math.nan, math.inf


def made(*values: float, reference: tuple[float, ...] = ()) -> Chart:
    result = chart("loss", values, reference)
    assert result
    return result


def test_no_values_make_no_chart() -> None:
    """There is nothing to draw, so nothing is drawn."""
    assert chart("loss", ()) is None


def test_a_gap_splits_the_line_and_is_marked_where_it_begins() -> None:
    """Two pieces around the nan, a lone point as a dot, and words for the first break."""
    result = made(3, 2, NAN, 1, 1, INF, 1)
    assert len(result.yours.pieces) == 2
    assert len(result.yours.dots) == 1
    assert result.mark
    assert result.mark.label == "yours: nan from step 3"
    assert "It became nan at step 3." in result.summary


def test_a_curve_without_any_number_still_says_so() -> None:
    """All nan: no line, an axis, and the sentence."""
    result = made(NAN, NAN)
    assert not result.yours.pieces
    assert result.summary == "It became nan at step 1."


def test_a_wide_range_gets_a_logarithmic_axis() -> None:
    """From 1 to 10,000 the axis is logarithmic; from 1 to 20 it is not; never below zero."""
    assert made(1, 10_000).log
    assert not made(1, 20).log
    assert not made(-1, 10_000).log
    assert made(1e-6, 1).y_ticks[0].label == "10⁻⁶"


def test_a_curve_that_leaves_the_references_scale_goes_out_at_the_top() -> None:
    """The scale stays that of the reference; a band and a sentence tell of the rest."""
    result = made(2.3, 1e33, 1e34, NAN, NAN, reference=(2.3, 1.0, 0.5, 0.3, 0.2))
    assert max(float(tick.label) for tick in result.y_ticks) <= 10
    assert len(result.yours.off) == 1
    assert result.mark
    assert result.mark.label == "yours: off the scale at step 2, up to 10³⁴, nan from step 4"


def test_values_that_only_repeat_are_no_stairs() -> None:
    """What is measured every fourth step is joined from one measurement to the next, as points."""
    result = made(*[4.0] * 4, *[3.0] * 4, *[1.0] * 4)
    (piece,) = result.yours.pieces
    assert len(piece.split(" ")) == 4
    assert len(result.yours.dots) == 4


def test_lines_are_named_at_their_ends() -> None:
    """Yours, the reference and the level of guessing, apart from each other."""
    result = chart("loss", (2.3, 2.2), (2.3, 2.21), guessing=2.302)
    assert result
    assert [label.kind for label in result.labels] == ["guessing", "reference", "yours"]
    places = [label.at for label in result.labels]
    assert all(low - high >= 14 for high, low in pairwise(places))


def test_a_noisy_curve_is_an_average_over_what_was_measured() -> None:
    """The measured values stay, drawn thin."""
    result = made(*[2.0 + (n % 2) for n in range(300)])
    assert result.yours.raw
    heights = {point.split(",")[1] for point in result.yours.pieces[0].split(" ")[100:]}
    assert len(heights) < len({p.split(",")[1] for p in result.yours.raw[0].split(" ")}) + 200


def test_the_reference_shares_the_axes() -> None:
    """Both curves are measured against the same scale, whatever their lengths."""
    result = made(1, 2, reference=(1, 2, 3, 4))
    assert result.reference
    assert result.reference.pieces[0].startswith(result.yours.pieces[0].split(" ")[0])
    assert result.x_ticks[-1].label == "4"


def test_a_summary_gives_start_end_and_extremes() -> None:
    """The words carry what the line shows."""
    assert summary((2.5, 4.0, 0.25)) == (
        "Starts at 2.5, ends at 0.25 after 3 steps; lowest 0.25 at step 3, highest 4 at step 2."
    )


def test_an_epoch_curve_counts_epochs() -> None:
    """A name that speaks of epochs changes the unit."""
    result = chart("Accuracy by epoch", (0.5, 0.75))
    assert result
    assert result.unit == "epoch"
    assert "after 2 epochs" in result.summary


@given(st.integers(0, 5000), st.lists(st.integers(0, 4999), max_size=5))
def test_thinning_keeps_spikes_and_gaps(length: int, broken: list[int]) -> None:
    """At most 600 points, in order, with the highest, the lowest and some of every gap."""
    values = [math.sin(i) for i in range(length)]
    for index in broken:
        if index < length:
            values[index] = NAN
    points = list(thinned(values))
    assert len(points) <= 600
    assert [i for i, _ in points] == sorted({i for i, _ in points})
    finite = [v for v in values if math.isfinite(v)]
    if finite:
        assert min(v for _, v in points if math.isfinite(v)) == min(finite)
    if len(finite) < length:
        assert any(math.isnan(v) for _, v in points)
    elif finite:
        assert max(v for _, v in points) == max(finite)


@pytest.mark.parametrize("value", [5e-324, 1e-322, 1e-160, 1e16, 1.7e308])
def test_a_constant_of_any_size_is_drawn(value: float) -> None:
    """One that is next to nothing lies on the zero of its axis."""
    result = made(value, value, value)
    assert len(result.y_ticks) > 1
    assert len({tick.at for tick in result.y_ticks}) == len(result.y_ticks)


@given(
    st.lists(st.floats(), min_size=1, max_size=50),
    st.lists(st.floats(), max_size=50),
)
def test_every_coordinate_lies_on_the_canvas(values: list[float], other: list[float]) -> None:
    """Whatever a curve holds, nothing is drawn as nan or outside the axes."""
    result = chart("loss", values, other)
    assert result
    for line in (result.yours, result.reference):
        pieces = (*line.pieces, *line.raw) if line else ()
        points = [tuple(map(float, p.split(","))) for piece in pieces for p in piece.split(" ")]
        for x, y in [*points, *(line.dots if line else ())]:
            assert LEFT <= x <= RIGHT
            assert TOP <= y <= BOTTOM
    for tick in result.y_ticks:
        assert TOP - 1 <= tick.at <= BOTTOM + 1
    assert 1 <= len(result.y_ticks) <= 12
