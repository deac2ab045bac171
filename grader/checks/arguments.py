"""Whether a training uses an argument for all that it says.

A program may look at a part of what it is given: at a seed's last digit, at the first hundred rows,
at ``min(epochs, 300)``. So a check asks where such parts agree, or for more than examples have.
"""

from __future__ import annotations

import torch

from grader.checks.agreement import CheckFailed

MANY_EPOCHS = (310, 420)
"""More than the examples of small trainings ask for: from here a number is drawn."""
APART = 3_603_600
"""Divisible by every number up to 16 and by 100, and small: a seed may still be multiplied."""


def other_seed(seed: int, number: int = 1) -> int:
    """The ``number``-th seed that leaves the same remainders as this one, by any number up to 16.

    Who takes the remainder of a seed has a few trainings and no more; two such seeds show it.
    """
    return seed + number * APART


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
