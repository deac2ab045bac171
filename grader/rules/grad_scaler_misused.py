"""Gradients are scaled for half precision and used as if they were not, or the other way round.

## What it does

Finds steps that an optimizer makes along scaled gradients, clippings of such gradients, and
backward passes from the loss itself where its scaled form was thrown away.

## Why it matters

``scaler.scale(loss)`` multiplies the loss by a large number, 65,536 at first, so that small
gradients don't vanish in half precision. ``scaler.step(optimizer)`` divides them again. Whoever
steps by ``optimizer.step()`` goes 65,536 times too far; whoever clips before ``scaler.unscale_``
clips gradients that are 65,536 times too long, and leaves next to nothing of them.

## Example

    scaler.scale(loss).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()

## Use instead

    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()

## Known problems

A scaler that is switched off is none. A program that reads the scale may divide by it itself, and
is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Scaled
from grader.trace.trace import Trace

RULE = "grad-scaler-misused"
HIDES = (
    "learning-rate-too-high", "learning-rate-too-low", "learning-rate-grows", "clip-after-step",
)  # fmt: skip
WHY = "Scaled gradients are right only up to the scale, which the scaler alone takes away again."
FEWEST = 2
WHAT = {
    "direct": "the optimizer steps along gradients that are still scaled",
    "clipped": "gradients are clipped while they are still scaled",
    "unscaled": "the backward pass starts from the loss itself, and its scaled form is thrown away",
}
FIX = {
    "direct": "step by scaler.step(optimizer), then call scaler.update()",
    "clipped": "call scaler.unscale_(optimizer) before the clipping",
    "unscaled": "call backward() on what scaler.scale(loss) returns",
}


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line where it happens again and again."""
    steps = any(one.what == "step" for one in trace.of(Scaled))
    for one in trace.of(Scaled):
        if one.what not in WHAT or one.count < FEWEST:
            continue
        if steps or one.what == "direct":
            yield _finding(one)


def _finding(one: Scaled) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=1,
        what=WHAT[one.what],
        evidence=(
            Evidence(
                label="how often",
                expected="never",
                actual=f"{count(one.count, 'time')} that were looked at",
                sentence=f"In {one.count} of the steps that were looked at, {WHAT[one.what]}.",
            ),
        ),
        fix=FIX[one.what],
        why=WHY,
    )
