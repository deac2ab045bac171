"""The optimizer steps, and no backward pass has ever computed a gradient.

## What it does

Finds programs whose optimizer steps again and again and always finds no gradient, and in which
``backward()`` is never called.

## Why it matters

``step()`` goes along the gradients that ``backward()`` has left in ``.grad``. Where there are
none, it does nothing, and says nothing. The loss stays where it began.

## Example

    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    optimizer.step()

## Use instead

    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()

## Known problems

A program that computes its gradients itself, or by ``torch.autograd.grad``, is not meant, and not
judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Backward, Forward, Update
from grader.trace.losses import by_place, is_starved
from grader.trace.trace import Trace

RULE = "no-backward"
HIDES = (
    "symmetric-initial-weights", "learning-rate-too-low", "validation-tracks-gradients",
    "validation-in-train-mode",
)  # fmt: skip
WHY = (
    "A loss is a number that knows how it was computed. Only backward() turns that into gradients, "
    "and only gradients move weights."
)
FEWEST = 2


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that steps."""
    updates = list(trace.of(Update))
    measured = [update for update in updates if update.grad_norm is not None]
    if any(True for _ in trace.of(Backward)) or not all(map(is_starved, measured)):
        return
    if not trace.is_sound or trace.unseen or not any(True for _ in trace.of(Forward)):
        return
    if any(update.optimizer < 0 for update in updates):
        return
    for found in by_place(measured).values():
        if len(found) >= FEWEST:
            yield _finding(trace, found)


def _finding(trace: Trace, found: list[Update]) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=found[0].place,
        step=found[0].number,
        what=f"the optimizer has made {count(trace.updates, 'step')} without a gradient: there "
        "was no backward pass",
        evidence=(
            Evidence(
                label="backward passes",
                expected=f"about {trace.updates}, one for each step",
                actual="0",
                sentence=f"{count(trace.updates, 'step')} were made, and backward() was never "
                "called.",
            ),
        ),
        fix="call backward() on the loss before the step",
        why=WHY,
    )
