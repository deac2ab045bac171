"""Bounds for what is measured on random samples, at a stated rate of honest failures.

A dropout mask or a freshly drawn weight is right if it is *distributed* rightly, so a check has
to allow for chance. How much is computed here, from the number of samples and from how often
honest code may fall outside: once in a million runs unless told otherwise. A check that makes
several such comparisons divides the rate among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import torch

from grader.checks.agreement import CheckFailed

ERROR_RATE = 1e-6
"""How often honest code may fail a check by chance alone."""

_HALVINGS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Where a measured number lies, but for one run of honest code in ``1 / rate``.

    ``samples`` counts independent random numbers; both ends belong to the range.
    """

    expected: float
    low: float
    high: float
    samples: int
    rate: float

    def __contains__(self, value: float) -> bool:
        """Whether ``value`` lies inside; NaN never does."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        """The range and its error rate, for the report."""
        return (
            f"expected {self.expected:.4g}, between {self.low:.4g} and {self.high:.4g} "
            f"({self.samples:,} samples; a right solution falls outside in "
            f"one of {round(1 / self.rate):,} runs)"
        )

    def require(self, value: float, what: str, named: str = "") -> None:
        """Pass if ``value`` lies inside; raises CheckFailed naming ``what`` otherwise.

        ``named`` says which wrong form the value is of, as ``forms.named_number`` has it.
        """
        if value not in self:
            raise CheckFailed(
                f"{what} is {value:.4g}, expected {self.expected:.4g} up to chance{named}",
                details=[f"got {value:.4g}   {self}"],
            )


def mean_bound(
    samples: int, *, mean: float = 0.0, std: float = 1.0, rate: float = ERROR_RATE
) -> Bounds:
    """Bounds of the mean of independent samples with this mean and standard deviation.

    Exact for normal samples; for others by the central limit theorem, which is good to the
    stated rate from some thousands of samples on unless the distribution is very lopsided.
    """
    reach = NormalDist().inv_cdf(1 - rate / 2) * std / math.sqrt(samples)
    return Bounds(expected=mean, low=mean - reach, high=mean + reach, samples=samples, rate=rate)


def std_bounds(samples: int, *, std: float = 1.0, rate: float = ERROR_RATE) -> Bounds:
    """Bounds of the standard deviation of normal samples, taken with the divisor n - 1.

    By the quantiles of the chi-square distribution with n - 1 degrees of freedom. For
    distributions with lighter tails (uniform, truncated normal) honest code fails more rarely.
    """
    freedom = samples - 1
    low = _chi_square(freedom, rate / 2, torch.special.gammainc, rising=True)
    high = _chi_square(freedom, rate / 2, torch.special.gammaincc, rising=False)
    return Bounds(
        expected=std,
        low=std * math.sqrt(low / freedom),
        high=std * math.sqrt(high / freedom),
        samples=samples,
        rate=rate,
    )


def share_bounds(samples: int, share: float, *, rate: float = ERROR_RATE) -> Bounds:
    """Bounds of the share of successes among independent trials that succeed with ``share``.

    By the tails of the binomial distribution, summed exactly.
    """
    if share in {0.0, 1.0}:
        return Bounds(expected=share, low=share, high=share, samples=samples, rate=rate)
    n = torch.tensor(float(samples), dtype=torch.float64)
    k = torch.arange(samples + 1, dtype=torch.float64)
    ways = torch.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    chance = torch.exp(ways + k * math.log(share) + (n - k) * math.log1p(-share))
    at_most, at_least = chance.cumsum(0), chance.flip(0).cumsum(0)
    low = int((at_most <= rate / 2).sum())  # so many outcomes are too few to be believed
    high = samples - int((at_least <= rate / 2).sum())
    return Bounds(
        expected=share, low=low / samples, high=high / samples, samples=samples, rate=rate
    )


def _normal(z: torch.Tensor) -> torch.Tensor:
    below: torch.Tensor = torch.special.ndtr(z)
    return below


def _uniform(z: torch.Tensor) -> torch.Tensor:
    return ((z / math.sqrt(3) + 1) / 2).clamp(0, 1)


def _cut_normal(z: torch.Tensor) -> torch.Tensor:
    """A normal distribution cut at twice its standard deviation, which makes that smaller."""
    low, high = NormalDist().cdf(-2), NormalDist().cdf(2)
    return ((_normal(z * _CUT_STD) - low) / (high - low)).clamp(0, 1)


_CUT_STD = 0.8796256610342398
SHAPES = {"normal": _normal, "uniform": _uniform, "normal, cut at two deviations": _cut_normal}
"""Distribution functions at mean 0 and standard deviation 1, by their names."""

LEAST_DIFFERENT = 0.97
"""The least share of different sizes among freshly drawn float32 numbers.

Of 40,000 uniform ones, which have 2^24 values, some 100 are met twice.
"""


def require_drawn(
    numbers: torch.Tensor, what: str, *, std: float, rate: float = ERROR_RATE
) -> None:
    """Fail unless independent numbers of mean 0 are spread as ``SHAPES`` allow.

    By the largest distance between the shares of numbers below each value and the distribution
    function (Kolmogorov and Smirnov), with the bound of Dvoretzky, Kiefer, Wolfowitz and Massart,
    which holds for every number of samples; then by numbers that are there several times.

    Args:
        numbers: any shape, float64.
        what: the numbers, for the message.
        std: the standard deviation that they are drawn with.
        rate: how often honest code may fail by chance alone.

    Raises:
        CheckFailed: they are spread otherwise, or one number in some is another one's copy.
    """
    z = (numbers.flatten().double() / std).sort().values
    samples = len(z)
    allowed = math.sqrt(math.log(2 / rate) / (2 * samples))
    steps = torch.arange(samples + 1, dtype=torch.float64) / samples
    distances = {
        name: float(torch.maximum(steps[1:] - shape(z), shape(z) - steps[:-1]).max())
        for name, shape in SHAPES.items()
    }
    if min(distances.values()) > allowed:
        raise CheckFailed(
            f"the numbers of {what} are spread neither normally nor uniformly",
            details=[
                f"distance from {name}: {distance:.3g}, allowed {allowed:.3g}"
                for name, distance in distances.items()
            ],
        )
    different = len(set(z.abs().tolist()))
    if different < LEAST_DIFFERENT * samples and not bool((numbers == numbers.half()).all()):
        raise CheckFailed(
            f"only {different:,} of the {samples:,} numbers of {what} are different in size, "
            "expected each to be drawn by itself"
        )


Tail = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def _chi_square(freedom: int, chance: float, tail: Tail, *, rising: bool) -> float:
    """The x at which the ``tail`` of the chi-square distribution has this chance, by halving."""
    half = torch.tensor(freedom / 2, dtype=torch.float64)
    low, high = 0.0, 2.0 * freedom + 200.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = float(tail(half, torch.tensor(middle / 2, dtype=torch.float64))) > chance
        low, high = (low, middle) if above == rising else (middle, high)
    return (low + high) / 2
