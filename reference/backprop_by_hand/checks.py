"""What one training step, written out by hand, must hold (lesson 003 §6.2).

The expected values are autograd's in float64, for the lesson's numbers and for random ones.
"""

from __future__ import annotations

import math
import numbers

import numpy as np
import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.forms import known_form
from grader.checks.remote import StudentRaised, kind
from grader.checks.sight import differentiating

pytestmark = pytest.mark.usefixtures("watched")  # a built-in may stand behind one size alone

ARGUMENTS = ("x", "y", "w1", "b1", "w2", "b2", "lr")
LESSON = (0.5, 1.0, 0.5, 0.1, 0.8, -0.2, 0.1)
PARTS = {
    "forward": ("z1", "h1", "z2", "y_pred"),
    "loss": ("loss",),
    "output_gradients": ("dz2", "dw2", "db2"),
    "hidden_gradients": ("dh1", "dz1", "dw1", "db1"),
    "update": ("w1_new", "b1_new", "w2_new", "b2_new"),
}


def expected(x, y, w1, b1, w2, b2, lr):
    """Every entry, from autograd."""
    leaves = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in {"w1": w1, "b1": b1, "w2": w2, "b2": b2}.items()
    }
    z1 = leaves["w1"] * x + leaves["b1"]
    h1 = torch.relu(z1)
    z2 = leaves["w2"] * h1 + leaves["b2"]
    y_pred = torch.sigmoid(z2)
    loss = -(y * torch.log(y_pred) + (1 - y) * torch.log(1 - y_pred))
    values = {"z1": z1, "h1": h1, "z2": z2, "y_pred": y_pred, "loss": loss}
    wanted = {"z2": z2, "h1": h1, "z1": z1, **leaves}
    found = torch.autograd.grad(loss, list(wanted.values()))
    gradients = dict(zip(wanted, found, strict=True))
    values |= {f"d{name}": gradient for name, gradient in gradients.items()}
    values |= {f"{name}_new": leaf - lr * gradients[name] for name, leaf in leaves.items()}
    return {name: float(value.detach()) for name, value in values.items()}


def example(draw, *, active, label):
    """Random arguments: the hidden neuron on or off, y_pred neither near 0 nor near 1."""
    while True:
        x, w1, b1, w2, b2 = (draw.uniform(5, dtype=torch.float64) * 4 - 2).tolist()
        z1 = w1 * x + b1
        z2 = w2 * max(z1, 0.0) + b2
        if (z1 > 0) is active and abs(z1) > 0.1 and abs(z2) < 3 and min(abs(x), abs(w2)) > 0.1:
            return (x, label, w1, b1, w2, b2, float(draw.uniform(1, low=0.2, high=0.9)))


def examples(draw):
    """The lesson's numbers, then both labels with the hidden neuron on and off."""
    return [LESSON, *(example(draw, active=a, label=y) for a in (True, False) for y in (1.0, 0.0))]


def call(student, arguments):
    """The student's entries for these arguments, by name. Raises CheckFailed if it is no dict."""
    try:
        result = student.train_step(*arguments)
    except StudentRaised as error:
        if error.crash.type not in ("TypeError", "AttributeError"):
            raise
        # torch's functions take no floats: code that is written with them gets tensors.
        tensors = [torch.tensor(value, dtype=torch.float64) for value in arguments]
        try:
            result = student.train_step(*tensors)
        except StudentRaised:
            raise error from None
    value = result.value
    if not isinstance(value, dict):
        raise CheckFailed(f"train_step returns {kind(value)}, expected a dict")
    return value


def number(entries, name):
    """One entry as a float. Raises CheckFailed where there is none."""
    if name not in entries:
        raise CheckFailed(f"the result has no entry {name!r}")
    value = entries[name]
    if isinstance(value, (torch.Tensor, np.ndarray)) and np.prod(value.shape) == 1:
        value = value.flatten()[0].item()
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise CheckFailed(f"{name} is {kind(value)}, expected one number")
    try:
        return float(value)
    except OverflowError:
        raise CheckFailed(f"{name} is a whole number too large to compare") from None


