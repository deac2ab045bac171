"""Two linear layers follow each other with nothing between them.

## What it does

Finds two linear or convolutional layers of which the second is applied to what the first gives,
with no activation function in between. A warning where nothing at all stands between any two layers
of the network; a note where other layers are not linear, or dropout or normalisation is there.

## Why it matters

A linear map of a linear map is a linear map: ``W2 @ (W1 @ x + b1) + b2`` is ``W @ x + b`` for one W
and one b. The two layers can do what one could do, and no more. A network without any activation
function is a linear model, however deep it is: it can't learn XOR, a spiral or a digit's shape.

## Example

    model = nn.Sequential(nn.Linear(784, 128), nn.Linear(128, 10))

## Use instead

    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))

## Known problems

Where the numbers between the layers are no more than on one of both sides (a code, a factorisation)
two linear layers may be meant, and nothing is found; nor for layers that share their input or their
output with others (attention), separable or transposed convolutions, and one-hot inputs, whose
first layer is an embedding.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward, Parameter, Stacked
from grader.trace.trace import Trace

RULE = "no-nonlinearity"
WHY = (
    "Without an activation function between them two linear layers are one: their matrices "
    "multiply to a single matrix. The second adds parameters, and nothing that it could learn."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding: the pair that is nearest to the inputs; the others are the same cause."""
    pairs = list({(one.first, one.second): one for one in trace.of(Stacked)}.values())
    passes = {one.backward for one in trace.of(Stacked)}
    if pairs and (len(passes) > 1 or trace.updates <= 1):
        yield _finding(trace, pairs[-1], is_sure=all(one.whole and one.bare for one in pairs))


def _finding(trace: Trace, pair: Stacked, *, is_sure: bool) -> Finding:
    first, second = _named(pair.first, "one layer"), _named(pair.second, "the next")
    what = (
        "nothing but linear layers stand between the inputs and the loss"
        if pair.whole
        else (
            f"{second} is applied to what {first} gives, with no activation function between them"
        )
    )
    return Finding(
        rule=RULE,
        level=Level.WARNING if is_sure else Level.NOTE,
        place=_place(trace, pair),
        step=pair.backward,
        what=what,
        evidence=(
            Evidence(
                label=f"what stands between {first} and {second}",
                expected="an activation function",
                actual="nothing, or what is linear too",
                sentence=f"{first} gives {count(pair.hidden, 'number')} and {second} takes them "
                f"as they are, so one layer from {pair.inputs} to "
                f"{count(pair.outputs, 'number')} could do the same.",
            ),
        ),
        fix="put an activation function, such as a ReLU, between the two layers; or leave one out",
        why=WHY,
    )


def _named(name: str, otherwise: str) -> str:
    return name.removesuffix(".weight") or otherwise


def _place(trace: Trace, pair: Stacked) -> Place | None:
    """The model's own line that runs the first layer; else where one was made, or the call."""
    made = {one.name: one.place for one in trace.of(Parameter) if one.place is not None}
    calls = [forward.place for forward in trace.of(Forward)]
    ran = {one.name: one.called for one in trace.of(Parameter) if one.called not in calls}
    call = next(iter(calls), None)
    return ran.get(pair.first) or made.get(pair.second) or made.get(pair.first) or call
