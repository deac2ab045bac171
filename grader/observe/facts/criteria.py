"""What the losses of torch were given: sizes, reductions, and what went wrong on the way.

Runs in the student's process. Read from the graph of a loss right before a backward pass, from
the tensors that its nodes have kept; nothing is replaced, and nothing of the program's runs.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import nn

from grader.model import Plain
from grader.observe.calls import Call
from grader.observe.differences import Outputs
from grader.observe.log import plain_float
from grader.observe.looking import has_values, node_of
from grader.observe.moments import Observer, Pass, Run
from grader.observe.nodes import is_surprise, line_of, name_of, near
from grader.schema.rows import Criterion

MOST_ROWS = 120
LIKELIHOODS = ("NllLoss", "NllLoss2D")
BINARY = ("BinaryCrossEntropyWithLogits", "BinaryCrossEntropy")
DIFFERENCES = ("MseLoss", "SmoothL1Loss", "HuberLoss")
SOFTMAXES = ("Softmax", "LogSoftmax")
SQUARE = 2
MATRIX = 2
REDUCTIONS = ("none", "mean", "sum")
MOST_NUMBERS = 1 << 22
ROUNDING = 1e-6
"""Of a difference in float32, as a share."""


class Axis(NamedTuple):
    """Along which axis, of how many, a softmax was taken, and of how many numbers."""

    at: int
    of: int
    length: int


NO_AXIS = Axis(-1, 0, 0)


class Criteria(Observer):
    """Writes down what each torch loss near the root of a graph was given."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._rows = 0
        self._outputs = Outputs()

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep what a model gave, which tells the targets of a difference to it."""
        del call, module, inputs
        if self._rows < MOST_ROWS:
            self._outputs.keep(output)

    def loss(self, passing: Pass) -> None:
        """Write the rows of the pass that is about to begin."""
        for root in passing.roots:
            for node in near(root):
                if self._rows < MOST_ROWS:
                    with contextlib.suppress(RuntimeError):  # a kept tensor was changed since
                        self._write(passing, node)
        self._outputs.clear()

    def _write(self, passing: Pass, node: Any) -> None:
        fields = (
            _squares_summed(passing, node)
            or _by_scores(node)
            or _written_out(self._outputs, node)
            or _fields(node, name_of(node))
        )
        if fields is not None:
            self._rows += 1
            place = passing.place_of(node)
            self.log.add(Criterion.write(passing.number, place, name_of(node), *fields))


def _squares_summed(passing: Pass, node: Any) -> list[Plain] | None:
    """The same fields of a loss that is the sum of squared differences, written out."""
    if name_of(node) != "Sum" or not any(node_of(root) is node for root in passing.roots):
        return None
    square = node.next_functions[0][0]
    if square is None or name_of(square) != "Pow" or square._saved_exponent != SQUARE:
        return None
    if name_of(square.next_functions[0][0]) != "Sub" or not has_values(square._saved_self):
        return None
    apart = square._saved_self.detach()
    classes = _classes(apart, "MseLoss")
    mean = plain_float(float(apart.double().square().mean()))
    return [
        apart.numel() // max(classes, 1), classes, "sum", None, *NO_AXIS, None, mean, None, None,
        False, None,
    ]  # fmt: skip


def _written_out(outputs: Outputs, node: Any) -> list[Plain] | None:
    """The same fields of differences to the targets that are squared, or lose their sign."""
    found = outputs.difference(node)
    if found is None or not found.targets.numel():
        return None
    output, apart, targets, power = found
    classes = _classes(output, "MseLoss")
    losses, noughts = (float(one.abs().pow(power).mean()) for one in (apart, targets))
    spread = float(targets.var(correction=0)) if power == SQUARE else 0.0
    told = [plain_float(spread) if spread > 0 else None, plain_float(noughts), *_whole(targets)]
    error = ROUNDING * float(apart.abs().max())
    if not error < float(targets.abs().max()):  # then this is what targets can be at most
        told = [None, plain_float(error**power), False, None]
    rows = output.numel() // max(classes, 1)
    return [rows, classes, "", None, *NO_AXIS, None, plain_float(losses), *told]


def _by_scores(node: Any) -> list[Plain] | None:
    """The same fields of a margin loss, and of a cross-entropy that is written out."""
    name, reduction = name_of(node), ""
    if name == "MultiMarginLoss":
        given, reduction = node._saved_self, REDUCTIONS[node._saved_reduction]
    elif name == "Sub" and is_surprise(node):
        given = node.next_functions[0][0]._saved_self
    else:
        return None
    if not has_values(given) or given.dim() != MATRIX or given.numel() > MOST_NUMBERS:
        return None
    given = given.detach().double()
    rows, classes = given.shape
    if name == "Sub":
        losses, guess = _surprises(node, given), math.log(classes)
    else:
        losses, guess = _margins(node, given), float(_margins(node, torch.zeros_like(given)).mean())
    mean = plain_float(float(losses.mean()))
    return [rows, classes, reduction, None, *NO_AXIS, None, mean, guess, None, False, None]


def _margins(node: Any, scores: torch.Tensor) -> torch.Tensor:
    """How far other classes come too near to the right one; the weights of classes left out."""
    p, margin = node._saved_p, float(node._saved_margin)
    return torch.nn.functional.multi_margin_loss(
        scores, node._saved_target.detach(), p, margin, reduction="none"
    )


def _surprises(node: Any, scores: torch.Tensor) -> torch.Tensor:
    """The logarithms of sums of exp, each less the score that was picked."""
    whole, pick = (below for below, _ in node.next_functions)
    if name_of(pick) == "Gather":
        axis = pick._saved_dim
        chosen = scores.gather(axis - (1 << 64) if axis >= 1 << 63 else axis, pick._saved_index)
    else:
        chosen = scores[tuple(slice(None) if at is None else at for at in pick._saved_indices)]
    losses: torch.Tensor = whole._saved_result.detach().double() - chosen
    return losses


def _fields(node: Any, name: str) -> list[Plain] | None:
    """The fields of a row from ``rows`` on; None of a node that is no loss."""
    if name == "LogSoftmax":
        axis = _axis_of(node)
        if axis is None:
            return None
        rows = math.prod(node._saved_result.shape) // max(axis.length, 1)
        return [rows, axis.length, "", _zeros(node), *axis, None, None, None, None, False, None]
    if name not in (*LIKELIHOODS, *BINARY, *DIFFERENCES):
        return None
    given, targets = node._saved_self, node._saved_target
    if not (has_values(given) and has_values(targets)) or given.numel() > MOST_NUMBERS:
        return None
    given, targets = given.detach(), targets.detach()
    classes = _classes(given, name)
    axis = _softmax_before(node, given)
    return [
        given.numel() // max(classes, 1),
        classes,
        REDUCTIONS[node._saved_reduction],
        _zeros(node),
        *(axis or NO_AXIS),
        None if axis is None else _sums(given.double().exp() if name in LIKELIHOODS else given),
        *_surprise(node, name, given, targets),
        _nought(node, name, targets),
        *_targets(targets, name),
    ]


def _classes(given: torch.Tensor, name: str) -> int:
    """How many numbers one prediction has: the second axis of a batch, the only one of one."""
    if given.dim() > 1:
        return int(given.shape[1])
    return given.numel() if name in LIKELIHOODS else 1


def _zeros(node: Any) -> Plain:
    """The share of zeros that a ReLU made of the numbers that go into a loss; None without one."""
    for below, name in itertools.islice(line_of(node), 1, 2):
        if name == "Relu" and has_values(below._saved_result):
            return float((below._saved_result.detach() == 0).double().mean())
        if name in ("ClampMin", "Clamp", "Threshold") and _is_cut_at_zero(below, name):
            return float((below._saved_self.detach() <= 0).double().mean())
    return None


def _is_cut_at_zero(node: Any, name: str) -> bool:
    """Whether a clamp is a ReLU in disguise: from 0 upwards, without an end."""
    if not has_values(node._saved_self):
        return False
    if name == "Threshold":
        return bool(node._saved_threshold == 0)
    return node._saved_min == 0 and (name == "ClampMin" or node._saved_max is None)


# --- softmaxes --------------------------------------------------------------------------


def _axis_of(node: Any) -> Axis | None:
    """Along which axis a node of torch's takes its softmax; None of one by hand."""
    if name_of(node) not in SOFTMAXES:
        return None
    shape, at = node._saved_result.shape, node._saved_dim
    if not shape:
        return None
    at = (at - (1 << 64) if at >= 1 << 63 else at) % len(shape)
    return Axis(at, len(shape), int(shape[at]))


