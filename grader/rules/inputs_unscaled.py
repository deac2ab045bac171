"""The inputs are so large that the training begins far off.

## What it does

Finds inputs of a first layer that are in the tens or hundreds (pixels of 0 to 255, say), where the
first loss is far worse than a constant guess's. A warning if the training doesn't get below the
guess, a note if it does. Inputs in the hundreds are a note in any case, if nothing in the network
makes its numbers small again.

## Why it matters

Layers begin with weights that suit inputs of about 1. Inputs a hundred times as large make scores a
hundred times as large: the network is sure of wrong answers before it has learned anything, the
gradients of the first layer are as much too large, and no one rate suits all layers.

## Example

    images = images.float()                 # 0 to 255

## Use instead

    images = images.float() / 255           # 0 to 1
    images = (images - mean) / std          # the training data's

## Known problems

Inputs that go through a normalisation first may be of any size. Losses that are written out are
judged where they are differences between a model's output and targets, or a cross-entropy.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import Criterion, Inputs
from grader.trace.starts import Start, large_weights, starts
from grader.trace.trace import Trace

RULE = "inputs-unscaled"
HIDES = (
    "learning-rate-too-high", "learning-rate-too-low", "learning-rate-grows", "dead-relu",
    "vanishing-gradients",
)  # fmt: skip
LARGE = 20.0
TIMES = 4.0
HUGE = 100.0
"""Inputs of this size are a note, whatever comes of them."""
OF_CLASSES = ("LogSoftmax", "MultiMarginLoss", "Sub")
"""What makes a loss of scores and a class number; the last one in a cross-entropy by hand."""
FIX = (
    "scale the inputs to about 1: divide pixels by 255, or take off the mean and divide by the "
    "standard deviation of the training data"
)
WHY = (
    "A layer multiplies its inputs by its weights. Where the inputs are a hundred times what the "
    "initial weights are made for, so is what comes out, and so are the gradients."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding."""
    inputs = list(trace.of(Inputs))
    if not inputs or any(one.size < LARGE for one in inputs) or large_weights(trace):
        return
    for start in starts(trace, TIMES):
        yield _finding(inputs[0], start)
        return
    first = inputs[0]
    if first.size >= HUGE and first.made >= LARGE and not first.normed and _are_small(trace):
        yield _noted(first)


def _are_small(trace: Trace) -> bool:
    """Whether what is to be told is known, and is no number of the inputs' own size."""
    known = [one for one in trace.of(Criterion) if one.name in OF_CLASSES or one.nought]
    return bool(known) and all((one.nought or 0.0) < LARGE for one in known)


def _noted(inputs: Inputs) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=inputs.place,
        step=inputs.backward,
        what=f"the inputs are as large as {inputs.largest:,.4g}, and the first layer makes numbers "
        f"of about ±{inputs.made:,.3g} of them",
        evidence=(
            Evidence(
                label="root mean square of the inputs",
                expected="about 1",
                actual=f"{inputs.size:,.4g}",
                sentence=f"The first layer gets numbers of about ±{inputs.size:,.3g}, and its "
                "weights are made for numbers of about 1. Nothing behind it makes them smaller.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )


def _finding(inputs: Inputs, start: Start) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE if start.is_learned else Level.WARNING,
        place=inputs.place,
        step=inputs.backward,
        what=f"the inputs are as large as {inputs.largest:,.4g}, and the first loss is "
        f"{start.first:,.4g}, where that of a guess is {start.guess:.4g}",
        evidence=(
            Evidence(
                label="root mean square of the inputs",
                expected="about 1",
                actual=f"{inputs.size:,.4g}",
                sentence=f"The first layer gets numbers of about ±{inputs.size:,.3g}, up to "
                f"{inputs.largest:,.4g}; its weights are made for numbers of about 1.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )
