"""Bounds that honest code leaves once in a stated number of runs, and hardly any wrong code."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks.agreement import CheckFailed
from grader.checks.chance import ERROR_RATE, Bounds, mean_bound, share_bounds, std_bounds

RUNS = 4000


def outside(values: torch.Tensor, bounds: Bounds) -> int:
    return sum(float(value) not in bounds for value in values)


def test_the_default_rate_is_one_in_a_million() -> None:
    """Nobody has to ask for it, and it is said."""
    assert pytest.approx(1e-6) == ERROR_RATE
    assert "one of 1,000,000 runs" in str(std_bounds(10))


def test_the_mean_leaves_its_bounds_as_often_as_stated() -> None:
    """At a rate of 5 % about 200 of 4,000 honest means are outside, here 150 to 250."""
    values = torch.randn(RUNS, 50, generator=torch.Generator().manual_seed(1)) * 3 + 2
    bounds = mean_bound(50, mean=2.0, std=3.0, rate=0.05)
    assert 150 < outside(values.mean(1), bounds) < 250


@pytest.mark.parametrize("samples", [5, 100])
def test_the_standard_deviation_leaves_its_bounds_as_often_as_stated(samples: int) -> None:
    """Also for few samples, where its distribution is lopsided."""
    values = torch.randn(RUNS, samples, generator=torch.Generator().manual_seed(2)) * 0.1
    bounds = std_bounds(samples, std=0.1, rate=0.05)
    got = values.std(1)
    assert 150 < outside(got, bounds) < 250
    assert 60 < int((got < bounds.low).sum()) < 140


def test_a_share_leaves_its_bounds_at_most_as_often_as_stated() -> None:
    """Shares come in steps of 1 / n, so the rate is kept from below."""
    values = torch.rand(RUNS, 300, generator=torch.Generator().manual_seed(3)) < 0.2
    assert 100 < outside(values.double().mean(1), share_bounds(300, 0.2, rate=0.05)) <= 220


def test_known_quantiles() -> None:
    """The figures of the tables: z = 4.8916, chi-square with 10 degrees 3.247 and 20.483."""
    assert mean_bound(1).high == pytest.approx(4.8916, abs=1e-4)
    bounds = std_bounds(11, rate=0.05)
    assert 10 * bounds.low**2 == pytest.approx(3.247, abs=1e-3)
    assert 10 * bounds.high**2 == pytest.approx(20.483, abs=1e-3)
    # Of 10 throws of a coin 0 or 10 heads have a chance of 1/1024 each, 1 or less 11/1024.
    assert (share_bounds(10, 0.5, rate=0.01).low, share_bounds(10, 0.5, rate=0.01).high) == (
        0.1,
        0.9,
    )


@pytest.mark.parametrize("samples", [200_000, 2_000_000])
def test_large_samples_agree_with_the_normal_approximation(samples: int) -> None:
    """The exact sums stay exact where numbers get large."""
    z = 4.8916
    bounds = std_bounds(samples)
    assert bounds.high - 1 == pytest.approx(z / math.sqrt(2 * samples), rel=0.01)
    shares = share_bounds(samples, 0.3)
    assert shares.high - 0.3 == pytest.approx(z * math.sqrt(0.21 / samples), rel=0.01)


def test_a_share_of_none_or_all_allows_nothing_else() -> None:
    """What never happens must not happen once."""
    assert 1 / 50 not in share_bounds(50, 0.0)
    assert 0.0 in share_bounds(50, 0.0)
    assert 49 / 50 not in share_bounds(50, 1.0)


def test_a_number_outside_is_told_with_the_range_and_the_rate() -> None:
    """The learner reads what was measured, what was expected, and how sure the verdict is."""
    with pytest.raises(CheckFailed, match=r"the std of weight is 0\.2, expected 0\.1") as caught:
        std_bounds(10_000, std=0.1).require(0.2, "the std of weight")
    (detail,) = caught.value.details
    assert "between 0.09656 and 0.1035" in detail
    assert "10,000 samples; a right solution falls outside in one of 1,000,000 runs" in detail


def test_nan_is_outside() -> None:
    """A number that is none is never honest chance."""
    with pytest.raises(CheckFailed):
        mean_bound(100).require(float("nan"), "the mean")
