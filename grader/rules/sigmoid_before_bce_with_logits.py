"""A sigmoid stands before a loss that applies one itself.

## What it does

Finds a sigmoid, or a softmax, whose result goes straight into the binary cross-entropy "with
logits", and two sigmoids in a row before the plain binary cross-entropy.

## Why it matters

``BCEWithLogitsLoss`` makes probabilities of raw scores by a sigmoid of its own. Of numbers between
0 and 1 it makes probabilities between 0.5 and 0.73: the model can never say no, the loss of a
"no" can't fall below ln 2 = 0.693, and the gradients are small.

## Example

    loss = nn.BCEWithLogitsLoss()(torch.sigmoid(model(x)), targets)

## Use instead

    loss = nn.BCEWithLogitsLoss()(model(x), targets)

or ``nn.BCELoss`` of the sigmoid. Take the sigmoid where probabilities are shown.

## Known problems

A sigmoid inside of the network, before another layer, is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import Loss
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "sigmoid-before-bce-with-logits"
WITH_LOGITS = "binary cross-entropy with logits"
TWICE = {
    ("BinaryCrossEntropyWithLogits", "Sigmoid"): ("sigmoid", WITH_LOGITS),
    ("BinaryCrossEntropyWithLogits", "Softmax"): ("softmax", WITH_LOGITS),
    ("BinaryCrossEntropy", "Sigmoid", "Sigmoid"): ("second sigmoid", "binary cross-entropy"),
}
WHY = (
    "A sigmoid of a number between 0 and 1 lies between 0.5 and 0.73. Whatever the model answers, "
    "the loss is told that it is undecided."
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
    twice = squashing == "second sigmoid"
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=loss.place,
        step=loss.backward,
        what=f"a {squashing} is applied before the {name}"
        + (", to what is a probability already" if twice else ", which applies a sigmoid itself"),
        evidence=(
            Evidence(
                label="probabilities that the loss can come to",
                expected="0 to 1",
                actual="0.5 to 0.731",
                sentence="Of numbers between 0 and 1 another sigmoid makes probabilities between "
                "0.5 and 0.731, so the model can't say no: the loss of a target of 0 stays above "
                "0.693.",
            ),
        ),
        fix="take the sigmoid once"
        if twice
        else f"give the raw scores to the {name}, without the {squashing}",
        why=WHY,
    )
