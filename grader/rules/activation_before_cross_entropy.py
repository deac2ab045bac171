"""An activation function cuts the scores before the loss.

## What it does

Finds a ReLU, a sigmoid or a tanh between the last layer and the cross-entropy, or the binary
cross-entropy "with logits". A warning; a note where a ReLU has cut next to no score so far.

## Why it matters

These losses make probabilities of raw scores, logits, which may be any number. A ReLU makes all
negative ones 0: classes that the model wants to rule out all look alike, and where a score is cut
no gradient comes through, so some classes may never be learned. After a sigmoid or a tanh no score
is far from another: with ten classes the loss can't fall below 1.46, or 0.80, however sure the
model is.

## Example

    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10), nn.ReLU())
    loss = nn.CrossEntropyLoss()(model(images), labels)

## Use instead

    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))

Activation functions stand between layers; the last layer has none.

## Known problems

Only what stands right before the loss is looked at. A tanh that is multiplied afterwards, so that
scores are bounded softly, is no finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import percent
from grader.schema.rows import Criterion, Loss
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "activation-before-cross-entropy"
HIDES = ("dead-relu", "vanishing-gradients")
LOSSES = {
    "LogSoftmax": "cross-entropy",
    "BinaryCrossEntropyWithLogits": "binary cross-entropy with logits",
}
BOUNDED = {
    ("LogSoftmax", "Sigmoid"),
    ("LogSoftmax", "Tanh"),
    ("BinaryCrossEntropyWithLogits", "Tanh"),
}
SPANS = {"Sigmoid": 1.0, "Tanh": 2.0}
"""How far two scores can be from each other at most."""
CUT = 0.05
"""A ReLU that cuts less than this share of the scores does no harm, and is a note."""
WHY = (
    "The loss makes probabilities of the differences between scores. What an activation function "
    "cuts off, or pushes together, can't make a difference any more."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    sizes = {(one.place, one.name): one for one in trace.of(Criterion)}
    bounded = by_place(loss for loss in trace.of(Loss) if loss.chain[:2] in BOUNDED)
    for found in bounded.values():
        given = sizes.get((found[0].place, found[0].chain[0]))
        if given is not None and is_repeated(len(found), trace):
            yield _bounded(found[0], given.classes)
    cut = [one for one in trace.of(Criterion) if one.name in LOSSES]
    for every in by_place(cut).values():
        share = [one for one in every if (one.zeros or 0) > CUT]
        if is_repeated(len(share), trace) and 2 * len(share) >= len(every):
            yield _cut(share[0])
        elif is_repeated(len(every), trace) and all(one.zeros is not None for one in every):
            yield _idle(every[0])


def _bounded(loss: Loss, classes: int) -> Finding:
    name, activation = LOSSES[loss.chain[0]], loss.chain[1].lower()
    span = SPANS[loss.chain[1]]
    if loss.chain[0] == "LogSoftmax":
        lowest = math.log1p((classes - 1) * math.exp(-span))
    else:
        lowest = math.log1p(math.exp(-span / 2))
    return _finding(
        loss,
        f"a {activation} is applied before the {name}, which expects raw scores",
        Evidence(
            label="lowest loss that a perfect model can reach",
            expected="0",
            actual=f"{lowest:.3f}",
            sentence=f"After a {activation} two scores differ by {span:g} at most, so this loss "
            f"can't fall below {lowest:.3f}, even if every answer is right; without it, it can "
            "come down to 0.",
        ),
        f"give the raw scores to the loss, without the {activation}",
    )


def _cut(one: Criterion) -> Finding:
    name, share = LOSSES[one.name], one.zeros or 0.0
    return _finding(
        one,
        f"a ReLU is applied before the {name}, which expects raw scores",
        Evidence(
            label="scores that the ReLU has made 0",
            expected="none",
            actual=percent(share),
            sentence=f"In step {one.backward} the ReLU has made {percent(share)} of the scores 0: "
            "the model can rule out no class, and no gradient comes through these scores.",
        ),
        "let the last layer's scores go into the loss as they are, without the ReLU",
    )


def _idle(one: Criterion) -> Finding:
    name = LOSSES[one.name]
    return _finding(
        one,
        f"a ReLU is applied before the {name}, which expects raw scores; it has cut next to none "
        "of them so far",
        Evidence(
            label="scores that the ReLU has made 0",
            expected="none",
            actual=percent(one.zeros or 0.0),
            sentence=f"In step {one.backward} the ReLU has made {percent(one.zeros or 0.0)} of the "
            "scores 0. As soon as a score falls below 0, no gradient comes through it.",
        ),
        "let the last layer's scores go into the loss as they are, without the ReLU",
        Level.NOTE,
    )


def _finding(
    at: Loss | Criterion, what: str, evidence: Evidence, fix: str, level: Level = Level.WARNING
) -> Finding:
    return Finding(
        rule=RULE,
        level=level,
        place=at.place,
        step=at.backward,
        what=what,
        evidence=(evidence,),
        fix=fix,
        why=WHY,
    )
