"""Misfits that are written out, known by the form of their graph.

Runs in the student's process. Each form has something in it that no reward and no cost has: a
difference to what has no graph, targets of two signs, weights that add up to 1, a hinge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from grader.observe.looking import has_values, is_exactly, is_tensor
from grader.observe.nodes import VIEWS, name_of

SQUARE = 2
SAME = 1e-3
DEEPEST = 12
MOST_NODES = 24
MATRIX = 2
CUTS = ("Relu", "ClampMin", "Clamp", "Threshold")
LOGS = ("Log", "LogSigmoid")
SHARES = ("Softmax", "Sigmoid")
DISTANCES = ("Cdist", "LinalgVectorNorm", "Norm", "Sqrt")


def sign_of(node: Any, name: str) -> int:
    """Of the factor that an operation puts to its one input with a graph."""
    if name == "Neg":
        return -1
    if name not in ("Mul", "Div"):
        return 1
    at = next(at for at, (one, _) in enumerate(node.next_functions) if one is not None)
    factor = node._saved_other if at == 0 else node._saved_self
    if is_tensor(factor):
        factor = float(factor) if has_values(factor) and factor.numel() == 1 else None
    number = factor if _is_number(factor) else None
    return 0 if not number else (1 if number > 0 else -1)


def is_squared_or_absolute(node: Any, name: str) -> bool:
    """Whether each difference of an output to what has no graph is squared, or loses its sign."""
    if name == "Pow" and not (_is_number(node._saved_exponent) and node._saved_exponent == SQUARE):
        return False
    if name not in ("Pow", "Abs") or name_of(node.next_functions[0][0]) != "Sub":
        return False
    sides = node.next_functions[0][0].next_functions
    return sum(one is not None for one, _ in sides) == 1


def is_bent(node: Any, name: str) -> bool:
    """Whether a larger one of two grows with the output, and the other one as it falls.

    Both count from what has no graph: so does a pinball loss, whichever side it weighs more.
    """
    if name != "Maximum":
        return False
    (one, first), (other, second) = (_slope_of(below) for below, _ in node.next_functions)
    return one is not None and one is other and first * second < 0


def _slope_of(node: Any) -> tuple[Any, int]:
    """What a scaled difference to numbers without a graph is one of, and which way it grows."""
    sign, differs = 1, False
    for _ in range(DEEPEST):
        name = "" if node is None else name_of(node)
        inputs = (
            [] if node is None else [at for at, (one, _) in enumerate(node.next_functions) if one]
        )
        if len(inputs) != 1 or name not in ("Neg", "Mul", "Div", "Sub", "Rsub"):
            break
        is_off = name == "Rsub" or (name == "Sub" and inputs[0] == 1)
        sign *= (-1 if is_off else 1) if name in ("Sub", "Rsub") else sign_of(node, name)
        differs |= name in ("Sub", "Rsub")
        node = node.next_functions[inputs[0]][0]
    return (node, sign) if differs else (None, 0)


def is_expected(node: Any) -> bool:
    """Whether logarithms of probabilities are weighted by probabilities that have no graph.

    Those of each row add up to 1, as no rewards and no costs do.
    """
    at = next((at for at, (one, _) in enumerate(node.next_functions) if one is not None), 0)
    others = [one for one, _ in node.next_functions if one is not None]
    if len(others) != 1 or name_of(others[0]) != "LogSoftmax":
        return False
    told, weights = others[0]._saved_result, node._saved_other if at == 0 else node._saved_self
    if not is_tensor(weights) or not has_values(weights) or weights.shape != told.shape:
        return False
    axis = others[0]._saved_dim
    sums = weights.detach().double().sum(axis - (1 << 64) if axis >= 1 << 63 else axis)
    return bool((weights >= 0).all()) and bool(((sums - 1).abs() < SAME).all())


def _is_number(value: Any) -> bool:
    """Whether a value is a number of Python's."""
    return is_exactly(value, int, float)


# --- margins ------------------------------------------------------------------------------


def is_margin(node: Any, name: str) -> bool:
    """Whether scores are multiplied by targets of -1 and 1, and their product is bent.

    By a hinge, ``relu(1 - y * out)``, squared or not, or smoothly, ``softplus(-y * out)``.
    """
    if name in ("Softplus", "LogSigmoid"):
        return _is_signed(_below(node, ("Neg",)))
    if name == "Pow" and node._saved_exponent == SQUARE and _below(node, ()) is not None:
        node = _below(node, ())
        name = name_of(node)
    if not _is_cut(node, name):
        return False
    below = _below(node, ())
    is_off = name_of(below) == "Rsub" or (
        name_of(below) == "Sub" and below.next_functions[0][0] is None
    )
    return is_off and _is_signed(_below(below, ()))


def _is_cut(node: Any, name: str) -> bool:
    """Whether what is below 0 becomes 0, and nothing else is changed."""
    if name in ("ClampMin", "Clamp"):
        return bool(node._saved_min == 0) and (name == "ClampMin" or node._saved_max is None)
    return name == "Relu" or (name == "Threshold" and bool(node._saved_threshold == 0))


def _below(node: Any, skipped: tuple[str, ...]) -> Any:
    """The operation whose result is the only input with a graph, views left out; None if none."""
    for _ in range(DEEPEST):
        inputs = [one for one, _ in node.next_functions if one is not None]
        if len(inputs) != 1:
            return None
        node = inputs[0]
        if name_of(node) not in (*VIEWS, *skipped):
            return node
    return None


