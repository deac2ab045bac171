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

PROPS = Path(__file__).parents[2] / "exercises" / "regularization" / "props.py"
DTYPES = (torch.float32, torch.float64)


def load_props():
    """The exercise's own props.py, on this side."""
    spec = importlib.util.spec_from_file_location("regularization_props", PROPS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCAL = load_props()


def entry(value, index):
    """One entry of a list that the student's process gave, or None."""
    return value[index] if isinstance(value, list) and index < len(value) else None


# --- penalties ------------------------------------------------------------------------------------


def parameters(draw, kind, dtype):
    """Numbers for a model, none of them near 0, where |w| has no slope."""
    shapes = [p.shape for p in LOCAL.MODELS[kind]().parameters()]
    sizes = [0.2 + draw.normal(*shape, dtype=dtype).abs() for shape in shapes]
    signs = [2 * draw.integers(*shape, high=2) - 1 for shape in shapes]
    return [size * sign for size, sign in zip(sizes, signs, strict=True)]


def run_penalty(student, draw, name, kind, dtype):
    """What the penalty gives over there, the parameters, and its strength."""
    values, strength = parameters(draw, kind, dtype), draw.choice(1, 9) / 16
    props = student.props
    told = props.penalty(student.get(name), props.build(kind, values), strength).value
    return told if isinstance(told, dict) else {}, values, strength


def same_value(agree, told, expected, call):
    """The penalty itself; a tensor of shape (1,) is as good as one of shape ()."""
    got = told.get("value")
    if isinstance(got, float):
        expected = expected.float()  # no precision of its own
    elif isinstance(got, torch.Tensor) and got.numel() == 1 and got.dtype in DTYPES:
        got, expected = got.detach().reshape(()), expected.to(got.dtype)
    agree(got, expected, what=call)


@check("l1")
@pytest.mark.parametrize(("kind", "dtype"), [("mlp", torch.float64), ("mixed", torch.float32)])
def test_l1(student, agree, draw, kind, dtype):
    """L1 gives lambda times the sum of absolute values, and its gradients."""
    told, values, strength = run_penalty(student, draw, "l1_regularization", kind, dtype)
    call = f"l1_regularization(model, {strength:g})"
    same_value(agree, told, strength * sum(v.abs().sum() for v in values), call)
    same_gradients(agree, told, [strength * v.sign() for v in values], call)


def same_gradients(agree, told, expected, call):
    """The gradients of a penalty, for each parameter."""
    gradients = told.get("gradients")
    if gradients is None:
        raise CheckFailed(
            f"no gradients flow from {call}: adding it to a loss changes nothing in the training"
        )
    for index, want in enumerate(expected):
        shape = tuple(want.shape)
        what = f"the gradient of {call} for the parameter of shape {shape}"
        agree(entry(gradients, index), want, what=what)


@check("l2")
@pytest.mark.parametrize(("kind", "dtype"), [("mlp", torch.float64), ("mixed", torch.float32)])
def test_l2(student, agree, draw, kind, dtype):
    """L2 gives lambda times the sum of squares."""
    told, values, strength = run_penalty(student, draw, "l2_regularization", kind, dtype)
    expected = strength * sum((v**2).sum() for v in values)
    same_value(agree, told, expected, f"l2_regularization(model, {strength:g})")


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
    for index, want in enumerate(ours):
        agree(
            entry(theirs, index),
            want,
            what=f"a weight of shape {tuple(want.shape)} after 3 steps with lambda = {strength:g}, "
            f"compared with weight_decay = {2 * strength:g},",
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
    return apart(draw, rows, width, dtype) * spread + torch.arange(width, dtype=dtype) / 2


def bench(student, width, like):
    """The student's layer on the bench, in the precision of ``like``."""
    return student.props.Norm(student.ManualBatchNorm1d, width, like)


@check("norm_training")
@pytest.mark.parametrize("dtype", DTYPES)
def test_norm_training(student, agree, draw, dtype):
    """In training each feature is normalised over its batch."""
    width = draw.choice(3, 6)
    batches = [batch(draw, rows, width, dtype) for rows in (draw.choice(4, 9), 2, 30)]
    norm = bench(student, width, batches[0])  # its mode is the one it has at first
    outputs = norm.run(batches).value
    for index, x in enumerate(batches):
        want = F.batch_norm(x, None, None, training=True)
        agree(entry(outputs, index), want, what=f"the output for batch {index + 1} in training")
    if norm.describe().value is None:
        return  # that it has no scale and shift is told by the check of the gradients
    scale, shift = draw.normal(width, dtype=dtype), draw.normal(width, dtype=dtype)
    norm.set_affine(scale, shift)
    want = F.batch_norm(batches[0], None, None, scale, shift, training=True)
    got = entry(norm.run(batches[:1]).value, 0)
    agree(got, want, what="the output in training with another scale and shift")


def running(batches, *, momentum=0.1, unbiased=True):
    """Running mean and variance after some batches."""
    mean, var = torch.zeros_like(batches[0][0]), torch.ones_like(batches[0][0])
    for x in batches:
        mean = (1 - momentum) * mean + momentum * x.mean(0)
        var = (1 - momentum) * var + momentum * x.var(0, unbiased=unbiased)
    return mean, var


OTHER_RULES = (
    ("they follow the last batch with 0.9 instead of 0.1", {"momentum": 0.9}),
    ("their variance is the biased one, divided by N", {"unbiased": False}),
)


def same_evaluation(agree, got, x, batches, when):
    """An output in evaluation; where a known mistake explains it, the message says so."""
    try:
        agree(got, F.batch_norm(x, *running(batches)), what=f"the output in evaluation {when}")
    except CheckFailed as error:
        for what, rule in OTHER_RULES:
            other = F.batch_norm(x, *running(batches, **rule))
            same = isinstance(got, torch.Tensor) and got.shape == other.shape
            if same and torch.allclose(got.to(other.dtype), other, rtol=1e-4, atol=1e-5):
                raise CheckFailed(
                    f"the running statistics differ {when}: {what}", details=error.details
                ) from None
        raise


@check("norm_running")
@pytest.mark.parametrize("dtype", DTYPES)
def test_norm_running(student, agree, draw, dtype):
    """In evaluation the running statistics are used and left alone."""
    width = draw.choice(3, 6)
    batches = [batch(draw, rows, width, dtype) for rows in (3, 2, draw.choice(5, 9))]
    x, one = batch(draw, 4, width, dtype) + 1, batch(draw, 1, width, dtype)
    norm = bench(student, width, x)
    norm.mode(training=False)
    fresh = norm.run([x]).value
    agree(
        entry(fresh, 0),
        F.batch_norm(x, torch.zeros_like(x[0]), torch.ones_like(x[0])),
        what="the output in evaluation before any training",
    )
    norm.mode(training=True)
    norm.run(batches)
    norm.mode(training=False)
    outputs = norm.run([x, one, x]).value
    same_evaluation(agree, entry(outputs, 0), x, batches, "after 3 training batches")
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
        for index, (name, want) in enumerate(zip(("input", "scale", "shift"), wanted, strict=True)):
            agree(entry(got, index + 1), want, what=f"the gradient of the {name}, batch {number}")
    norm.mode(training=False)
    # Were there a graph in the running statistics, this would go back into the batches above.
    for _ in range(2):
        norm.backward(batches[1], torch.ones_like(batches[1]))


def gradients(x, scale, shift, weight):
    """Of the input, scale and shift, by torch's own batch normalisation."""
    leaves = [t.clone().requires_grad_() for t in (x, scale, shift)]
    output = F.batch_norm(leaves[0], None, None, *leaves[1:], training=True)
    return torch.autograd.grad((output * weight).sum(), leaves)
