"""How a training began: its first loss beside a guess, its first weights, its first inputs.

Our side of the wall. A view of a Trace that rules share.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from grader.model import Place
from grader.schema.rows import Criterion, Forward, Parameter
from grader.trace.trace import Trace

MATRIX = 2
LARGE = 0.9
"""Weights of layers begin with a root mean square far below this, the smallest ones aside."""
FEW = 32
"""A weight of fewer numbers may be of any size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A loss whose first value was far above a guess's: ``first`` and ``last`` against ``guess``.

    ``is_learned``: in the end it was clearly below the guess.
    """

    place: Place | None
    step: int
    first: float
    last: float
    guess: float

    @property
    def is_learned(self) -> bool:
        """Whether the training came to something all the same."""
        return self.last < 0.7 * self.guess


def starts(trace: Trace, times: float) -> Iterator[Start]:
    """The losses that began above ``times`` a guess's, by line."""
    looks: dict[tuple[Place | None, str], list[Criterion]] = {}
    for one in trace.of(Criterion):
        if one.surprise is not None and _guess(one) > 0:
            looks.setdefault((one.place, one.name), []).append(one)
    for (place, _), every in looks.items():
        first, last = every[0], every[-1]
        assert first.surprise is not None
        assert last.surprise is not None
        guess = _guess(first)
        if first.backward == 1 and first.surprise > times * guess:
            ended = last.surprise if math.isfinite(last.surprise) else math.inf
            yield Start(place=place, step=1, first=first.surprise, last=ended, guess=guess)


def _guess(one: Criterion) -> float:
    """The loss of a constant guess, the worse of two; 0 where it isn't known."""
    return max(one.guess or 0.0, one.nought or 0.0)


def large_weights(trace: Trace) -> list[Parameter]:
    """The trained weights that began with a root mean square that no layer begins with."""
    return [
        one
        for one in trace.of(Parameter)
        if one.axes >= MATRIX
        and one.size >= FEW
        and one.asked
        and not one.loaded
        and one.passes
        and size_of(one) > LARGE
    ]


def size_of(weight: Parameter) -> float:
    """The root of the mean square of a weight's first numbers."""
    return math.sqrt(weight.square) if weight.square is not None and weight.square >= 0 else 0.0


def first_call(trace: Trace) -> Place | None:
    """The line that calls a model first."""
    return next((forward.place for forward in trace.of(Forward)), None)
