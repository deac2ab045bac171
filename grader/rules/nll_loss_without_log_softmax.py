"""A negative log-likelihood is computed of numbers that are no log-probabilities.

## What it does

Finds ``nn.NLLLoss`` and ``nll_loss`` that are given scores or probabilities.

## Why it matters

``NLLLoss`` takes the number at the label's place, and turns its sign around. That is a likelihood
only if the numbers are logarithms of probabilities, which are never above zero. Of raw scores it
has no lower bound: the training pushes them up without end, the loss falls below zero, and in
time all is nan. Of probabilities it is the mean probability, whose gradient vanishes where the
model is wrong.

## Example

    loss = nn.NLLLoss()(model(images), labels)      # the model ends in a linear layer

## Use instead

    loss = nn.CrossEntropyLoss()(model(images), labels)

or ``NLLLoss`` of ``torch.log_softmax(scores, dim=1)``.

## Known problems

A loss is looked at in the first backward passes and then ever more rarely.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import value
from grader.schema.rows import Loss
from grader.trace.losses import Kind, by_place, is_repeated, no_log_probabilities
from grader.trace.trace import Trace

RULE = "nll-loss-without-log-softmax"
HIDES = ("learning-rate-too-high", "learning-rate-grows")
WHY = (
    "The negative log-likelihood is the number at the label's place with its sign turned around. "
    "It measures something only where that number is the logarithm of a probability."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    kinds = {id(loss): kind for loss, kind in no_log_probabilities(trace)}
    given = [loss for loss in trace.of(Loss) if id(loss) in kinds]
    for found in by_place(given).values():
        if is_repeated(len(found), trace):
            yield _finding(found[0], kinds[id(found[0])])


def _finding(loss: Loss, kind: Kind) -> Finding:
    raw = kind == "scores"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=loss.place,
        step=loss.backward,
        what=f"the negative log-likelihood is given {'raw scores' if raw else 'probabilities'}, "
        "expected logarithms of probabilities",
        evidence=tuple(_evidence(loss)),
        fix="take the log-softmax of the scores first, or use the cross-entropy, which does so"
        if raw
        else "take the logarithm of the softmax, or give the raw scores to the cross-entropy",
        why=WHY,
    )


def _evidence(loss: Loss) -> Iterator[Evidence]:
    if loss.high is not None:
        yield Evidence(
            label="highest number that the loss was given",
            expected="0 or less, as a logarithm of a probability is",
            actual=f"{loss.high:.4g}",
            sentence=f"The highest number that the loss was given is {value(loss.high)}; the "
            "logarithm of a probability is 0 or less.",
        )
    if loss.total is not None:
        yield Evidence(
            label="sum of exp(…) over the classes of one row",
            expected="1",
            actual=f"{loss.total:.4g}",
            sentence="Over the classes of one row, exp(…) of what the loss was given adds up to "
            f"{value(loss.total)}; for logarithms of probabilities it is 1.",
        )
