"""The class numbers begin at 1, and one output is never asked for.

## What it does

Notes a classifier whose labels are 1, 2, … up to the last class, while it has an output for class 0
that no label names.

## Why it matters

Classes are numbered from 0. With labels from 1 to 10 the last layer needs 11 outputs to run at all,
and the first of them is never right. Nothing fails, but class numbers no longer say which name
stands where, and one class of the data may be missing.

## Example

    model = nn.Linear(64, 11)
    loss = nn.functional.cross_entropy(model(x), labels)    # labels from 1 to 10

## Use instead

    model = nn.Linear(64, 10)
    loss = nn.functional.cross_entropy(model(x), labels - 1)

## Known problems

This is a note, which costs nothing: class 0 may be there for what hardly ever comes, such as a
background. Batches are looked at in the first steps and then ever more rarely, and only where all
other classes were seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Targets
from grader.trace.losses import by_place
from grader.trace.trace import Trace

RULE = "labels-off-by-one"
FEWEST_CLASSES = 3
ROWS_A_CLASS = 10
"""So many labels a class must have been seen before one that has none counts as absent."""
WHY = (
    "Classes are numbered from 0, as the outputs are. Labels that begin at 1 leave the first "
    "output without any."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss."""
    for found in by_place(trace.of(Targets)).values():
        first = found[0]
        if any((each.classes, each.ignored) != (first.classes, -1) for each in found):
            continue
        if any(len(each.counts) != len(first.counts) for each in found):
            continue
        counts = [sum(each) for each in zip(*(one.counts for one in found), strict=True)]
        if first.classes >= FEWEST_CLASSES and _begins_at_one(counts):
            yield _finding(first, sum(counts))


def _begins_at_one(counts: list[int]) -> bool:
    classes = len(counts)
    if classes < FEWEST_CLASSES:
        return False
    return not counts[0] and min(counts[1:]) > 0 and sum(counts) >= ROWS_A_CLASS * classes


def _finding(first: Targets, labels: int) -> Finding:
    last = first.classes - 1
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=first.place,
        step=first.backward,
        what=f"the labels run from 1 to {last}, and none of {labels} is 0, while the model has "
        f"{count(first.classes, 'output')}",
        evidence=(
            Evidence(
                label="class numbers among the labels",
                expected=f"0 to {last - 1}, for {count(last, 'output')}",
                actual=f"1 to {last}, for {first.classes}",
                sentence=f"Of {count(labels, 'label')} that were looked at none is 0, and each "
                f"number from 1 to {last} is there.",
            ),
        ),
        fix="number the classes from 0 (subtract 1 from the labels), and give the model one output "
        "for each",
        why=WHY,
    )
