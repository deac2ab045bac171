"""What initializations must do (lessons 001 §3.4 and 1.3 §1)."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.chance import ERROR_RATE, mean_bound, require_drawn, std_bounds
from grader.checks.forms import named_number

FANS = [(400, 100), (60, 500)]
DEPTH = 10
LEAST_LENGTH, SAFETY = 100, 1.1
"""Of rows that are compared, and beyond the bound for normal numbers."""
SIZES = ((300, 120), (120, 400))
"""Inputs and outputs of the two linear layers in the model to initialize."""


def tensor(value, shape, what):
    """A real tensor of this shape, in float64; anything else fails."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        kind = "None" if value is None else "no tensor of floating-point numbers"
        raise CheckFailed(f"{what} is {kind}")
    if tuple(value.shape) != shape:
        raise CheckFailed(
            f"{what} has the wrong shape",
            details=[f"expected {shape}   got {tuple(value.shape)}"],
        )
    return value.double()


def one_of(weight, what, schemes, rate, slips=None):
    """Fail unless the numbers are spread as by one of the ``schemes``, up to chance.

    ``schemes`` maps names to standard deviations, and so do the ``slips``, the known wrong ones.
    """
    std = float(weight.std())
    fits = [s for s in schemes.values() if std in std_bounds(weight.numel(), std=s, rate=rate)]
    for expected in fits:
        bounds = mean_bound(weight.numel(), std=expected, rate=rate)
        bounds.require(float(weight.mean()), f"the mean of {what}")
        try:
            return require_drawn(weight, what, std=expected, rate=rate)
        except CheckFailed:
            if expected == fits[-1]:
                raise
    if len(schemes) == 1:
        (expected,) = schemes.values()
        bounds = std_bounds(weight.numel(), std=expected, rate=rate)
        named = named_number(
            slips or {}, lambda wrong: std in std_bounds(weight.numel(), std=wrong, rate=rate)
        )
        bounds.require(std, f"the standard deviation of {what}", named)
    listed = [f"{name}: {expected:.4g}" for name, expected in schemes.items()]
    raise CheckFailed(
        f"the standard deviation of {what} is {std:.4g}, which no known initialization gives",
        details=[", ".join(listed), f"a right solution fails in one of {round(1 / rate):,} runs"],
    )


def require_trainable(handle, what):
    """Fail unless the handle is a leaf that requires gradients, as parameters do."""
    facts = handle.facts or {"is_leaf": False, "requires_grad": False}
    if not (facts["is_leaf"] and facts["requires_grad"]):
        raise CheckFailed(f"{what} can't be trained any more: it must stay a parameter")


def check_function(student, name, std_of, fans):
    """Shape, mean and standard deviation of one of the two functions, and another call."""
    fan_in, fan_out = fans
    function, what = student.get(name), f"{name}({fan_in}, {fan_out})"
    weight = tensor(function(fan_in, fan_out).value, (fan_out, fan_in), what)
    rate = ERROR_RATE / (5 * len(FANS))  # mean, deviation, spread, rows, columns for each
    one_of(weight, what, {name: std_of(fan_in, fan_out)}, rate, slips_of(name, fan_in, fan_out))
    require_unrelated(weight, f"two rows of {what}", rate)
    require_unrelated(weight.T, f"two columns of {what}", rate)
    if torch.equal(tensor(function(fan_in, fan_out).value, (fan_out, fan_in), what), weight):
        raise CheckFailed(f"two calls of {what} gave the same numbers, expected new ones")


def require_unrelated(rows, what, rate):
    """Fail where two rows go up and down together, as those of twins do.

    By Fisher's transformation of the correlation of normal numbers; uniform ones keep within it.
    """
    count, length = rows.shape
    if length < LEAST_LENGTH:
        return
    related = torch.corrcoef(rows).fill_diagonal_(0).abs().max()
    z = NormalDist().inv_cdf(1 - rate / count**2) / math.sqrt(length - 3)
    allowed = math.tanh(SAFETY * z)
    if related > allowed:
        raise CheckFailed(
            f"{what} are related: {float(related):.2f} of 1, expected no more than {allowed:.2f}"
        )


def kaiming_std(fan_in, _):
    """For ReLU."""
    return math.sqrt(2 / fan_in)


def xavier_std(fan_in, fan_out):
    """For tanh and sigmoid."""
    return math.sqrt(2 / (fan_in + fan_out))


