"""What was meant as a parameter is the result of a computation.

## What it does

Finds losses that lead to a tensor of the program's own only through operations from before the
training, where that tensor is in no model and no optimizer.

## Why it matters

``torch.randn(4, 3, requires_grad=True) * 0.1`` is no parameter: the parameter is the tensor that
``randn`` made and that has no name any more. Its product is what has a name. It gets no ``.grad``,
an optimizer refuses it, and no step changes it. ``.to(device)``, ``.double()``, ``.view(…)`` do the
same.

## Example

    weight = torch.randn(64, 10, requires_grad=True) / 8

## Use instead

    weight = (torch.randn(64, 10) / 8).requires_grad_()

In a module: ``self.weight = nn.Parameter(torch.randn(64, 10) / 8)``.

## Known problems

It is seen in the second backward pass at the earliest. Many such tensors end the program there:
"Trying to backward through the graph a second time".
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Backward, Old
from grader.trace.trace import Trace

RULE = "parameter-not-a-leaf"
WHY = (
    "Gradients are collected in leaves: tensors that were made by no operation. What an operation "
    "has made passes them on."
)
FEWEST = 2


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that makes such a tensor."""
    last = max((one.number for one in trace.of(Backward)), default=0)
    lines: dict[Place | None, list[Old]] = {}
    for one in trace.of(Old):
        if one.leaves > one.hosted and one.made is not None:
            lines.setdefault(one.made, []).append(one)
    for found in lines.values():
        # The pass that fails over it is the last one, and is counted by no row of its own.
        if len(found) >= FEWEST or found[-1].backward > last:
            yield _finding(found)


def _finding(found: list[Old]) -> Finding:
    first = found[0]
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.made,
        step=first.backward,
        what="a tensor that asks for gradients is computed once, before the training, and used "
        "instead of the one that it was computed from",
        evidence=(
            Evidence(
                label="tensors that the loss leads to through what was computed before the first "
                "pass, and that are in no model and no optimizer",
                expected="none",
                actual=str(first.leaves - first.hosted),
                sentence=f"The loss of pass {first.backward} leads through "
                f"{count(first.old, 'operation')} from before the first pass to a tensor that "
                "nothing can change.",
            ),
        ),
        fix="compute the first values without gradients, and ask for gradients of the result, or "
        "make it an nn.Parameter",
        why=WHY,
    )
