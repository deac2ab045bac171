"""The loss is made larger: a sign is turned around.

## What it does

Finds trainings whose loss is the negative of a misfit (cross-entropy, squared error …), or whose
updates go along the gradient instead of against it, and in which the misfit grows.

## Why it matters

A gradient points to where the loss grows. Training goes the other way, and optimizers do so by
themselves. A minus before the loss, a plus in an update by hand, or ``maximize=True`` turns the
training around: the model learns to be wrong.

## Example

    p += learning_rate * p.grad

## Use instead

    p -= learning_rate * p.grad

## Known problems

Where several optimizers take part, one may well work against another (generators, attacks), and
nothing is said. Rewards and other quantities that are to grow are no misfits, nor is an overlap
(Dice) known as one. What is done to a model's inputs, as by an attack, is no training of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Backward, Direction, Objective, Update
from grader.trace.trace import Trace

RULE = "gradient-ascent"
HIDES = (
    "learning-rate-too-high", "learning-rate-too-low", "learning-rate-grows",
    "symmetric-initial-weights", "vanishing-gradients",
)  # fmt: skip
WHY = "The gradient points uphill. Steps go against it, so that what is differentiated shrinks."
FEWEST = 2
ALONG = 0.3
"""The cosine of the angle to the gradient, above which the first update goes uphill."""
STRAIGHT = 0.99
GREW = 1.1
GREW_AT_ALL = 1.02
"""Where all steps are along the gradient itself, little growth says what they come to."""


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding, of a training by one optimizer or by hand."""
    updates = list(trace.of(Update))
    objectives = list(trace.of(Objective))
    if len({update.optimizer for update in updates}) != 1 or len(objectives) < FEWEST:
        return
    if not trace.is_sound or len(trace.losses) < FEWEST:
        return
    turned = [one.cosine for one in trace.of(Direction)]
    negated = [one.negated for one in objectives]
    is_straight = len(turned) >= FEWEST and min(turned) > STRAIGHT
    growth = _growth(trace, objectives, GREW_AT_ALL if is_straight else GREW)
    if growth is None or not turned:
        return
    # Averages of earlier gradients turn later updates, and never the first one.
    if all(negated) and turned[0] < 0:
        yield _negated(_backward_of(trace, objectives[0]), growth)
    elif not any(negated) and len(turned) >= FEWEST and turned[0] > ALONG and min(turned) > 0:
        yield _uphill(updates[0].place, growth, turned)


def _backward_of(trace: Trace, objective: Objective) -> Place | None:
    places = (one.place for one in trace.of(Backward) if one.number == objective.backward)
    return next(places, objective.place)


def _growth(trace: Trace, objectives: list[Objective], times: float) -> Evidence | None:
    """By how much the misfit grew; None if it didn't. One batch may be harder than another."""
    first, last = objectives[0], objectives[-1]
    sign = -1 if first.negated else 1
    before, after = sign * first.value, sign * last.value
    began, ended = f"in pass {first.backward}", f"in pass {last.backward}"
    if after <= GREW * before:  # of two batches
        share = max(1, len(trace.losses) // 4)
        before = sign * median(trace.losses[:share])
        after = sign * median(trace.losses[-share:])
        began = f"in the median of the first {count(share, 'update')}"
        ended = "in that of as many at the end"
    if after <= times * before:
        return None
    return Evidence(
        label=f"the misfit ({first.misfit}) {ended}",
        expected=f"below {before:.4g}, where it began",
        actual=f"{after:.4g}",
        sentence=f"The misfit grew from {before:.4g} {began} to {after:.4g} {ended}.",
    )


def _negated(place: Place | None, growth: Evidence) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=place,
        step=1,
        what="the loss is the negative of the misfit, so that training makes the misfit larger",
        evidence=(growth,),
        fix="take the loss as it is: the optimizer makes it smaller",
        why=WHY,
    )


def _uphill(place: Place | None, growth: Evidence, turned: list[float]) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=place,
        step=1,
        what="the updates go along the gradient instead of against it",
        evidence=(
            Evidence(
                label="cosine of the angle between the first updates and the gradient",
                expected="below 0",
                actual=", ".join(f"{cosine:.2f}" for cosine in turned),
                sentence=f"The first {count(len(turned), 'update')} went uphill: 1 would be "
                f"straight along the gradient, and theirs was {min(turned):.2f} at least.",
            ),
            growth,
        ),
        fix="subtract the gradient times the learning rate",
        why=WHY,
    )
