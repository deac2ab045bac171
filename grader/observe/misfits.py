"""Whether a loss is a misfit: how far predictions are from their targets, and by which sign.

Runs in the student's process. Read from the graph of a loss right before a backward pass. What is
no known misfit may be a reward, which is to grow, and nothing is said of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from grader.observe import by_hand
from grader.observe.nodes import PICKS, is_surprise, line_of, name_of

LIKELIHOODS = ("NllLoss", "NllLoss2D")
MISFITS = frozenset((
    *LIKELIHOODS, "MseLoss", "BinaryCrossEntropy", "BinaryCrossEntropyWithLogits",
    "SmoothL1Loss", "HuberLoss", "MultiMarginLoss", "MultilabelMarginLoss", "SoftMarginLoss",
))  # fmt: skip
"""Operations that say how far predictions are from their targets."""
PLAIN = frozenset(("Neg", "Mul", "Div", "Mean", "Sum", "MaskedFill"))
"""What may stand between one of them and the loss, with nothing else in it."""
SUMS = frozenset(("Add", "Sub"))
DEEPEST = 12
MOST_TERMS = 32
LOGARITHM = "the logarithm of a probability"
WRITTEN_OUT = (
    (by_hand.is_squared_or_absolute, "a difference to the targets"),
    (by_hand.is_bent, "a difference to the targets"),
    (by_hand.is_margin, "a margin"),
    (by_hand.is_overlap_missed, "what an overlap lacks"),
    (by_hand.is_of_pairs, "the distances of pairs"),
    (by_hand.is_of_both_answers, LOGARITHM),
    (by_hand.is_of_one_class, LOGARITHM),
)
"""What completes a misfit that is written out, and its name; logarithms fall as it grows."""


def misfit_of(node: Any) -> tuple[str, int]:
    """The misfit that a loss is up to a factor, and the factor's sign; 0 if that isn't known.

    A sum is one if all misfits in it have one sign. Other terms may stand beside what is added,
    and beside nothing that is taken off: that may be a distance that is to grow.
    """
    terms = list(itertools.islice(_terms(node, 1, DEEPEST, plain=True), MOST_TERMS))
    known = [(name, sign) for name, sign in terms if name]
    signs = {sign for _, sign in known}
    if len(signs) != 1 or len(terms) == MOST_TERMS:
        return "", 0
    sign = signs.pop()
    return known[0] if sign > 0 or len(known) == len(terms) else ("", 0)


def _terms(node: Any, sign: int, depth: int, *, plain: bool) -> Iterator[tuple[str, int]]:
    """What a loss is the sum of: the names of misfits with their signs, "" of anything else.

    ``plain``: no number below 0 was multiplied with it, as a reward would be.
    """
    name = "" if node is None or not depth else name_of(node)
    inputs = [] if node is None else [one for one, _ in node.next_functions if one is not None]
    known, turned = _known(node, name, plain=plain) if name else ("", 1)
    if known:
        yield known, sign * turned
    elif name in SUMS:
        first, *_ = node.next_functions
        for one in inputs:
            is_off = name == "Sub" and one is not first[0]
            yield from _terms(one, -sign if is_off else sign, depth - 1, plain=plain)
    elif name in PLAIN and len(inputs) == 1:
        factor = by_hand.sign_of(node, name)
        plain = plain and (name == "Neg" or factor > 0)
        yield from _terms(inputs[0], sign * factor, depth - 1, plain=plain)
    else:
        yield "", 0


def _known(node: Any, name: str, *, plain: bool) -> tuple[str, int]:
    """The misfit that an operation completes, and whether it falls (-1) where that grows."""
    if name in MISFITS and (name not in LIKELIHOODS or _is_proper(node)):
        return name, 1
    told = next((told for is_it, told in WRITTEN_OUT if is_it(node, name)), "")
    if told:
        return told, -1 if told == LOGARITHM or name == "LogSigmoid" else 1
    if plain and name == "Sub" and is_surprise(node):
        return LOGARITHM, 1
    return (LOGARITHM, -1) if plain and _is_logarithm(node, name) else ("", 1)


def _is_logarithm(node: Any, name: str) -> bool:
    """Whether these are logarithms of probabilities, or an expectation of such."""
    is_picked = name in (*PICKS, "LogSoftmax") and _picks_from(node) == "LogSoftmax"
    return is_picked or (name == "Mul" and by_hand.is_expected(node))


def _picks_from(node: Any) -> str:
    """The operation whose numbers are picked from."""
    return next((name for _, name in line_of(node) if name not in PICKS), "")


def _is_proper(node: Any) -> bool:
    """Whether a likelihood is one of logarithms of probabilities, and so never negative."""
    return any(name == "LogSoftmax" for _, name in itertools.islice(line_of(node), 1, 2))
