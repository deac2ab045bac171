"""A squared error takes class numbers for points on a scale.

## What it does

Finds a squared or absolute error that pulls each of a model's outputs towards the number of the
row's class, where the program takes the largest of these outputs for its answer and compares it
with class numbers: an error. Where a model has one output, and what is compared with whole-number
labels is that output rounded, it is a note.

## Why it matters

Which number a class has is nothing but a name. To a squared error it is a place: an answer halfway
between class 0 and class 8 is class 4, and to mistake 8 for 7 is better than to mistake it for 0.
And if all outputs are pulled towards one number, none of them stands for a class: which is the
largest tells nothing.

## Example

    loss = nn.functional.mse_loss(model(x), y.float().unsqueeze(1))
    right = (model(x).argmax(1) == y).sum()

## Use instead

One output for each class, and a loss of probabilities:

    loss = nn.functional.cross_entropy(model(x), y)

## Known problems

Numbers that are an amount (an age, a count, stars) are rightly fitted by a squared error, so one
output is never more than a note, and nothing is said if the program compares no answers with the
labels. A squared error to one-hot rows is sound, and isn't meant. Answers that are compared outside
of torch aren't seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count, percent
from grader.schema.rows import Answered, Numbered
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "mse-on-class-numbers"
HIDES = (
    "learning-rate-too-high",
    "learning-rate-too-low",
    "learning-rate-grows",
    "vanishing-gradients",
    "loss-broadcasts-shapes",
)
FEWEST_CLASSES = 3
WHY = (
    "The number of a class is a name. A squared error takes it for a place on a scale, on which "
    "class 4 lies halfway between 0 and 8."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    answers = list(trace.of(Answered))
    for every in by_place(trace.of(Numbered)).values():
        first = every[0]
        if any(one.distinct == 0 or one.outputs != first.outputs for one in every):
            continue
        most = max(one.distinct for one in every)
        if most < FEWEST_CLASSES or not is_repeated(len(every), trace):
            continue
        mine = [one for one in answers if one.outputs == first.outputs]
        if not mine:
            continue
        if first.outputs == 1:
            if all(one.integers for one in mine):
                yield _of_one_output(first, mine[-1], most)
        elif max(one.highest for one in every) < first.outputs:
            yield _of_many_outputs(first, mine[-1])


def _of_many_outputs(first: Numbered, answer: Answered) -> Finding:
    outputs = count(first.outputs, "output")
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=first.backward,
        what=f"the loss pulls all {outputs} of a row towards one number, that of its class",
        evidence=(
            Evidence(
                label="targets of one row",
                expected="different ones: 1 for the output of its class, 0 for the others",
                actual=f"one number for all {outputs}",
                sentence=f"The targets of the {outputs} of a row are one and the same whole "
                "number, so no output stands for a class.",
            ),
            _answered(answer, "the largest of these outputs"),
        ),
        fix="use the cross-entropy, which takes the outputs and the class numbers as they are",
        why=WHY,
    )


def _of_one_output(first: Numbered, answer: Answered, most: int) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=first.place,
        step=first.backward,
        what=f"the loss takes {most} class numbers for points on a scale, if they are names of "
        "classes",
        evidence=(
            Evidence(
                label="outputs of the model",
                expected=f"{most}, one for each class",
                actual="1",
                sentence=f"The model has 1 output, and its targets are {most} whole numbers.",
            ),
            _answered(answer, "that output, rounded"),
        ),
        fix="if the numbers name classes, give the model an output for each and use the "
        "cross-entropy; if they are amounts, all is well",
        why=WHY,
    )


def _answered(answer: Answered, what: str) -> Evidence:
    share = answer.right / answer.rows
    return Evidence(
        label="answers that are right",
        expected="nearly all, at the end of a training",
        actual=percent(share),
        sentence=f"What is compared with the labels is {what}: {answer.right} of "
        f"{count(answer.rows, 'row')} agree.",
    )
