"""A curve of a few letters: how the loss went, for the line that says what goes on."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH = 24
_BLOCKS = "▁▂▃▄▅▆▇█"
_GONE = "×"  # not a number, or infinite


class Curve:
    """Losses as they come, thinned so that the whole training fits a few letters."""

    def __init__(self) -> None:
        self._values: list[float] = []
        self._every = 1
        self._count = 0

    def add(self, value: float) -> None:
        """Take the next loss."""
        if self._count % self._every == 0:
            self._values.append(value)
            if len(self._values) > WIDTH:
                self._values = self._values[::2]
                self._every *= 2
        self._count += 1

    def __str__(self) -> str:
        return drawn(self._values)


def drawn(values: Sequence[float]) -> str:
    """Return a letter for each value, as high as it lies between the least and the largest."""
    finite = [value for value in values if math.isfinite(value)]
    if len(values) < 2:  # noqa: PLR2004  # a point is no curve
        return ""
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    span = high - low
    return "".join(
        _BLOCKS[round((value - low) / span * (len(_BLOCKS) - 1)) if span > 0 else 0]
        if math.isfinite(value) and math.isfinite(span)
        else _GONE
        for value in values
    )
