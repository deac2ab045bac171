"""The step size keeps the model from learning.

## What it does

When training ends badly (a loss that is not finite, that grew, or that hardly fell), runs
the first steps again from the same seed with smaller updates. If one of those runs clearly
learns, and the original rate does not even with its other bugs repaired, the rate is at
fault.

## Why it matters

A step that is too long jumps over the valley it should go down into. The loss grows without
bound, or jumps to a plateau where the network gives the same answer to everything.

## Example

    optimizer = torch.optim.SGD(model.parameters(), lr=100.0)

## Use instead

A rate at which the loss falls in the first few dozen steps. Usual starting points: 0.01 to
0.1 for SGD, 0.001 for Adam. Change it by factors of ten.

## Known problems

No number is too high by itself: some models train at a rate of 100. So the number is never
judged, only what happens. A program whose training can't be repeated from a seed, or in
which several optimizers take turns, is not judged. Of several that step together, the one
with the longest steps is named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count, value
from grader.schema.rows import Backward, Update
from grader.trace.learning import RateVerdict, rate_verdict
from grader.trace.trace import Trace

RULE = "learning-rate-too-high"
HIDES = ("dead-relu", "vanishing-gradients")
WHY = (
    "Each update goes against the gradient by a length that the rate sets. Where the loss "
    "curves more than that length allows, the update lands higher than it started."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: replays have shown a smaller step to learn."""
    verdict = rate_verdict(trace)
    if verdict.word == "too_high" and verdict.scale is not None:
        yield _finding(trace, verdict)


def _finding(trace: Trace, verdict: RateVerdict) -> Finding:
    update = _largest(trace)
    factor = f"{1 / (verdict.scale or 1):,.0f}"
    rate = "" if update.rate is None else f" (the rate is {update.rate:g})"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=_place(trace, update),
        step=_first_bad(trace),
        what=f"the model does not learn at this step size; at 1/{factor} of it, it does{rate}",
        evidence=tuple(_evidence(verdict)),
        fix="make the learning rate smaller, by factors of ten, until the loss falls steadily",
        why=WHY,
    )


def _largest(trace: Trace) -> Update:
    """The last update; of several optimizers that step together, that of the longest steps.

    Where one's steps have ruined the weights, the gradients of all are ruined. So it goes by
    each one's first step, and by how its rate has changed since.
    """
    updates = list(trace.of(Update))
    last = {
        update.optimizer: update for update in updates if update.backward == updates[-1].backward
    }

    def length(update: Update) -> float:
        first = next(one for one in updates if one.optimizer == update.optimizer)
        if not first.rate or update.rate is None or first.ratio is None:
            return 0.0
        return first.ratio * update.rate / first.rate

    return max(reversed(last.values()), key=length)


def _place(trace: Trace, update: Update) -> Place | None:
    if update.optimizer >= 0:
        return trace.optimizers[update.optimizer].place
    backwards = {backward.number: backward for backward in trace.of(Backward)}
    backward = backwards.get(update.backward)
    return update.place if backward is None else backward.place


def _first_bad(trace: Trace) -> int | None:
    """The first step whose loss is not finite, if any."""
    bad = (step for step, loss in enumerate(trace.losses, 1) if not math.isfinite(loss))
    return next(bad, None)


def _evidence(verdict: RateVerdict) -> Iterator[Evidence]:
    if verdict.replayed is not None and verdict.scale is not None:
        yield Evidence(
            label=f"loss after {count(verdict.steps, 'step')}, each {1 / verdict.scale:,.0f} "
            "times smaller",
            expected="not much better, if the step size were right",
            actual=f"{verdict.replayed:.4g}",
            sentence=f"With steps 1/{1 / verdict.scale:,.0f} as long, the loss falls from "
            f"{value(verdict.start)} to {value(verdict.replayed)} in "
            f"{count(verdict.steps, 'step')}.",
        )
    yield Evidence(
        label="loss at the end of training",
        expected=f"well below {verdict.start:.4g}, where it started",
        actual="not finite" if math.isnan(verdict.end) else f"{verdict.end:.4g}",
        sentence=f"The loss starts at {value(verdict.start)} and ends at {value(verdict.end)}.",
    )