def _softmax_before(node: Any, given: torch.Tensor) -> Axis | None:
    """The softmax whose values, all of them and nothing else, are given to a loss."""
    for below in _straight(node):
        axis = _axis_of(below)
        if axis is not None:
            return axis if below._saved_result.numel() == given.numel() else None
        if name_of(below) not in ("Log", "Add"):  # a little is added against log(0)
            return None
    return None


def _straight(node: Any) -> Iterator[Any]:
    """The nodes below one that aren't views, along the first input."""
    return (below for below, _ in itertools.islice(line_of(node), 1, 4))


def _sums(probabilities: torch.Tensor) -> Plain:
    """The sum of one prediction's probabilities, the one farthest from 1."""
    totals = probabilities.sum(1 if probabilities.dim() > 1 else 0).reshape(-1)
    odd = (totals - 1).abs().nan_to_num(nan=torch.inf).argmax()
    return plain_float(float(totals[odd]))


# --- targets ----------------------------------------------------------------------------


def _surprise(
    node: Any, name: str, given: torch.Tensor, targets: torch.Tensor
) -> tuple[Plain, Plain]:
    """The mean loss, and that of a guess that is the same for all; None of losses without one."""
    if name in LIKELIHOODS:
        return _likelihood(node, given, targets)
    if name == "BinaryCrossEntropyWithLogits":
        values = torch.nn.functional.softplus(given) - given * targets
        return plain_float(float(values.double().mean())), math.log(2)
    if name == "MseLoss" and targets.numel() > 1:
        spread = float(targets.double().var(correction=0))
        value = float((given.double() - targets.double()).square().mean())
        return plain_float(value), plain_float(spread) if spread > 0 else None
    if name in DIFFERENCES:
        return plain_float(_difference(node, name, given - targets)), None
    return None, None