def sigmoid(z):
    """Of a number."""
    return 1 / (1 + math.exp(-z))


def wrong_entries(v, x, _y, _w1, b1, w2, b2, lr):
    """By entry what the known slips give, from the right values ``v`` of everything before it."""
    error, slope = v["dz2"], v["y_pred"] * (1 - v["y_pred"])
    updates = {
        f"{name}_new": {
            "what comes out uphill: the gradient is added, not subtracted": old + lr * step,
            f"{name} − d{name}: the gradient is not multiplied by lr": old - step,
            f"{name} as it was: there is no update": old,
        }
        for name, old, step in (
            (name, v[f"{name}_new"] + lr * v[f"d{name}"], v[f"d{name}"])
            for name in ("w1", "b1", "w2", "b2")
        )
    }
    return {
        "z1": {
            "w1 · x: b1 is missing": v["z1"] - b1,
            "right up to four decimals: it was rounded": round(v["z1"], 4),
        },
        "h1": {
            "z1 itself: the ReLU is missing": v["z1"],
            "|z1|, not ReLU": abs(v["z1"]),
        },
        "z2": {"w2 · h1: b2 is missing": v["z2"] - b2},
        "y_pred": {
            "1 / (1 + exp(z2)): the minus in the exponent is missing": sigmoid(-v["z2"]),
            "z2 itself: the sigmoid is missing": v["z2"],
        },
        "loss": {
            "the one with log10 in the place of log": v["loss"] / math.log(10),
            "−log(y_pred), which holds for y = 1 alone": -math.log(v["y_pred"]),
            "the squared error, not the cross-entropy": error**2,
            "right but for its sign": -v["loss"],
        },
        "dz2": {
            "(y_pred − y) / (y_pred · (1 − y_pred)): the slope of the sigmoid is missing": (
                error / slope
            ),
            "multiplied by the slope of the sigmoid once more, which has cancelled": error * slope,
            "y − y_pred: the sign is wrong": -error,
        },
        "dw2": {
            "dz2, which is what db2 should be: the factor h1 is missing": error,
            "dz2 · w2, not dz2 · h1": error * w2,
        },
        "db2": {"dz2 · h1: that is dw2": error * v["h1"]},
        "dh1": {
            "dz2 · h1, not dz2 · w2": error * v["h1"],
            "dz2 · w2_new: w2 was updated before the gradient had passed it": error * v["w2_new"],
        },
        "dz1": {
            "dh1, whatever z1 is: the slope of ReLU is missing": v["dh1"],
            "dh1 · h1, not dh1 times the slope of ReLU": v["dh1"] * v["h1"],
        },
        "dw1": {
            "dz1 · h1, not dz1 · x": v["dz1"] * v["h1"],
            "dz1: the factor x is missing": v["dz1"],
        },
        "db1": {"dz1 · x: that is dw1": v["dz1"] * x},
        **updates,
    }


def same(one, other):
    """Whether two lists of numbers are the same up to rounding."""
    return all(
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(one, other, strict=True)
    )


def compare(student, asked, names, settings):
    """Compare the named entries with autograd's. Raises CheckFailed at the first that differs.

    A slip is named where it gives what the entry is for all of the arguments that are ``asked``.
    """
    entries = [call(student, arguments) for arguments in asked]
    wanted = [expected(*arguments) for arguments in asked]
    slips = [
        wrong_entries(values, *arguments) for arguments, values in zip(asked, wanted, strict=True)
    ]
    for name in names:
        got = [number(each, name) for each in entries]
        right = [values[name] for values in wanted]
        table = [each.get(name, {}) for each in slips]
        forms = {said: [each[said] for each in table] for said in table[0]}
        slip = known_form(got, right, forms, same)
        for arguments, mine, theirs in zip(asked, got, right, strict=True):
            if not abs(mine - theirs) <= settings["atol"] + settings["rtol"] * abs(theirs):
                given = ", ".join(f"{a}={v:.6g}" for a, v in zip(ARGUMENTS, arguments, strict=True))
                raise CheckFailed(
                    f"{name} is {slip}" if slip else f"{name} is {mine:.6g}, expected {theirs:.6g}",
                    details=[f"{name}   expected {theirs:.6g}   got {mine:.6g}   for {given}"],
                )


