"""Pictures layer by layer: one scale for a column, a sentence for each, and not too many."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from grader.model import LayerCurves, Report
from grader.report.html import render_html
from grader.report.layers import HEIGHT, MOST_ROWS, pictures

Sample = Callable[[str], Report]


def curves(n: int, of: int, **fields: tuple[float, ...]) -> LayerCurves:
    """A layer that was looked at in three steps."""
    numbers = {"gradient": (1.0, 0.1, 0.01), "ratio": (0.1, 0.01, 0.001), **fields}
    return LayerCurves(
        name=f"{n}.weight",
        layer=n,
        of=of,
        steps=(1, 4, 16),
        gradient=numbers["gradient"],
        ratio=numbers["ratio"],
        how="zeros" if "share" in fields else "",
        share=fields.get("share", ()),
    )


def test_a_column_has_one_scale() -> None:
    """A gradient a hundred times smaller lies lower, by as much in each row."""
    drawn = pictures([curves(0, 2), curves(1, 2, gradient=(0.01, 0.001, 0.0001))])
    assert drawn is not None
    one, other = (row.cells[0] for row in drawn.rows)
    assert one is not None
    assert other is not None
    apart = {round(low - high, 1) for (_, high), (_, low) in zip(one.dots, other.dots, strict=True)}
    assert len(apart) == 1
    assert apart.pop() > HEIGHT / 3


def test_a_picture_is_told_in_words() -> None:
    """Its first and last value, and the step in which it was no number any more."""
    drawn = pictures([curves(0, 1, gradient=(1.0, math.inf, math.nan), share=(0.25, 0.5, 1.0))])
    assert drawn is not None
    gradient, _, shut = drawn.rows[0].cells
    assert gradient is not None
    assert shut is not None
    assert (
        gradient.said
        == "gradient of 0.weight: 1 in step 1, inf in step 4; no finite number in step 4"
    )
    assert shut.said == "shut off of 0.weight: 25 % in step 1, 100 % in step 16"
    assert len(gradient.dots) == 1
    assert gradient.pieces == ()


def test_what_was_not_measured_is_left_blank() -> None:
    """A layer without an activation has no third picture, and the text speaks of none."""
    drawn = pictures([curves(0, 1)])
    assert drawn is not None
    assert drawn.rows[0].cells[2] is None
    assert "Shut off" not in drawn.said
    assert pictures([]) is None


def test_a_deep_network_has_some_of_its_layers(sample: Sample) -> None:
    """From the first to the last, and the page says of how many."""
    drawn = pictures([curves(n, 60) for n in range(0, 60, 3)])
    assert drawn is not None
    assert len(drawn.rows) == MOST_ROWS
    assert (drawn.rows[0].name, drawn.rows[-1].name) == ("0.weight", "57.weight")
    page = render_html(sample("diagnosis"))
    assert f"{MOST_ROWS} of 60 layers are drawn" in page
    assert len(re.findall(r"<li>\s*<p><code translate=\"no\">encoder", page)) == MOST_ROWS
    assert "nan" not in "".join(re.findall(r'points="([^"]*)"', page))


def test_a_page_without_layers_has_no_such_pictures(sample: Sample) -> None:
    """As that of a grading."""
    assert 'id="layers"' not in render_html(sample("debug_loop"))
