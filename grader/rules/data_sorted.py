"""The training data comes sorted by its labels, and is not shuffled.

## What it does

Finds a training whose loader takes the rows in their order, while each batch holds far fewer kinds
of labels than a mixed one would.

## Why it matters

A step goes along the gradient of its batch. A batch of one class says "predict this class", the
next ones say so of another, and the model forgets each class while it learns the next. The loss of
a batch looks low all the time, and the accuracy on mixed data stays poor.

## Example

    loader = DataLoader(data, batch_size=32)                  # data is sorted by class

## Use instead

    loader = DataLoader(data, batch_size=32, shuffle=True)

## Known problems

Batches are looked at in the first steps and then ever more rarely; five are needed. Loaders that
shuffle or have a sampler of their own are not judged, and neither are programs without a loader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from grader.model import Evidence, Finding, Level, Place
from grader.rules._words import count
from grader.schema.rows import Forward, Handed, Targets, Turn
from grader.trace.trace import Trace

RULE = "data-sorted"
HIDES = ("learning-rate-too-high", "learning-rate-too-low", "learning-rate-grows")
Counted = Sequence[int]
"""How often each class number occurs."""
FEWEST_BATCHES, FEWEST_ROWS = 5, 8
SHARE = 0.6
"""Of the kinds of labels that a mixed batch would hold, a sorted one has less than this share."""
MIXED = 1.8
"""Where even mixed batches hold little more than one kind, nothing is to be seen."""
WHY = (
    "Each step learns from its batch alone. Where a batch holds one class, the model is pulled to "
    "that class, and to another one by the next."
)


def find(trace: Trace) -> Iterator[Finding]:
    """At most one finding, where the loader was made, at the first loss or the model's call."""
    trained = {source.index for source in trace.sources if source.trained}
    orders = {turn.order for turn in trace.of(Turn) if turn.source in trained}
    if orders != {"sequential"}:
        return
    made = [turn.made for turn in trace.of(Turn) if turn.source in trained and turn.made]
    for loss, batches in _batches(trace, trained):
        found = [counts for counts in batches if sum(counts) >= FEWEST_ROWS]
        if len(found) < FEWEST_BATCHES:
            continue
        kinds = sum(map(_kinds, found)) / len(found)
        mixed = _mixed(found)
        if mixed >= MIXED and kinds < SHARE * mixed:
            yield _finding(made[0] if made else loss, len(found), kinds, mixed)
            return


def _batches(trace: Trace, trained: set[int]) -> Iterator[tuple[Place | None, list[Counted]]]:
    """What the losses got, and what each loader gave that was trained on; and a line for it."""
    given = list(trace.of(Targets))
    if given and len({one.classes for one in given}) == 1:
        yield given[0].place, [one.counts for one in given]
    for source in sorted(trained):
        fed = (one.place for one in trace.of(Forward) if one.source == source and one.is_fed)
        yield next(fed, None), [one.counts for one in trace.of(Handed) if one.source == source]


def _kinds(counts: Counted) -> int:
    return sum(times > 0 for times in counts)


def _mixed(found: Sequence[Counted]) -> float:
    """How many kinds of labels these batches would hold on average, were their rows mixed."""
    totals = [sum(each) for each in zip_longest(*found, fillvalue=0)]
    rows, size = sum(totals), sum(totals) / len(found)
    return float(sum(1 - (1 - times / rows) ** size for times in totals))


def _finding(place: Place | None, batches: int, kinds: float, mixed: float) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=place,
        step=1,
        what=f"the training data is sorted by its labels: a batch holds {kinds:.1f} classes on "
        f"average, and would hold {mixed:.1f} if the rows were mixed",
        evidence=(
            Evidence(
                label=f"classes in a batch, on average over {batches}",
                expected=f"about {mixed:.1f}",
                actual=f"{kinds:.1f}",
                sentence=f"The {count(batches, 'batch')} that were looked at hold {kinds:.1f} "
                "different labels on average; with the same labels in random order it would be "
                f"{mixed:.1f}.",
            ),
        ),
        fix="let the training loader shuffle (shuffle=True)",
        why=WHY,
    )