def slips_of(name, fan_in, fan_out):
    """The standard deviations that known slips give, by what they are."""
    if name == "kaiming_init":
        return {
            "√(1 / fan_in), without the 2": math.sqrt(1 / fan_in),
            "2 / fan_in: the root is missing": 2 / fan_in,
            "√(2 / fan_out), of the wrong side": math.sqrt(2 / fan_out),
            "√(2 / (fan_in + fan_out)), Xavier's": xavier_std(fan_in, fan_out),
            "1: the numbers are not scaled": 1.0,
            "√(fan_in / 2): divided where it should be multiplied": math.sqrt(fan_in / 2),
            "√(6 / fan_in), the bound of the uniform form": math.sqrt(6 / fan_in),
            "that of uniform numbers up to √(2 / fan_in), whose bound is √(6 / fan_in)": math.sqrt(
                2 / fan_in / 3
            ),
        }
    return {
        "√(1 / (fan_in + fan_out)), without the 2": math.sqrt(1 / (fan_in + fan_out)),
        "2 / (fan_in + fan_out): the root is missing": 2 / (fan_in + fan_out),
        "√(2 / (fan_in · fan_out)), of the product": math.sqrt(2 / (fan_in * fan_out)),
        "√(2 / fan_in), Kaiming's": kaiming_std(fan_in, fan_out),
        "√(2 / fan_in + fan_out): brackets are missing": math.sqrt(2 / fan_in + fan_out),
        "1: the numbers are not scaled": 1.0,
        "that of uniform numbers up to √(2 / (fan_in + fan_out)), whose bound has a 6": math.sqrt(
            2 / (fan_in + fan_out) / 3
        ),
        "√(6 / (fan_in + fan_out)), the bound of the uniform form": math.sqrt(
            6 / (fan_in + fan_out)
        ),
    }


@check("kaiming")
@pytest.mark.parametrize("fans", FANS, ids=str)
def test_kaiming(student, fans):
    """Shape, mean 0, std √(2 / fan_in) and spread are right, up to chance (error rate 10⁻⁶)."""
    check_function(student, "kaiming_init", kaiming_std, fans)


@check("xavier")
@pytest.mark.parametrize("fans", FANS, ids=str)
def test_xavier(student, fans):
    """Shape, mean 0, std √(2 / (fan_in + fan_out)) and spread are right, up to chance (10⁻⁶)."""
    check_function(student, "xavier_init", xavier_std, fans)


@check("depth")
def test_depth(student, draw, thresholds, measure):
    """The signal keeps its size through ten layers with ReLUs."""
    x = draw.normal(64, 784).double()
    for layer in range(DEPTH):
        fan_in = x.shape[1]
        value = student.kaiming_init(fan_in, 256).value
        weight = tensor(value, (256, fan_in), f"kaiming_init({fan_in}, 256)")
        x = torch.relu(x @ weight.T)
        std = float(x.std())
        # Honest weights give 0.8 after the tenth layer, from 0.5 to 1.4 in thousands of runs; the
        # settings leave six standard deviations of that (of its logarithm) on both sides.
        said = (
            f"after {layer + 1} layers the activations have a standard deviation of "
            "{measured:.3g}, expected "
        )
        last = layer + 1 == DEPTH
        thresholds.at_least("lowest", std, said + "at least {threshold:g}")
        thresholds.at_most("highest", std, said + "at most {threshold:g}", settles_pass=last)
    measure("std_after_ten_layers", std)


def schemes(fan_in, fan_out):
    """The standard deviations that a layer's weight may have."""
    xavier = xavier_std(fan_in, fan_out)
    return {
        "Xavier": xavier,
        "Xavier for ReLU": xavier * math.sqrt(2),
        "Xavier for tanh": xavier * 5 / 3,
        "Kaiming": kaiming_std(fan_in, fan_out),
        "Kaiming by fan_out": math.sqrt(2 / fan_out),
    }


TO_INITIALIZE = tuple(f"the numbers of {part}." for part in ("0", "1.0", "3"))
"""Of the model: its convolution and its two linear layers."""


