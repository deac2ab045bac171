"""Whether predictions and targets were paired in a loss, or each was compared with each.

Runs in the student's process. Predictions (N, 1) and targets (N,) broadcast to N × N differences,
and no exception tells. Seen in what autograd has kept of the loss: for torch's own losses two
tensors that were spread along different axes, for one by hand differences a[i] - b[j] throughout.
"""

from __future__ import annotations

from typing import Any

import torch

from grader.observe.looking import MISSING, has_values, native
from grader.observe.nodes import name_of

DIFFERENCES = ("MseLoss", "SmoothL1Loss", "HuberLoss")
POWERS = ("Abs", "Pow", "Mul")
SQUARE = 2
MOST_NUMBERS = 1 << 20
FEWEST_ROWS = 3
"""Differences of fewer predictions and targets may look like any others."""
ROUNDING = 1e-5
MOVES = 1e-3


def crossed(node: Any) -> int:
    """How many predictions were compared with as many targets, each with each; 0 if paired."""
    name = name_of(node)
    if name in DIFFERENCES:
        return _spread(node._saved_self, node._saved_target)
    if name in POWERS:
        below = node.next_functions[0][0]
        if below is None or name_of(below) not in ("Sub", "Rsub"):
            return 0
        return _by_hand(node, name) if _is_spread(below) else 0
    return 0


def _is_spread(difference: Any) -> bool:
    """Whether the one side of a difference that has a graph is a column or a row.

    Two such sides, or a square one, are predictions among themselves: a loss of pairs, on purpose.
    """
    sides = [(node, at) for node, at in difference.next_functions if node is not None]
    if len(sides) != 1:
        return False
    node, at = sides[0]
    if name_of(node) == "Expand":
        shape = tuple(node._saved_self_sym_sizes)
    else:
        metadata = native(node, "_input_metadata")
        known = metadata is not MISSING and at < len(metadata)
        shape = tuple(metadata[at].shape) if known else ()
    return len(shape) == 1 or (len(shape) == SQUARE and 1 in shape)


def _spread(one: torch.Tensor, two: torch.Tensor) -> int:
    """Two square tensors, one with equal rows and one with equal columns, by their strides."""
    if not (has_values(one) and has_values(two)):
        return 0
    if one.dim() != SQUARE or one.shape != two.shape or one.shape[0] != one.shape[1]:
        return 0
    along = [[axis for axis in range(SQUARE) if each.stride(axis) == 0] for each in (one, two)]
    return len(one) if len(one) > 1 and sorted(along) == [[0], [1]] else 0


def _by_hand(node: Any, name: str) -> int:
    values = node._saved_self
    if name == "Mul":  # d * d
        other = node._saved_other
        if values is None or other is None or other.data_ptr() != values.data_ptr():
            return 0
    if (
        values is None
        or not has_values(values)
        or values.dim() != SQUARE
        or values.numel() > MOST_NUMBERS
    ):
        return 0
    rows, columns = values.shape
    is_square = rows == columns and rows >= FEWEST_ROWS
    return rows if is_square and _is_of_differences(values.detach().double()) else 0


def _is_of_differences(values: torch.Tensor) -> bool:
    """Whether a matrix is a[i] - b[j] throughout, and neither a nor b is one number."""
    size = float(values.abs().max())
    rest = values - values[:, :1] - values[:1] + values[0, 0]
    moves = [float((values - values.narrow(axis, 0, 1)).abs().max()) for axis in range(SQUARE)]
    return min(moves) > MOVES * size and float(rest.abs().max()) <= ROUNDING * size
