"""Whether a training uses an argument for all that it says."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from grader.checks import CheckFailed
from grader.checks.arguments import (
    FEW_EPOCHS,
    other_seed,
    require_even,
    require_every_row,
    require_growth,
    steps_down,
)

Way = Callable[[int], float]

ONE, OTHER = torch.tensor([1.0, 2.0]), torch.tensor([1.0, float("nan")])


@pytest.mark.parametrize("divisor", [*range(1, 13), 100])
def test_other_seeds_leave_the_same_remainders(divisor: int) -> None:
    """A training that looks at a remainder of its seed sees the same seed again."""
    assert {other_seed(7, number) % divisor for number in (1, 2, 3)} == {7 % divisor}


def test_the_row_that_makes_no_difference_is_named() -> None:
    """Of rows that others show to be used, one is not."""
    with pytest.raises(CheckFailed, match="row 9 holds, counted from 0, of 10"):
        require_every_row([ONE, OTHER, ONE], [3, 9], 10)


@pytest.mark.parametrize(
    "ends",
    [[ONE, OTHER, OTHER], [ONE, OTHER, None], [ONE, ONE, ONE], [ONE, None, None], [], None, "nan"],
    ids=["all used", "one refused", "nothing learned", "all refused", "empty", "none", "text"],
)
def test_nobody_is_accused_without_a_row_that_is_used(ends: object) -> None:
    """Where no row is seen to be used, other checks tell; a row that is refused was looked at."""
    require_every_row(ends, [3, 9], 10)


def test_a_way_is_counted_in_steps() -> None:
    """Down a slope of 3 and 4, and nowhere beside it."""
    slope = torch.tensor([3.0, 4.0])
    start = torch.tensor([1.0, 1.0])
    assert steps_down(start, start - 0.25 * slope, slope, 0.125) == pytest.approx(2)
    assert steps_down(start, start + torch.tensor([4.0, -3.0]), slope, 0.125) == pytest.approx(0)


GROWTHS = {
    "whole batch": lambda n: n,
    "seven batches": lambda n: 7 * n,
    "momentum": lambda n: sum(10 * (1 - 0.9**k) for k in range(1, n + 1)),
    "a rate that falls in a line": lambda n: sum(1 - k / n for k in range(n)),
    "a rate that falls in half a wave": lambda n: sum(
        (1 + math.cos(math.pi * k / n)) / 2 for k in range(n)
    ),
    "a rate that falls slowly": lambda n: (1 - 0.999**n) / 0.001,
}
WRONG_FOR_TWO = {
    "a quarter, and one more": lambda n: n // 4 + 1,
    "fixed": lambda n: 100,
    "one less, but for one": lambda n: max(n - 1, 1),
    "none for one": lambda n: n - 1,
    "uphill": lambda n: -n,
    "a hundred times as many": lambda n: n if n < 2 else 100 * n,
}
UNEVEN = {
    "one more": lambda n: n + 1,
    "one less": lambda n: n - 1,
    "one less, but for one": lambda n: max(n - 1, 1),
}
FAR = (torch.tensor([310.0]), torch.tensor([365.0]))


def few(way: Way) -> dict[int, float]:
    """The steps that each of the few numbers of epochs makes."""
    return {epochs: float(way(epochs)) for epochs in FEW_EPOCHS}


@pytest.mark.parametrize("way", GROWTHS.values(), ids=GROWTHS)
def test_trainings_whose_epochs_count(way: Way) -> None:
    """How many steps make a pass is left to the training, and so are momentum and schedules."""
    require_growth(few(way))
    require_even(few(way), FAR)


@pytest.mark.parametrize("way", WRONG_FOR_TWO.values(), ids=WRONG_FOR_TWO)
def test_growth_that_is_none(way: Way) -> None:
    """Too few passes are told, and too many."""
    with pytest.raises(CheckFailed, match="of small steps move"):
        require_growth(few(way))


@pytest.mark.parametrize("way", UNEVEN.values(), ids=UNEVEN)
def test_the_first_epochs_are_as_the_later_ones(way: Way) -> None:
    """One pass too many or too few is told where each epoch does the same."""
    with pytest.raises(CheckFailed, match="each epoch more is one step more"):
        require_even(few(way), FAR)


def test_a_bound_of_ones_own_is_told() -> None:
    """Other numbers of epochs, and the very same weights."""
    with pytest.raises(CheckFailed, match="stops at a number of its own"):
        require_even(few(lambda n: n), (FAR[0], FAR[0].clone()))


@pytest.mark.parametrize(
    "way",
    [lambda n: n // 4 + 1, lambda n: 0, lambda n: 1 - 0.9**n, lambda n: 3 * (n + 1)],
    ids=["fourths", "0", "falls", "six batches at a rate that falls in a line"],
)
def test_where_epochs_differ_nothing_is_said(way: Way) -> None:
    """It is for the training to say what an epoch is, and how its rate falls, to nothing too."""
    require_even(few(way), (FAR[0], FAR[0].clone()))