def _is_signed(node: Any) -> bool:
    """Whether an operation multiplies by a tensor of -1 and 1, both of which occur."""
    other = _factor(node)
    if other is None or other.numel() < SQUARE:
        return False
    return bool((other.abs() == 1).all()) and bool((other > 0).any() and (other < 0).any())


def _factor(node: Any) -> torch.Tensor | None:
    """The tensor without a graph that an operation multiplies its one input by."""
    if node is None or name_of(node) != "Mul":
        return None
    inputs = [at for at, (one, _) in enumerate(node.next_functions) if one is not None]
    if len(inputs) != 1:
        return None
    other = node._saved_self if inputs[0] else node._saved_other
    return other.detach() if is_tensor(other) and has_values(other) else None


# --- probabilities ------------------------------------------------------------------------


def is_of_both_answers(node: Any, name: str) -> bool:
    """Whether the logarithms of yes and of no are added, weighted by targets and 1 less them."""
    sides = [one for one, _ in node.next_functions]
    if name != "Add" or len(sides) != SQUARE or None in sides:
        return False
    weights = [_factor(side) for side in sides]
    if any(name_of(_below(side, ())) not in LOGS for side in sides if _factor(side) is not None):
        return False
    one, other = weights
    if one is None or other is None or one.shape != other.shape:
        return False
    is_share = bool((one >= 0).all()) and bool((other >= 0).all())
    return is_share and bool(((one + other - 1).abs() < SAME).all())


def is_of_one_class(node: Any, name: str) -> bool:
    """Whether logarithms of how near each row is to each are picked by which are of one class.

    Which are is the same from both sides, and no row is compared with itself.
    """
    weights = _factor(node) if name == "Mul" else None
    if weights is None or weights.dim() != MATRIX or weights.shape[0] != weights.shape[1]:
        return False
    if name_of(_below(node, ())) != "LogSoftmax" or not bool(
        ((weights == 0) | (weights == 1)).all()
    ):
        return False
    return torch.equal(weights, weights.T) and not bool(weights.diagonal().any())


def is_overlap_missed(node: Any, name: str) -> bool:
    """Whether it is 1 less the share by which predictions overlap with targets (Dice, Jaccard)."""
    if name != "Rsub" and not (name == "Sub" and node.next_functions[0][0] is None):
        return False
    ratio = _below(node, ("Mean", "Sum"))
    if ratio is None or name_of(ratio) != "Div":
        return False
    above, below = (one for one, _ in ratio.next_functions)
    return any(map(_is_masked, _some(above))) and any(map(_is_summed, _some(below)))


def _some(node: Any) -> Iterator[Any]:
    """An operation and those below it, up to where shares were made of scores."""
    waiting = [node]
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if node is not None:
            yield node
            if name_of(node) not in SHARES:
                waiting += [one for one, _ in node.next_functions]


def _is_masked(node: Any) -> bool:
    """Whether shares are multiplied by targets, none of them below 0."""
    weights = _factor(node)
    return weights is not None and bool((weights >= 0).all()) and _is_share(_below(node, ()))


def _is_summed(node: Any) -> bool:
    """Whether shares, or their squares, are added up."""
    if name_of(node) != "Sum":
        return False
    product = node.next_functions[0][0]
    sides = {one for one, _ in product.next_functions} if name_of(product) == "Mul" else set()
    return _is_share(_below(node, ("Pow",))) or (len(sides) == 1 and _is_share(sides.pop()))


def _is_share(node: Any) -> bool:
    return node is not None and name_of(node) in SHARES


# --- distances ----------------------------------------------------------------------------


def is_of_pairs(node: Any, name: str) -> bool:
    """Whether distances are to shrink in some pairs, and to grow up to a margin in the others."""
    if name == "Where" or (
        name == "Add" and all(_factor(one) is not None for one, _ in _two(node))
    ):
        pulls = [_pull(one) for one, _ in _two(node)]
        return sorted(pulls) == [-1, 1]
    if not _is_cut(node, name):
        return False
    apart = _below(node, ("Add",))  # a margin is added
    return (
        apart is not None
        and name_of(apart) == "Sub"
        and all(_pull(one) == 1 for one, _ in _two(apart))
    )


def _two(node: Any) -> tuple[Any, ...]:
    """The inputs of an operation of two that both have graphs; else none."""
    inputs = tuple(pair for pair in node.next_functions if pair[0] is not None)
    return inputs if len(inputs) == SQUARE else ()


def _pull(node: Any) -> int:
    """1 where it grows with a distance, -1 where a hinge falls as one grows; 0 of anything else."""
    sign, is_bent = 1, False
    for _ in range(DEEPEST):
        name = name_of(node)
        if name in DISTANCES:
            return sign if sign > 0 or is_bent else 0
        is_bent |= _is_cut(node, name)
        if name == "Rsub" or (name == "Sub" and node.next_functions[0][0] is None):
            sign = -sign
        elif name not in ("Pow", "Mul", "Div", *CUTS, *VIEWS):
            return 0
        node = _below(node, ()) if _weight_sign(node, name) > 0 else None
        if node is None:
            return 0
    return 0


def _weight_sign(node: Any, name: str) -> int:
    """The sign of what multiplies: of a tensor, 1 where nothing in it is below 0."""
    weights = _factor(node)
    if name in ("Mul", "Div"):
        return (
            sign_of(node, name)
            if weights is None or weights.numel() == 1
            else int(bool((weights >= 0).all()))
        )
    return 1
