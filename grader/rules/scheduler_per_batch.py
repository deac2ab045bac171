"""A schedule for epochs is stepped with every batch, or one for batches with every epoch.

## What it does

Finds schedules whose steps are counted in epochs (``StepLR``, ``MultiStepLR``, ``ExponentialLR``)
and that were stepped after each update, where the rate has shrunk to less than a thousandth before
the training was half over; and schedules that were made for just as many steps as there were
updates, and were stepped once in many.

## Why it matters

An epoch has hundreds of batches. A rate that is to shrink by a tenth each epoch shrinks by a
tenth each batch instead: after one epoch nothing is left of it, and no step moves anything. The
other way round, a warm-up over all batches has hardly begun when the training ends.

## Example

    for images, labels in train_loader:
        …
        optimizer.step()
        scheduler.step()                # ExponentialLR(optimizer, 0.9)

## Use instead

    for images, labels in train_loader:
        …
        optimizer.step()
    scheduler.step()

## Known problems

A schedule that is meant to fall quickly with each batch is told only by how little it leaves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Schedule, Update
from grader.trace.trace import Trace

RULE = "scheduler-per-batch"
HIDES = ("learning-rate-too-low", "learning-rate-too-high")
EPOCHS = ("StepLR", "MultiStepLR", "ExponentialLR")
WHY = (
    "A schedule counts its own steps. Whether one of them is a batch or an epoch is decided by "
    "where step() is called."
)
FEWEST = 20
NOTHING = 1e-3
MOSTLY = 0.9
NEAR = 0.1
MANY = 4


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding per schedule."""
    for one in trace.of(Schedule):
        if _is_per_batch(one):
            rates = _rates(trace, one.optimizer)
            late = rates[len(rates) // 2 :]
            if rates and max(late) < NOTHING * max(rates):
                yield _per_batch(one, rates, max(late))
        elif _is_per_epoch(one):
            yield _per_epoch(one)


def _is_per_batch(one: Schedule) -> bool:
    return one.name in EPOCHS and one.calls >= FEWEST and one.single >= MOSTLY * (one.calls - 1)


def _is_per_epoch(one: Schedule) -> bool:
    return (
        one.calls > 1
        and not one.single
        and not one.idle
        and one.updates >= MANY * one.calls
        and one.total >= FEWEST
        and abs(one.updates - one.total) <= NEAR * one.total
    )


def _rates(trace: Trace, optimizer: int) -> list[float]:
    updates = (update for update in trace.of(Update) if update.optimizer == optimizer)
    return [one.rate for one in updates if one.rate is not None and math.isfinite(one.rate)]


def _per_batch(one: Schedule, rates: list[float], late: float) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=1,
        what=f"{one.name} is stepped with every batch, {count(one.calls, 'time')}: the rate "
        f"falls from {max(rates):g} to {late:.2g} by the middle of the training",
        evidence=(
            Evidence(
                label="the learning rate in the second half of the training",
                expected=f"a good part of {max(rates):g}",
                actual=f"at most {late:.2g}",
                sentence=f"In {count(one.updates, 'update')} {one.name} made "
                f"{count(one.calls, 'step')}, and half-way the rate was {late:.2g} instead of "
                f"{max(rates):g}.",
            ),
        ),
        fix="step this schedule once per epoch, after the loop over the batches",
        why=WHY,
    )


def _per_epoch(one: Schedule) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=one.place,
        step=None,
        what=f"{one.name} was made for {count(one.total, 'step')} and made {one.calls}",
        evidence=(
            Evidence(
                label="steps of the schedule",
                expected=f"{one.total}, as it was made for",
                actual=str(one.calls),
                sentence=f"{one.name} was made for {count(one.total, 'step')}, there were "
                f"{count(one.updates, 'update')}, and it was stepped after one in "
                f"{one.updates // one.calls} of them.",
            ),
        ),
        fix="step this schedule after each update, or make it for as many steps as it gets",
        why=WHY,
    )
