"""Whether a training uses an argument for all that it says."""

from __future__ import annotations

import pytest
import torch

from grader.checks import CheckFailed
from grader.checks.arguments import (
    other_seed,
    require_every_row,
    require_passes,
    require_steps,
    steps_down,
)

ONE, OTHER = torch.tensor([1.0, 2.0]), torch.tensor([1.0, float("nan")])


@pytest.mark.parametrize("divisor", [*range(1, 17), 100])
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


@pytest.mark.parametrize(
    "steps",
    [{1: 1, 4: 4, 300: 298}, {1: 7, 4: 28, 300: 2100}, {1: 0.5, 4: 4.2, 300: 295}],
    ids=["whole batch", "seven batches", "momentum"],
)
def test_passes_that_follow_epochs(steps: dict[int, float]) -> None:
    """How many steps make a pass is left to the training, and so is momentum."""
    require_passes(steps)


@pytest.mark.parametrize(
    "steps",
    [
        {1: 2, 4: 5, 300: 301},
        {1: 1, 4: 3, 300: 299},
        {1: 1, 4: 4, 300: 200},
        {1: 1, 4: 100, 300: 300},
        {1: 0, 4: 4},
        {1: -1, 4: -4},
    ],
    ids=["one more", "one less", "capped", "raised", "none for one", "uphill"],
)
def test_passes_that_do_not(steps: dict[int, float]) -> None:
    """One pass too many or too few is told, and a bound of one's own."""
    with pytest.raises(CheckFailed, match="of small steps move"):
        require_passes(steps)


@pytest.mark.parametrize(
    "steps",
    [{1: 1, 4: 4, 300: 298}, {1: 7, 4: 14, 300: 532}, {1: 0.0, 4: 0.0, 300: 0.0}],
    ids=["one each", "rows, and a quarter of the epochs", "nothing moves"],
)
def test_steps_that_are_not_judged_or_right(steps: dict[int, float]) -> None:
    """Where an epoch isn't one step, it is for the training to say what it is."""
    require_steps(steps)


@pytest.mark.parametrize(
    "steps",
    [{1: 2, 4: 5, 300: 301}, {1: 1, 4: 3, 300: 299}, {1: 1, 4: 4, 300: 200}],
    ids=["one more", "one less", "capped"],
)
def test_steps_that_are_wrong(steps: dict[int, float]) -> None:
    """Where each epoch more is one step more, all of them are."""
    with pytest.raises(CheckFailed, match="each epoch is one step"):
        require_steps(steps)
