"""What three hand-written losses must do (lessons 003 §6.2 and 002). The oracle is torch."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from grader.checks import CheckFailed, check

DTYPES = [torch.float32, torch.float64]
SHAPES = [(7,), (4, 3), (1, 5), (2, 3, 2), (40, 25)]


def tried(student, name, predictions, target):
    """Loss and gradient of the student's function; no tensor, or one without a way back, fails."""
    told = student.props.tried(student.get(name), predictions, target).value
    told = told if isinstance(told, dict) else {}
    if told.get("changed") is True:
        raise CheckFailed(
            f"{name}() has changed what it was given, expected it to leave that alone"
        )
    if not isinstance(told.get("loss"), torch.Tensor):
        kind = told.get("kind")
        kind = "None" if kind == "NoneType" else f"a {kind!s:.80}"
        raise CheckFailed(f"{name}() is {kind}, expected a tensor")
    if told.get("tracked") is not True:
        raise CheckFailed(f"{name}() carries no graph, so no gradient can reach the predictions")
    return told["loss"], told.get("gradient")


def wrong_squares(pred, target):
    """What the known slips of a mean squared error give, by what they are."""
    off = pred - target
    return {
        "one square for each number, not their mean": off**2,
        "the sum of the squares, not their mean": (off**2).sum(),
        "half of the mean of the squares": (off**2).mean() / 2,
        "the root of the mean of the squares": (off**2).mean().sqrt(),
        "the mean of the distances: they are not squared": off.abs().mean(),
        "the square of the mean distance, not the mean of the squares": off.mean() ** 2,
    }


def wrong_entropies(prob, target):
    """What the known slips of a binary cross-entropy give, by what they are."""
    ones, zeros = target * prob.log(), (1 - target) * (1 - prob).log()
    swapped = target * (1 - prob).log() + (1 - target) * prob.log()
    right = -(ones + zeros)
    return {
        "one loss for each sample, not their mean": right,
        "the sum over the samples, not their mean": right.sum(),
        "right but for its sign: the minus is missing": -right.mean(),
        "that with log10 in the place of log": right.mean() / math.log(10),
        "that with the two classes swapped": -swapped.mean(),
        "that of the samples of class 1 alone: the second term is missing": -ones.mean(),
        "that of the samples of class 0 alone: the first term is missing": -zeros.mean(),
        "that with the minus before the first term alone": (zeros - ones).mean(),
    }


def wrong_logit_entropies(logits, target):
    """The same slips on logits, and some that only logits allow."""
    slips = wrong_entropies(logits.sigmoid(), target)
    return {
        **slips,
        "that of sigmoid(sigmoid(z)): the sigmoid is applied twice": F.binary_cross_entropy(
            logits.sigmoid().sigmoid(), target
        ),
        "that with + z·y in the place of − z·y": (F.softplus(logits) + logits * target).mean(),
        "that without the term − z·y": F.softplus(logits).mean(),
    }


def same(student, agree, name, predictions, target, oracle, wrong=None):
    """Compare value and gradient of the student's function ``name`` with those of ``oracle``."""
    loss, gradient = tried(student, name, predictions, target)
    ours = predictions.clone().requires_grad_()
    expected = oracle(ours, target)
    expected.backward()
    forms = wrong(predictions, target) if wrong else None
    agree(loss, expected.detach(), what=f"{name}()", forms=forms)
    agree(gradient, ours.grad, what=f"the gradient of {name}()")


def zeros_and_ones(draw, shape, dtype):
    """Targets of both classes."""
    target = draw.integers(*shape, high=2).to(dtype)
    target.flatten()[:2] = torch.tensor([0, 1], dtype=dtype)
    return target


@check("mse")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_mse(student, draw, agree, dtype):
    """mse_loss is the mean of the squared differences, and so is its gradient."""
    for shape in SHAPES:
        pred = 2 * draw.normal(*shape, dtype=dtype) + 1
        target = draw.normal(*shape, dtype=dtype)
        same(student, agree, "mse_loss", pred, target, F.mse_loss, wrong_squares)


@check("bce")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_bce(student, draw, agree, dtype):
    """bce_loss and its gradient are right for probabilities from 0.05 to 0.95."""
    for shape in SHAPES:
        prob = draw.uniform(*shape, low=0.05, high=0.95, dtype=dtype)
        target = zeros_and_ones(draw, shape, dtype)
        same(student, agree, "bce_loss", prob, target, F.binary_cross_entropy, wrong_entropies)


def number(value, what):
    """A float from a single one, in a tensor or not."""
    if isinstance(value, torch.Tensor) and value.is_floating_point() and value.numel() == 1:
        value = value.item()
    if not isinstance(value, float):
        raise CheckFailed(f"{what} is no single number, expected a tensor of shape ()")
    return value


@check("bce_edges")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_bce_at_zero_and_one(student, thresholds, dtype):
    """Probabilities of 0 and 1 cost next to nothing where right, and much where wrong."""
    for p, y in [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)]:
        prob, target = torch.tensor([p], dtype=dtype), torch.tensor([y], dtype=dtype)
        loss = student.bce_loss(prob, target).value
        what = f"bce_loss() of probability {p:g} and target {y:g} in {str(dtype)[6:]}"
        loss = number(loss, what)
        if not math.isfinite(loss):
            raise CheckFailed(f"{what} is {loss}, expected a finite number")
        if p == y:
            thresholds.at_most(
                "largest_when_right", abs(loss), f"{what} is {loss:.3g}, expected next to 0"
            )
        else:
            said = what + " is {measured:.3g}, expected at least {threshold:g}"
            thresholds.at_least("smallest_when_wrong", loss, said)


@check("gradient_table")
@pytest.mark.parametrize("p", [0.99, 0.9, 0.5, 0.1, 0.01])
def test_gradient_table(student, agree, p):
    """At p = 0.01 and a target of 1 the gradient is -1.98 for MSE and -100 for cross-entropy."""
    for name, expected in (("mse_loss", -2 * (1 - p)), ("bce_loss", -1 / p)):
        one = torch.ones(1, dtype=torch.float64)
        _, gradient = tried(student, name, p * one, one)
        agree(gradient, expected * one, what=f"the gradient of {name}() at p = {p:g}")


@check("bce_logits")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_bce_with_logits(student, draw, agree, dtype):
    """bce_with_logits_loss and its gradient are right for logits from -3 to 3."""
    for shape in SHAPES:
        logits = draw.uniform(*shape, low=-3, high=3, dtype=dtype)
        target = zeros_and_ones(draw, shape, dtype)
        oracle = F.binary_cross_entropy_with_logits
        same(student, agree, "bce_with_logits_loss", logits, target, oracle, wrong_logit_entropies)


@check("logits_stable")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("size", [20.0, 50.0, 100.0])
def test_logits_stable(student, agree, dtype, size):
    """Value and gradient are right for logits of ±20, ±50 and ±100."""
    logits = torch.tensor([size, -size, size, -size], dtype=dtype)
    target = torch.tensor([1, 0, 0, 1], dtype=dtype)
    oracle = F.binary_cross_entropy_with_logits
    same(student, agree, "bce_with_logits_loss", logits, target, oracle)
