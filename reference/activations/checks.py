"""What hand-written activations must do (lessons 001 §3.2 and 1.3 §1). The oracle is torch."""

from __future__ import annotations

import math
from functools import partial

import pytest
import torch
from torch.nn import functional as F

from grader.checks import CheckFailed, check
from grader.checks.forms import on
from grader.checks.remote import StudentRaised

DTYPES = [torch.float32, torch.float64]

# Where more than one is right, the first that agrees at ordinary numbers is the one expected.
RIGHT = {
    "sigmoid": [torch.sigmoid],
    "tanh": [torch.tanh],
    "relu": [torch.relu],
    "leaky_relu": [partial(F.leaky_relu, negative_slope=slope) for slope in (0.01, 0.1)],
    "softmax": [partial(torch.softmax, dim=-1)],
    "gelu": [F.gelu, partial(F.gelu, approximate="tanh")],
    "swish": [F.silu],
    "mish": [F.mish],
    "elu": [F.elu],
}
WRONG = {
    "sigmoid": {
        "1 / (1 + exp(x)): the exponent has the wrong sign": lambda x: torch.sigmoid(-x),
        "exp(x): the 1 is missing under the fraction bar": torch.exp,
        "x / 6 + 0.5, cut at 0 and 1: that is the hard sigmoid": lambda x: (x / 6 + 0.5).clamp(
            0, 1
        ),
    },
    "tanh": {
        "upside down: cosh is divided by sinh": lambda x: 1 / torch.tanh(x),
        "tanh(x / 2): the 2 in 2 · sigmoid(2x) − 1 is missing": lambda x: torch.tanh(x / 2),
        "x, cut at −1 and 1": lambda x: x.clamp(-1, 1),
    },
    "relu": {
        "the smaller of x and 0, not the larger": lambda x: x.clamp(max=0),
        "|x|: negative numbers are to become 0": torch.abs,
        "x: negative numbers are to become 0": lambda x: x + 0,
    },
    "leaky_relu": {
        "the smaller of x and the slope times x, not the larger": lambda x: torch.minimum(
            x, 0.01 * x
        ),
        "0.01 for negative x, not 0.01 · x": lambda x: torch.where(x > 0, x, 0.01),
        "−0.01 · x for negative x: the slope has the wrong sign": lambda x: torch.where(
            x > 0, x, -0.01 * x
        ),
        "right but for the slope: it is 0.2, not 0.01": partial(F.leaky_relu, negative_slope=0.2),
        "relu(x): the slope below 0 is missing": torch.relu,
    },
    "softmax": {
        "the softmax along the first dimension, not the last": partial(torch.softmax, dim=0),
        "divided by the sum over everything, not over the last dimension": lambda x: (
            (x - x.amax(-1, keepdim=True)).exp() / (x - x.amax(-1, keepdim=True)).exp().sum()
        ),
        "one softmax over all numbers, not one along the last dimension": lambda x: (
            x.flatten().softmax(0).reshape(x.shape)
        ),
        "the logarithm of the softmax": partial(torch.log_softmax, dim=-1),
        "divided by the mean of the exponentials, not by their sum": lambda x: (
            x.softmax(-1) * x.shape[-1]
        ),
        "exp(x): nothing divides by the sum": torch.exp,
    },
    "gelu": {
        "x · sigmoid(1.702 · x), which only comes near GELU": lambda x: (
            x * torch.sigmoid(1.702 * x)
        ),
        "twice what it should be: the 0.5 is missing": lambda x: 2 * F.gelu(x),
        "x · 0.5 · (1 + erf(x)): x is not divided by √2": lambda x: 0.5 * x * (1 + torch.erf(x)),
        "Φ(x): the factor x is missing": torch.special.ndtr,
        "x · sigmoid(x): that is swish": F.silu,
        "right but for the constant of x³: it is 0.044715": lambda x: (
            0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.44715 * x**3)))
        ),
    },
    "swish": {
        "sigmoid(x): the factor x is missing": torch.sigmoid,
        "x · tanh(x), not x · sigmoid(x)": lambda x: x * x.tanh(),
        "x · relu6(x + 3) / 6: that is the hard form of swish": F.hardswish,
    },
    "mish": {
        "x · tanh(x): log(1 + exp(x)) is missing, or the 1 in it": lambda x: x * x.tanh(),
        "x · log(1 + exp(x)): tanh is missing": lambda x: x * F.softplus(x),
        "tanh(log(1 + exp(x))): the factor x is missing": lambda x: F.softplus(x).tanh(),
    },
    "elu": {
        "exp(x) for negative x: the − 1 is missing": lambda x: torch.where(x > 0, x, x.exp()),
        "right above 0 and 1.67 times too large below": lambda x: torch.where(
            x > 0, x, 1.67 * torch.expm1(x)
        ),
        "linear below 0 and exp(x) − 1 above: the halves are swapped": lambda x: torch.where(
            x < 0, x, torch.expm1(x)
        ),
        "relu(x): exp(x) − 1 below 0 is missing": torch.relu,
    },
}
"""For each function what the known slips give."""
WRONG_WHEN_LARGE = {
    "relu": {"min(max(x, 0), 6): it is cut at 6 as well": F.relu6},
    "sigmoid": {
        "exp(x) / (1 + exp(x)): exp(x) becomes infinite, and inf / inf is NaN": lambda x: (
            x.exp() / (1 + x.exp())
        ),
    },
    "tanh": {
        "made of exp(x) and exp(−x): they become infinite, and inf / inf is NaN": lambda x: (
            (x.exp() - (-x).exp()) / (x.exp() + (-x).exp())
        ),
    },
    "softmax": {
        "exp(x) by its sum: exp(x) becomes infinite, and inf / inf is NaN": lambda x: (
            x.exp() / x.exp().sum(-1, keepdim=True)
        ),
        "NaN in rows of small numbers: one maximum was subtracted from all rows": lambda x: (
            (x - x.max()).exp() / (x - x.max()).exp().sum(-1, keepdim=True)
        ),
    },
    "mish": {
        "made of (1 + exp(x))²: it becomes infinite, and inf / inf is NaN": lambda x: (
            x * ((1 + x.exp()) ** 2 - 1) / ((1 + x.exp()) ** 2 + 1)
        ),
    },
    "elu": {
        "NaN where exp(x) is infinite: a mask multiplies it by 0": lambda x: (
            x * (x > 0) + (x.exp() - 1) * (x <= 0)
        ),
    },
}
"""What agrees with the right function at ordinary numbers."""


