"""Gradients are clipped after the step that they were to be clipped for.

## What it does

Finds lines that clip gradients which the last step has already consumed, each time.

## Why it matters

Clipping makes long gradients shorter, so that a single batch can't throw the weights far away. It
changes ``.grad``, and only a step that comes after it goes along what it has made. After the step
it changes numbers that are thrown away.

## Example

    loss.backward()
    optimizer.step()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)

## Use instead

    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()

## Known problems

torch's own functions are heard of, no clipping by hand. A call without a limit (``inf``) only
measures the norm, and may stand where it likes.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Clipping, Update
from grader.trace.trace import Trace

RULE = "clip-after-step"
HIDES = ("learning-rate-too-high",)
WHY = (
    "A step goes along the gradients as they are when it is made. What changes them later is lost."
)
FEWEST = 2


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that clips, where no call of it came in time."""
    if any(update.leftovers for update in trace.of(Update)):
        return  # what is clipped then goes into the next step
    for clipping in trace.of(Clipping):
        if clipping.late >= FEWEST and clipping.late == clipping.calls:
            yield _finding(clipping)


def _finding(clipping: Clipping) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=clipping.place,
        step=1,
        what=f"the gradients are clipped {count(clipping.late, 'time')} after the step that "
        "they were for",
        evidence=(
            Evidence(
                label="clippings that came before the step",
                expected=str(clipping.calls),
                actual="0",
                sentence=f"In each of {count(clipping.calls, 'clipping')} the step had consumed "
                "these very gradients already, so nothing was clipped that counts.",
            ),
        ),
        fix="clip between backward() and step()",
        why=WHY,
    )
