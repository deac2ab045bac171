"""Layers in a plain list or dictionary: the model doesn't know that they are its own.

## What it does

Finds parameters of layers that a model keeps in a Python list, tuple or dictionary, that every
loss leads to, and that no optimizer holds.

## Why it matters

``nn.Module`` takes note of layers that are assigned to it directly. It doesn't look into lists, so
``model.parameters()`` leaves out what is in one. These layers get gradients and never change; nor
are they moved by ``.to(device)`` or saved by ``state_dict()``.

## Example

    self.layers = [nn.Linear(64, 64) for _ in range(3)]

## Use instead

    self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(3)])

## Known problems

A layer in a list that no loss leads to is not judged: it may be kept out of the model on purpose.
So may layers whose numbers were loaded from a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Parameter
from grader.trace.parameters import first_place, is_idle, named, parameters_of
from grader.trace.trace import Trace

RULE = "layers-not-registered"
HIDES = ("symmetric-initial-weights", "learning-rate-too-low")
WHY = (
    "A module finds its parameters through the modules that were assigned to it by name. A list "
    "is no module: what is in it stays unknown to parameters(), to() and state_dict()."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: the layers of such containers that should learn and don't."""
    lost = [one for one in parameters_of(trace) if _is_lost(one)]
    if lost and trace.updates > 1:
        yield _finding(trace, lost)


def _is_lost(one: Parameter) -> bool:
    return (
        one.listed
        and one.parameter
        and one.model < 0
        and one.optimizer < 0
        and not one.loaded
        and one.is_reached
        and is_idle(one)
    )


def _finding(trace: Trace, lost: list[Parameter]) -> Finding:
    lost = sorted(lost, key=lambda one: one.name)
    numbers = sum(one.size for one in lost)
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first_place(lost),
        step=1,
        what=f"{named(lost)} are in no list of parameters of the model, and never change",
        evidence=(
            Evidence(
                label="parameters that every loss leads to and that the model doesn't register",
                expected="none",
                actual=named(lost),
                sentence=f"{numbers:,} numbers in {count(len(lost), 'tensor')} get gradients, "
                f"are in no optimizer, and are after {count(trace.updates, 'step')} what they "
                "were at first.",
            ),
        ),
        fix="keep layers in nn.ModuleList or nn.ModuleDict instead of a Python list or dictionary",
        why=WHY,
    )
