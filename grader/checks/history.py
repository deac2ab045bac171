"""What a training says of itself: the numbers of its epochs, in whatever form they come.

A history may be a dict of lists, a list with one dict or tuple for each epoch, a tuple of lists.
Where it names a validation accuracy, that can be compared with the model that was left behind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from grader.checks.agreement import CheckFailed

SLACK = 0.02
"""How far an accuracy may be told from what it is: means of batches are near enough."""
LARGEST = 1e300
DEEPEST = 8
"""Of lists in lists: a matrix for each epoch of a part of a history is the fifth."""
MOST_PARTS = 1_000_000
"""Entries that are looked at in all; each is looked at in its row and in its column."""
MOST_SHARE = 1.5
"""Accuracies above are percent."""

Series = Mapping[str, list[float]]


def series_in(history: object, name: str = "the list") -> Iterator[tuple[str, list[float]]]:
    """The lists of numbers in a history of any form, by name.

    In a list with one entry for each epoch, what the entries have in common makes such lists.

    Raises:
        CheckFailed: it is nested deeper than any history, or larger.
    """
    waiting, left = [(name, history, 0)], MOST_PARTS
    while waiting:
        name, found, depth = waiting.pop()
        if not isinstance(found, dict | list | tuple):
            continue
        left -= len(found)
        if left < 0 or depth > DEEPEST:
            what = f"more than {MOST_PARTS:,} entries" if left < 0 else "lists in lists without end"
            raise CheckFailed(f"the history has {what}, expected one number for each epoch")
        if isinstance(found, dict):
            inner = [(str(key), value) for key, value in found.items()]
        elif found and all(map(_is_number, found)):
            yield name, [float(each) if abs(each) < LARGEST else math.inf for each in found]
            continue
        else:
            entries = [(f"{name}, {place}", entry) for place, entry in enumerate(found, 1)]
            inner = [*entries, *_columns_of(list(found))]
        waiting += [(key, value, depth + 1) for key, value in reversed(inner)]


def _columns_of(rows: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """What stands under the same key, or at the same place, in every row."""
    keys: list[Any] = []
    if rows and all(isinstance(row, dict) for row in rows):
        keys = [key for key in rows[0] if all(key in row for row in rows)]
    elif rows and all(isinstance(row, list | tuple) and len(row) == len(rows[0]) for row in rows):
        keys = list(range(len(rows[0])))
    for key in keys:
        yield key if isinstance(key, str) else f"column {key + 1}", [row[key] for row in rows]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def require_truth(series: Series, measured: float) -> None:
    """Compare what is called a validation accuracy with the measured one, as share or percent.

    Raises:
        CheckFailed: it is another one, or what is called a loss can't be one.
    """
    for name, numbers in series.items():
        if "loss" in name.lower():
            _require_a_loss(name, numbers)
        elif "val" in name.lower() and "acc" in name.lower():
            _require_accuracy(name, numbers, measured)


def _require_a_loss(name: str, numbers: list[float]) -> None:
    if min(numbers) < 0:
        raise CheckFailed(f"{name} in the history falls to {min(numbers):.3g}, below 0")
    if not any(numbers):
        raise CheckFailed(f"{name} in the history is 0 in each epoch: nothing was added up")


def _require_accuracy(name: str, numbers: list[float], measured: float) -> None:
    percent = max(numbers) > MOST_SHARE
    # The best epoch's weights may have been put back: then the best number is the model's.
    told = [each / 100 if percent else each for each in (numbers[-1], max(numbers))]
    if min(abs(each - measured) for each in told) > SLACK:
        raise CheckFailed(
            f"{name} in the history ends at {told[0]:.1%}, but the model that the training leaves "
            f"behind reads {measured:.1%} of the validation images right"
        )
