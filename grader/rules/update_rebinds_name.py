"""An update by hand makes a new tensor, and the parameter stays what it was.

## What it does

Finds names that stand for a parameter moved along its gradient, while the model still holds the
parameter as it was, in a program that never changes a weight.

## Why it matters

``p = p - lr * p.grad`` computes a new tensor and binds the name ``p`` to it. The model knows
nothing of the name: it keeps its tensor. ``p -= …`` inside ``torch.no_grad()`` changes the tensor
itself.

## Example

    for p in model.parameters():
        p = p - learning_rate * p.grad

## Use instead

    with torch.no_grad():
        for p in model.parameters():
            p -= learning_rate * p.grad

## Known problems

The copy is looked for among the names around the end of a loop over ``model.parameters()``, and
around the next loss. One that another loop makes, in a function that has returned, is gone by then.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Backward, Rebound
from grader.trace.trace import Trace

RULE = "update-rebinds-name"
HIDES = ("gradients-not-cleared", "symmetric-initial-weights", "no-step")
WHY = (
    "An assignment makes a name stand for another object. To change the object itself takes an "
    "operation in place."
)
FEWEST = 2


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per name."""
    if trace.updates or not trace.is_sound:
        return
    names: dict[str, list[Rebound]] = {}
    for one in trace.of(Rebound):
        names.setdefault(one.name, []).append(one)
    for found in names.values():
        if len(found) >= FEWEST:
            yield _finding(trace, found)


def _finding(trace: Trace, found: list[Rebound]) -> Finding:
    first = found[0]
    passes = max((one.number for one in trace.of(Backward)), default=0)
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=1,
        what=f"{first.name!r} stands for an updated copy of a parameter, and the model's own never "
        "changes",
        evidence=(
            Evidence(
                label="parameters of the model that have changed",
                expected="all",
                actual="none",
                sentence=f"After {count(passes, 'backward pass')} no parameter has changed, and "
                f"{first.name!r} stands for one that was moved along its gradient.",
            ),
        ),
        fix="change the parameter in place, inside torch.no_grad()",
        why=WHY,
    )
