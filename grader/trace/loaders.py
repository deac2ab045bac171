"""Which loaders were trained on in turn, and which were evaluated. A view that rules share.

Our side of the wall.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from grader.schema.rows import Forward, Turn
from grader.trace.trace import Trace


@dataclass(frozen=True, slots=True)
class Stretch:
    """Updates made while one loader handed out its batches, from ``begin`` to ``end``."""

    source: int
    begin: int
    end: int


def stretches(trace: Trace) -> list[Stretch]:
    """The loops over loaders in which updates were made, in order.

    Loops over one loader that follow each other are one.
    """
    turns = [(turn.source, turn.updates) for turn in trace.of(Turn)]
    ends = [*(begin for _, begin in turns[1:]), trace.updates]
    made = [
        Stretch(source, begin, end)
        for (source, begin), end in zip(turns, ends, strict=bool(turns))
        if end > begin
    ]
    joined = []
    for _, group in groupby(made, key=lambda one: one.source):
        same = list(group)
        joined.append(Stretch(same[0].source, same[0].begin, same[-1].end))
    return joined


def takes_turns(found: list[Stretch], one: int, other: int) -> bool:
    """Whether updates on ``other`` came between updates on ``one``, and did so again."""
    order = [stretch.source for stretch in found if stretch.source in (one, other)]
    changes = [two for first, two in pairwise(order) if first != two]
    return changes.count(other) > 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A forward that evaluates a trained model, and the sources that it was trained on by then.

    ``last`` is the latest of these, -1 if none is known.
    """

    forward: Forward
    trained: frozenset[int]
    last: int


def evaluations(trace: Trace) -> Iterator[Evaluation]:
    """The forwards of trained models that fed no gradient, as in an evaluation."""
    trained: dict[int, dict[int, None]] = {}
    for forward in trace.of(Forward):
        model = forward.twin if forward.twin >= 0 else forward.model
        known = trained.setdefault(model, {})
        if forward.is_fed:
            known.pop(forward.source, None)
            known[forward.source] = None  # the latest stands last
        elif (
            forward.updates > 0
            and forward.is_trained
            and not (forward.is_training and forward.tracks_gradients)
        ):
            yield Evaluation(forward, frozenset(known), next(reversed(known), -1))


def part_of(trace: Trace, source: int) -> str:
    """Which part of its data set torchvision's class says a loader holds; empty if unknown."""
    parts = {turn.part for turn in trace.of(Turn) if turn.source == source}
    return parts.pop() if len(parts) == 1 else ""
