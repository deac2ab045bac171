"""The step comes before the backward pass, between a loss and its gradients.

## What it does

Finds steps that an optimizer makes after a loss was computed and before its backward pass: they
find no gradient, or that of the batch before.

## Why it matters

A step goes along the gradients that are there when it is made. Those of this batch come only
afterwards; and where they are cleared at the beginning of the next turn, no step ever sees any.

## Example

    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    optimizer.step()
    loss.backward()

## Use instead

    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()

## Known problems

In a deep network a late step that does find old gradients changes weights that the coming backward
pass needs, and torch ends the program: "modified by an inplace operation". A step at the very
beginning of the loop, before the model is called, is not told from one at its end.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Backward, Forward, Parameter, Update, Within
from grader.trace.losses import by_place
from grader.trace.trace import Trace

RULE = "step-before-backward"
HIDES = (
    "gradients-cleared-before-step", "learning-rate-too-high", "learning-rate-grows",
    "learning-rate-too-low", "symmetric-initial-weights",
)  # fmt: skip
WHY = (
    "backward() leaves the gradients in .grad, and step() goes along what it finds there. What "
    "comes after the step is too late for it."
)
FEWEST = 2


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that steps, where this is the rule and no slip."""
    if any(True for _ in trace.of(Within)):
        return  # hooks that step as soon as a gradient is there
    updates = by_place(_seen_with_a_forward(trace))
    for place, early in by_place(_early(trace)).items():
        if len(early) >= FEWEST and 2 * len(early) > len(updates[place]):
            yield _finding(early, len(updates[place]))


def _seen_with_a_forward(trace: Trace) -> Iterator[Update]:
    """The steps of which a forward since the step before is in the record: of many, not each is."""
    seen = False
    for event in trace.events:
        if isinstance(event, Forward):
            seen |= event.is_fed
        elif isinstance(event, Update) and event.optimizer >= 0:
            if seen:
                yield event
            seen = False


def _early(trace: Trace) -> Iterator[Update]:
    """The steps between a forward pass and the backward pass that it feeds, and no other pass."""
    holders = {(one.model, one.optimizer) for one in trace.of(Parameter)}
    begun: set[int] = set()  # models that were called since the last backward pass
    waiting: list[Update] = []
    for event in trace.events:
        if isinstance(event, Forward):
            begun |= {event.model} if event.is_fed else set()
            waiting = []
        elif isinstance(event, Update):
            held = any((one, event.optimizer) in holders for one in begun)
            waiting += [event] if held and event.optimizer >= 0 else []
        elif isinstance(event, Backward):
            yield from waiting
            begun, waiting = set(), []


def _finding(early: list[Update], steps: int) -> Finding:
    first = early[0]
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=first.number,
        what=f"step {first.number} is made before the backward pass of its own loss",
        evidence=(
            Evidence(
                label="steps between a loss and its backward pass",
                expected="0",
                actual=f"{len(early)} of {steps}",
                sentence=f"{len(early)} of {count(steps, 'step')} were made when the loss was "
                "computed and its gradients were not.",
            ),
        ),
        fix="first clear the gradients, then compute the loss, then backward(), then step()",
        why=WHY,
    )
