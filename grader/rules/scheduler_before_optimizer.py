"""The schedule steps before the optimizer does, and its first rate is never used.

## What it does

Finds lines that step a schedule before the first step of the optimizer, and then once more before
each of the next ones.

## Why it matters

A schedule sets the rate for the step that comes. Where it goes first, the first rate is skipped:
what was to be the second one is used in its place, and so on to the end. With a rate that falls
fast, the largest steps are never made. torch warns of it once.

## Example

    for epoch in range(10):
        scheduler.step()
        for images, labels in train_loader:
            …

## Use instead

    for epoch in range(10):
        for images, labels in train_loader:
            …
        scheduler.step()

## Known problems

A schedule that is moved on before the training, to take up one that was interrupted, is not meant.
With a gradient scaler, which may leave out the first steps, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Scaled, Schedule
from grader.trace.trace import Trace

RULE = "scheduler-before-optimizer"
WHY = (
    "The first rate of a schedule is there when it is made. Each of its steps moves on to the next "
    "one, so it belongs after the optimizer's."
)
FEWEST = 2


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that steps a schedule so."""
    if any(True for _ in trace.of(Scaled)) or not trace.is_sound or trace.unseen:
        return
    for one in trace.of(Schedule):
        if one.calls >= FEWEST and not one.first and not one.idle and one.updates >= one.calls:
            yield _finding(one)


def _finding(one: Schedule) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=1,
        what=f"{one.name} steps before the optimizer's first step: its first rate is never used",
        evidence=(
            Evidence(
                label="steps of the optimizer before the schedule's first one",
                expected="at least 1",
                actual="0",
                sentence=f"{one.name} made {count(one.calls, 'step')}, the first of them before "
                f"any of the {count(one.updates, 'step')} of the optimizer.",
            ),
        ),
        fix="step the schedule after the optimizer",
        why=WHY,
    )
