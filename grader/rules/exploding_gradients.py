"""Gradients grow without bound on their way back, and the training comes to nothing.

## What it does

Where the gradient of the first pass is more than 300 times larger at the far end of the
network, or of a sequence, than next to the loss, and the training comes to nothing, runs it
again from the same seed with initial weights of the usual size. If that learns, the weights
were at fault.

## Why it matters

Back through each layer, and through each step of a sequence, a gradient is multiplied by the
layer's weights. Where that makes it three times larger, ten layers make it 59,049 times larger. A
step that suits the last layers then throws the first ones about, and one that suits the first ones
moves nothing else.

## Example

    self.rnn = nn.RNN(8, 64)
    nn.init.normal_(self.rnn.weight_hh_l0, std=0.5)    # 4 times as large as it should be

## Use instead

Leave the layers as torch makes them, or scale random weights by 1 / sqrt(inputs of the layer):

    nn.init.normal_(self.rnn.weight_hh_l0, std=1 / 64**0.5)

For long sequences clip the gradients before each step, or use an LSTM or a GRU.

## Known problems

Only what smaller initial weights repair is found: gradients that explode later on, or for another
reason, aren't. A training that learns is not judged, however much its gradients grow, nor is one
whose model is no module or that can't be repeated from a seed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count, value
from grader.schema.rows import Parameter
from grader.trace.explosion import Explosion, explosion_of, times_of
from grader.trace.starts import MATRIX, first_call
from grader.trace.trace import Trace

RULE = "exploding-gradients"
HIDES = (
    "learning-rate-too-high",
    "learning-rate-too-low",
    "learning-rate-grows",
    "dead-relu",
    "vanishing-gradients",
)
WHY = (
    "Going back through a layer, or a step of a sequence, multiplies the gradient by the layer's "
    "weights. Where each makes it larger, no step size suits all layers."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: a replay has shown that smaller initial weights learn."""
    found = explosion_of(trace)
    if found is not None:
        yield _finding(trace, found)


def _finding(trace: Trace, found: Explosion) -> Finding:
    times, back = times_of(found.flow), count(found.flow.back, "product")
    grows = f"{times:,.0f} times" if math.isfinite(times) else "beyond any number"
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=_place(trace),
        step=1,
        what=f"the gradient grows {grows} on its way back through {back}, and the model does "
        "not learn; with smaller initial weights, it does",
        evidence=(
            Evidence(
                label=f"loss after {count(found.steps, 'step')} with weights of the usual size",
                expected="not much better, if the weights were right",
                actual=value(found.calmed),
                sentence="With initial weights of the usual size, about 1 / sqrt(inputs of the "
                f"layer), the loss comes to {value(found.calmed)} in "
                f"{count(found.steps, 'step')}; as it is, from "
                f"{value(found.start)} to {value(found.end)}.",
            ),
            Evidence(
                label="gradient at the far end of the network, in the first pass",
                expected="about as large as next to the loss",
                actual=f"{value(found.flow.largest or math.inf)}, next to the loss "
                f"{value(found.flow.nearest or 0.0)}",
                sentence="In the first pass the norm of the gradient is "
                f"{value(found.flow.nearest or 0.0)} at the layer next to the loss, and "
                f"{value(found.flow.largest or math.inf)} where it is largest.",
            ),
        ),
        fix="begin with smaller weights: as torch makes them, or divided by the root of the number "
        "of inputs; for long sequences, clip the gradients as well",
        why=WHY,
    )


def _place(trace: Trace) -> Place | None:
    """The line that makes most of the weights that the gradient goes back through."""
    weights = [
        one for one in trace.of(Parameter) if one.axes >= MATRIX and one.passes and one.place
    ]
    nearest = min((one.nearest for one in weights if one.nearest >= 0), default=-1)
    lines = Counter(one.place for one in _behind(weights, nearest))
    return lines.most_common(1)[0][0] if lines else first_call(trace)


def _behind(weights: list[Parameter], nearest: int) -> list[Parameter]:
    return [one for one in weights if one.nearest > nearest]
