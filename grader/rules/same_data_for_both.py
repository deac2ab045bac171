"""The only data that the model is evaluated on is data that it was trained on.

## What it does

Notes a training that is evaluated again and again, as for validation, and each time on rows that
it has learned from.

## Why it matters

A model may know the rows that it was trained on by heart and fail on all others. Only rows that no
step has seen tell whether it has learned the task, when to stop, and which settings are better.

## Example

    train_loader = DataLoader(data, batch_size=32, shuffle=True)
    val_loader = DataLoader(data, batch_size=256)

## Use instead

    train_set, val_set = random_split(data, [0.8, 0.2])
    train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=256)

## Known problems

This is a note, which costs nothing: the accuracy on the training data may be what is asked for.
Nothing is said where any other data is evaluated too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward, Overlap, Source, Turn
from grader.trace.loaders import Evaluation, evaluations
from grader.trace.trace import Trace

RULE = "same-data-for-both"
FEWEST = 2
"""An evaluation before the last step, and one later: not only a number at the end."""
ALL = 0.99
WHY = (
    "On rows that it has learned from, a model that knows them by heart looks as good as one that "
    "has learned the task."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding: the evaluation that is made over and over."""
    seen = list(evaluations(trace))
    overlaps = {(pair.source, pair.other): pair for pair in trace.of(Overlap)}
    if not seen or not all(_is_trained(trace, one, overlaps) for one in seen):
        return
    if len({one.forward.updates for one in seen}) >= FEWEST:
        first = seen[0].forward
        yield _finding(trace, first, _loader_of(trace, first.source) or first.place)


def _may_be_another_slice(trace: Trace, one: Evaluation) -> bool:
    """Whether a loader gave its rows once, and those trained on are of another number at a time."""
    source = one.forward.source
    turns = sum(turn.source == source for turn in trace.of(Turn))
    sizes = {each.batch for each in trace.of(Forward) if each.source == source and each.is_fed}
    return turns == 1 and one.forward.batch not in sizes


def _loader_of(trace: Trace, source: int) -> Place | None:
    """Where the loader was made that evaluates, if it isn't the one that trains."""
    turns = list(trace.of(Turn))
    ends = [*(turn.updates for turn in turns[1:]), trace.updates]
    made: dict[bool, set[Place | None]] = {True: set(), False: set()}
    for turn, end in zip(turns, ends, strict=bool(turns)):
        if turn.source == source:
            made[end > turn.updates].add(turn.made)
    own = made[False] - made[True]
    return own.pop() if len(own) == 1 else None


def _is_trained(trace: Trace, one: Evaluation, overlaps: Mapping[tuple[int, int], Overlap]) -> bool:
    """Whether all rows that are evaluated were trained on before, by this very model."""
    source = one.forward.source
    if source < 0:
        return False
    pairs = (overlaps.get((source, other)) for other in one.trained)
    is_same = source in one.trained and trace.sources[source].kind == "loader"
    is_same = is_same and not _may_be_another_slice(trace, one)
    is_copied = any(_has_all(trace.sources[source], other) for other in one.trained)
    by_number = any(pair is not None and pair.shared >= ALL * pair.of for pair in pairs)
    return is_same or is_copied or by_number


def _has_all(source: Source, other: int) -> bool:
    """Whether all rows that a loader gave stand in what another one gave, and hardly any is twice.

    Rows of few different kinds (words of two letters) stand in all data of their kind.
    """
    shared = source.shared.get(other, -1)
    return source.rows >= ALL * source.size > 0 and shared >= ALL * source.rows


def _finding(trace: Trace, first: Forward, place: Place | None) -> Finding:
    source = trace.sources[first.source]
    rows = count(source.size, "row") if source.size > 0 else "rows"
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=place,
        step=first.updates,
        what=f"every evaluation of the model is on data that it is trained on ({rows})",
        evidence=(
            Evidence(
                label="rows of this data that were trained on",
                expected="none, for a validation",
                actual="all",
                sentence=f"All {rows} that the model is evaluated on are also trained on, and no "
                "other data is evaluated.",
            ),
        ),
        fix="keep some rows apart, train on none of them, and evaluate on those; if the accuracy "
        "on the training data is what you want to know, all is well",
        why=WHY,
    )
