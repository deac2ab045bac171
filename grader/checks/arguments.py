"""Whether a training uses an argument for all that it says.

A program may look at a part of what it is given: at a seed's last digit, at the first hundred rows,
at ``min(epochs, 300)``. So a check asks where such parts agree, or for more than examples have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import torch

from grader.checks.agreement import CheckFailed

NEARLY, HARDLY = 0.1, 0.03
"""Slopes change a little on the way: a way may be so much shorter or longer than counted."""
MANY_EPOCHS = (310, 420)
"""More than the examples of small trainings ask for: from here a number is drawn."""
APART = 3_603_600
"""Divisible by every number up to 16 and by 100, and small: a seed may still be multiplied."""


def other_seed(seed: int, number: int = 1) -> int:
    """The ``number``-th seed that leaves the same remainders as this one, by any number up to 16.

    Who takes the remainder of a seed has a few trainings and no more; two such seeds show it.
    """
    return seed + number * APART


def steps_down(before: torch.Tensor, after: torch.Tensor, slope: torch.Tensor, lr: float) -> float:
    """How many steps of ``lr`` down ``slope`` lead from one place to another, all of them flat.

    Steps over a part of the rows count for as much as they add: an epoch of four batches is four.
    Rates are small here, so that the slope is the same at all steps.
    """
    return float((before - after).double() @ slope.double() / (lr * slope.double().square().sum()))


def require_passes(steps: Mapping[int, float]) -> None:
    """Raise CheckFailed where ``epochs`` aren't the passes that a training makes.

    ``steps``: `steps_down` after so many epochs, first of all after one. With momentum there may be
    up to ``n (n + 1) / 2`` times as many after n.
    """
    one = steps[1]
    for epochs, taken in steps.items():
        share = taken / one if one > 0 else math.nan
        if not (1 - NEARLY) * epochs <= share <= (1 + NEARLY) * epochs * (epochs + 1) / 2:
            raise CheckFailed(
                f"{epochs} epochs of small steps move the weights {share:.4g} times as far as one "
                f"epoch, expected {epochs} times: the training makes more or fewer passes than it "
                "is told"
            )


def require_steps(steps: Mapping[int, float]) -> None:
    """Raise CheckFailed where each epoch more is one step more, and the first or the last isn't.

    How many steps make an epoch is left to the training; where it isn't one, nothing is said.

    ``steps``: `steps_down` after so many epochs, in rising order.
    """
    if not any(
        abs(after - before - (more - epochs)) <= HARDLY * (more - epochs)
        for (epochs, before), (more, after) in pairwise(steps.items())
    ):
        return
    for epochs, taken in steps.items():
        if abs(taken - epochs) > HARDLY * epochs + 0.5:
            raise CheckFailed(
                f"for epochs={epochs} the weights move as far as {taken:.4g} steps take them, "
                f"expected {epochs}: each epoch is one step"
            )


def require_every_row(ends: object, rows: list[int], count: int) -> None:
    """Raise CheckFailed where a training is the same although a row holds no numbers.

    What it calculates from such a row is no number either, however small its steps are. Nothing is
    said where no row makes a difference: then nothing is learned, which is told otherwise.

    ``ends``: the parameters after a training from one seed, each time as one flat tensor: first on
    the data, then with nan in one of these ``rows``, of ``count`` in all; None where it raised.
    """
    whole, *with_gaps = ends if isinstance(ends, list) and ends else [None]
    unused = [
        row
        for row, end in zip(rows, with_gaps, strict=False)
        if isinstance(end, torch.Tensor) and isinstance(whole, torch.Tensor)
        if torch.equal(whole, end)
    ]
    if unused and len(unused) < len(rows):
        raise CheckFailed(
            f"the training is the same whatever row {unused[0]} holds, counted from 0, of {count}: "
            "it does not use all that it is given"
        )
