"""The labels are in another order than the inputs that they belong to.

## What it does

Finds a loss that gets the labels of a batch in another order than its inputs. Finds inputs and
labels of which one was put into an order that `torch.randperm` gave and the other was not: they say
nothing of each other, and with that order undone they do. And finds training data whose labels say
nothing of the inputs next to them, where the labels of other data of the same program do, and
nothing was learned.

## Why it matters

A row and its label are one. Where only one of the two is shuffled, or sorted, the labels are random
numbers to the model: it can learn them by heart at best, and is at chance on new data.

## Example

    x = x[torch.randperm(len(x))]
    y = y[torch.randperm(len(y))]

## Use instead

    order = torch.randperm(len(x))
    x, y = x[order], y[order]

## Known problems

Of data that was mixed up before the program began nothing is known. What rows tell is asked of the
nearest row and of a linear model, so nothing is said of data whose rows are alike in ways that only
a network sees, unless the order is changed between the loader and the loss. Labels that were
shuffled on purpose, beside the right ones, are a note.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Backward, Pairing, Parted, Permuted
from grader.trace.curves import end_of
from grader.trace.losses import by_place, is_repeated
from grader.trace.trace import Trace

RULE = "labels-shuffled-apart"
HIDES = ("learning-rate-too-high", "learning-rate-too-low")
NOTHING, SOMETHING = 3.0, 6.0
"""So many standard deviations above chance are still chance, or can be none."""
SURE = 4.0
"""By so many standard deviations other data must tell more: few rows may show nothing of it."""
LEARNED = 0.9
"""A loss that ends below this share of what chance gives has learned something."""
WHY = (
    "Each label must stand where its input stands. Shuffle the rows of both by one order, or let "
    "the loader do it."
)
FIX = "shuffle inputs and labels by one and the same order, or let the loader shuffle the pairs"


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line of a loss, or one for the data."""
    permuted = by_place(trace.of(Permuted))
    for found in permuted.values():
        if is_repeated(len(found), trace):
            yield _on_the_way(found)
    parted = next(trace.of(Parted), None)
    if parted is not None and not permuted:
        yield _by_an_order(parted)
    if permuted or parted is not None:
        return
    pairs = list(trace.of(Pairing))
    proofs = [one for one in pairs if _excess(one) > SOMETHING]
    for one in pairs:
        if not trace.sources[one.source].trained or _excess(one) > NOTHING:
            continue
        like = (proof for proof in proofs if proof.classes == one.classes)
        other = next((proof for proof in like if _lead(proof, one) > SURE), None)
        if other is not None and _learned_nothing(trace, one):
            yield _in_the_data(trace, one, other)
            return


def _excess(pair: Pairing) -> float:
    """By how many standard deviations neighbours agree more often than by chance."""
    spread = math.sqrt(pair.rows * pair.chance * (1 - pair.chance)) or 1.0
    return (pair.hits - pair.rows * pair.chance) / spread


def _lead(proof: Pairing, pair: Pairing) -> float:
    """By how many standard deviations neighbours agree more often in one set than in another."""
    (high, most), (low, rows) = ((one.hits / one.rows, one.rows) for one in (proof, pair))
    spread = math.sqrt(high * (1 - high) / most + low * (1 - low) / rows)
    return (high - low) / (spread or 1.0 / max(most, rows))


def _learned_nothing(trace: Trace, pair: Pairing) -> bool:
    return bool(trace.losses) and not end_of(trace.losses) < LEARNED * pair.entropy


def _on_the_way(found: list[Permuted]) -> Finding:
    first = found[0]
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=first.backward,
        what=f"the loss gets the labels of the batch in another order than the model its inputs: "
        f"{first.moved} of {first.rows} are not at their row",
        evidence=(
            Evidence(
                label="labels that are not where the loader had put them",
                expected="0",
                actual=f"{first.moved} of {first.rows}",
                sentence=f"The loader gave {first.rows} inputs and labels; the model got the "
                f"inputs as they were, and {count(first.moved, 'label')} had changed places.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )


def _by_an_order(one: Parted) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE if one.kept else Level.WARNING,
        place=one.place,
        step=one.backward,
        what="an order that was drawn here was put to the inputs or to the labels, and not to "
        "both: the labels of the training data say nothing of the inputs beside them",
        evidence=(
            Evidence(
                label="how much better than chance the inputs tell the labels",
                expected=f"by {one.undone:.0f} standard deviations, as in the order before",
                actual=f"by {max(one.now, 0):.0f}",
                sentence=f"Of {count(one.rows, 'row')} the labels are as good as drawn at random. "
                "With the order from this line undone, they follow from the inputs beside them, "
                f"by {one.undone:.0f} standard deviations more than by chance.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )


def _in_the_data(trace: Trace, one: Pairing, other: Pairing) -> Finding:
    place = next((each.place for each in trace.of(Backward) if each.place), None)
    chance = one.chance * one.rows
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        place=place,
        step=1,
        what="the labels of the training data say nothing of the inputs beside them, as if they "
        "had been shuffled apart",
        evidence=(
            Evidence(
                label="training rows with the label of the nearest other row",
                expected=f"more than by chance ({chance:.0f} of {one.rows})",
                actual=f"{one.hits} of {one.rows}",
                sentence=f"Of {one.rows} training rows {one.hits} have the label of the row "
                f"nearest to them, and chance alone gives {chance:.0f}; of "
                f"{count(other.rows, 'row')} of other data with the same classes it is "
                f"{other.hits}.",
            ),
        ),
        fix=FIX,
        why=WHY,
    )
