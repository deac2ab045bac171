"""How far a training has come, and whether it is past saving, told by its rows as they come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from grader.schema.fields import Row
from grader.schema.rows import Backward, Forward, Source, Update

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
        self._sizes: dict[int, int] = {}
        self._fed = (-1, 0)  # the source of the last forward, and its batch
        self._line = -1

    def take(self, rows: Iterable[Row]) -> None:
        """Follow a batch of rows that have been read."""
        for row in rows:
            match row:
                case Forward(source=source, batch=batch):
                    self._fed = (source, batch)
                case Backward(loss=loss):
                    self._told = loss
                case Update():
                    self._line = row.place.line if row.place and row.optimizer >= 0 else -1
                    self._updated(row.number, (row.grad_norm, row.ratio))
                case Source(kind="loader"):
                    self._sizes[row.index] = row.size

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
        hopeless = self._line in self._hopeless
        return lost if hopeless and self._clock() - lost.at >= LOST_S else None

    @property
    def reached(self) -> str:
        """How far it came, as a clause; empty if it made no step."""
        if not self.step:
            return ""
        loss = "" if self.loss is None else f", with a loss of {self.loss:.4g}"
        return f"it had come to step {self.step:,}{loss}"
