"""Inputs are normalised by the same numbers twice.

## What it does

Notes pictures that a ``Normalize`` of their data set has scaled, and that were scaled by the very
same numbers once more: by a second one after it, or between the loader and the model.

## Why it matters

Normalised inputs have a mean near 0 and a standard deviation near 1. What is normalised again by
the numbers of the raw pictures has neither: with a mean of 0.5 and a deviation of 0.25 it comes to
-2 and 4. Training copes with that more or less; a pretrained network, which was trained on inputs
of the usual size, does not.

## Example

    data = datasets.MNIST("data", transform=Compose([ToTensor(), Normalize(0.1307, 0.3081)]))
    for x, y in DataLoader(data, 64):
        x = (x - 0.1307) / 0.3081

## Use instead

    data = datasets.MNIST("data", transform=Compose([ToTensor(), Normalize(0.1307, 0.3081)]))
    for x, y in DataLoader(data, 64):
        ...    # x is normalised

## Known problems

This is a note, which costs nothing. What a data set does by its own code isn't known, nor what a
model does to its inputs, nor inputs that are no pictures.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import value
from grader.schema.rows import Normalised
from grader.trace.trace import Trace

RULE = "inputs-normalised-twice"
WHY = (
    "Normalising is right once, by the numbers of what it is applied to. After the first time "
    "those are 0 and 1, and not what they were."
)
WHERE = {
    "transforms": "the data set's transforms do it twice",
    "loop": "the data set does it, and then the program does it again",
}


def find(trace: Trace) -> Iterator[Finding]:
    """One finding for each line that calls a model with such inputs."""
    told = set()
    for one in trace.of(Normalised):
        if one.place not in told:
            told.add(one.place)
            yield _finding(one)


def _finding(one: Normalised) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=one.place,
        step=None,
        what=f"the inputs are normalised twice by the same numbers; {WHERE[one.how]}",
        evidence=(
            Evidence(
                label="mean and standard deviation of the inputs",
                expected="about 0 and 1",
                actual=f"{value(one.mean)} and {value(one.deviation)}",
                sentence=f"Each time {value(one.centre)} is taken off the first channel, and "
                f"the rest is divided by {value(one.spread)}: what the model gets has a mean of "
                f"{value(one.mean)} and a standard deviation of {value(one.deviation)}.",
            ),
        ),
        fix="normalise once, either in the data set's transforms or in the loop",
        why=WHY,
    )
