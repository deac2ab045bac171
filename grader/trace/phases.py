"""Which part of a run is the training that its last update belongs to.

Our side of the wall.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

from grader.schema.rows import Backward, Update
from grader.trace.curves import FEW, FEWEST, end_of, start_of
from grader.trace.trace import Trace

NEAR = 2.0
"""A loss goes on where it was if neither is above this many times the other."""


def phase_of(trace: Trace) -> int:
    """How many updates came before the training that the last update belongs to.

    A new optimizer begins one, unless the loss goes on from where it was: then it was made
    anew for the same weights (after a checkpoint, or for each epoch).
    """
    starts = _starts(trace)
    numbers = [number for number, _ in trace.steps]
    losses = [loss for _, loss in trace.steps]
    at = [bisect.bisect_right(numbers, start) for start in starts]
    last = len(starts) - 1
    while last > 0 and _goes_on(losses[at[last - 1] : at[last]], losses[at[last] :][:FEW]):
        last -= 1
    return starts[last] if starts else 0


def _starts(trace: Trace) -> list[int]:
    """After how many updates each optimizer was first used, up to that of the last update.

    Those that step after the same backward pass begin with the first of them.
    """
    starts: dict[int, int] = {}
    begins, backward, last = 0, -2, -2
    for update in trace.of(Update):
        if update.backward != backward:
            begins, backward = update.number - 1, update.backward
        starts.setdefault(update.optimizer, begins)
        last = update.optimizer
    return sorted({start for start in starts.values() if start <= starts[last]}) if starts else []


def _goes_on(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether a loss is about where it was before, or as lost as it was."""
    if not before or not after:
        return False
    end, start = end_of(before), start_of(after)
    if not math.isfinite(end) or not math.isfinite(start):
        return not math.isfinite(end) and not math.isfinite(start)
    return end < NEAR * start and start < NEAR * end


def losses_of(trace: Trace) -> tuple[float, ...]:
    """The losses of that training, one a step.

    A step that looks at its loss many times (LBFGS) ends with a lower one than it began with. Of
    few such steps the first look counts for the first one: it is the loss before anything was
    learned.
    """
    phase = phase_of(trace)
    losses = trace.losses_after(phase)
    if not losses or len(losses) >= FEWEST:
        return losses
    looks = [each for each in trace.of(Backward) if each.updates == phase and each.loss is not None]
    if not looks or any(each.place != looks[0].place for each in looks):
        return losses
    return (looks[0].loss or 0.0, *losses[1:])
