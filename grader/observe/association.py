"""How much rows tell of the labels beside them, or of those of other rows.

Runs in the student's process. Two looks, each with a scale that chance alone gives: whether rows
that lie near each other have the same label, and whether what some rows teach a linear model holds
for others.
"""

from __future__ import annotations

import math

import torch

MOST_ROWS, FEWEST_ROWS, FEWEST_NEW = 512, 64, 32
MOST_NUMBERS = 128
MOST_CLASSES = 20
MOST_TARGETS = 16
RIDGE = 0.1
PAIR = 2
EXACT = "donot_use_mm_for_euclid_dist"


def association(inputs: torch.Tensor, labels: torch.Tensor) -> float | None:
    """By how many standard deviations the labels are better told by the rows than by chance.

    Args:
        inputs: (N, …), of which at most 512 rows are looked at.
        labels: (N, …): class numbers, or numbers that are to be predicted.

    Returns:
        The better of the two looks; None where neither can be made.
    """
    x, y = _numbers(inputs, MOST_NUMBERS), _numbers(labels, MOST_TARGETS)
    if len(x) < FEWEST_ROWS or len(x) != len(y) or not _are_finite(x, y):
        return None
    x, y = distinct(x, y)
    half, classes = len(x) // 2, _classes(y)
    if len(x) < FEWEST_ROWS:
        return None
    if classes is None:
        return _learned((x[:half], y[:half]), (x[half:], y[half:]))
    apart = torch.cdist(x, x, compute_mode=EXACT).fill_diagonal_(torch.inf)
    wanted = torch.nn.functional.one_hot(classes).double()
    learned = _learned((x[:half], wanted[:half]), (x[half:], wanted[half:]))
    return max(_hit(classes[apart.argmin(1)], classes), learned)


def follows(
    inputs: torch.Tensor, labels: torch.Tensor, new: torch.Tensor, told: torch.Tensor
) -> float | None:
    """By how many standard deviations better than chance some rows tell the labels of others.

    Args:
        inputs: (N, …), of which at most 512 rows are looked at.
        labels: (N, …): class numbers, or numbers that are to be predicted.
        new: (M, …) other rows.
        told: (M, …) what may be their labels.

    Returns:
        The better of the two looks; None where neither can be made.
    """
    x, y = _numbers(inputs, MOST_NUMBERS), _numbers(labels, MOST_TARGETS)
    other, wanted = _numbers(new, MOST_NUMBERS), _numbers(told, MOST_TARGETS)
    is_of_a_kind = x.shape[1] == other.shape[1] and y.shape[1] == wanted.shape[1]
    if len(other) != len(wanted) or len(x) != len(y) or not is_of_a_kind:
        return None
    (x, y), (other, wanted) = distinct(x, y), distinct(other, wanted)
    if len(x) < FEWEST_ROWS or len(other) < FEWEST_NEW or not _are_finite(x, y, other, wanted):
        return None
    classes = _classes(torch.cat([y, wanted]))
    if classes is None:
        return _learned((x, y), (other, wanted))
    first, rest = classes[: len(y)], classes[len(y) :]
    nearest = torch.cdist(other, x, compute_mode=EXACT).argmin(1)
    hot = torch.nn.functional.one_hot(classes).double()
    learned = _learned((x, hot[: len(y)]), (other, hot[len(y) :]))
    return max(_hit(first[nearest], rest), learned)


def distinct(rows: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Each row (N, D) once, where it stands first, and its label (N, …).

    A row that is there again tells nothing new, and chance is counted in rows that are drawn apart.
    """
    found, which = torch.unique(rows, dim=0, return_inverse=True)
    first = torch.full((len(found),), len(rows)).scatter_reduce_(
        0, which, torch.arange(len(rows)), "amin"
    )
    kept = first.sort().values
    return rows[kept], labels[kept]


def _numbers(rows: torch.Tensor, most: int) -> torch.Tensor:
    """Rows from all over a tensor, of each at most so many numbers."""
    few = rows.detach()[:: max(1, -(-len(rows) // MOST_ROWS))]
    flat = few.reshape(len(few), -1)
    return flat[:, :: max(1, -(-flat.shape[1] // most))].to("cpu", torch.float64)


def _are_finite(*tensors: torch.Tensor) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors)


def _classes(y: torch.Tensor) -> torch.Tensor | None:
    """The class numbers that labels are; None if they are none."""
    if y.shape[1] != 1 or not bool((y == y.round()).all()) or float(y.min()) < 0:
        return None
    found, numbers = torch.unique(y[:, 0], return_inverse=True)
    return numbers if PAIR <= len(found) <= MOST_CLASSES else None


def _hit(told: torch.Tensor, y: torch.Tensor) -> float:
    """How often classes are told right, beside who draws them as often as they are told."""
    most = int(max(told.max(), y.max())) + 1
    shares = [torch.bincount(one, minlength=most).double() / len(y) for one in (told, y)]
    chance = float((shares[0] * shares[1]).sum())
    hits = int((told == y).sum())
    spread = math.sqrt(len(y) * chance * (1 - chance)) or 1.0
    return (hits - len(y) * chance) / spread


def _learned(
    first: tuple[torch.Tensor, torch.Tensor], rest: tuple[torch.Tensor, torch.Tensor]
) -> float:
    """How well the labels of the rest follow from what the first rows have taught."""
    mean, spread = first[0].mean(0), first[0].std(0)
    x, other = (
        torch.where(spread > 0, (one - mean) / spread.clamp(min=1e-12), 0.0)
        for one in (first[0], rest[0])
    )
    square = x.T @ x + RIDGE * len(x) * torch.eye(x.shape[1], dtype=x.dtype)
    told = other @ torch.linalg.solve(square, x.T @ (first[1] - first[1].mean(0)))
    told, real = told - told.mean(0), rest[1] - rest[1].mean(0)
    size = float(told.norm() * real.norm())
    return float((told * real).sum()) / size * math.sqrt(len(other)) if size > 0 else 0.0
