"""The training begins with weights so large that its first loss is far worse than a guess.

## What it does

Finds a first loss of more than ten times what a constant guess has (ln C for C classes, the
variance of the targets for squared errors), where some weights begin far larger than any layer's
usually do. A warning if the training doesn't get below the guess, a note if it does.

## Why it matters

At first a network knows nothing, so its loss should be a guess's: about 2.30 for ten classes. With
huge weights it is sure of wrong answers instead. The first steps, often all of them, go into taking
that back; activation functions are driven to where they have no slope.

## Example

    for p in model.parameters():
        nn.init.normal_(p, std=20.0)

## Use instead

Leave the layers as torch makes them, or scale random weights by 1 / sqrt(inputs of the layer):

    w = torch.randn(784, 128) / 784**0.5

## Known problems

Weights that were loaded are not judged. Of other losses than the cross-entropies and squared errors
no guess is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import Parameter
from grader.trace.starts import Start, first_call, large_weights, size_of, starts
from grader.trace.trace import Trace

RULE = "absurd-initial-weights"
HIDES = (
    "learning-rate-too-high",
    "learning-rate-grows",
    "dead-relu",
    "vanishing-gradients",
    "inputs-unscaled",
)
TIMES = 10.0
WHY = (
    "What a layer gives grows with its weights, layer by layer. Weights of about 1 / sqrt(inputs) "
    "keep the numbers at the size that they came in, and the first loss near a guess's."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: the loss that began farthest off."""
    begun = sorted(starts(trace, TIMES), key=lambda one: -one.first / one.guess)
    weights = large_weights(trace)
    if begun and weights:
        yield _finding(trace, begun[0], max(weights, key=size_of))


def _finding(trace: Trace, start: Start, weight: Parameter) -> Finding:
    name = weight.name or "a weight"
    return Finding(
        rule=RULE,
        level=Level.NOTE if start.is_learned else Level.WARNING,
        place=first_call(trace),
        step=start.step,
        what=f"the first loss is {start.first:,.4g}, that of a guess is {start.guess:.4g}: the "
        "initial weights are too large",
        evidence=(
            Evidence(
                label=f"root mean square of {name} at first",
                expected="about 1 / sqrt(inputs of the layer)",
                actual=f"{size_of(weight):.3g}",
                sentence=f"{name} begins with numbers of about ±{size_of(weight):.3g}, and the "
                f"first loss is {start.first / start.guess:,.0f} times that of a constant guess.",
            ),
            Evidence(
                label="loss when it was last looked at",
                expected=f"below {start.guess:.4g}",
                actual=f"{start.last:,.4g}",
                sentence=f"When the loss was last looked at it was {start.last:,.4g}.",
            ),
        ),
        fix="begin with smaller random weights: as torch makes them, or divided by the root of the "
        "number of inputs",
        why=WHY,
    )
