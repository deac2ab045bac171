"""An update uses gradients that are left over from an earlier step.

## What it does

Finds updates that consume a gradient which an earlier update has consumed before: it was
never cleared, and the next backward pass added to it.

## Why it matters

``backward()`` adds to ``.grad``, it doesn't replace it. Without clearing, each step goes
along the sum of all gradients since the start, most of them computed for weights that are
long gone. The effect is that of a momentum that never decays: training becomes unstable, or
stops falling well above what it could reach, and the loss alone does not tell why.

## Example

    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()

## Use instead

    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()

``model.zero_grad()``, ``p.grad = None`` and clearing after the step do as well. Adding up
the gradients of several batches on purpose is fine: clear once per update.

## Known problems

It is judged by the gradients themselves, not by calls. For updates written by hand, a
gradient that the program changes in place between ``backward()`` and the update (other than
by torch's own clipping) is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count, value
from grader.schema.rows import Leftover, Update
from grader.trace.trace import Trace

RULE = "gradients-not-cleared"
HIDES = ("dead-relu", "vanishing-gradients")
WHY = (
    "backward() adds to the gradients that are there. What an earlier step has used already "
    "must be cleared, or every step goes along a sum of old directions."
)
FIX = "clear the gradients once per update, before this backward pass"


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line whose backward pass adds to leftovers."""
    leftovers = list(trace.of(Leftover))
    if not _is_repeated(trace, leftovers):
        return
    first: dict[Place | None, Leftover] = {}
    for leftover in leftovers:
        first.setdefault(leftover.backward_place, leftover)
    occasions = sum(1 for update in trace.of(Update) if update.leftovers)
    for place, leftover in first.items():
        yield _finding(leftover, place, max(occasions, len(leftovers)), trace.updates)


def _is_repeated(trace: Trace, leftovers: list[Leftover]) -> bool:
    """Twice is a habit; once counts only if the run gave no second occasion."""
    if not leftovers:
        return False
    return len(leftovers) > 1 or trace.updates <= leftovers[0].update


def _finding(leftover: Leftover, place: Place | None, times: int, updates: int) -> Finding:
    step, earlier = leftover.update, leftover.earlier
    part = (
        ""
        if leftover.leaves >= leftover.of_leaves
        else f" (in {leftover.leaves} of {count(leftover.of_leaves, 'tensor')})"
    )
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=place,
        step=step,
        what=f"step {step} adds its gradients to those of step {earlier}{part}",
        evidence=tuple(_evidence(leftover, times, updates)),
        fix=FIX,
        why=WHY,
    )


def _evidence(leftover: Leftover, times: int, updates: int) -> Iterator[Evidence]:
    yield Evidence(
        label="updates that used left-over gradients",
        expected="0",
        actual=f"{times} of {updates}",
        sentence=f"Of {count(updates, 'update')}, {times:,} used gradients left over from an "
        "earlier step.",
    )
    yield Evidence(
        label="before this backward pass",
        expected="no gradients",
        actual=f"those that step {leftover.earlier} had used",
        sentence=f"Before this backward pass the gradients of step {leftover.earlier} were still "
        "there.",
    )
    if leftover.stale is not None and leftover.fresh is not None:
        yield Evidence(
            label=f"gradient that step {leftover.update} used",
            expected=f"norm {leftover.fresh:.4g}, from this batch",
            actual=f"the same plus norm {leftover.stale:.4g}, left over",
            sentence=f"Step {leftover.update} used a gradient of norm {value(leftover.fresh)} from "
            f"its own batch, and one of norm {value(leftover.stale)} that was left over.",
        )