def swish_slope(x):
    """The derivative of swish, which is two terms by the product rule."""
    gate = torch.sigmoid(x)
    return gate + x * gate * (1 - gate)


WRONG_GRADIENTS = {
    "swish": {
        "that of x alone: none flows through sigmoid(x)": lambda x, way: way * x.sigmoid(),
    },
    "SwishFunction": {
        "what comes out without the second term of the product rule": (
            lambda x, way: way * x.sigmoid()
        ),
        "what comes out without the product rule: that of sigmoid(x)": (
            lambda x, way: way * x.sigmoid() * (1 - x.sigmoid())
        ),
        "right but for the sign of the second term": (
            lambda x, way: way * (2 * x.sigmoid() - swish_slope(x))
        ),
        "not multiplied by grad_output, the gradient that comes in": (
            lambda x, _way: swish_slope(x)
        ),
        "taken at swish(x), not at x: it was the output that was kept": (
            lambda x, way: way * swish_slope(F.silu(x))
        ),
    },
}
"""The same for gradients, of x and the gradient that comes in."""
CLASSES = ("SwishFunction", "SwishImplementation")  # the second is the lesson's name for it


def function_of(student, name):
    """The student's function, to be called on a tensor."""
    function = student.get(name)
    return partial(student.props.softmax, function) if name == "softmax" else function


def swish_class(student):
    """The student's autograd.Function."""
    try:
        found = student.get(CLASSES[0])
    except StudentRaised as missing:
        try:
            found = student.get(CLASSES[1])
        except StudentRaised:
            raise missing from None
    if student.props.is_function(found).value is not True:
        raise CheckFailed(f"{CLASSES[0]} is no class of torch.autograd.Function")
    return found


def numbers(draw, *shape, dtype):
    """Random numbers of both signs, from 0.1 to 5 in size."""
    sign = 2 * draw.integers(*shape, high=2) - 1
    return draw.uniform(*shape, low=0.1, high=5.0, dtype=dtype) * sign


