"""Which way the first updates went, and what it was that they made smaller.

Runs in the student's process. Two signs decide between learning and its opposite: that of the loss
before its gradient is taken, and that of the step along it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch

from grader.observe.gradients import Leaf
from grader.observe.log import plain_float
from grader.observe.looking import (
    gradient_of,
    has_values,
    is_exactly,
    is_tensor,
    node_of,
    quietly,
    scalar,
)
from grader.observe.moments import FIRST, Observer, Pass, Run
from grader.observe.nodes import PICKS, is_surprise, line_of, name_of
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Direction, Objective

MOST_NUMBERS = 1 << 20
"""Tensors of more numbers are not looked at."""
MOST_TENSORS = 4
MOST_ROWS = 60
LIKELIHOODS = ("NllLoss", "NllLoss2D")
MISFITS = frozenset((
    *LIKELIHOODS, "MseLoss", "BinaryCrossEntropy", "BinaryCrossEntropyWithLogits",
    "SmoothL1Loss", "HuberLoss", "MultiMarginLoss", "MultilabelMarginLoss", "SoftMarginLoss",
))  # fmt: skip
"""Operations that say how far predictions are from their targets."""
PLAIN = frozenset(("Neg", "Mul", "Div", "Mean", "Sum", "MaskedFill"))
"""What may stand between one of them and the loss, with nothing else in it."""
SUMS = frozenset(("Add", "Sub"))
SQUARE = 2
SAME = 1e-3
DEEPEST = 12
MOST_TERMS = 32


class Directions(Observer):
    """Compares the first updates with the gradients that they went by."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._before: list[tuple[Leaf, torch.Tensor, torch.Tensor]] = []
        self._is_fed = False  # modules were called for the loss: what is trained is theirs
        self._is_mixed = False  # gradients were asked for once more before an update
        self._rows = 0

    def install(self, patches: Patches) -> None:
        """Hear of gradients that are returned, and stand in no ``.grad``."""
        patches.around(torch.autograd, "grad", self._asks, self._answers)

    def _asks(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        if torch._C._is_torch_function_mode_enabled():  # it hands the call on, and that one counts
            return None
        return True if self.run.updates.backward <= FIRST and self.log.watches() else None

    def _answers(self, args: tuple[Any, ...], _kwargs: dict[str, Any], output: Any) -> None:
        if output is FAILED or self.run.updates.backward > FIRST:
            return
        try:
            with quietly():
                self._keep_returned(args[1], output)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.missed(type(self).__name__, error)

    def _keep_returned(self, inputs: Any, output: Any) -> None:
        """Keep what is returned, unless the update may as well go by other gradients."""
        wanted = [inputs] if is_tensor(inputs) else inputs
        pairs = [
            (leaf, tensor, grad)
            for tensor, grad in zip(wanted, output, strict=True)
            if is_tensor(tensor) and is_tensor(grad)
            if (leaf := self.run.gradients.find(tensor)) is not None
        ]
        self._is_mixed |= bool(self._before and pairs)
        self._before = []
        if not self._is_mixed:
            self._keep(pairs)

    def loss(self, passing: Pass) -> None:
        """Write what is differentiated, where it is one misfit and its sign."""
        self._is_fed = bool(passing.calls)
        value = scalar(passing.roots[0]) if len(passing.roots) == 1 else None
        if value is None or self._rows >= MOST_ROWS:
            return
        misfit, sign = _misfit(node_of(passing.roots[0]))
        if misfit and sign:
            self._rows += 1
            number, place, negated = passing.number, passing.place, sign < 0
            row = Objective.write(number, place, misfit, negated, plain_float(value))
            self.log.add(row)

    def backward(self, passing: Pass) -> None:
        """Keep what the first updates will change, and the gradients."""
        self._before, self._is_mixed = [], False
        if passing.number > FIRST and self.run.updates.count:
            return
        self._keep(
            (leaf, tensor, grad)
            for leaf, tensor in self.run.gradients.living()
            if (grad := gradient_of(tensor)) is not None
        )

    def _keep(self, found: Iterable[tuple[Leaf, torch.Tensor, torch.Tensor]]) -> None:
        for leaf, tensor, grad in found:
            if leaf.foreign or (self._is_fed and not leaf.hosted):
                continue  # an input, perhaps, that is made a hard one
            if not _is_small(tensor) or not has_values(grad):
                continue
            self._before.append((leaf, tensor.detach().clone(), grad.detach().clone()))
            if len(self._before) == MOST_TENSORS:
                break

    def update(self, leaves: Sequence[Leaf], number: int) -> None:
        """Write the angle between an update and its gradient."""
        along = moved = steep = 0.0
        for leaf, old, grad in self._before:
            tensor = leaf.ref()
            if tensor is None or leaf not in leaves or not has_values(tensor):
                continue
            step = (tensor.detach() - old).double()
            along += float((step * grad.double()).sum())
            moved += float(step.square().sum())
            steep += float(grad.double().square().sum())
        self._before, self._is_mixed = [], False
        if moved > 0 and steep > 0:
            cosine = along / (moved * steep) ** 0.5
            self.log.add(Direction.write(number, plain_float(cosine)))


def _is_small(tensor: torch.Tensor) -> bool:
    return has_values(tensor) and tensor.is_floating_point() and tensor.numel() <= MOST_NUMBERS


def _misfit(node: Any) -> tuple[str, int]:
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
    if name in MISFITS and (name not in LIKELIHOODS or _is_proper(node)):
        yield name, sign
    elif name and (_is_squared_or_absolute(node, name) or (name == "Maximum" and _is_bent(node))):
        yield "a difference to the targets", sign
    elif plain and (
        (name in (*PICKS, "LogSoftmax") and _picks_from(node) == "LogSoftmax")
        or (name == "Mul" and _is_expected(node))
    ):
        yield "the logarithm of a probability", -sign
    elif plain and name == "Sub" and is_surprise(node):
        yield "the logarithm of a probability", sign
    elif name in SUMS:
        first, *_ = node.next_functions
        for one in inputs:
            is_off = name == "Sub" and one is not first[0]
            yield from _terms(one, -sign if is_off else sign, depth - 1, plain=plain)
    elif name in PLAIN and len(inputs) == 1:
        factor = _sign(node, name)
        plain = plain and (name == "Neg" or factor > 0)
        yield from _terms(inputs[0], sign * factor, depth - 1, plain=plain)
    else:
        yield "", 0


def _sign(node: Any, name: str) -> int:
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


def _is_squared_or_absolute(node: Any, name: str) -> bool:
    """Whether each difference of an output to what has no graph is squared, or loses its sign."""
    if name == "Pow" and not (_is_number(node._saved_exponent) and node._saved_exponent == SQUARE):
        return False
    if name not in ("Pow", "Abs") or name_of(node.next_functions[0][0]) != "Sub":
        return False
    sides = node.next_functions[0][0].next_functions
    return sum(one is not None for one, _ in sides) == 1


def _is_bent(node: Any) -> bool:
    """Whether a larger one of two grows with the output, and the other one as it falls.

    Both count from what has no graph: so does a pinball loss, whichever side it weighs more.
    """
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
        sign *= (-1 if is_off else 1) if name in ("Sub", "Rsub") else _sign(node, name)
        differs |= name in ("Sub", "Rsub")
        node = node.next_functions[inputs[0]][0]
    return (node, sign) if differs else (None, 0)


def _is_expected(node: Any) -> bool:
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


def _picks_from(node: Any) -> str:
    """The operation whose numbers are picked from."""
    return next((name for _, name in line_of(node) if name not in PICKS), "")


def _is_number(value: Any) -> bool:
    """Whether a value is a number of Python's."""
    return is_exactly(value, int, float)


def _is_proper(node: Any) -> bool:
    """Whether a likelihood is one of logarithms of probabilities, and so never negative."""
    return any(name == "LogSoftmax" for _, name in itertools.islice(line_of(node), 1, 2))
