"""The accuracy that the program prints is not that of its predictions.

## What it does

Compares the accuracy that a program prints with the predictions and labels that it has compared,
and finds an argmax that was taken over the rows of the batch instead of the classes.

## Why it matters

A model is chosen and stopped by this number. Divided by the batch size times the number of batches
it is too low wherever the last batch is shorter. And an argmax over the rows names, for each class,
a row of the batch, which is no class at all.

## Example

    accuracy = correct / (64 * len(val_loader))
    accuracy = correct / len(val_loader)

## Use instead

    accuracy = correct / len(val_loader.dataset)

or count the labels as they come: ``total += len(labels)``.

## Known problems

Only what is printed, with two digits behind the point at least, is compared, and only where it is
what one of these slips gives, to its last digit, twice. The mean of the batches' accuracies, which
gives a shorter last batch too much weight, is a note.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Evidence, Finding, Level
from grader.rules._words import count
from grader.schema.rows import Reported, WrongAxis
from grader.trace.losses import by_place
from grader.trace.trace import Trace

RULE = "accuracy-counted-wrong"
FEWEST = 2
FEWEST_MULTIPLES = 3
WHY = (
    "An accuracy is the number of right predictions by the number of all predictions. The last "
    "batch of a pass is often shorter than the others."
)


def find(trace: Trace) -> Iterator[Finding]:
    """One finding per line that counts or prints."""
    for crossed in by_place(trace.of(WrongAxis)).values():
        if len(crossed) >= FEWEST:
            yield _over_rows(crossed[0])
    rest: list[Reported] = []
    for told in by_place(trace.of(Reported)).values():
        wrong = [one for one in told if not _is_true(one)]
        if len(wrong) < len(told) and any(one.named for one in wrong):
            continue  # what is printed there is another accuracy at times
        padded = [one for one in wrong if _says(one, one.right / (one.largest * one.batches))]
        averaged = [one for one in wrong if _says(one, one.mean)]
        over_batches = [one for one in wrong if one.named and _equals(one, one.right / one.batches)]
        if len(padded) >= FEWEST:
            yield _padded(padded[0])
        elif len(over_batches) >= FEWEST:
            yield _over_batches(over_batches[0])
        elif len(averaged) >= FEWEST:
            yield _averaged(averaged[0])
        elif _is_multiple(wrong):
            yield _multiple(wrong[0])
        else:
            rest += wrong
    if _is_multiple(rest):  # by lines of which each prints too little to tell
        yield _multiple(rest[0])


def _is_true(one: Reported) -> bool:
    return _says(one, one.right / one.rows)


def _says(one: Reported, share: float) -> bool:
    """Whether the printed number is this share, or as many per cent, rounded or cut."""
    return _equals(one, share) or _equals(one, 100 * share)


def _equals(one: Reported, number: float) -> bool:
    return abs(one.said - number) < 10.0**-one.digits


def _is_multiple(wrong: list[Reported]) -> bool:
    """Whether each number is the accuracy times one and the same factor, as accuracies differ."""
    shares = [one.right / one.rows for one in wrong]
    if len(wrong) < FEWEST_MULTIPLES or len(set(shares)) < FEWEST or not all(shares):
        return False
    factor = max(wrong, key=lambda one: one.right)
    times = factor.said * factor.rows / factor.right
    is_count = any(_equals(one, one.right) for one in wrong)
    return not is_count and all(
        one.named and _equals(one, times * share) for one, share in zip(wrong, shares, strict=True)
    )


def _over_rows(first: WrongAxis) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=first.place,
        step=first.updates,
        what="labels are compared with an argmax over the rows of the batch, and not over the "
        "classes",
        evidence=(
            Evidence(
                label="what is compared with the labels",
                expected=f"one class for each of the {count(first.rows, 'row')}",
                actual=f"one row for each of the {count(first.classes, 'class')}",
                sentence=f"The output has {count(first.rows, 'row')} and "
                f"{count(first.classes, 'class')}, and this "
                f"argmax gives {count(first.classes, 'number')} of rows.",
            ),
        ),
        fix="take the argmax over the dimension of the classes (dim=1)",
        why=WHY,
    )


def _padded(one: Reported) -> Finding:
    said = _text(one)
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=one.updates,
        what=f"the accuracy that is printed ({said}) divides by {one.largest * one.batches:,} "
        f"where {one.rows:,} predictions were made",
        evidence=(_evidence(one, "as if every batch were full"),),
        fix="divide by the number of labels that were compared: the length of the data set, or a "
        "count of your own",
        why=WHY,
    )


def _over_batches(one: Reported) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=one.updates,
        what=f"the accuracy that is printed ({_text(one)}) divides by "
        f"{count(one.batches, 'batch')}, where {one.rows:,} predictions were made",
        evidence=(_evidence(one, "right ones in a batch"),),
        fix="divide by the number of labels that were compared: the length of the data set, or a "
        "count of your own",
        why=WHY,
    )


def _multiple(one: Reported) -> Finding:
    times = one.said * one.rows / one.right
    return Finding(
        rule=RULE,
        level=Level.ERROR,
        place=one.place,
        step=one.updates,
        what=f"the accuracy that is printed ({_text(one)}) is {times:.3g} times the share of right "
        "predictions, each time",
        evidence=(_evidence(one, "as if other numbers of predictions had been made"),),
        fix="divide by the number of labels that were compared: the length of the data set, or a "
        "count of your own",
        why=WHY,
    )


def _averaged(one: Reported) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.NOTE,
        place=one.place,
        step=one.updates,
        what=f"the accuracy that is printed ({_text(one)}) is the mean of "
        f"{count(one.batches, 'batch')}, one of which is shorter",
        evidence=(_evidence(one, "as the mean over batches of different sizes"),),
        fix="count the right predictions of all batches, and divide once by the number of labels",
        why=WHY,
    )


def _text(one: Reported) -> str:
    return f"{one.said:.{min(one.digits, 4)}f}"


def _evidence(one: Reported, how: str) -> Evidence:
    scale = 1 if one.said <= 1 else 100
    true = f"{scale * one.right / one.rows:.{min(one.digits, 4)}f}"
    return Evidence(
        label=f"accuracy after step {one.updates}",
        expected=f"{true} ({one.right:,} of {one.rows:,})",
        actual=_text(one),
        sentence=f"{one.right:,} of {one.rows:,} predictions are right, which is {true}; printed "
        f"is {_text(one)}, {how}.",
    )
