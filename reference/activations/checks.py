"""What hand-written activations must do (lessons 001 §3.2 and 1.3 §1). The oracle is torch."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch.nn import functional as F

from grader.checks import CheckFailed, check
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


def ordinary(function, right, draw, agree, student, what):
    """Values agree for several shapes; returns which of the ``right`` functions it is."""
    x = numbers(draw, 5, 4, dtype=torch.float64)
    kept = student.put(x)
    value = function(kept.T).value  # transposed over there, so a view
    oracle = next((one for one in right if close(value, one(x.T))), right[0])
    agree(value, oracle(x.T), what=f"{what} of a transposed view")
    if not torch.equal(tensor(kept.value), x):
        raise CheckFailed(f"{what} has changed its input, expected a new tensor as the result")
    many = [numbers(draw, draw.choice(40, 80), 12, dtype=dtype) for dtype in DTYPES]
    for x in (numbers(draw, 2, 3, 4, dtype=torch.float32), torch.zeros(1, 3), *many):
        kept = student.put(x)
        agree(function(kept), oracle(x), what=what)
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


def extreme(function, oracle, agree, what):
    """Values agree for numbers as large as ±10,000."""
    for dtype in DTYPES:
        rows = [[20, -20, 15], [100, -100, 90], [1e4, -1e4, 0], [1e4, 1e4, 1e4], [-1e4] * 3]
        x = torch.tensor(rows, dtype=dtype)
        agree(function(x), oracle(x), what=f"{what} of large numbers ({str(dtype)[6:]})")


def gradient(function, oracle, draw, agree, student, what):
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
    oracle(ours.requires_grad_()).backward(way)
    agree(kept.grad, ours.grad, what=f"the gradient of {what}")


@pytest.fixture
def tried(student, draw, agree):
    """``tried(name)`` compares a function of the student's with torch's."""

    def try_it(name):
        function, what = function_of(student, name), f"{name}(x)"
        oracle = ordinary(function, RIGHT[name], draw, agree, student, what)
        extreme(function, oracle, agree, what)
        gradient(function, oracle, draw, agree, student, what)

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
    ordinary(apply, [F.silu], draw, agree, student, what)
    extreme(apply, F.silu, agree, what)
    gradient(apply, F.silu, draw, agree, student, what)
