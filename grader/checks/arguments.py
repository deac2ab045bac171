"""Whether a training uses an argument for all that it says.

A program may look at a part of what it is given: at a seed's last digit, at the first hundred rows,
at ``min(epochs, 300)``. So a check asks where such parts agree, or for more than examples have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch

from grader.checks.agreement import CheckFailed
from grader.checks.draw import Draw

NEARLY, HARDLY, ALIKE = 0.1, 0.03, 0.01
"""Slopes change a little on the way: a way may be so much shorter or longer than counted."""
FEW_EPOCHS = (1, 2, 4, 6, 8)
MANY_EPOCHS = (310, 420)
"""More than the examples of small trainings ask for: from here a number is drawn."""
APART = 138_600
"""Divisible by every number up to 12 and by 100, and small: a seed may still be multiplied."""


def other_seed(seed: int, number: int = 1) -> int:
    """The ``number``-th seed that leaves the same remainders as this one, by any number up to 12.

    Who takes the remainder of a seed has a few trainings and no more; two such seeds show it.
    """
    return seed + number * APART


def steps_down(before: torch.Tensor, after: torch.Tensor, slope: torch.Tensor, lr: float) -> float:
    """How many steps of ``lr`` down ``slope`` lead from one place to another, all of them flat.

    Steps over a part of the rows count for as much as they add: an epoch of four batches is four.
    Rates are small here, so that the slope is the same at all steps.
    """
    return float((before - after).double() @ slope.double() / (lr * slope.double().square().sum()))


def after_epochs(
    draw: Draw,
    end_after: Callable[[int], torch.Tensor],
    start: torch.Tensor,
    slope: torch.Tensor,
    lr: float,
) -> tuple[dict[int, float], list[torch.Tensor]]:
    """`steps_down` after each of `FEW_EPOCHS`, and the parameters after two larger numbers of them.

    ``end_after(epochs)``: all parameters (N,) in one tensor, as ``start`` and ``slope`` have them.
    """
    few = {epochs: steps_down(start, end_after(epochs), slope, lr) for epochs in FEW_EPOCHS}
    many, more = sorted(draw.choice(*MANY_EPOCHS) for _ in range(2))
    return few, [end_after(many), end_after(more + 1)]


def require_growth(steps: Mapping[int, float]) -> None:
    """Raise CheckFailed where ``epochs`` aren't the passes that a training makes.

    A rate may fall over the epochs, in a line or a half wave: n epochs are half as many steps of
    the whole rate, and half a step. With momentum there may be up to ``n (n + 1) / 2``.

    ``steps``: `steps_down` after so many epochs, first of all after one.
    """
    one = steps[1]
    for epochs, taken in steps.items():
        share = taken / one if one > 0 else math.nan
        least, most = (epochs + 1) / 2, epochs * (epochs + 1) / 2
        if not (1 - NEARLY) * least <= share <= (1 + NEARLY) * most:
            raise CheckFailed(
                f"{epochs} epochs of small steps move the weights {share:.4g} times as far as one "
                f"epoch, expected {epochs} times: the training makes more or fewer passes than it "
                "is told"
            )


def require_even(steps: Mapping[int, float], ends: Sequence[torch.Tensor]) -> None:
    """Raise CheckFailed where epochs are alike, but the first few or the last many aren't made.

    How much an epoch does is left to the training. Where the last of the few don't all do the same,
    as with momentum or a rate that falls, nothing is said; nor of the first where an epoch isn't
    one step: a rate that falls in a line makes each epoch more half an epoch more.

    ``steps`` and ``ends`` are those of `after_epochs`.
    """
    *_, low, middle, high = FEW_EPOCHS
    each = (steps[high] - steps[middle]) / (high - middle)
    before = (steps[middle] - steps[low]) / (middle - low)
    if not (each > 0 and abs(each - before) <= ALIKE * each):
        return
    uneven = [n for n, taken in steps.items() if abs(taken - n * each) > HARDLY * n * each]
    if uneven and abs(each - 1) <= HARDLY:
        raise CheckFailed(
            f"for epochs={uneven[0]} the weights move as far as {steps[uneven[0]]:.3g} steps take "
            f"them, where each epoch more is one step more, expected {uneven[0]}"
        )
    if not uneven and all(torch.equal(ends[0], end) for end in ends):
        raise CheckFailed(
            "the training ends with the very same weights for different numbers of epochs, both "
            f"above {MANY_EPOCHS[0] - 1}: it stops at a number of its own"
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
