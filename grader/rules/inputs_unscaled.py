"""The inputs are so large that the training begins far off.

## What it does

Finds inputs of a first layer that are in the tens or hundreds (pixels of 0 to 255, say), where the
first loss is far worse than a constant guess's. A warning if the training doesn't get below the
guess, a note if it does. Inputs in the hundreds are a note in any case, if nothing in the network
makes its numbers small again; and a warning where a replay has shown that the steps are too long,
by no more than inputs of this size make them.

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
from grader.rules._words import value
from grader.schema.rows import Criterion, Inputs
from grader.trace.learning import RateVerdict, rate_verdict
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
        verdict = rate_verdict(trace)
        yield _outgrown(first, verdict) if _explains(first, verdict) else _noted(first)


def _explains(inputs: Inputs, verdict: RateVerdict) -> bool:
    """Whether steps are too long by no more than the inputs are too large.

    What a step changes in the results of the first layer is as many times larger, at the least.
    """
    is_high = verdict.word == "too_high" and verdict.scale is not None
    return is_high and 1 / (verdict.scale or 1) <= inputs.size


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
        evidence=(_size(inputs),),
        fix=FIX,
        why=WHY,
    )


def _outgrown(inputs: Inputs, verdict: RateVerdict) -> Finding:
    factor = f"{1 / (verdict.scale or 1):,.0f}"
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=inputs.place,
        step=inputs.backward,
        what=f"the inputs are as large as {inputs.largest:,.4g}, and the model does not learn from "
        f"them at this step size; at 1/{factor} of it, it does",
        evidence=(
            _size(inputs),
            Evidence(
                label=f"loss with steps 1/{factor} as long",
                expected="not much better, if the inputs suited the step size",
                actual=value(verdict.replayed or 0.0),
                sentence="The loss goes from "
                f"{value(verdict.start)} to {value(verdict.end)}; with steps 1/{factor} as long, "
                f"to {value(verdict.replayed or 0.0)}. Inputs {inputs.size:,.0f} times as large "
                "make each step of the first layer as much too long, at the least.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )


def _size(inputs: Inputs) -> Evidence:
    return Evidence(
        label="root mean square of the inputs",
        expected="about 1",
        actual=f"{inputs.size:,.4g}",
        sentence=f"The first layer gets numbers of about ±{inputs.size:,.3g}, and its "
        "weights are made for numbers of about 1. Nothing behind it makes them smaller.",
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
