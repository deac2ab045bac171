"""What hand-made layers must do (lesson 1.3 §2)."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.chance import ERROR_RATE, mean_bound, require_drawn, std_bounds
from grader.checks.forms import named_number, on

pytestmark = pytest.mark.usefixtures("watched")  # a built-in may stand behind one size alone

COMPARISONS = 6  # the statistical ones of this file: they share one error rate


WRONG_OUTPUTS = {
    "x Wᵀ: the bias is not added": lambda x, weight, _bias: x @ weight.T,
    "x Wᵀ − b: the bias is subtracted": lambda x, weight, bias: x @ weight.T - bias,
    "that for x less its mean, not for x": lambda x, weight, bias: (x - x.mean()) @ weight.T + bias,
}
WRONG_RELUS = {
    "the smaller of x and 0, not the larger": lambda x: x.clamp(max=0),
    "cut at 1 as well": lambda x: x.clamp(0, 1),
    "0 and 1: that is where x is above 0, not x itself": lambda x: (x > 0).to(x.dtype),
    "|x|: negative numbers are to become 0": torch.abs,
    "not 0 for negative x but 0.01 · x: that is a leaky ReLU": (
        lambda x: torch.where(x > 0, x, 0.01 * x)
    ),
    "x as it was: nothing becomes 0": torch.clone,
}
"""What the known slips give, by what they are."""


def wrong_deviations(inputs, outputs):
    """The standard deviations that known slips of the start give, by what they are."""
    std = math.sqrt(2 / inputs)
    return {
        "√(1 / in), without the 2": math.sqrt(1 / inputs),
        "2 / in: the root is missing": 2 / inputs,
        "√(2 / out), of the wrong side": math.sqrt(2 / outputs),
        "√(2 / (in + out)), Xavier's": math.sqrt(2 / (inputs + outputs)),
        "1: the numbers are not scaled": 1.0,
        "that of torch.rand, which gives numbers from 0 to 1, times √(2 / in)": std / math.sqrt(12),
        "√(1 / (3 · in)), with which nn.Linear starts": math.sqrt(1 / (3 * inputs)),
    }


def tensor_facts(handle, what):
    """The facts of a tensor over there; anything else fails."""
    if handle.facts is None:
        kind = "None" if handle.type_name == "NoneType" else f"a {handle.type_name}"
        raise CheckFailed(f"{what} is {kind}, expected a tensor")
    return handle.facts


def layer_of(student, in_features, out_features):
    """A layer over there whose weight and bias have the right shapes."""
    layer = student.ManualLinear(in_features, out_features)
    expected = {"weight": (out_features, in_features), "bias": (out_features,)}
    for name, shape in expected.items():
        facts = tensor_facts(layer.get(name), name)
        if facts["shape"] != shape:
            raise CheckFailed(
                f"{name} of ManualLinear({in_features}, {out_features}) has the wrong shape",
                details=[f"expected {shape}   got {facts['shape']}"],
            )
    return layer


def went_back(layer, x, gradient):
    """Run the layer forward and backward over there; its output must have a way back."""
    out = layer(x)
    if not tensor_facts(out, "the output")["requires_grad"]:
        raise CheckFailed("the output does not require gradients: no way leads back to weight")
    out.backward(gradient)


def left_alone(kept, x):
    """Fail if the call has changed the tensor that it was given."""
    after = kept.value
    if not isinstance(after, torch.Tensor) or not torch.equal(after, x):
        raise CheckFailed("the call has changed its input, expected a new tensor as the result")


@check("shapes")
def test_shapes(student, draw):
    """The weight is (out, in), the bias is (out,), and parameters() gives these two."""
    in_features, out_features = draw.choice(3, 6), draw.choice(7, 9)
    layer = layer_of(student, in_features, out_features)
    given = student.props.parameters(layer)
    if given.type_name == "NoneType":
        raise CheckFailed("parameters() of ManualLinear gives nothing, expected [weight, bias]")
    if student.props.are_own(layer).value is not True:
        count = student.props.parameters(layer).get("__len__")().value
        raise CheckFailed(
            "parameters() must give the tensors weight and bias themselves, each once; "
            f"it gives {count} values"
        )
    given = student.props.parameters(student.ManualReLU())
    if given.type_name == "NoneType" or given.get("__len__")().value != 0:
        raise CheckFailed("a ManualReLU has nothing to train, so parameters() must give []")


@check("trainable")
def test_trainable(student, draw):
    """Weight and bias are leaves that require gradients, and backward() gives them one."""
    layer = layer_of(student, 4, 3)
    for name in ("weight", "bias"):
        facts = layer.get(name).facts
        if not facts["is_leaf"]:
            raise CheckFailed(
                f"{name} is not a leaf: it is the result of a computation on a tensor that "
                f"requires gradients, so backward() leaves {name}.grad at None",
                details=[
                    f"made by {layer.get(name).grad_fn.type_name}",
                    "an update that reads the gradient fails, and an optimizer refuses the tensor",
                    "compute the values first; the finished tensor is what must require gradients",
                ],
            )
        if not facts["requires_grad"]:
            raise CheckFailed(f"{name} does not require gradients, so it can't be trained")
    went_back(layer, draw.normal(5, 4), draw.normal(5, 3))
    for name in ("weight", "bias"):
        if not layer.get(name).facts["has_grad"]:
            raise CheckFailed(
                f"{name} gets no gradient from backward(): what is computed does not go through it"
            )


@check("kaiming")
@pytest.mark.parametrize(("in_features", "out_features"), [(400, 100), (30, 500)])
def test_kaiming(student, in_features, out_features):
    """Mean 0 and standard deviation √(2 / in), up to chance (error rate 10⁻⁶), for each layer."""
    make = student.ManualLinear
    weight = make(in_features, out_features).weight.value
    if not isinstance(weight, torch.Tensor) or weight.numel() != in_features * out_features:
        raise CheckFailed(f"weight must hold {in_features * out_features} numbers")
    weight, rate = weight.double(), ERROR_RATE / COMPARISONS
    std = math.sqrt(2 / in_features)
    layer = f"ManualLinear({in_features}, {out_features}).weight"
    bounds = std_bounds(weight.numel(), std=std, rate=rate)
    measured = float(weight.std())
    named = named_number(
        wrong_deviations(in_features, out_features),
        lambda wrong: measured in std_bounds(weight.numel(), std=wrong, rate=rate),
    )
    bounds.require(measured, f"the standard deviation of {layer}", named)
    bounds = mean_bound(weight.numel(), std=std, rate=rate)
    bounds.require(float(weight.mean()), f"the mean of {layer}")
    require_drawn(weight, layer, std=std, rate=rate)
    second = make(in_features, out_features).weight.value
    if isinstance(second, torch.Tensor) and torch.equal(weight, second.double()):
        raise CheckFailed("two layers start with the same weights, expected new ones for each")


@check("zero_bias")
def test_zero_bias(student, agree):
    """The bias starts at 0."""
    forms = {"1 everywhere, not 0": torch.ones(40)}
    agree(student.ManualLinear(6, 40).bias, torch.zeros(40), what="bias", forms=forms)


SIZES = {"one sample": (1, 5, 3), "square": (7, 4, 4), "one input": (6, 1, 3), "many": (257, 9, 2)}


@check("forward")
@pytest.mark.parametrize("size", SIZES)
def test_forward(student, draw, agree, size):
    """The output is x Wᵀ + b, for one sample and for many."""
    batch, in_features, out_features = SIZES[size]
    layer = layer_of(student, in_features, out_features)
    bias = draw.normal(out_features)
    layer.bias.data.copy_(bias)  # not zeros, or a bias that is left out would not show
    x = draw.normal(batch, in_features)
    kept = student.put(x)
    weight = layer.weight.value
    forms = on(WRONG_OUTPUTS, x, weight, bias)
    agree(layer(kept), x @ weight.T + bias, what="the output", rtol=1e-5, forms=forms)
    left_alone(kept, x)


@check("forward")
def test_forward_in_double(student, draw, agree):
    """In float64 the output is x Wᵀ + b to all its digits, also for a transposed input."""
    layer = layer_of(student, 6, 3)
    student.props.to_double(layer)
    bias = draw.normal(3, dtype=torch.float64)
    layer.bias.data.copy_(bias)
    x = draw.normal(6, 4, dtype=torch.float64)
    agree(layer(student.put(x).T), x.T @ layer.weight.value.T + bias, what="the output")


@check("gradients")
@pytest.mark.parametrize("batch", [1, 8, 150])
def test_gradients(student, draw, agree, batch):
    """The gradients of weight, bias and input are those of x Wᵀ + b."""
    layer = layer_of(student, 5, 3)
    x, gradient = draw.normal(batch, 5), draw.normal(batch, 3)
    kept = student.put(x.clone().requires_grad_())
    went_back(layer, kept, gradient)
    agree(layer.weight.grad, gradient.T @ x, what="weight.grad", rtol=1e-5)
    agree(layer.bias.grad, gradient.sum(0), what="bias.grad", rtol=1e-5)
    agree(kept.grad, gradient @ layer.weight.value, what="x.grad", rtol=1e-5)


@check("relu")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_relu(student, draw, agree, dtype):
    """Negative numbers become 0, the rest stays, and gradients pass where numbers did."""
    relu = student.ManualReLU()
    for shape in [(3, 5), (2, 3, 4), (40, 30), (1,)]:
        x = 3 * draw.normal(*shape, dtype=dtype)
        kept = student.put(x)
        agree(relu(kept), x.clamp(min=0), what="the output", forms=on(WRONG_RELUS, x))
        left_alone(kept, x)
    x, gradient = draw.normal(4, 6, dtype=dtype), draw.normal(4, 6, dtype=dtype)
    kept = student.put(x.clone().requires_grad_())
    went_back(relu, kept, gradient)
    agree(kept.grad, gradient * (x > 0), what="x.grad")


@check("by_hand")
def test_by_hand(student, draw):
    """No nn.Linear works inside, whatever the size."""
    for in_features, batch in ((4, 3), (draw.choice(300, 500), draw.choice(100, 300))):
        layer = student.ManualLinear(in_features, 2)
        layer(draw.normal(batch, in_features))
        modules = student.props.linear_modules(layer).value
        inside = [
            name for name in student.seen if name.startswith("torch.nn.") and "Linear" in name
        ]
        if inside or modules != 0:
            raise CheckFailed(
                "a ManualLinear works with an nn.Linear inside, expected its own weight"
            )