@check("init_weights")
def test_init_weights(student, untouched):
    """Linear layers are initialized, up to chance (error rate 10⁻⁶), and nothing else changes."""
    model = student.props.model()
    linears = (model[1][0], model[3])
    made = [linear.weight.value for linear in linears]
    with untouched(by="model.apply(init_weights)", but=TO_INITIALIZE, model=model):
        model.apply(student.init_weights)
    for linear, before, (fan_in, fan_out) in zip(linears, made, SIZES, strict=True):
        what = f"the weight of Linear({fan_in}, {fan_out})"
        weight = tensor(linear.weight.value, (fan_out, fan_in), what)
        if torch.equal(weight, before.double()):
            raise CheckFailed(f"model.apply(init_weights) leaves {what} as PyTorch made it")
        one_of(weight, what, schemes(fan_in, fan_out), ERROR_RATE / 9)
        require_trainable(linear.weight, what)
        what = f"the bias of Linear({fan_in}, {fan_out})"
        bias = tensor(linear.bias.value, (fan_out,), what)
        if not (bias.max() == bias.min() and abs(float(bias[0])) <= 0.1):
            raise CheckFailed(f"{what} is not one small constant, such as 0")
        require_trainable(linear.bias, what)
    convolution, fans = model[0].weight, (16 * 9, 40 * 9)
    weight = tensor(convolution.value, (40, 16, 3, 3), "the weight of the convolution")
    allowed = schemes(*fans) | {"as PyTorch made it": math.sqrt(1 / (3 * fans[0]))}
    one_of(weight, "the weight of the convolution", allowed, ERROR_RATE / 9)


def lstm_of(student):
    """A fresh LSTM over there, initialized by the student's function."""
    lstm = student.props.lstm()
    student.init_lstm(lstm)
    return lstm


def parameter_of(lstm, name, shape):
    """A parameter's values, which must still be trainable."""
    handle = lstm.get(name)
    require_trainable(handle, name)
    return tensor(handle.value, shape, name)


@check("lstm_input")
def test_lstm_input(student):
    """The input weights have Xavier's standard deviation, up to chance (error rate 10⁻⁶)."""
    lstm = lstm_of(student)
    for name, inputs in (("weight_ih_l0", 300), ("weight_ih_l1", 48)):
        weight = parameter_of(lstm, name, (192, inputs))
        expected = {
            "Xavier over the whole tensor": xavier_std(inputs, 192),
            "Xavier for each gate": xavier_std(inputs, 48),
        }
        one_of(weight, name, expected, ERROR_RATE / 6)


@check("lstm_hidden")
def test_lstm_hidden(student, thresholds):
    """The hidden weights of both layers are orthogonal."""
    lstm = lstm_of(student)
    off = {}
    for name in ("weight_hh_l0", "weight_hh_l1"):
        weight = parameter_of(lstm, name, (192, 48))
        gates = max(off_identity(gate) for gate in weight.split(48))
        off[name] = off_identity(weight), gates
    name = max(off, key=lambda each: min(off[each]))
    whole, gates = off[name]
    thresholds.at_most(
        "atol",
        min(whole, gates),
        f"{name} is not orthogonal: WᵀW differs from the identity by {whole:.3g}",
        label="difference from the identity",
        details=(f"taken gate by gate, by {gates:.3g}; allowed {{threshold:g}}",),
        settles_pass=True,
    )


def off_identity(weight):
    """How far the products of the columns are from those of orthonormal ones."""
    identity = torch.eye(weight.shape[1], dtype=weight.dtype)
    return float((weight.T @ weight - identity).abs().max().nan_to_num(math.inf))


@check("lstm_forget")
def test_lstm_forget(student, thresholds):
    """All biases are 0 but those of the forget gate, which add up to 1 or 2."""
    lstm, off = lstm_of(student), {}
    for layer in (0, 1):
        biases = [
            parameter_of(lstm, f"bias_{kind}_l{layer}", (192,)).reshape(4, 48)
            for kind in ("ih", "hh")
        ]
        for gate, name in enumerate(("input", "forget", "cell", "output")):
            values = biases[0][gate] + biases[1][gate]
            expected = (1.0, 2.0) if name == "forget" else (0.0,)
            low, high = (f"{float(end):.3g}" for end in (values.min(), values.max()))
            got = low if low == high else f"numbers from {low} to {high}"
            allowed = " or ".join(f"{e:g}" for e in expected)
            said = f"the biases of the {name} gate in layer {layer} add up to {got}, "
            worst = [float((values - e).abs().max().nan_to_num(math.inf)) for e in expected]
            off[f"{said}expected {allowed}"] = min(worst)
    said = max(off, key=off.get)
    thresholds.at_most("atol", off[said], said, label="difference", settles_pass=True)
