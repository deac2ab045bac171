"""All units of a layer begin with the same weights, and stay the same.

## What it does

Finds weights of a layer all of whose units were alike at the start of the training and still are at
its end. And models of layers that each begin with one number in all of their weights, where only
dropout tells the units apart.

## Why it matters

Units with the same weights compute the same and get the same gradient, so every step moves them
alike: a layer of a hundred units is worth one. Where the weights are all zero it is worse, as
often no gradient comes through at all. Random weights are there to tell the units apart.

## Example

    for p in model.parameters():
        nn.init.zeros_(p)

## Use instead

Leave the layers as torch makes them, or draw their weights at random:

    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

## Known problems

Zeros are fine where the gradients tell the units apart: biases, the last layer, a scale. So only
what is still alike after the training is found, and only after ten updates or more.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward, Symmetric
from grader.trace.trace import Trace

RULE = "symmetric-initial-weights"
HIDES = (
    "learning-rate-too-high",
    "learning-rate-grows",
    "dead-relu",
    "vanishing-gradients",
    "absurd-initial-weights",
)
WHY = (
    "The gradient of a unit depends on its own weights and on what it is connected to. Where all "
    "of that is the same for all units, no step can make them differ."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: the first layer; what follows in the others is its effect."""
    found = list(trace.of(Symmetric))
    lasting = [one for one in found if one.how == "lasting"]
    for one in (lasting or found)[:1]:
        make = {"lasting": _finding, "zeros": _stuck, "constant": _constant}[one.how]
        yield make(one, one.place or _first_call(trace))


def _first_call(trace: Trace) -> Place | None:
    """The line that calls a model first."""
    return next((forward.place for forward in trace.of(Forward)), None)


def _finding(symmetric: Symmetric, place: Place | None) -> Finding:
    name = symmetric.name or "a weight"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=place,
        step=None,
        what=f"all {count(symmetric.units, 'unit')} of {name} begin with the same weights, and "
        f"after {count(symmetric.updates, 'step')} they are still the same",
        evidence=(
            Evidence(
                label=f"different units among the {symmetric.units} of {name}",
                expected=f"{symmetric.units}, after {count(symmetric.updates, 'step')}",
                actual="1",
                sentence=f"After {count(symmetric.updates, 'step')}, the {symmetric.units:,} units "
                f"of {name} are still one and the same.",
            ),
        ),
        fix="begin with random weights, different for each unit; biases may be zero",
        why=WHY,
    )


def _constant(symmetric: Symmetric, place: Place | None) -> Finding:
    name = symmetric.name or "a weight"
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=place,
        step=1,
        what=f"every layer begins with one number in all of its weights, so all "
        f"{count(symmetric.units, 'unit')} of {name} begin as one and the same; only what is drawn "
        "at random in each step, as by dropout, tells them apart",
        evidence=(
            Evidence(
                label=f"different units among the {symmetric.units} of {name} at the first step",
                expected=f"{symmetric.units}",
                actual="1",
                sentence=f"At the first step the {symmetric.units:,} units of {name} have the same "
                "weights, and lead on by the same weights.",
            ),
        ),
        fix="begin with random weights, different for each unit; biases may be zero",
        why=WHY,
    )


def _stuck(symmetric: Symmetric, place: Place | None) -> Finding:
    name = symmetric.name or "a weight"
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=place,
        step=1,
        what=f"{name} begins as zeros, and its first gradient is 0 in each number",
        evidence=(
            Evidence(
                label=f"numbers of the first gradient of {name} that are not 0",
                expected=f"most of {symmetric.units * symmetric.inputs:,}",
                actual="0",
                sentence=f"The first step leaves the {symmetric.units:,} units of {name} as they "
                "are: their gradient goes through weights that are zero, too.",
            ),
        ),
        fix="begin with random weights, different for each unit; biases may be zero",
        why=WHY,
    )
