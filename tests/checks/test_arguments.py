"""Whether a training uses an argument for all that it says."""

from __future__ import annotations

import pytest
import torch

from grader.checks import CheckFailed
from grader.checks.arguments import other_seed, require_every_row

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
