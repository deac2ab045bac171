"""The model is made anew in the loop, and what it has learned is lost.

## What it does

Finds a line that makes one model after another, each trained on the same data and then never called
again: where each made one step, an error; where each was trained for a while, a note.

## Why it matters

A new model begins with random weights. If it is made inside the loop, each turn starts from
nothing, and only the last turn is left in the end.

## Example

    for epoch in range(10):
        model = Net()
        train(model, train_loader)

## Use instead

    model = Net()
    for epoch in range(10):
        train(model, train_loader)

## Known problems

Several trainings in one program (other seeds, other settings) look alike, which is why more than
one step each is a note.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Born, Forward
from grader.trace.trace import Trace

RULE = "model-made-anew"
HIDES = ("optimizer-made-anew", "learning-rate-too-low", "learning-rate-too-high")
WHY = "What a model has learned is in its weights. A new model has new ones."
FEWEST = 3
Batches = list[tuple[int, int]]
"""The mark of the first row of each batch, and how many rows it has."""


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that makes such models."""
    lines: dict[Place, list[Born]] = {}
    for born in trace.of(Born):
        if born.made is not None and not born.loaded:  # else it goes on where another one was
            lines.setdefault(born.made, []).append(born)
    for place, models in lines.items():
        if len(models) >= FEWEST and _follow_each_other(trace, models):
            yield _finding(trace, place, models)


def _follow_each_other(trace: Trace, models: list[Born]) -> bool:
    """Whether they are alike, learn from the same data in turn, and are done with after theirs."""
    kinds = {(trace.models[one.model].name, trace.models[one.model].parameters) for one in models}
    ours = sorted({one.model for one in models})
    if len(kinds) > 1 or not (_have_one_loader(trace, ours) or _have_the_same_rows(trace, ours)):
        return False
    order = [event.model for event in trace.of(Forward) if event.model in ours]
    return all(one <= two for one, two in itertools.pairwise(order))


def _have_one_loader(trace: Trace, models: list[int]) -> bool:
    """Whether the same sources trained each of them, a loader among them."""
    sources = [
        frozenset(source.index for source in trace.sources if source.trained.get(model))
        for model in models
    ]
    return len(set(sources)) == 1 and any(
        trace.sources[index].kind == "loader" for index in sources[0]
    )


def _have_the_same_rows(trace: Trace, models: list[int]) -> bool:
    """Whether each got the same batches, or as many, and was then measured on the same new rows.

    Rows that no loader gave may be another part of the data each time (cross-validation): then
    other rows are left over for the evaluation, and other batches begin.
    """
    trained: list[Batches] = [[] for _ in models]
    measured: list[Batches] = [[] for _ in models]
    for one in trace.of(Forward):
        if one.model in models:
            part = trained if one.is_fed else measured
            part[models.index(one.model)].append((one.row, one.batch))
    first, looks = trained[0], measured[0]
    if all(one == first for one in trained):
        return bool(first) and all(row for row, _ in first)
    sizes = [[size for _, size in one] for one in trained]
    known = {row for one in trained for row, _ in one}
    return (
        all(one == sizes[0] for one in sizes)
        and all(one == looks for one in measured)
        and bool(looks)
        and not any(row in known or not row for row, _ in looks)
    )


def _finding(trace: Trace, place: Place, models: list[Born]) -> Finding:
    starts = [one.updates for one in models]
    each = (starts[-1] - starts[0]) / (len(starts) - 1)
    name = trace.models[models[0].model].name
    return Finding(
        rule=RULE,
        level=Level.ERROR if each <= 1 else Level.NOTE,
        place=place,
        step=starts[1] + 1,
        what=f"{name} is made anew {count(len(models), 'time')}, after {count(each, 'step')} each "
        "time, and begins with random weights",
        evidence=(
            Evidence(
                label=f"steps that each {name} was trained for",
                expected=f"{trace.updates}, all of them",
                actual=f"{each:g}",
                sentence=f"{count(len(models), 'model')} were made at this line, one after the "
                "other, and none was called again once the next one was there.",
            ),
        ),
        fix="make the model once, before the loop",
        why=WHY,
    )