@check("forward")
def test_forward(student, draw, settings):
    """z1, h1, z2 and y_pred are right, with the hidden neuron on and off."""
    compare(student, examples(draw), PARTS["forward"], settings)


@check("loss")
def test_loss(student, draw, settings):
    """The loss is the binary cross-entropy, for both labels."""
    compare(student, examples(draw), PARTS["loss"], settings)


@check("output_gradients")
def test_output_gradients(student, draw, settings):
    """dz2, dw2 and db2 are what autograd finds."""
    compare(student, examples(draw), PARTS["output_gradients"], settings)


@check("hidden_gradients")
def test_hidden_gradients(student, draw, settings):
    """dh1, dz1, dw1 and db1 are what autograd finds, with the hidden neuron on and off."""
    compare(student, examples(draw), PARTS["hidden_gradients"], settings)


TINY = (1e-30, 1e-305)
"""Inputs at which the chain rule gives as many digits as elsewhere. A difference of two losses has
none at the first, and the imaginary part of a loss, for its own small step, none at the second,
which is asked only of those who calculate in float64."""
EXACT = 1e-11


def require_digits(student, arguments, names):
    """Fail unless the entries have as many right digits as others, however small they are.

    Gives back how far they are off, as a share of what is right.
    """
    entries, wanted = call(student, arguments), expected(*arguments)
    off = {name: abs(number(entries, name) / wanted[name] - 1) for name in names}
    worst = max(off, key=off.__getitem__)
    if not off[worst] <= SAME:
        given = ", ".join(f"{a}={v:.6g}" for a, v in zip(ARGUMENTS, arguments, strict=True))
        raise CheckFailed(
            f"{worst} is {number(entries, worst):.6g}, expected {wanted[worst]:.6g}: a small "
            "gradient, in which the chain rule gets every digit right",
            details=[f"for {given}"],
        )
    return off[worst]


SAME = 1e-5


@check("output_gradients")
def test_small_errors(student, draw):
    """dz2, dw2 and db2 are right where the prediction is all but right."""
    x, _, w1, b1, w2, _, lr = example(draw, active=True, label=0.0)
    b2 = -25 - w2 * max(w1 * x + b1, 0.0)
    require_digits(student, (x, 0.0, w1, b1, w2, b2, lr), ("dz2", "dw2", "db2"))


@check("hidden_gradients")
def test_small_inputs(student, draw):
    """dw1 is right for inputs of any size, however small."""
    x, y, w1, b1, w2, b2, lr = example(draw, active=True, label=1.0)
    sizes = [1.0, *TINY]
    for size in sizes:
        b1_now = b1 + w1 * x - w1 * x * size  # the hidden neuron stays as it was
        off = require_digits(student, (x * size, y, w1, b1_now, w2, b2, lr), ("dw1",))
        if size == 1.0 and off > EXACT:
            sizes.pop()  # it may calculate in float32, which knows no such number


@check("update")
def test_update(student, draw, settings):
    """The four new values are one step of size lr against their gradients."""
    compare(student, examples(draw), PARTS["update"], settings)


@check("by_hand")
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_by_hand(student, draw, label):
    """The chain rule was applied by hand: no automatic differentiation ran."""
    call(student, example(draw, active=True, label=label))
    if found := differentiating(student.seen):
        raise CheckFailed(
            f"train_step lets torch differentiate ({', '.join(found[:3])} ran); "
            "here each gradient is to be worked out from those before it"
        )
