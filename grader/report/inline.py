"""The short text as a piece of HTML for a notebook's output: no script, no style sheet, one curve.

Colours are inline and of a middle tone, for a notebook may be light or dark.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence

from grader.report.brief import Brief
from grader.report.lines import BLUE, BOLD, DIM, GREEN, RED, WIDTH, YELLOW
from grader.shown.records import Shown

_PAINTED = re.compile(r"\x1b\[(\d+)m(.*?)\x1b\[0m", re.DOTALL)
_STYLES = {
    BOLD: "font-weight:bold",
    DIM: "opacity:.7",
    RED: "color:#d1383d",
    GREEN: "color:#2c9447",
    YELLOW: "color:#b58900",
    BLUE: "color:#4080d0",
}
_PRE = "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.35;margin:0"
_ACROSS, _DOWN, _POINTS = 480, 120, 240
_TOP = 3.0  # times the first loss: what is beyond it is drawn at the upper edge


def inline(show: Shown, *, hints: int = 0) -> str:
    """Return the text of what is shown, coloured, and the loss of a training if there was one."""
    brief = Brief(color=True, width=WIDTH, hints=hints, terminal=False)
    text = "\n".join(brief.lines(show))
    return f'<pre style="{_PRE}">{_spans(text)}</pre>{_curve(show)}'


def _spans(text: str) -> str:
    """ANSI colours as spans; everything else escaped."""
    parts, at = [], 0
    for found in _PAINTED.finditer(text):
        parts.append(html.escape(text[at : found.start()]))
        parts.append(f'<span style="{_STYLES[found[1]]}">{html.escape(found[2])}</span>')
        at = found.end()
    return "".join([*parts, html.escape(text[at:])])


def _curve(show: Shown) -> str:
    loss = show.curves.get("loss", ())
    if sum(map(math.isfinite, loss)) < 2:
        return ""
    reference = show.reference_curves.get("loss", ())
    first = next(value for value in loss if math.isfinite(value))
    high = max([value for value in (*loss[:1], *reference) if math.isfinite(value)] + [first])
    top = min(_TOP * abs(high), max(v for v in loss if math.isfinite(v))) or 1.0
    steps = max(len(loss), len(reference))
    yours = _path(loss, steps, top)
    theirs = _path(reference, steps, top)
    return (
        f'<svg viewBox="0 0 {_ACROSS} {_DOWN + 16}" width="{_ACROSS}" role="img" '
        'style="max-width:100%;color:inherit">'
        f"<title>The loss of {len(loss):,} steps, and of the reference</title>"
        f'<path d="{theirs}" fill="none" stroke="currentColor" opacity=".45"/>'
        f'<path d="{yours}" fill="none" stroke="#4080d0" stroke-width="1.6"/>'
        f'<text x="0" y="{_DOWN + 13}" font-size="11" fill="currentColor">loss from 0 to '
        f"{top:.3g} over {steps:,} steps; blue: yours, grey: the reference</text></svg>"
    )


def _path(values: Sequence[float], steps: int, top: float) -> str:
    """A line through at most so many points; broken where a value is no number."""
    every = max(len(values) // _POINTS, 1)
    parts, pen_is_up = [], True
    for step in range(0, len(values), every):
        value = values[step]
        if not math.isfinite(value):
            pen_is_up = True
            continue
        x = _ACROSS * step / max(steps - 1, 1)
        y = _DOWN * (1 - min(max(value, 0.0), top) / top)
        parts.append(f"{'M' if pen_is_up else 'L'}{x:.1f} {y:.1f}")
        pen_is_up = False
    return "".join(parts)
