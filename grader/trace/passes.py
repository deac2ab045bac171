"""Evaluation passes: the forwards over held-out data between two updates.

Our side of the wall. A view of a Trace that the rules on validation share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from grader.schema import bits
from grader.schema.rows import Forward, Source, Update
from grader.trace.trace import Trace

REPEATS = 3
"""The same input this often in a row is a sample of predictions (Monte Carlo dropout)."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Forwards over held-out data by trained models, after ``step`` updates and before more.

    None of them fed a backward pass, and none of their inputs asked for gradients.
    """

    step: int
    forwards: tuple[Forward, ...]

    def in_eval_mode(self) -> frozenset[int]:
        """The inputs that this pass also gave to a model in evaluation mode."""
        quiet = (f for f in self.forwards if not (f.is_training or f.has(bits.PLAIN_TRAINING)))
        return frozenset(f.row for f in quiet if f.row)

    def without_gradients(self) -> frozenset[int]:
        """The inputs that this pass also evaluated without a graph."""
        return frozenset(f.row for f in self.forwards if f.row and not f.tracks_gradients)

    def sampled(self) -> frozenset[int]:
        """The inputs that were given again and again, in a row, to a model with randomness."""
        found: set[int] = set()
        run: Counter[int] = Counter()
        last = 0
        for forward in self.forwards:
            if forward.row != last:
                run.clear()
            last = forward.row
            run[last] += 1
            if last and run[last] >= REPEATS and forward.has(bits.SENSITIVE):
                found.add(last)
        return frozenset(found)


def evaluation_passes(trace: Trace) -> Iterator[Pass]:
    """The passes of a run, in order. A pass before the first update is none."""
    held_out = {source.index for source in trace.sources if trace.is_held_out(source.index)}
    step, forwards = 0, list[Forward]()
    for event in trace.events:
        if isinstance(event, Update):
            if forwards:
                yield Pass(step, tuple(forwards))
            step, forwards = event.number, []
        elif isinstance(event, Forward) and _counts(event, held_out):
            forwards.append(event)
    if forwards:
        yield Pass(step, tuple(forwards))


def _counts(forward: Forward, held_out: set[int]) -> bool:
    return (
        forward.updates > 0
        and forward.source in held_out
        and forward.is_trained
        and not forward.is_fed
        and not forward.has(bits.IN_GRAD)
    )


def describe(source: Source) -> str:
    """A source in a reader's words."""
    if source.kind == "loader" and source.size > 0:
        return f"{source.name} of {source.size} rows, none of them trained on"
    return "images that were not trained on" if source.pool else "rows that were not trained on"
