"""A softmax is taken over the rows of a batch, not over the classes.

## What it does

Finds a softmax or log-softmax along a wrong axis right before a loss: the probabilities of one row
don't add up to 1, and those of one class over the rows of the batch do.

## Why it matters

A softmax makes numbers that add up to 1 along the axis that it is told. Along the batch, the rows
compete with each other for one class: what the model answers to an image depends on which other
images happen to be in the batch. Without ``dim=`` torch guesses an axis, and of three axes it takes
the first.

## Example

    log_probabilities = torch.log_softmax(model(images), dim=0)
    loss = nn.functional.nll_loss(log_probabilities, labels)

## Use instead

    log_probabilities = torch.log_softmax(model(images), dim=1)

Always name the axis of the classes.

## Known problems

Where a batch has as many rows as there are classes nothing is found: both axes may be meant, as in
losses that compare pairs.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Criterion
from grader.trace.losses import SUM, by_place, is_repeated
from grader.trace.trace import Trace

RULE = "softmax-over-batch"
HIDES = ("learning-rate-too-high", "learning-rate-grows", "nll-loss-without-log-softmax")
WHY = (
    "Along the batch a softmax lets rows compete that have nothing to do with each other. The "
    "classes, which exclude each other, don't compete at all."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    taken = (one for one in trace.of(Criterion) if one.axis >= 0 and one.sums is not None)
    for every in by_place(taken).values():
        found = [one for one in every if _is_wrong(one)]
        if 2 * len(found) >= len(every) and is_repeated(len(found), trace):
            yield _finding(found[0])


def _is_wrong(one: Criterion) -> bool:
    """Whether the rows' probabilities don't add up to 1, of a softmax over another axis."""
    return (
        one.sums is not None
        and abs(one.sums - 1) > SUM
        and one.axes > 1
        and one.length != one.classes
    )


def _finding(one: Criterion) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=one.backward,
        what=f"the softmax is taken along dim={one.axis}, over {count(one.length, 'number')} "
        f"that are no classes: there are {one.classes} of these",
        evidence=(
            Evidence(
                label="sum of the probabilities of one row",
                expected="1",
                actual=f"{one.sums:.4g}",
                sentence=f"The probabilities of one row add up to {one.sums:.4g} over its "
                f"{count(one.classes, 'class')}, expected 1.",
            ),
        ),
        fix="take the softmax along the axis of the classes, which has "
        f"{count(one.classes, 'number')}",
        why=WHY,
    )
