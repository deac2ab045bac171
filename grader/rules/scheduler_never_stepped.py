"""A schedule that is made and never stepped.

## What it does

Notes a schedule of torch's that has made no step by the end of the program.

## Why it matters

A schedule changes nothing by itself. Without ``scheduler.step()`` the rate stays what it was.

## Example

    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5)
    for epoch in range(10):
        train(epoch)

## Use instead

    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5)
    for epoch in range(10):
        train(epoch)
        scheduler.step()

## Known problems

It is a note: a training may do very well at one rate, and one that was ended early may not have
come to the schedule's first step.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Schedule
from grader.trace.trace import Trace

RULE = "scheduler-never-stepped"
WHY = "A schedule doesn't know when an epoch ends. It moves on when its step() is called."
FEWEST = 10
"""Updates after which something should have been heard of it."""


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per schedule, unless another one of the same optimizer steps."""
    schedules = list(trace.of(Schedule))
    stepped = {one.optimizer for one in schedules if one.calls}
    for one in schedules:
        if not one.calls and one.optimizer not in stepped and one.updates >= FEWEST:
            yield _finding(one)


def _finding(one: Schedule) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=one.made,
        step=None,
        what=f"{one.name} is made and never stepped: the rate stays what it is",
        evidence=(
            Evidence(
                label="steps of the schedule",
                expected="at least 1",
                actual="0",
                sentence=f"{count(one.updates, 'update')} were made since, and no step of the "
                "schedule.",
            ),
        ),
        fix="call the schedule's step() where the rate is to change, or leave it out",
        why=WHY,
    )
