"""A softmax stands before a loss that applies one itself.

## What it does

Finds a softmax whose result goes straight into the cross-entropy, and a sigmoid that goes into the
binary cross-entropy "with logits".

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

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import Loss
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "softmax-before-cross-entropy"
TWICE = {
    ("LogSoftmax", "Softmax"): ("softmax", "cross-entropy"),
    ("LogSoftmax", "Exp", "LogSoftmax"): ("softmax", "cross-entropy"),
    ("BinaryCrossEntropyWithLogits", "Sigmoid"): ("sigmoid", "binary cross-entropy with logits"),
}
WHY = (
    "The loss makes probabilities of what it is given. Of numbers between 0 and 1 it makes nearly "
    "equal ones, so it can't tell a sure model from an unsure one."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    for found in by_place(loss for loss in trace.of(Loss) if _words(loss)).values():
        words = _words(found[0])
        if words is not None and is_repeated(len(found), trace):
            yield _finding(found[0], *words)


def _words(loss: Loss) -> tuple[str, str] | None:
    return next((said for chain, said in TWICE.items() if loss.chain[: len(chain)] == chain), None)


def _finding(loss: Loss, squashing: str, name: str) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=loss.place,
        step=loss.backward,
        what=f"a {squashing} is applied before the {name}, which applies one itself",
        evidence=(
            Evidence(
                label="what the loss was given", expected="raw scores", actual="probabilities"
            ),
        ),
        fix=f"give the raw scores to the loss, without the {squashing}",
        why=WHY,
    )
