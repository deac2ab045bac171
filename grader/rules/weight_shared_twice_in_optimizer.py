"""The optimizer was given a parameter twice, and steps with it twice.

## What it does

Reports torch's warning that a group of parameters holds one of them more than once.

## Why it matters

Two names may stand for one tensor: a weight that two layers share, or lists that overlap. Each time
it stands in the optimizer's list, a step changes it once more, with the same gradient. For this
tensor the learning rate is doubled.

## Example

    parameters = list(model.parameters()) + list(model.head.parameters())
    optimizer = torch.optim.SGD(parameters, lr=0.1)

## Use instead

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

``model.parameters()`` gives each tensor once, also one that is shared.

## Known problems

It is known by torch's warning, which a program may have switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import Warned
from grader.trace.trace import Trace

RULE = "weight-shared-twice-in-optimizer"
TEXT = "duplicate parameters"
WHY = "A step goes through the list of tensors. One that stands in it twice is changed twice."


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that makes such an optimizer."""
    lines = {one.place: one for one in trace.of(Warned) if TEXT in one.message}
    for place in lines:
        yield Finding(
            rule=RULE,
            level=Level.WARNING,
            place=place,
            step=None,
            what="the optimizer was given the same parameter more than once",
            evidence=(
                Evidence(
                    label="how often each parameter stands in the optimizer",
                    expected="once",
                    actual="some of them twice",
                    sentence="A parameter that was given twice is changed twice in each step.",
                ),
            ),
            fix="give the optimizer each parameter once",
            why=WHY,
        )
