"""Held-out rows are changed at random, so that no two validations measure on the same data.

## What it does

Finds a held-out loader that gives the same rows, with the same labels, and other inputs from one
validation to the next. A warning where its data set holds a transform of torchvision's that draws
at random; a note otherwise.

## Why it matters

Augmentation makes training harder, so that the model learns what stays the same in a turned, cut or
darkened picture. A validation asks how good the model is at pictures as they are. With random
changes it measures something else, lower as a rule, and moves from epoch to epoch although the
model doesn't.

## Example

    data = datasets.CIFAR10("data", transform=augment)      # flips and crops at random
    train, val = random_split(data, [40_000, 10_000])       # both of them

## Use instead

    train = Subset(datasets.CIFAR10("data", transform=augment), order[:40_000])
    val = Subset(datasets.CIFAR10("data", transform=plain), order[40_000:])

## Known problems

A validation that is made once can't be compared with another. Nor are inputs that the program
changes after the loader has given them, those that a worker process makes, and several turns
through the data with the same weights: those may be averaged, which is test-time augmentation.
Whether a data set without transforms of torchvision's changes its rows on purpose isn't known, so
that is a note.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Altered, Forward
from grader.trace.trace import Trace

RULE = "augmentation-in-validation"
FEWEST_ROWS = 16
MOST_OF = 0.3
"""A share of the rows that augmentation changes at the least; it leaves some as they are."""
WHY = (
    "Augmentation is for training. A validation measures on rows as they are, the same ones each "
    "time, so that what changes is the model."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding for each held-out loader."""
    for one in trace.of(Altered):
        calls = [
            forward
            for forward in trace.of(Forward)
            if forward.source == one.source and forward.is_trained and not forward.is_fed
        ]
        if not calls or one.again or not trace.is_held_out(one.source):
            continue
        if one.compared >= FEWEST_ROWS and one.altered >= MOST_OF * one.compared:
            yield _finding(trace, one, calls[0])


def _finding(trace: Trace, one: Altered, call: Forward) -> Finding:
    names = ", ".join(one.random)
    by = f" by {names}" if names else ""
    source = trace.sources[one.source]
    return Finding(
        rule=RULE,
        level=Level.WARNING if names else Level.NOTE,
        place=call.place,
        step=call.updates,
        what=f"the held-out data is changed at random{by}: it is other data in each validation",
        evidence=(
            Evidence(
                label="held-out rows that came with other inputs the second time",
                expected="none",
                actual=f"{one.altered} of {one.compared}",
                sentence=f"Of {count(one.compared, 'row')} that the loader gave again after more "
                f"training, {one.altered} had other inputs than before, and the same label.",
            ),
            Evidence(
                label="data",
                expected="the same rows in each validation",
                actual=f"{source.name}{by}",
                sentence=f"The rows are those of a {source.name}, none of which was trained on.",
            ),
        ),
        fix="give the held-out data a transform of its own, without anything random in it",
        why=WHY,
    )
