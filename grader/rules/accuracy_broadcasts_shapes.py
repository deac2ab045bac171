"""An accuracy compares each prediction with each label.

## What it does

Finds comparisons of predictions of shape (N, 1) with labels of shape (N,), which give N × N answers
in the place of N.

## Why it matters

Shapes that differ are stretched to fit. Of a column and a row, each number of the one meets each of
the other. The sum of the answers is then up to N times too large, and their mean says how often the
same number occurs on both sides: a model that predicts one class in four looks as good as one that
is right.

## Example

    predicted = (torch.sigmoid(model(x)) > 0.5).float()    # (N, 1)
    accuracy = (predicted == y).float().mean()             # y: (N,)

## Use instead

    predicted = (torch.sigmoid(model(x)) > 0.5).float().squeeze(1)
    accuracy = (predicted == y).float().mean()

## Known problems

Predictions are known by their numbers: those of the output that a model gave last. A comparison of
labels with labels, as for a mask of pairs, is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Comparison
from grader.trace.losses import by_place
from grader.trace.trace import Trace

RULE = "accuracy-broadcasts-shapes"
WHY = (
    "Tensors of shape (N, 1) and (N,) are stretched to (N, N) before they are compared. Of N "
    "predictions and N labels, each must meet its own alone."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that compares."""
    for found in by_place(trace.of(Comparison)).values():
        if all(each.predicted for each in found):
            yield _finding(found)


def _finding(found: list[Comparison]) -> Finding:
    first = found[0]
    rows = first.rows
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=first.updates,
        what=f"{count(rows, 'prediction')} are compared with {count(rows, 'label')} each with "
        f"each, which gives {rows * rows:,} answers",
        evidence=(
            Evidence(
                label="right answers that this line counts in the first batch",
                expected=f"{first.right} of {rows}",
                actual=f"{first.crossed} of {rows * rows}",
                sentence=f"In the first batch {first.right} of {count(rows, 'prediction')} are "
                f"right, and this comparison finds {first.crossed:,} of {rows * rows:,} numbers "
                "equal.",
            ),
        ),
        fix="bring both to one shape before they are compared, for example with squeeze(1) on the "
        "predictions",
        why=WHY,
    )
