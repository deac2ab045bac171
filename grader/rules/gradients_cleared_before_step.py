"""The gradients are cleared before the step that should use them.

## What it does

Finds steps of an optimizer that have no gradient to go by, although a backward pass had just
computed some: they were cleared in between.

## Why it matters

An optimizer moves the weights along what it finds in ``.grad``. Where ``zero_grad()`` stands
between ``backward()`` and ``step()`` it finds nothing, and no weight ever moves. Nothing raises,
and the loss looks like that of a model that learns badly.

## Example

    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()

## Use instead

    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()

Clearing right after the step does as well.

## Known problems

It is judged by the gradients, not by calls, at each of the first fifty steps and now and then
later. An optimizer of your own that keeps gradients elsewhere is judged only if no weight moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Cleared, Update
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "gradients-cleared-before-step"
HIDES = ("learning-rate-too-high", "learning-rate-grows", "symmetric-initial-weights")
WHY = (
    "backward() leaves the gradients in .grad, and step() goes along what it finds there. What "
    "is cleared in between reaches no weight."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that steps, where this is what its optimizer does, and no slip."""
    by = {one.number: one.optimizer for one in trace.of(Update) if one.grad_norm is not None}
    cleared = list(trace.of(Cleared))
    measured = Counter(by.values())
    missed = Counter(by.get(one.update) for one in cleared)
    for found in by_place(cleared).values():
        optimizer = by.get(found[0].update)
        if optimizer is None or not is_repeated(len(found), trace):
            continue
        if 2 * missed[optimizer] > measured[optimizer]:
            yield _finding(found, missed[optimizer], measured[optimizer])


def _finding(found: list[Cleared], missed: int, measured: int) -> Finding:
    first = found[0]
    line = f" at {first.backward_place}" if first.backward_place else ""
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=first.update,
        what=f"step {first.update} has no gradients to go by: they were cleared after backward() "
        "had computed them",
        evidence=(
            Evidence(
                label=f"gradients that backward(){line} left",
                expected="still there at the step",
                actual=f"gone, in {count(first.leaves, 'tensor')}",
                sentence=f"What backward(){line} computed was gone from "
                f"{count(first.leaves, 'tensor')} when the step came.",
            ),
            Evidence(
                label="steps that found nothing",
                expected="0",
                actual=f"{missed} of {measured} that were looked at",
                sentence=f"Of {count(measured, 'step')} that were looked at, {missed:,} found "
                "no gradients.",
            ),
        ),
        fix="clear the gradients before backward() or after the step, never between the two",
        why=WHY,
    )
