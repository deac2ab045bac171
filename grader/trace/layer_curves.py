"""How the layers of a model did, update by update, in the windows that were looked at.

Our side of the wall. A view of a Trace, for pictures.
"""

from __future__ import annotations

import math
from collections import Counter

from grader.model import LayerCurves
from grader.schema.rows import LayerState
from grader.trace.trace import Trace


def layer_curves(trace: Trace) -> tuple[LayerCurves, ...]:
    """The layers of the model with most rows, from the first one on; none if nothing is known."""
    rows = list(trace.of(LayerState))
    models = Counter(one.model for one in rows)
    if not models:
        return ()
    model = max(models, key=models.__getitem__)
    layers: dict[int, list[LayerState]] = {}
    for one in rows:
        if one.model == model:
            layers.setdefault(one.layer, []).append(one)
    return tuple(_curves(layers[number]) for number in sorted(layers))


def _curves(rows: list[LayerState]) -> LayerCurves:
    how = next((one.how for one in rows if one.how), "")
    return LayerCurves(
        name=rows[0].name,
        layer=rows[0].layer,
        of=rows[0].of,
        steps=tuple(one.update for one in rows),
        gradient=tuple(_or_nan(one.gradient) for one in rows),
        ratio=tuple(_or_nan(one.ratio) for one in rows),
        how=how,
        share=tuple(_or_nan(one.share) for one in rows) if how else (),
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
