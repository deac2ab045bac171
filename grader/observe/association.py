"""How much rows tell of the labels beside them.

Runs in the student's process. Two looks, each with a scale that chance alone gives: whether rows
that lie near each other have the same label, and whether what one half of the rows teaches a linear
model holds for the other half.
"""

from __future__ import annotations

import math

import torch

MOST_ROWS, FEWEST_ROWS = 512, 64
MOST_NUMBERS = 128
MOST_CLASSES = 20
MOST_TARGETS = 16
RIDGE = 0.1
PAIR = 2
EXACT = "donot_use_mm_for_euclid_dist"


def association(inputs: torch.Tensor, labels: torch.Tensor) -> float | None:
    """By how many standard deviations the labels are better told by the rows than by chance.

    Args:
        inputs: (N, …), of which the first rows are looked at.
        labels: (N, …): class numbers, or numbers that are to be predicted.

    Returns:
        The better of the two looks; None where neither can be made.
    """
    x = inputs[:MOST_ROWS].detach().reshape(min(len(inputs), MOST_ROWS), -1)
    x = x[:, :: max(1, x.shape[1] // MOST_NUMBERS)].to("cpu", torch.float64)
    y = labels[:MOST_ROWS].detach().reshape(len(x), -1).to("cpu", torch.float64)
    if len(x) < FEWEST_ROWS or not bool(x.isfinite().all() and y.isfinite().all()):
        return None
    classes = _classes(y)
    if classes is None and y.shape[1] > MOST_TARGETS:
        return None
    looks = [] if classes is None else [_near(x, classes)]
    wanted = y if classes is None else torch.nn.functional.one_hot(classes).double()
    looks.append(_learned(x, wanted))
    return max(looks)


def _classes(y: torch.Tensor) -> torch.Tensor | None:
    """The class numbers that labels are; None if they are none."""
    if y.shape[1] != 1 or not bool((y == y.round()).all()) or float(y.min()) < 0:
        return None
    found, numbers = torch.unique(y[:, 0], return_inverse=True)
    return numbers if PAIR <= len(found) <= MOST_CLASSES else None


def _near(x: torch.Tensor, y: torch.Tensor) -> float:
    """How often the nearest other row has the same label."""
    apart = torch.cdist(x, x, compute_mode=EXACT)
    apart[apart == 0] = torch.inf  # itself, and rows that are there again
    hits = int((y[apart.argmin(1)] == y).sum())
    chance = float((torch.bincount(y).double() / len(y)).square().sum())
    spread = math.sqrt(len(y) * chance * (1 - chance)) or 1.0
    return (hits - len(y) * chance) / spread


def _learned(x: torch.Tensor, y: torch.Tensor) -> float:
    """How well the second half's labels follow from what the first half has taught."""
    half = len(x) // 2
    mean, spread = x[:half].mean(0), x[:half].std(0)
    x = torch.where(spread > 0, (x - mean) / spread.clamp(min=1e-12), 0.0)
    x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)
    first, rest = x[:half], x[half:]
    square = first.T @ first
    square += RIDGE * half * torch.eye(len(square), dtype=x.dtype)
    told = rest @ torch.linalg.solve(square, first.T @ y[:half])
    told, real = told - told.mean(0), y[half:] - y[half:].mean(0)
    size = float(told.norm() * real.norm())
    return float((told * real).sum()) / size * math.sqrt(len(rest)) if size > 0 else 0.0
