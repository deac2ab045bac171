"""The learning rate grows until it spoils what was learned.

## What it does

Where a training went well for a while and then came to nothing, and its rate had grown in between,
runs it again from the same seed with the rate kept from growing. If the loss then stays low, the
growth was the cause.

## Why it matters

A rate is right for one stretch of the training. A schedule that multiplies it by more than one,
or a later cell that sets it anew, makes steps so long that they jump out of the valley they were
in. What was learned until then is lost, and the first epochs show nothing of it.

## Example

    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=10)

## Use instead

    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)

Rates rise in a warm-up, up to one that the training stands; after that they fall.

## Known problems

The finding names the line that makes the schedule, or the optimizer where the rate is set by
hand. Of updates that are written by hand the rate is not known. A program whose training can't be
repeated from a seed is not judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import value
from grader.schema.rows import Update
from grader.trace.growth import Growth
from grader.trace.learning import RateVerdict, rate_verdict
from grader.trace.trace import Trace

RULE = "learning-rate-grows"
HIDES = ("dead-relu", "vanishing-gradients")
WHY = (
    "Each update goes against the gradient by a length that the rate sets. Near the bottom of a "
    "valley a step that is many times longer than the last ones lands outside of it."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: a replay has shown that what was learned is kept at the old rate."""
    verdict = rate_verdict(trace)
    if verdict.word == "grew" and verdict.growth is not None:
        yield _finding(trace, verdict, verdict.growth)


def _finding(trace: Trace, verdict: RateVerdict, growth: Growth) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=_place(trace),
        step=growth.spoiled,
        what=f"the learning rate grows from {verdict.kept:g} to {growth.top:g}, and from step "
        f"{growth.spoiled} on what was learned is lost",
        evidence=tuple(_evidence(verdict, growth)),
        fix="keep the rate from growing beyond what the training stands; let schedules make it "
        "smaller",
        why=WHY,
    )


def _place(trace: Trace) -> Place | None:
    last = max((update.optimizer for update in list(trace.of(Update))[-1:]), default=-1)
    if last < 0:
        return None
    optimizer = trace.optimizers[last]
    return optimizer.schedule or optimizer.place


def _evidence(verdict: RateVerdict, growth: Growth) -> Iterator[Evidence]:
    yield Evidence(
        label="loss at the end of training",
        expected=f"about {growth.best:.4g}, where it was after step {growth.at}",
        actual=f"{growth.end:.4g}" if math.isfinite(growth.end) else "not finite",
        sentence=f"After step {growth.at:,} the loss was {value(growth.best)}; at the end of "
        f"training it is {value(growth.end)}.",
    )
    if verdict.replayed is not None and verdict.kept is not None:
        yield Evidence(
            label=f"the same with the rate kept at {verdict.kept:g}",
            expected="not much better, if the rate were right",
            actual=f"{verdict.replayed:.4g}",
            sentence=f"With the rate kept at {verdict.kept:g}, the same training ends at a loss "
            f"of {value(verdict.replayed)}.",
        )
