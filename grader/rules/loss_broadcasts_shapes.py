"""A loss compares each prediction with each target.

## What it does

Finds squared, absolute and similar losses in which predictions of shape (N, 1) and targets of shape
(N,), or the other way round, broadcast to N × N differences.

## Why it matters

Where two shapes differ, torch repeats the smaller one to fit. (N, 1) and (N,) both fit (N, N), so
each prediction is compared with every target of the batch. The best that a model can do then is
to answer the mean of all targets, whatever it is shown. Nothing raises; torch only warns, and of
a loss that is written by hand not even that.

## Example

    outputs = model(x)                       # (4, 1)
    loss = nn.functional.mse_loss(outputs, y)    # y: (4,)

## Use instead

    loss = nn.functional.mse_loss(outputs, y.unsqueeze(1))

## Known problems

A loss is looked at in the first backward passes and then ever more rarely. Comparing predictions
with each other, each with each, is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import Loss
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "loss-broadcasts-shapes"
HIDES = ("learning-rate-too-high", "learning-rate-grows")
WHY = (
    "Two shapes that differ are repeated to fit each other. A column of predictions and a row of "
    "targets make a square of differences, most of them between strangers."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    for found in by_place(loss for loss in trace.of(Loss) if loss.crossed).values():
        if is_repeated(len(found), trace):
            yield _finding(found[0])


def _finding(loss: Loss) -> Finding:
    count = loss.crossed
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=loss.place,
        step=loss.backward,
        what=f"the loss compares each of {count:,} predictions with each of {count} targets: their "
        f"shapes, ({count}, 1) and ({count},), broadcast",
        evidence=(
            Evidence(
                label="differences that the loss is made of",
                expected=f"{count}, one for each prediction and its own target",
                actual=f"{count * count}",
                sentence=f"For {count:,} predictions the loss is made of {count * count:,} "
                f"differences; each prediction and its own target make {count:,}.",
            ),
        ),
        fix="give predictions and targets the same shape before they go into the loss",
        why=WHY,
    )
