"""The graph of each step is kept, and the memory that the program needs grows with every step.

## What it does

Finds losses whose graph reaches back over more and more steps, and names (a running total, a list)
that hold on to the graphs of all losses so far. And notes passes that are told to keep their graph
(``retain_graph=True``) which nothing goes through again.

## Why it matters

A loss knows how it was computed: its graph leads back through the model. ``total += loss`` makes a
sum that leads to all losses before, so none of their graphs can be freed. The numbers are right,
and the memory fills. Where such a sum is differentiated itself, each pass goes through all steps
so far, and takes longer than the last.

## Example

    total_loss += loss

## Use instead

    total_loss += loss.item()

## Known problems

It is looked at in the first backward passes and then ever more rarely, so it takes some steps to be
seen; a sum that begins anew after some steps is a note. Losses that are added up within one step
are no matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Kept, Old, Retained
from grader.trace.trace import Trace

RULE = "graph-kept"
HIDES = ("parameter-not-a-leaf",)
WHY = "A tensor with a graph keeps all that it was computed from. item() gives the number alone."
FEWEST = 2
FEWEST_RETAINED = 4
EARLY = 3
"""Passes before which nothing has had the time to grow."""
FAR = 0.5
"""What is kept reaches back over this share of all passes."""


def find(trace: Trace) -> Iterator[Finding]:
    """One finding for a loss that grows; else one per name that keeps losses."""
    reaching = [one for one in trace.of(Old) if _is_far(one)]
    if _grows(reaching):
        yield _of_loss(reaching)
        return
    for retained in trace.of(Retained):
        if retained.passes >= FEWEST_RETAINED:
            yield _of_passes(retained)
    names: dict[tuple[str, bool], list[Kept]] = {}
    for one in trace.of(Kept):
        names.setdefault((one.name, one.listed), []).append(one)
    for (_, listed), kept in names.items():
        far = [one for one in kept if _is_far(one)]
        if len(far) >= FEWEST and (listed or _grows(far)):
            yield _of_name(far, Level.WARNING)
        elif far and len(kept) > FEWEST and (listed or _grows(kept)):
            yield _of_name(kept, Level.NOTE)  # for some steps, as far as was seen


def _is_far(one: Old | Kept) -> bool:
    return one.backward > EARLY and one.back <= FAR * one.backward


def _grows(rows: Sequence[Old | Kept]) -> bool:
    """Whether what is kept has more nodes each time."""
    pairs = itertools.pairwise(rows)
    return len(rows) >= FEWEST and all(one.nodes < two.nodes for one, two in pairs)


def _of_loss(found: list[Old]) -> Finding:
    first, last = found[0], found[-1]
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=last.place,
        step=first.backward,
        what=f"the loss of pass {last.backward} still leads to that of pass {last.back}: its graph "
        "grows with each step",
        evidence=(
            Evidence(
                label="operations in the graph of the loss",
                expected=f"{first.nodes} in each pass, no more",
                actual=f"{first.nodes} in pass {first.backward}, {last.nodes} in pass "
                f"{last.backward}",
                sentence=f"The graph had {count(first.nodes, 'operation')} in pass "
                f"{first.backward} and {last.nodes} in pass {last.backward}.",
            ),
        ),
        fix="start each step from values without a graph: detach() what is carried on, and add up "
        "losses as numbers",
        why=WHY,
    )


def _of_name(kept: list[Kept], level: Level) -> Finding:
    first, last = kept[0], kept[-1]
    what = "the list" if last.listed else "the sum"
    return Finding(
        rule=RULE,
        level=level,
        place=last.place,
        step=first.backward,
        what=f"{what} {last.name!r} keeps the graphs of all losses since pass {last.back}",
        evidence=(
            Evidence(
                label=f"the oldest loss that {last.name!r} keeps the graph of, in pass "
                f"{last.backward}",
                expected="none",
                actual=f"that of pass {last.back}",
                sentence=f"In pass {last.backward}, {last.name!r} still kept the graph of the loss "
                f"of pass {last.back}, which no step needs any more.",
            ),
        ),
        fix="keep the number instead of the tensor: loss.item()",
        why=WHY,
    )


def _of_passes(retained: Retained) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=retained.place,
        step=1,
        what="each backward pass keeps its graph (retain_graph=True), and nothing goes through it "
        "again",
        evidence=(
            Evidence(
                label="backward passes that went through a graph that was kept",
                expected="some, if the graphs are kept",
                actual=f"0 of {retained.passes} that were looked at",
                sentence=f"{count(retained.passes, 'backward pass')} were looked at: each kept its "
                "graph, and none went through that of another.",
            ),
        ),
        fix="call backward() without retain_graph=True",
        why="A graph holds what the layers have computed. Kept, it stays in memory until the next "
        "loss takes its name.",
    )
