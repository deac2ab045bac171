"""A cross-entropy is computed over one class.

## What it does

Finds a softmax or log-softmax over an axis of one number right before a loss: a cross-entropy of
outputs of shape (N, 1), for instance.

## Why it matters

The cross-entropy makes probabilities that add up to 1 over the classes. Of one class the
probability is always 1, and its logarithm 0: the loss is exactly 0, as if everything were perfect,
whatever the model answers, and no gradient reaches any weight.

## Example

    model = nn.Linear(20, 1)                       # yes or no
    loss = nn.functional.cross_entropy(model(x), targets)

## Use instead

    loss = nn.functional.binary_cross_entropy_with_logits(model(x).squeeze(1), targets.float())

or two outputs, one for each class, and ``cross_entropy``.

## Known problems

Where the number of classes varies (candidates of a search, say) and is 1 only at times, nothing is
found.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Criterion
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "single-logit-cross-entropy"
HIDES = (
    "learning-rate-too-high",
    "learning-rate-grows",
    "vanishing-gradients",
    "symmetric-initial-weights",
)
WHY = (
    "A softmax shares out a probability of 1 among the classes. Where there is one class, it gets "
    "all of it, so there is nothing to learn."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    taken = (one for one in trace.of(Criterion) if one.name == "LogSoftmax" or one.axis >= 0)
    for every in by_place(taken).values():
        found = [one for one in every if one.length == 1 and one.rows > 1]
        if len(found) == len(every) and is_repeated(len(found), trace):
            yield _finding(found[0])


def _finding(one: Criterion) -> Finding:
    what = "cross-entropy" if "Binary" not in one.name else "softmax before the loss"
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=one.backward,
        what=f"the {what} has one class to choose from, so its probability is always 1",
        evidence=(
            Evidence(
                label="numbers that the softmax is taken over",
                expected="one for each class, 2 or more",
                actual="1",
                sentence=f"The model gives 1 number for each of {count(one.rows, 'row')}, and "
                "the softmax of one number is 1: what the model answers makes no difference to "
                "the loss.",
            ),
        ),
        fix="for yes or no use the binary cross-entropy with logits; for classes give the model "
        "one output for each of them",
        why=WHY,
    )
