"""A loss class is called like a function.

## What it does

Finds ``nn.CrossEntropyLoss(logits, labels)`` and its kin: the class is called with the
predictions, where an instance of it should be.

## Why it matters

A loss of ``torch.nn`` is a module: the class takes settings (weights, reduction), the
instance takes predictions and targets. Called with tensors, the constructor takes them for
settings and fails with ``Boolean value of Tensor with more than one value is ambiguous``, a
message that names neither the loss nor the mistake. With a batch of one it even succeeds,
and ``backward()`` fails later.

## Example

    loss = nn.CrossEntropyLoss(logits, labels)

## Use instead

    criterion = nn.CrossEntropyLoss()      # once, before the loop
    loss = criterion(logits, labels)

or ``torch.nn.functional.cross_entropy(logits, labels)``.

## Known problems

None known. Class weights, ``nn.CrossEntropyLoss(weights)``, are settings and are fine.
While it grades, the grader computes the loss that was meant and goes on, so that one run
shows what else there is to find. Outside of it the line raises.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Misuse
from grader.trace.trace import Trace

RULE = "loss-class-not-instance"
WHY = (
    "The class makes a loss from settings; the loss it makes compares predictions with "
    "targets. Tensors given to the class are taken for settings, and torch raises an error."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line, with the number of times it ran."""
    times: dict[Place | None, int] = {}
    first: dict[Place | None, Misuse] = {}
    for misuse in trace.of(Misuse):
        first.setdefault(misuse.place, misuse)
        times[misuse.place] = times.get(misuse.place, 0) + 1
    for place, misuse in first.items():
        yield _finding(misuse, times[place])


def _finding(misuse: Misuse, times: int) -> Finding:
    given = "predictions and targets" if misuse.form == "pair" else "predictions"
    after = "; the grader went on as if an instance had been called" if misuse.went_on else ""
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=misuse.place,
        step=None,
        what=f"the class {misuse.name} is called with {given}{after}",
        evidence=(
            Evidence(
                label=f"what {misuse.name}(…) was given",
                expected="settings, or nothing",
                actual=f"tensors of {given}" + (f", {count(times, 'time')}" if times > 1 else ""),
                sentence=f"{misuse.name}(…) takes settings, or nothing; it was given {given}"
                + (f", {times:,} times." if times > 1 else "."),
            ),
        ),
        fix=f"make an instance of {misuse.name} once, before the loop, and call that",
        why=WHY,
    )
