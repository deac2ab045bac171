"""A softmax stands before a loss that applies one itself.

## What it does

Finds a softmax whose result goes straight into the cross-entropy, or into a log-softmax, or into
another softmax whose logarithm is taken for a likelihood.

## Why it matters

These losses expect raw scores, logits. Of probabilities, which lie between 0 and 1, the second
softmax makes numbers that are nearly alike: with ten classes no class gets more than 23 %, and the
loss can't fall below 1.461 however sure the model is. The gradients are small, and learning slow.

## Example

    probabilities = model(images).softmax(dim=1)
    loss = nn.functional.cross_entropy(probabilities, labels)

## Use instead

    loss = nn.functional.cross_entropy(model(images), labels)

Take the softmax where probabilities are shown, not where the model is trained.

## Known problems

A softmax inside of the network, before another layer, is not looked at. ``log_softmax`` before the
cross-entropy changes nothing and is no finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Criterion, Loss
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "softmax-before-cross-entropy"
TWICE = (
    ("LogSoftmax", "Softmax"),
    ("LogSoftmax", "Exp", "LogSoftmax"),
    ("NllLoss", "Log", "Softmax", "Softmax"),
    ("NllLoss", "Log", "Add", "Softmax", "Softmax"),
)
WHY = (
    "The loss makes probabilities of what it is given. Of numbers between 0 and 1 it makes nearly "
    "equal ones, so it can't tell a sure model from an unsure one."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    sizes = {(one.place, one.name): one.classes for one in trace.of(Criterion)}
    for found in by_place(loss for loss in trace.of(Loss) if _is_twice(loss)).values():
        if is_repeated(len(found), trace):
            yield _finding(found[0], sizes.get((found[0].place, found[0].chain[0]), 0))


def _is_twice(loss: Loss) -> bool:
    return any(loss.chain[: len(chain)] == chain for chain in TWICE)


def _finding(loss: Loss, classes: int) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=loss.place,
        step=loss.backward,
        what="a softmax is applied before the cross-entropy, which applies one itself",
        evidence=(
            Evidence(
                label="what the loss was given",
                expected="raw scores",
                actual="probabilities",
                sentence=_sentence(classes),
            ),
        ),
        fix="give the raw scores to the loss, without the softmax",
        why=WHY,
    )


def _sentence(classes: int) -> str:
    """How low the loss can get at best: of one number 1 and all others 0."""
    if classes < 2:  # noqa: PLR2004 - one class is another rule's
        return "The loss was given probabilities, expected raw scores."
    lowest = math.log(math.e + classes - 1) - 1
    return (
        f"The loss was given probabilities of {count(classes, 'class')}, so it can't fall below "
        f"{lowest:.3f}, even if every answer is right; given raw scores, it can come down to 0."
    )
