"""The first layers get next to no gradient, and the training stands still.

## What it does

Finds weights whose gradient, measured against the weight's own size, was never more than a
ten-thousandth of that of the weights next to the loss, in a training whose loss hardly fell, or
fell to that of a constant guess.

## Why it matters

Back through each layer a gradient is multiplied by that layer's slopes. A sigmoid's slope is 0.25
at most, so after ten of them a millionth is left: the last layers learn from features that the
first ones never improve.

## Example

    for _ in range(10):
        layers += [nn.Linear(16, 16), nn.Sigmoid()]

## Use instead

    for _ in range(10):
        layers += [nn.Linear(16, 16), nn.ReLU()]

ReLU or GELU between layers, fewer layers, normalisation (``nn.BatchNorm1d``, ``nn.LayerNorm``), or
connections that skip layers: ``x + layer(x)``.

## Known problems

A training that learns is not judged, however small some gradients are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Criterion, Parameter
from grader.trace.curves import end_of, start_of
from grader.trace.phases import losses_of
from grader.trace.starts import MATRIX, first_call, size_of
from grader.trace.trace import Trace

RULE = "vanishing-gradients"
SHARE = 1e-4
FEWEST_STEPS = 12
STILL = 0.9
"""A loss that ends above this share of its start, or of a constant guess's, has hardly fallen."""
LOOKS = 3
FAR = 1.5
"""A loss above so many times a constant guess's is none of a constant guess."""
WHY = (
    "Going back through a layer multiplies the gradient by its slopes. Where these are small in "
    "each of many layers, nothing is left for the first ones."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding, for all weights that got too little."""
    losses = losses_of(trace)
    if len(losses) < FEWEST_STEPS or not all(map(math.isfinite, losses)):
        return
    if end_of(losses) < STILL * start_of(losses) and not _only_guesses(trace):
        return
    weights = sorted(filter(_counts, trace.of(Parameter)), key=lambda one: one.nearest)
    if len(weights) < MATRIX:
        return
    near, far = weights[0], weights[-1]
    poor = [one for one in weights if _relative(one) < SHARE * _relative(near)]
    if far in poor:
        yield _finding(trace, near, far, poor)


def _only_guesses(trace: Trace) -> bool:
    """Whether the loss, when it was looked at last, was that of a constant guess."""
    looks = [
        one.surprise / one.guess
        for one in trace.of(Criterion)
        if one.surprise is not None and one.guess
    ]
    late = looks[-LOOKS:]
    return len(looks) > LOOKS and min(late) > STILL and late[-1] < FAR


def _counts(one: Parameter) -> bool:
    return (
        one.is_reached
        and one.axes >= MATRIX
        and one.asks
        and one.optimizer >= 0
        and one.nearest >= 0
        and one.gradient is not None
        and math.isfinite(one.gradient)
        and size_of(one) > 0
    )


def _relative(one: Parameter) -> float:
    """The largest gradient that a weight had, against its own size."""
    return (one.gradient or 0.0) / (size_of(one) * math.sqrt(one.size))


def _finding(trace: Trace, near: Parameter, far: Parameter, poor: list[Parameter]) -> Finding:
    share = _relative(far) / _relative(near)
    first, last = far.name or "the first weight", near.name or "the last weight"
    losses = losses_of(trace)
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=_place(trace, poor),
        step=None,
        what=f"next to no gradient reaches {first}: {share:.1g} of what {last} gets",
        evidence=(
            Evidence(
                label=f"gradient of {first}, against that of {last}",
                expected="about as large for its size",
                actual=f"{share:.2g} of it",
                sentence=f"For its size, the gradient of {first} is {share:.2g} of that of "
                f"{last}; {count(len(poor), 'weight')} get less than {SHARE:g} of it.",
            ),
            Evidence(
                label="loss at the end",
                expected="clearly below where it began",
                actual=f"{end_of(losses):.4g}",
                sentence=f"The loss began at {start_of(losses):.4g}, and ended at "
                f"{end_of(losses):.4g}.",
            ),
        ),
        fix="use activation functions that keep their slope (ReLU), fewer layers, normalisation, "
        "or connections that skip layers",
        why=WHY,
    )


def _place(trace: Trace, poor: list[Parameter]) -> Place | None:
    """The line that makes most of the weights that get too little."""
    lines = Counter(one.place for one in poor if one.place is not None)
    return lines.most_common(1)[0][0] if lines else first_call(trace)
