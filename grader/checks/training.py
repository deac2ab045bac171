"""How far a training has come, and whether it is past saving, told by its rows as they come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

LOST_S = 10.0
"""A run that has been lost for this long is expected to go on for as long again."""
LOST_STEPS = 200
LOST_PASSES = 2.0
"""Passes over the training data: each round of the loop, its validation too, was seen lost."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Since which step every loss has been nan, and since when by the clock."""

    step: int
    at: float


class Training:
    """Follows one run. ``hopeless`` are the lines of ``.step()`` after which nothing can follow.

    The rows have been read before: what is in them is of the kind and the size that it should be.
    """

    def __init__(
        self, hopeless: Collection[int] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._hopeless = hopeless
        self._clock = clock
        self.step = 0
        self.loss: float | None = None
        self._told: float | None = None
        self._lost: Lost | None = None
        self._weights_are_nan = False
        self._lines: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        self._fed = (-1, 0)  # the source of the last forward, and its batch
        self._place = -1

    def take(self, rows: list[Any]) -> None:
        """Follow a batch of rows, as `grader.schema.bits` describes them."""
        for row in rows:
            match row:
                case ["forward", int(), int(), int(), int(source), int(batch), *_]:
                    self._fed = (source, batch)
                case ["backward", int(), int(), loss, *_]:
                    self._told = _number(loss)
                case ["update", int(number), int(by), int(place), int(), _, norm, ratio, *_]:
                    self._place = place if by >= 0 else -1
                    self._updated(number, (_number(norm), _number(ratio)))
                case ["source", int(index), "loader", str(), int(size), *_]:
                    self._sizes[index] = size
                case ["place", int(index), str(), int(line), *_]:
                    self._lines[index] = line

    def _updated(self, number: int, measured: tuple[float | None, float | None]) -> None:
        self.step, self.loss = number, self._told
        if self.loss is None or not math.isnan(self.loss):
            self._lost, self._weights_are_nan = None, False
            return
        if self._lost is None:
            self._lost = Lost(number, self._clock())
        if any(value is not None for value in measured):
            self._weights_are_nan = any(
                value is not None and math.isnan(value) for value in measured
            )

    @property
    def lost(self) -> Lost | None:
        """Since when nothing can save the run, once that is beyond doubt."""
        lost, (source, batch) = self._lost, self._fed
        if lost is None or not self._weights_are_nan:
            return None
        steps, size = self.step - lost.step, self._sizes.get(source, 0)
        if steps < LOST_STEPS or size <= 0 or steps * batch < LOST_PASSES * size:
            return None
        hopeless = self._lines.get(self._place) in self._hopeless
        return lost if hopeless and self._clock() - lost.at >= LOST_S else None

    @property
    def reached(self) -> str:
        """How far it came, as a clause; empty if it made no step."""
        if not self.step:
            return ""
        loss = "" if self.loss is None else f", with a loss of {self.loss:.4g}"
        return f"it had come to step {self.step:,}{loss}"


def _number(value: object) -> float | None:
    """A number as a row says it: nan and the infinities are words."""
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return float(value)
    # A whole number may be too long for a float.
    return value if isinstance(value, float) else None