def ordinary(function, name, draw, agree, student, what):
    """Values agree for several shapes; returns which of the ``right`` functions it is."""
    x, right = numbers(draw, 5, 4, dtype=torch.float64), RIGHT[name]
    kept = student.put(x)
    value = function(kept).value
    oracle = next((one for one in right if close(value, one(x))), right[0])
    agree(value, oracle(x), what=what, forms=on(WRONG[name], x))
    # Transposed over there, so a view.
    agree(function(kept.T), oracle(x.T), what=f"{what} of a transposed view")
    if not torch.equal(tensor(kept.value), x):
        raise CheckFailed(f"{what} has changed its input, expected a new tensor as the result")
    many = [numbers(draw, draw.choice(40, 80), 12, dtype=dtype) for dtype in DTYPES]
    for x in (numbers(draw, 2, 3, 4, dtype=torch.float32), torch.zeros(1, 3), *many):
        kept = student.put(x)
        agree(function(kept), oracle(x), what=what, forms=on(WRONG[name], x))
        if not torch.equal(tensor(kept.value), x):
            raise CheckFailed(f"{what} has changed its input, expected a new tensor as the result")
    return oracle


def tensor(value):
    """The tensor, or an empty one in place of something else."""
    return value if isinstance(value, torch.Tensor) else torch.empty(0)


def close(value, expected):
    """Whether these are the same numbers up to rounding."""
    value = tensor(value)
    return value.shape == expected.shape and bool(torch.allclose(value.to(expected), expected))


def extreme(function, oracle, name, agree, what):
    """Values agree for numbers as large as ±10,000."""
    for dtype in DTYPES:
        rows = [[20, -20, 15], [100, -100, 90], [1e4, -1e4, 0], [1e4, 1e4, 1e4], [-1e4] * 3]
        x = torch.tensor(rows, dtype=dtype)
        forms = on(WRONG_WHEN_LARGE.get(name, {}), x)
        agree(
            function(x), oracle(x), what=f"{what} of large numbers ({str(dtype)[6:]})", forms=forms
        )


def gradient(function, oracle, name, draw, agree, student, what):
    """Gradients agree in float64, at numbers that are not 0."""
    rows = draw.choice(6, 90)
    ours, way = (
        numbers(draw, rows, 5, dtype=torch.float64), draw.normal(rows, 5, dtype=torch.float64)
    )  # fmt: skip
    kept = student.put(ours.clone().requires_grad_())
    out = function(kept)
    if out.facts is None or not out.facts["requires_grad"]:
        raise CheckFailed(f"{what} gives no graph, so no gradient can flow through it")
    out.backward(way)
    forms = on(WRONG_GRADIENTS.get(name, {}), ours.clone(), way)
    oracle(ours.requires_grad_()).backward(way)
    agree(kept.grad, ours.grad, what=f"the gradient of {what}", forms=forms)


@pytest.fixture
def tried(student, draw, agree):
    """``tried(name)`` compares a function of the student's with torch's."""

    def try_it(name):
        function, what = function_of(student, name), f"{name}(x)"
        oracle = ordinary(function, name, draw, agree, student, what)
        extreme(function, oracle, name, agree, what)
        gradient(function, oracle, name, draw, agree, student, what)

    return try_it


@check("sigmoid")
def test_sigmoid(tried):
    """The sigmoid is 1 / (1 + exp(-x)), and so are its gradients."""
    tried("sigmoid")


@check("tanh")
def test_tanh(tried):
    """The hyperbolic tangent is right for ordinary and large numbers, and so are its gradients."""
    tried("tanh")


@check("relu")
def test_relu(tried):
    """The rectifier keeps positive numbers and their gradients, and makes the rest 0."""
    tried("relu")


@check("leaky_relu")
def test_leaky_relu(tried):
    """The leaky rectifier keeps a small slope below 0."""
    tried("leaky_relu")


@check("softmax")
def test_softmax(tried):
    """The softmax adds up to 1 along the last dimension, also for large numbers."""
    tried("softmax")


@check("gelu")
def test_gelu(tried):
    """GELU is x Φ(x), and so are its gradients."""
    tried("gelu")


@check("swish")
def test_swish(tried):
    """Swish is x sigmoid(x), and so are its gradients."""
    tried("swish")


@check("mish")
def test_mish(tried):
    """Mish is x tanh(log(1 + exp(x))), also for large numbers."""
    tried("mish")


@check("elu")
def test_elu(tried):
    """ELU is linear above 0 and exp(x) - 1 below."""
    tried("elu")


@check("swish_function")
def test_swish_function(student, draw, agree):
    """SwishFunction.apply gives swish and, by its own backward, the gradient of swish."""
    apply, what = swish_class(student).apply, "SwishFunction.apply(x)"
    ordinary(apply, "swish", draw, agree, student, what)
    extreme(apply, F.silu, "swish", agree, what)
    gradient(apply, F.silu, CLASSES[0], draw, agree, student, what)
