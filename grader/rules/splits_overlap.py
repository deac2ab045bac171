"""Rows that the model is evaluated on are also among those that it was trained on.

## What it does

Finds an evaluation some of whose rows were trained on, and others not: two subsets that were
drawn apart from each other, ranges that overlap, or copies of rows in both parts.

## Why it matters

A training set and a validation set that are drawn at random *each by itself* have rows in common.
The model knows these by heart, so its accuracy is too high, and most so for the models that learn
by heart.

## Example

    train_set = Subset(data, torch.randperm(1000)[:800])
    val_set = Subset(data, torch.randperm(1000)[800:])

## Use instead

    order = torch.randperm(1000)
    train_set, val_set = Subset(data, order[:800]), Subset(data, order[800:])

``random_split(data, [0.8, 0.2])`` does the same in one call; two calls of it are two draws.

## Known problems

Copies of rows count where a row holds many numbers, or a few with digits behind the point, and
where neither part repeats a row of its own. An evaluation on all rows of a data set, or on training
rows alone, is taken to be meant so.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward, Overlap
from grader.trace.loaders import evaluations
from grader.trace.trace import Trace

RULE = "splits-overlap"
LEAST, MOST = 0.02, 0.98
WHY = (
    "Two random draws from one data set have rows in common. Only one draw that is cut into two "
    "parts has none."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that evaluates."""
    pairs = {(pair.source, pair.other): pair for pair in trace.of(Overlap)}
    told: set[Place | None] = set()
    for one in evaluations(trace):
        pair = pairs.get((one.forward.source, one.last))
        if pair is not None and _is_leak(pair) and one.forward.place not in told:
            told.add(one.forward.place)
            yield _finding(one.forward, pair)


def _is_leak(pair: Overlap) -> bool:
    """Whether some rows are in both, and neither loader holds all rows of the other."""
    is_part = LEAST * pair.of <= pair.shared <= MOST * pair.of
    return is_part and pair.shared < MOST * pair.trained


def _finding(first: Forward, pair: Overlap) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=first.place,
        step=first.updates,
        what=f"{pair.shared} of the {count(pair.of, 'row')} that the model is evaluated on were "
        "trained on",
        evidence=(
            Evidence(
                label="rows of the evaluation that are among the trained ones",
                expected="0",
                actual=f"{pair.shared} of {pair.of}",
                sentence=f"The training saw {count(pair.trained, 'row')} and the evaluation "
                f"{pair.of:,}, and {pair.shared:,} of them were in both.",
            ),
        ),
        fix="draw the order of the rows once and cut it into the two parts, or call random_split "
        "once and use both of its results",
        why=WHY,
    )
