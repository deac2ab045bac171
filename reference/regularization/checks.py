"""What the penalties and the normalisation must do (lesson 001 §3.8).

The oracles are torch's own functions. The running statistics are judged by what the layer gives in
evaluation, whatever it calls them.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from grader.checks import CheckFailed, check
from grader.checks.forms import on

PROPS = Path(__file__).parents[2] / "exercises" / "regularization" / "props.py"
DTYPES = (torch.float32, torch.float64)
SMALL = 0.01


def load_props():
    """The exercise's own props.py, on this side."""
    spec = importlib.util.spec_from_file_location("regularization_props", PROPS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCAL = load_props()


def entry(value, index):
    """One entry of a list that the student's process gave, or None."""
    return value[index] if isinstance(value, (list, tuple)) and index < len(value) else None


# --- penalties ------------------------------------------------------------------------------------


def parameters(draw, kind, dtype, width=4):
    """Numbers for a model, none of them at 0, where |w| has no slope; in a mixed one some small."""
    shapes = [p.shape for p in LOCAL.MODELS[kind](width).parameters()]
    sizes = [0.2 + draw.normal(*shape, dtype=dtype).abs() for shape in shapes]
    if kind == "mixed":
        sizes = [size * SMALL ** draw.integers(*size.shape, high=2) for size in sizes]
    signs = [2 * draw.integers(*shape, high=2) - 1 for shape in shapes]
    return [size * sign for size, sign in zip(sizes, signs, strict=True)]


class Penalised:
    """A model over there, in training if it is of linear layers alone, else in evaluation."""

    def __init__(self, student, draw, kind, dtype):
        self._student, self._draw = student, draw
        self._kind, self._dtype = kind, dtype
        self._width = draw.choice(110, 160)
        self.values = self._drawn()
        self._model = student.props.build(kind, self.values, self._width)
        self._model.train(kind == "mlp")

    def _drawn(self):
        return parameters(self._draw, self._kind, self._dtype, self._width)

    def change(self):
        """Give it other parameters."""
        self.values = self._drawn()
        self._student.props.fill(self._model, self.values)

    def penalty(self, name, strength, untouched):
        """What the student's function gives for it, and the gradients that come of that."""
        with untouched(by=f"{name}()", model=self._model):
            value = self._student.get(name)(self._model, strength)
        return value.value, self._student.props.gradients(value, self._model).value


def weights_of(kind, values):
    """Those of the parameters that are no biases."""
    names = [name for name, _ in LOCAL.MODELS[kind]().named_parameters()]
    return [value for name, value in zip(names, values, strict=True) if "bias" not in name]


def total(values, size):
    """The sum of what ``size`` makes of each parameter."""
    return sum(size(value) for value in values)


def absolute(value):
    """The sum of |w|."""
    return value.abs().sum()


def squared(value):
    """The sum of w²."""
    return (value**2).sum()


WRONG_L1 = {
    "the sum of |w|: it is not multiplied by lambda": (
        lambda values, _weights, _lambda: total(values, absolute)
    ),
    "made of w², not of |w|: that is L2": (
        lambda values, _weights, strength: strength * total(values, squared)
    ),
    "made of the means of |w|, not of their sums": (
        lambda values, _weights, strength: strength * total(values, lambda v: v.abs().mean())
    ),
    "made of w, not of |w|: negative weights make it smaller": (
        lambda values, _weights, strength: strength * total(values, torch.sum)
    ),
    "that of the last parameter alone": (
        lambda values, _weights, strength: strength * absolute(values[-1])
    ),
    "that of the first parameter alone": (
        lambda values, _weights, strength: strength * absolute(values[0])
    ),
    "that of the weights alone: the biases are left out": (
        lambda _values, weights, strength: strength * total(weights, absolute)
    ),
}
WRONG_L2 = {
    "the sum of w²: it is not multiplied by lambda": (
        lambda values, _weights, _lambda: total(values, squared)
    ),
    "made of |w|, not of w²: that is L1": (
        lambda values, _weights, strength: strength * total(values, absolute)
    ),
    "half of what it should be": (
        lambda values, _weights, strength: strength * total(values, squared) / 2
    ),
    "the sum of (lambda · w)²: lambda is squared as well": (
        lambda values, _weights, strength: total(values, lambda v: squared(strength * v))
    ),
    "made of the means of w², not of their sums": (
        lambda values, _weights, strength: strength * total(values, lambda v: (v**2).mean())
    ),
    "made of the lengths of the parameters, √Σw²: the square is missing": (
        lambda values, _weights, strength: strength * total(values, torch.norm)
    ),
    "made of (Σw)², not of Σw²": (
        lambda values, _weights, strength: strength * total(values, lambda v: v.sum() ** 2)
    ),
    "that of the weights alone: the biases are left out": (
        lambda _values, weights, strength: strength * total(weights, squared)
    ),
}
"""What the known slips give for parameters, those that are no biases, and lambda."""


def same_value(agree, got, expected, call, forms):
    """The penalty itself; a tensor of shape (1,) is as good as one of shape ()."""
    if isinstance(got, float):
        expected = expected.float()  # no precision of its own
    elif isinstance(got, torch.Tensor) and got.numel() == 1 and got.dtype in DTYPES:
        got, expected = got.detach().reshape(()), expected.to(got.dtype)
    agree(got, expected, what=call, forms=forms)


@check("l1")
@pytest.mark.parametrize(("kind", "dtype"), [("mlp", torch.float64), ("mixed", torch.float32)])
def test_l1(student, agree, draw, untouched, kind, dtype):
    """L1 gives lambda times the sum of absolute values, and its gradients."""
    model = Penalised(student, draw, kind, dtype)
    for _ in range(2):
        strength = draw.choice(1, 9) / 16
        call = f"l1_regularization(model, {strength:g})"
        got, gradients = model.penalty("l1_regularization", strength, untouched)
        forms = on(WRONG_L1, model.values, weights_of(kind, model.values), strength)
        same_value(agree, got, strength * total(model.values, absolute), call, forms)
        same_gradients(agree, gradients, [strength * v.sign() for v in model.values], call)
        model.change()


def same_gradients(agree, gradients, expected, call):
    """The gradients of a penalty, for each parameter."""
    if not isinstance(gradients, tuple):
        raise CheckFailed(
            f"no gradients flow from {call}: adding it to a loss changes nothing in the training"
        )
    for index, want in enumerate(expected):
        shape = tuple(want.shape)
        what = f"the gradient of {call} for the parameter of shape {shape}"
        agree(entry(gradients, index), want, what=what)


@check("l2")
@pytest.mark.parametrize(("kind", "dtype"), [("mlp", torch.float64), ("mixed", torch.float32)])
def test_l2(student, agree, draw, untouched, kind, dtype):
    """L2 gives lambda times the sum of squares."""
    model = Penalised(student, draw, kind, dtype)
    for _ in range(2):
        strength = draw.choice(1, 9) / 16
        got, _ = model.penalty("l2_regularization", strength, untouched)
        expected = strength * total(model.values, squared)
        forms = on(WRONG_L2, model.values, weights_of(kind, model.values), strength)
        same_value(agree, got, expected, f"l2_regularization(model, {strength:g})", forms)
        model.change()


@check("weight_decay")
def test_weight_decay(student, agree, draw):
    """Training with the L2 penalty is training with SGD's weight decay."""
    values, strength = parameters(draw, "mlp", torch.float32), draw.choice(1, 4) / 16
    x, y, props = draw.normal(5, 3), draw.normal(5, 2), student.props
    function, settings = student.l2_regularization, {"lr": 0.1, "steps": 3}
    theirs = props.train(
        props.build("mlp", values), x, y, **settings, function=function, strength=strength
    ).value
    ours = LOCAL.train(LOCAL.build("mlp", values), x, y, **settings, decay=2 * strength)
    without = LOCAL.train(LOCAL.build("mlp", values), x, y, **settings)
    for index, want in enumerate(ours):
        agree(
            entry(theirs, index),
            want,
            what=f"a weight of shape {tuple(want.shape)} after 3 steps with lambda = {strength:g}, "
            f"compared with weight_decay = {2 * strength:g},",
            forms={"what it is without any penalty: none flows back to it": without[index]},
        )


# --- normalisation --------------------------------------------------------------------------------


def apart(draw, rows, width, dtype):
    """Features whose values are never close together, so that no variance is near 0 by chance."""
    return torch.linspace(-1.5, 1.5, rows, dtype=dtype)[:, None] + 0.3 * draw.normal(
        rows, width, dtype=dtype
    )


def batch(draw, rows, width, dtype):
    """Features of different mean and spread; the first is tiny and the last never changes."""
    spread = torch.linspace(0.003, 3, width, dtype=dtype)
    spread[-1] = 0
    return apart(draw, rows, width, dtype) * spread + torch.arange(width, dtype=dtype) % 6 / 2


def bench(student, width, like):
    """The student's layer on the bench, in the precision of ``like``."""
    return student.props.Norm(student.ManualBatchNorm1d, width, like)


def normalised(x, mean, var, eps=1e-5):
    """What is left of x when its mean is taken away, by its deviation."""
    return (x - mean) / (var + eps).sqrt()


WRONG_IN_TRAINING = {
    "divided by the variance: the root is missing": lambda x, _past: (
        (x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5)
    ),
    "divided by √var + eps: eps belongs under the root": lambda x, _past: (
        (x - x.mean(0)) / (x.var(0, unbiased=False).sqrt() + 1e-5)
    ),
    "NaN for a feature that never changes: eps is missing, and 0 is divided by 0": (
        lambda x, _past: normalised(x, x.mean(0), x.var(0, unbiased=False), 0.0)
    ),
    "normalised over everything, not over the batch for each feature": lambda x, _past: normalised(
        x, x.mean(), x.var(unbiased=False)
    ),
    "normalised for each sample, not for each feature": lambda x, _past: normalised(
        x, x.mean(1, keepdim=True), x.var(1, unbiased=False, keepdim=True)
    ),
    "made with the variance that is divided by N − 1, not by N": lambda x, _past: normalised(
        x, x.mean(0), x.var(0)
    ),
    "not divided by the deviation": lambda x, _past: x - x.mean(0),
    "0: the scale starts at 0, not at 1": lambda x, _past: torch.zeros_like(x),
    "made with the running statistics, not with those of the batch": lambda x, past: normalised(
        x, *running([*past, x])
    ),
    "made with the running statistics from before the batch": lambda x, past: normalised(
        x, *running(past, like=x)
    ),
}
"""What the known slips make of a batch, after those that came before it."""


@check("norm_training")
@pytest.mark.parametrize("dtype", DTYPES)
def test_norm_training(student, agree, draw, untouched, dtype):
    """In training each feature is normalised over its batch, which stays as it was."""
    width = draw.choice(3, 6) if dtype is torch.float32 else draw.choice(70, 130)
    batches = [batch(draw, rows, width, dtype) for rows in (draw.choice(4, 9), 2, 30)]
    batches.append(batch(draw, draw.choice(90, 150), width, dtype))
    norm = bench(student, width, batches[0])  # its mode is the one it has at first
    given = student.put(batches)
    with untouched(by="the layer in training", batches=given):
        outputs = norm.run(given).value
    for index, x in enumerate(batches):
        want = F.batch_norm(x, None, None, training=True)
        forms = on(WRONG_IN_TRAINING, x, batches[:index])
        what = f"the output for batch {index + 1} in training"
        agree(entry(outputs, index), want, what=what, forms=forms)
    if norm.describe().value is None:
        return  # that it has no scale and shift is told by the check of the gradients
    scale, shift = draw.normal(width, dtype=dtype), draw.normal(width, dtype=dtype)
    norm.set_affine(scale, shift)
    want = F.batch_norm(batches[0], None, None, scale, shift, training=True)
    got = entry(norm.run(batches[:1]).value, 0)
    plain = F.batch_norm(batches[0], None, None, training=True)
    forms = {
        "scale · (x + shift): the scale belongs to x alone": scale * (plain + shift),
        "the output without scale and shift": plain,
        "without the shift": scale * plain,
        "without the scale": plain + shift,
    }
    agree(got, want, what="the output in training with another scale and shift", forms=forms)


def running(batches, *, momentum=0.1, unbiased=True, like=None):
    """Running mean and variance after some batches, of the features that ``like`` has as well."""
    first = (batches[0] if like is None else like)[0]
    mean, var = torch.zeros_like(first), torch.ones_like(first)
    for x in batches:
        mean = (1 - momentum) * mean + momentum * x.mean(0)
        var = (1 - momentum) * var + momentum * x.var(0, unbiased=unbiased)
    return mean, var


WRONG_RUNNING = {
    "made of running statistics that follow the last batch with 0.9 instead of 0.1": (
        lambda x, batches: F.batch_norm(x, *running(batches, momentum=0.9))
    ),
    "made of a running variance that is the biased one, divided by N": (
        lambda x, batches: F.batch_norm(x, *running(batches, unbiased=False))
    ),
    "made of running statistics that are never updated": (
        lambda x, _batches: F.batch_norm(x, torch.zeros_like(x[0]), torch.ones_like(x[0]))
    ),
    "made of the statistics of the last training batch alone": (
        lambda x, batches: F.batch_norm(x, *running(batches[-1:], momentum=1.0))
    ),
}
WRONG_AT_FIRST = {
    "made of the batch's own statistics, not of the running ones": (
        lambda x: F.batch_norm(x, None, None, training=True)
    ),
    "too large by far: the running variance starts at 0, not at 1": (
        lambda x: F.batch_norm(x, torch.zeros_like(x[0]), torch.zeros_like(x[0]))
    ),
    "0: the scale starts at 0, not at 1": torch.zeros_like,
}
"""What the known slips of the running statistics give in evaluation."""


def same_evaluation(agree, got, x, batches, when, before=()):
    """An output in evaluation; what was given ``before`` the batches must have left no trace."""
    forms = on(WRONG_RUNNING, x, batches)
    if before:
        followed = "made of running statistics that follow the batches of the evaluation too"
        forms[followed] = F.batch_norm(x, *running([*before, *batches]))
        forms[f"{followed}, at once"] = F.batch_norm(x, *running([*before, *batches, x]))
    what = f"the output in evaluation {when}"
    agree(got, F.batch_norm(x, *running(batches)), what=what, forms=forms)


@check("norm_running")
@pytest.mark.parametrize("dtype", DTYPES)
def test_norm_running(student, agree, draw, untouched, dtype):
    """In evaluation the running statistics are used and left alone."""
    width = draw.choice(3, 6) if dtype is torch.float64 else draw.choice(310, 400)
    rows = [3, 2, draw.choice(5, 9), *(draw.choice(2, 6) for _ in range(draw.choice(4, 40)))]
    rows += [draw.choice(30, 40) for _ in range(6)]
    batches = [batch(draw, each, width, dtype) for each in rows]
    x, one = batch(draw, 4, width, dtype) + 1, batch(draw, 1, width, dtype)
    norm = bench(student, width, x)
    bench(student, width, x).run(batches[1:])  # another layer, whose statistics are its own
    norm.mode(training=False)
    fresh = norm.run([x]).value
    agree(
        entry(fresh, 0),
        F.batch_norm(x, torch.zeros_like(x[0]), torch.ones_like(x[0])),
        what="the output in evaluation before any training",
        forms=on(WRONG_AT_FIRST, x),
    )
    norm.mode(training=True)
    norm.run(batches)
    norm.mode(training=False)
    given = student.put([x, one, x])
    with untouched(by="the layer in evaluation", batches=given):
        outputs = norm.run(given).value
    after = f"after {len(batches)} training batches"
    same_evaluation(agree, entry(outputs, 0), x, batches, after, before=[x])
    same_evaluation(agree, entry(outputs, 1), one, batches, "for a batch of one")
    message = "after two other batches in evaluation"
    same_evaluation(agree, entry(outputs, 2), x, batches, message)
    norm.mode(training=True)
    again = norm.run(batches[:1]).value
    want = F.batch_norm(batches[0], None, None, training=True)
    agree(entry(again, 0), want, what="the output back in training")


@check("norm_gradients")
def test_affine(student, agree, draw):
    """Scale and shift start at 1 and 0, and are learned."""
    width = draw.choice(3, 6)
    described = bench(student, width, torch.zeros(1)).describe().value
    names = ("scale", "shift")
    if not isinstance(described, list) or len(described) != 2:
        raise CheckFailed("the layer has no scale and shift that could be learned")
    for name, start, each in zip(names, (1.0, 0.0), described, strict=True):
        agree(entry(each, 0), torch.full((width,), start), what=f"the {name} of a new layer")
        if entry(each, 1) is not True:
            raise CheckFailed(f"the {name} is no leaf that requires gradients: it can't be learned")


@check("norm_gradients")
@pytest.mark.parametrize("dtype", DTYPES)
def test_norm_gradients(student, agree, draw, dtype):
    """Gradients are those of nn.BatchNorm1d, and no graph stays behind."""
    width = draw.choice(3, 6)
    scale, shift = draw.normal(width, dtype=dtype), draw.normal(width, dtype=dtype)
    batches = [apart(draw, rows, width, dtype) * 2 + 1 for rows in (6, 3)]
    norm = bench(student, width, batches[0])
    norm.set_affine(scale, shift)
    totals = [torch.zeros_like(scale), torch.zeros_like(shift)]
    for number, x in enumerate(batches, 1):
        weight = draw.normal(*x.shape, dtype=dtype)
        got = norm.backward(x, weight).value
        grads = gradients(x, scale, shift, weight)
        totals = [total + grad for total, grad in zip(totals, grads[1:], strict=True)]
        wanted = (grads[0], *totals)
        cut = {
            "what comes out if none flows through mean and variance": (
                weight * scale / (x.var(0, unbiased=False) + 1e-5).sqrt()
            ),
        }
        for index, (name, want) in enumerate(zip(("input", "scale", "shift"), wanted, strict=True)):
            what = f"the gradient of the {name}, batch {number}"
            agree(entry(got, index + 1), want, what=what, forms={} if index else cut)
    norm.mode(training=False)
    # Were there a graph in the running statistics, this would go back into the batches above.
    for _ in range(2):
        got = norm.backward(batches[1], torch.ones_like(batches[1])).value
        if not isinstance(entry(got, 1), torch.Tensor):
            raise CheckFailed("in evaluation no gradient reaches the input")


def gradients(x, scale, shift, weight):
    """Of the input, scale and shift, by torch's own batch normalisation."""
    leaves = [t.clone().requires_grad_() for t in (x, scale, shift)]
    output = F.batch_norm(leaves[0], None, None, *leaves[1:], training=True)
    return torch.autograd.grad((output * weight).sum(), leaves)
