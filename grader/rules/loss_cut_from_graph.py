"""The loss depends on nothing that could be trained.

## What it does

Finds backward passes whose graph ends in no parameter of the model, and after which the
optimizer finds no gradient.

## Why it matters

Gradients flow back along the operations that led to the loss. ``argmax``, ``round``, a
comparison, ``.item()``, ``.detach()``, ``.numpy()`` and ``torch.tensor(…)`` have no way back: what
comes after them is a number, not a function of the weights. torch then raises "does not require
grad". ``loss.requires_grad_()`` silences that message and repairs nothing: the loss becomes a new
variable with a gradient of its own, and no weight gets one.

## Example

    predicted = model(images).argmax(dim=1).float()
    loss = criterion(predicted, labels.float())
    loss.requires_grad = True
    loss.backward()

## Use instead

    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()

Give the loss what the model computes, and take classes only to count how many are right.

## Known problems

A graph is looked at in the first backward passes and then ever more rarely. Gradients by an input
(attacks, saliency), where no optimizer steps, are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.schema.rows import Reach
from grader.trace.losses import by_place, cut, is_repeated
from grader.trace.trace import Trace

RULE = "loss-cut-from-graph"
HIDES = ("learning-rate-too-high", "learning-rate-grows", "symmetric-initial-weights")
WHY = (
    "A gradient flows back along the operations that led to the loss. Where one of them has no "
    "way back, all weights before it get none."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    for found in by_place(cut(trace)).values():
        if is_repeated(len(found), trace):
            yield _finding(found[0])


def _finding(first: Reach) -> Finding:
    made = (
        "it is a new variable, which asks for gradients itself"
        if first.is_leaf
        else "its graph ends in new variables, made on the way from the model to the loss"
    )
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=first.backward,
        what=f"the loss depends on no parameter of the model: {made}",
        evidence=(
            Evidence(
                label="parameters that the graph of this loss leads to",
                expected="those of the model",
                actual="none",
                sentence="The graph of this loss leads to none of the model's parameters.",
            ),
        ),
        fix="keep to operations with a gradient from the model's output to the loss; asking the "
        "loss itself for gradients brings none to the weights",
        why=WHY,
    )
