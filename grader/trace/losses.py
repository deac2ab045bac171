"""What the losses of a run were made of. A view of a Trace that rules share.

Our side of the wall.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Literal, Protocol, TypeVar

from grader.model import Place
from grader.schema.rows import Loss, Reach, Update
from grader.trace.trace import Trace

LIKELIHOODS = ("NllLoss", "NllLoss2D")
SUM = 1e-2
"""How far the sum of a row's probabilities may be from 1, or a logarithm of one above 0."""

Kind = Literal["scores", "probabilities"]


class HasPlace(Protocol):
    """An event at a line of the student's."""

    @property
    def place(self) -> Place | None:
        """The line, if it is known."""


Placed = TypeVar("Placed", bound=HasPlace)


def by_place(events: Iterable[Placed]) -> dict[Place | None, list[Placed]]:
    """Events by their line, in order."""
    found: dict[Place | None, list[Placed]] = {}
    for event in events:
        found.setdefault(event.place, []).append(event)
    return found


def is_repeated(count: int, trace: Trace) -> bool:
    """Twice is a habit; once counts only in a run of one update."""
    return count > 1 or (count == 1 and trace.updates <= 1)


def no_log_probabilities(trace: Trace) -> Iterator[tuple[Loss, Kind]]:
    """The likelihoods that were given anything but logarithms of probabilities.

    A logarithm of a probability is never above 0. Numbers from 0 to 1 alone, then, are
    probabilities whose logarithm was forgotten, and all others are scores.
    """
    for loss in trace.of(Loss):
        if loss.chain[:1] and loss.chain[0] in LIKELIHOODS and "LogSoftmax" not in loss.chain[1:2]:
            low, high = loss.low, loss.high
            if low is None or high is None or not high > SUM:
                continue
            yield loss, "probabilities" if low >= 0 and high <= 1 + SUM else "scores"


def is_unbounded(trace: Trace) -> bool:
    """Whether a loss has no lower bound, so that nothing is told by how far it falls."""
    return any(True for _ in no_log_probabilities(trace))


def cut(trace: Trace) -> list[Reach]:
    """The passes whose graph held nothing that trains, and after which a step found nothing.

    Empty if that was not the rule: of the passes that were looked at, more held something.
    """
    starved = {update.backward for update in trace.of(Update) if is_starved(update)}
    stepped = {update.backward for update in trace.of(Update)}
    reached = list(trace.of(Reach))
    found = [
        each
        for each in reached
        if not each.hosted
        and (each.backward in starved or (each.is_leaf and each.backward not in stepped))
    ]
    return found if 2 * len(found) > len(reached) else []


def is_starved(update: Update) -> bool:
    """Whether an optimizer's step is known to have found no gradient in any of its tensors."""
    if update.optimizer < 0 or update.grad_norm is None or math.isnan(update.grad_norm):
        return False
    return not update.leaves or update.grad_norm == 0