def _nought(node: Any, name: str, targets: torch.Tensor) -> Plain:
    """The mean loss of who always says 0, of a difference to the targets."""
    if name not in DIFFERENCES or not targets.numel():
        return None
    return plain_float(_difference(node, name, targets))


def _difference(node: Any, name: str, apart: torch.Tensor) -> float:
    """The mean of a loss that is a function of each difference."""
    size = apart.double().abs()
    if name == "MseLoss":
        return float(size.square().mean())
    bend = float(node._saved_beta if name == "SmoothL1Loss" else node._saved_delta)
    losses = torch.where(size < bend, size.square() / 2, bend * (size - bend / 2))
    return float(losses.mean()) / (bend if name == "SmoothL1Loss" and bend > 0 else 1.0)


def _likelihood(node: Any, given: torch.Tensor, targets: torch.Tensor) -> tuple[Plain, Plain]:
    if not any(below == "LogSoftmax" for _, below in itertools.islice(line_of(node), 1, 2)):
        return None, None
    axis = 1 if given.dim() > 1 else 0
    classes = given.shape[axis]
    kept = (targets != node._saved_ignore_index) & (targets >= 0) & (targets < classes)
    chosen = given.gather(axis, targets.clamp(0, classes - 1).unsqueeze(axis)).squeeze(axis)
    values = -chosen[kept]
    if classes <= 1 or not values.numel():
        return None, None
    return plain_float(float(values.double().mean())), math.log(classes)


def _targets(targets: torch.Tensor, name: str) -> list[Plain]:
    """Whether what a difference is taken to are whole numbers, and the highest of them."""
    return _whole(targets) if name in DIFFERENCES and targets.numel() else [False, None]


def _whole(targets: torch.Tensor) -> list[Plain]:
    whole = bool((targets == targets.round()).all()) and float(targets.min()) >= 0
    return [whole, plain_float(float(targets.max()))]
