"""What a hand-made network for two spirals must do (lesson 002, challenge exercise).

The student's own ``init_params`` tells how their parameters are laid out: weights either way
round, biases flat or as rows, NumPy arrays or tensors. The grader fills that layout with its own
numbers, and works out predictions and gradients with torch in float64.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.agreement import compare
from grader.checks.arguments import (
    after_epochs,
    other_seed,
    require_even,
    require_every_row,
    require_growth,
)
from grader.checks.forms import on
from grader.checks.remote import StudentRaised, kind
from grader.checks.sight import differentiating

pytestmark = pytest.mark.usefixtures("watched")  # a built-in may stand behind one size alone

NAMES = ("W1", "b1", "W2", "b2")
SOME_SEED = 10**6
SMALL_RATE, EPOCHS = 1e-3, 30
TINY_RATE = 2e-5
SOME_ROWS = 8
FLAT = 1e-3
"""A gradient below this gives no direction."""
TRAIN_POINTS, HELD_OUT_POINTS = 200, 500


def spirals(draw, count, turn=0.0):
    """Two arms of one turn each: points (count, 2) and labels (count, 1), in mixed order.

    ``turn``: by which angle all of them are turned.
    """
    arm = draw.integers(count, high=2).to(torch.float64)
    radius = draw.uniform(count, dtype=torch.float64).sqrt()
    angle = 2 * math.pi * radius + math.pi * arm + turn
    points = 2 * torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    return points + 0.06 * draw.normal(count, 2, dtype=torch.float64), arm[:, None]


# --- parameters in the student's layout --------------------------------------------------


def as_tensor(value, what):
    """A student's number, array or tensor as float64. Raises CheckFailed for anything else."""
    if isinstance(value, torch.Tensor) and not value.is_complex():
        return value.detach().to(torch.float64)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return torch.from_numpy(value.astype(np.float64))
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    raise CheckFailed(f"{what} is {kind(value)}, expected an array of numbers")


def as_params(value, hidden, what, *, finite=True):
    """The four parameters by name, as tensors of sensible shapes. Raises CheckFailed."""
    if isinstance(value, (tuple, list)) and value and isinstance(value[0], dict):
        value = value[0]  # (params, losses) is common, and clear
    if not isinstance(value, dict):
        raise CheckFailed(f"{what} returns {kind(value)}, expected a dict")
    missing = [name for name in NAMES if name not in value]
    if missing:
        raise CheckFailed(f"{what} has no {missing[0]!r} in its dict")
    params = {name: as_tensor(value[name], f"{name} of {what}") for name in NAMES}
    allowed = {
        "W1": ((2, hidden), (hidden, 2)),
        "b1": ((1, hidden), (hidden,), (hidden, 1)),
        "W2": ((hidden, 1), (1, hidden), (hidden,)),
        "b2": ((1, 1), (1,), ()),
    }
    for name, shapes in allowed.items():
        if tuple(params[name].shape) not in shapes:
            raise CheckFailed(
                f"{name} of {what} has the shape {tuple(params[name].shape)}, "
                f"expected {shapes[0]} for hidden={hidden}"
            )
        if finite and not params[name].isfinite().all():
            raise CheckFailed(f"{name} of {what} holds numbers that are not finite")
    return params


class Layout:
    """How the student stores parameters, seen from one call of ``init_params``."""

    def __init__(self, student):
        raw = student.init_params(3, 0).value
        params = as_params(raw, 3, "init_params(3, 0)")
        self.shapes = {name: tuple(value.shape) for name, value in params.items()}
        self.turned = self.shapes["W1"] == (3, 2)
        first = raw[0] if isinstance(raw, (tuple, list)) else raw
        self.scalar_bias = isinstance(first["b2"], float)
        self.tensors = isinstance(first["W1"], torch.Tensor)
        self.dtype = first["W1"].dtype if self.tensors else torch.float64

    def give(self, tensor, *, dtype=torch.float64):
        """A tensor of ours as what the student calculates with, an array or a tensor."""
        return tensor.to(dtype) if self.tensors else tensor.numpy()

    def fill(self, flat, hidden):
        """The student's shapes, filled with the grader's W1 (2, h), b1, W2, b2."""
        sizes = {name: [hidden if n == 3 else n for n in self.shapes[name]] for name in NAMES}
        w1 = flat["W1"].reshape(2, hidden)
        filled = {name: flat[name].reshape(sizes[name]) for name in ("b1", "W2", "b2")}
        filled["W1"] = (w1.T if self.turned else w1).contiguous()
        return {name: filled[name] for name in NAMES}

    def give_params(self, params):
        """Parameters in the student's shapes as what the student calculates with."""
        given = {name: self.give(value) for name, value in params.items()}
        return given | {"b2": float(params["b2"])} if self.scalar_bias else given

    def rows(self, params, hidden):
        """W1 (2, h), b1 (1, h), W2 (h, 1), b2 (1, 1) from tensors in the student's shapes."""
        w1 = params["W1"].T if self.turned else params["W1"]
        return {
            "W1": w1.reshape(2, hidden),
            "b1": params["b1"].reshape(1, hidden),
            "W2": params["W2"].reshape(hidden, 1),
            "b2": params["b2"].reshape(1, 1),
        }


def random_params(draw, hidden):
    """W1 (2, h), b1, W2, b2 of moderate size, flat but for W1."""
    sizes = {"W1": 2 * hidden, "b1": hidden, "W2": hidden, "b2": 1}
    return {name: draw.normal(size, dtype=torch.float64) for name, size in sizes.items()}


def logits(rows, x):
    """The output before its sigmoid, (N, 1), for parameters as rows."""
    hidden = torch.relu(x @ rows["W1"] + rows["b1"])
    return hidden @ rows["W2"] + rows["b2"]


WRONG_PREDICTIONS = {
    "what comes out without b1": lambda rows, x: torch.sigmoid(
        torch.relu(x @ rows["W1"]) @ rows["W2"] + rows["b2"]
    ),
    "what comes out without b2": lambda rows, x: torch.sigmoid(logits(rows, x) - rows["b2"]),
    "what comes out without the sigmoid of the output": logits,
    "what comes out without the ReLU": lambda rows, x: torch.sigmoid(
        (x @ rows["W1"] + rows["b1"]) @ rows["W2"] + rows["b2"]
    ),
    "what comes out with a leaky ReLU, of slope 0.01": lambda rows, x: torch.sigmoid(
        torch.nn.functional.leaky_relu(x @ rows["W1"] + rows["b1"]) @ rows["W2"] + rows["b2"]
    ),
}
"""What the known slips of a forward pass give."""


def wrong_gradients(rows, x, y):
    """By parameter what the known slips give, from W1 (2, h), b1 (1, h), W2 (h, 1), b2 (1, 1)."""
    z1 = x @ rows["W1"] + rows["b1"]
    a1, predicted = torch.relu(z1), torch.sigmoid(logits(rows, x))
    slope, size = predicted * (1 - predicted), len(x)
    error = (predicted - y) / size
    known = (z1 > 0).double()

    def gradients(dz2, dz1):
        return {"W1": x.T @ dz1, "b1": dz1.sum(0), "W2": a1.T @ dz2, "b2": dz2.sum(0)}

    def of_output(dz2):
        return gradients(dz2, dz2 @ rows["W2"].T * known)

    def of_hidden(dz1):  # what it says of the output layer is right
        wrong = gradients(error, dz1)
        return {"W1": wrong["W1"], "b1": wrong["b1"]}

    back = error @ rows["W2"].T
    return {
        "summed over the batch, not averaged": of_output(size * error),
        "divided by the batch size twice": of_output(error / size),
        "right but for its sign": of_output(-error),
        "multiplied by the slope of the output's sigmoid, which cancels": of_output(error * slope),
        "that of the squared error, not of the cross-entropy": of_output(2 * error * slope),
        "without the slope of ReLU: neurons that were off learn too": of_hidden(back),
        "multiplied by what passed ReLU, not by its slope": of_hidden(back * a1),
        "made with ReLU of the error, where ReLU's slope at z1 belongs": of_hidden(back.relu()),
    }


def known_slips(layout, table, name, like):
    """Of a table of gradients those of one parameter, in the student's shapes."""
    turned = layout.turned and name == "W1"
    values = {
        said: grads[name].T if turned else grads[name]
        for said, grads in table.items()
        if name in grads
    }
    return {said: value.reshape(like.shape) for said, value in values.items()}


# --- checks ------------------------------------------------------------------------------


@check("init")
def test_init(student, draw):
    """Names and shapes are right, seeds repeat, and hidden neurons start out different."""
    layout = Layout(student)
    for hidden in (4, 7):
        seed, what = draw.choice(0, SOME_SEED), f"init_params({hidden}, seed)"
        student.seed(1)
        first = as_params(student.init_params(hidden, seed).value, hidden, what)
        student.seed(2)
        again = as_params(student.init_params(hidden, seed).value, hidden, what)
        if any(not torch.equal(first[name], again[name]) for name in NAMES):
            raise CheckFailed(f"{what} gives other numbers when it is called again")
        for other in (seed + 1, other_seed(seed)):
            third = as_params(student.init_params(hidden, other).value, hidden, what)
            if torch.equal(first["W1"], third["W1"]):
                raise CheckFailed(f"{what} gives the same W1 for the seeds {seed} and {other}")
        neurons = layout.rows(first, hidden)["W1"].T
        if len(neurons.unique(dim=0)) < hidden:
            raise CheckFailed(
                f"{what} starts hidden neurons with equal weights: equal neurons get equal "
                "gradients, and stay equal"
            )


@check("forward")
def test_forward(student, draw):
    """The predictions are right: ReLU in the hidden layer, a sigmoid at the end."""
    layout = Layout(student)
    for hidden, rows in ((3, 4), (6, 1), (5, 9)):
        x = 2 * draw.normal(rows, 2, dtype=torch.float64)
        params = layout.fill(random_params(draw, hidden), hidden)
        value = student.forward(layout.give_params(params), layout.give(x)).value
        shaped = layout.rows(params, hidden)
        got, forms = predictions(value, rows), on(WRONG_PREDICTIONS, shaped, x)
        compare(got, torch.sigmoid(logits(shaped, x)), what="forward", rtol=1e-6, forms=forms)


def predictions(value, rows):
    """The column of predictions in what ``forward`` returned; with it may come what else it knows.

    Raises CheckFailed if there is none.
    """
    parts = list(value.values()) if isinstance(value, dict) else value
    parts = list(parts) if isinstance(parts, (tuple, list)) else [parts]
    parts = [p.numpy() if isinstance(p, torch.Tensor) else p for p in parts]
    columns = [p for p in parts if isinstance(p, np.ndarray) and p.size == rows]
    if isinstance(value, (tuple, list, dict)):
        inside = [p for p in columns if np.all((p >= 0) & (p <= 1))]
        columns = inside or columns
    if not columns:
        raise CheckFailed(f"forward returns {kind(value)}, expected an array of ({rows}, 1)")
    column = as_tensor(columns[-1], "the result of forward")
    if tuple(column.shape) not in ((rows, 1), (rows,)):
        raise CheckFailed(f"forward returns the shape {tuple(column.shape)}, expected ({rows}, 1)")
    return column.reshape(rows, 1)


@check("backward_output")
def test_backward_output(student, draw):
    """The gradients of W2 and b2 agree with autograd's."""
    agree_gradients(student, draw, ("W2", "b2"))


@check("backward_output")
def test_backward_keeps_its_arguments(student, draw):
    """A call of backward leaves params, X and y as they are."""
    layout = Layout(student)
    x, y = spirals(draw, 8)
    params = layout.give_params(layout.fill(random_params(draw, 4), 4))
    given = {"params": params, "X": layout.give(x), "y": layout.give(y)}
    kept = {name: student.put(value) for name, value in given.items()}
    student.backward(*kept.values())
    for name, value in given.items():
        if not unchanged(kept[name].value, value):
            raise CheckFailed(f"backward changes {name}, which belongs to its caller")


def unchanged(after, before):
    """Whether an array, or a dict of arrays, still holds what it held."""
    if not isinstance(before, dict):
        return np.array_equal(after, before)
    if not isinstance(after, dict) or after.keys() != before.keys():
        return False
    return all(np.array_equal(after[name], before[name]) for name in before)


@check("backward_hidden")
def test_backward_hidden(student, draw):
    """The gradients of W1 and b1 agree with autograd's."""
    agree_gradients(student, draw, ("W1", "b1"))


def agree_gradients(student, draw, names):
    """Compare gradients of the binary cross-entropy with autograd's, for batches of any size."""
    layout = Layout(student)
    for hidden, rows in ((3, 4), (5, 1), (4, 7), (draw.choice(20, 40), draw.choice(50, 90))):
        x = draw.normal(rows, 2, dtype=torch.float64)
        y = draw.integers(rows, 1, high=2).to(torch.float64)
        params = layout.fill(random_params(draw, hidden), hidden)
        got = backward(student, layout, params, x, y)
        slips = wrong_gradients(layout.rows(params, hidden), x, y)
        agree_named(got, autograd(layout, params, hidden, x, y), names, layout, slips)


def backward(student, layout, params, x, y):
    """What the student's ``backward`` gives."""
    return student.backward(layout.give_params(params), layout.give(x), layout.give(y)).value


TINY = (1e-30, 1e-305)
"""Sizes of inputs at which the chain rule gives as many digits as elsewhere. A difference of two
losses has none at the first, and the imaginary part of a loss, for its own small step, none at
the second, which is asked only of those who calculate in float64."""
EXACT = 1e-11


@check("backward_hidden")
def test_small_inputs(student, draw):
    """The gradients of W1 are right for inputs of any size, however small."""
    layout, hidden = Layout(student), 4
    params = layout.fill(random_params(draw, hidden), hidden)
    x, y = draw.normal(5, 2, dtype=torch.float64), draw.integers(5, 1, high=2).to(torch.float64)
    sizes = [1.0, *TINY]
    for size in sizes:
        got = backward(student, layout, params, size * x, y)
        want = autograd(layout, params, hidden, size * x, y)["W1"]
        off = distance_in_units(got, want, size)
        if size == 1.0 and off > 1e-6:
            return  # told by the check of ordinary inputs
        if size == 1.0 and off > EXACT:
            sizes.pop()  # it may calculate in float32, which knows no such number
        if off > 1e-5:
            raise CheckFailed(
                f"the gradient of W1 is wrong for inputs as small as {size:g}; by the chain rule "
                "it has as many right digits there as anywhere",
                details=[f"off by {off:.2g} of its largest number"],
            )


def distance_in_units(got, want, size):
    """How far the gradient of W1 is off, as a share of its largest number."""
    gradient = as_tensor(got.get("W1") if isinstance(got, dict) else None, "the gradient of W1")
    if gradient.shape != want.shape:
        return math.inf
    scale = float((want / size).abs().max()) or 1.0
    return float((gradient / size - want / size).abs().max().nan_to_num(math.inf)) / scale


def autograd(layout, params, hidden, x, y):
    """The gradients by name, in the student's shapes, of the loss averaged over the batch."""
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    z = logits(layout.rows(leaves, hidden), x)
    torch.nn.functional.binary_cross_entropy_with_logits(z, y).backward()
    return {name: leaf.grad for name, leaf in leaves.items()}


def agree_named(got, expected, names, layout, slips):
    """Compare the named gradients."""
    if not isinstance(got, dict):
        raise CheckFailed(f"backward returns {kind(got)}, expected a dict")
    for name in names:
        if name not in got:
            raise CheckFailed(f"backward has no {name!r} in its dict")
        gradient = as_tensor(got[name], f"the gradient of {name}")
        forms = known_slips(layout, slips, name, expected[name])
        what = f"the gradient of {name}"
        compare(gradient, expected[name], what=what, rtol=1e-6, atol=1e-8, forms=forms)


@check("learns")
def test_learns(student, draw, settings, thresholds):
    """The trained network tells the arms of the spiral apart at points it has not seen."""
    layout, hidden = Layout(student), settings["hidden"]
    turn = 2 * math.pi * float(draw.uniform(1))  # so that nobody can bring the border along
    x, y = spirals(draw, TRAIN_POINTS, turn)
    unseen, arms = spirals(draw, HELD_OUT_POINTS, turn)

    def accuracy(lr, epochs):
        seed = draw.choice(0, SOME_SEED)
        params = trained(student, layout, x, y, hidden, lr, epochs, seed)
        right = (logits(layout.rows(params, hidden), unseen) > 0) == (arms > 0.5)
        return float(right.double().mean())

    thresholds.first_at_least(
        "threshold",
        [partial(accuracy, lr, epochs) for lr, epochs in settings["lr_and_epochs"]],
        f"the best of {{tries}} trainings gets {{measured:.1%}} of {HELD_OUT_POINTS} unseen points "
        "right, expected at least {threshold:.0%}",
        label="unseen points told apart",
        metric="test_accuracy",
        settles_pass=True,
    )


def trained(student, layout, x, y, hidden, lr, epochs, seed):
    """The parameters after a training of the student's, as tensors in their shapes."""
    given = (layout.give(each, dtype=layout.dtype) for each in (x, y))
    value = student.train(*given, hidden, lr, epochs, seed).value
    return as_params(value, hidden, f"train with hidden={hidden}")


@check("arguments")
def test_arguments(student, draw):
    """The training uses the data, hidden, lr, epochs and seed that it is given."""
    layout, seed = Layout(student), draw.choice(0, SOME_SEED)
    x, y = spirals(draw, 6)
    ones = torch.ones_like(y)
    start = trained(student, layout, x, y, 5, 1e-9, 1, seed)
    moved = distance(start, trained(student, layout, x, y, 5, 1e-9, 30, seed))
    if moved > 1e-5:
        raise CheckFailed(
            f"30 epochs at lr=1e-9 end {moved:.3g} from one epoch with the same seed, expected "
            "the same weights: train does not use the lr or the seed that is passed"
        )
    for other in (seed + 1, other_seed(seed)):
        if distance(start, trained(student, layout, x, y, 5, 1e-9, 1, other)) == 0:
            raise CheckFailed(f"train starts from the same weights for seeds {seed} and {other}")
    moved = distance(start, trained(student, layout, x, ones, 5, 0.001, 1, seed))
    if not 0 < moved <= 0.05:
        raise CheckFailed(
            f"one epoch at lr=0.001 moves a weight by {moved:.3g}, expected a little, and at most "
            "0.05: train does not use the lr or the epochs that are passed"
        )
    rows = layout.rows(trained(student, layout, x, ones, 4, 0.3, 200, seed), 4)
    if not (logits(rows, x) > 0).all():
        raise CheckFailed("trained on labels that are all 1, the network does not answer 1 to all")


@check("arguments")
def test_descent(student, draw):
    """From init_params on, the training moves all parameters down what backward gives."""
    layout, seed, hidden = Layout(student), draw.choice(0, SOME_SEED), draw.choice(5, 9)
    x, y = spirals(draw, 6)
    labels = torch.ones_like(y)  # on which all rows pull alike

    def after(lr, epochs):
        return trained(student, layout, x, labels, hidden, lr, epochs, seed)

    start = as_params(student.init_params(hidden, seed).value, hidden, "init_params")
    away = distance(start, after(1e-9, 1))
    if away > 1e-5:
        raise CheckFailed(
            f"train(..., hidden={hidden}, seed={seed}) starts {away:.3g} from what "
            f"init_params({hidden}, {seed}) gives, expected the same weights"
        )
    end = after(SMALL_RATE, EPOCHS)
    # Their own gradients: whether those are right is for other checks to say.
    slopes = as_params(backward(student, layout, start, x, labels), hidden, "backward")
    # A whole layer that stays was not brought along, and is for `learns` to judge.
    stay = {name for name in NAMES if torch.equal(start[name], end[name])}
    untrained = {name for layer in ({"W1", "b1"}, {"W2", "b2"}) if layer <= stay for name in layer}
    for name in NAMES:
        way, slope = (start[name] - end[name]).flatten(), slopes[name].double().flatten()
        cosine = float(torch.nn.functional.cosine_similarity(way, slope, dim=0))
        if float(slope.abs().max()) > FLAT and name not in untrained and not cosine > 0.5:
            raise CheckFailed(
                f"{EPOCHS} epochs at lr={SMALL_RATE:g} do not move {name} down the gradient that "
                "backward gives for it",
                details=[f"cosine of the way and the gradient   expected 1   got {cosine:.2f}"],
            )


@check("arguments")
def test_epochs_and_rows(student, draw):
    """The training makes as many passes as `epochs` says, over all rows."""
    layout, seed, hidden = Layout(student), draw.choice(0, SOME_SEED), 5
    x, y = spirals(draw, 6)
    labels = torch.ones_like(y)
    start = as_params(student.init_params(hidden, seed).value, hidden, "init_params")
    slopes = as_params(backward(student, layout, start, x, labels), hidden, "backward")

    def end_after(epochs):
        return flat(trained(student, layout, x, labels, hidden, TINY_RATE, epochs, seed))

    steps, ends = after_epochs(draw, end_after, flat(start), flat(slopes), TINY_RATE)
    require_growth(steps)
    require_even(steps, ends)
    rows = [0, TRAIN_POINTS - 1, *draw.integers(SOME_ROWS, high=TRAIN_POINTS).tolist()]
    x, y = spirals(draw, TRAIN_POINTS)
    gaps = [with_gap(x, row) for row in rows]
    ends = [end_of(student, layout, each, y, hidden, seed) for each in (x, *gaps)]
    require_every_row(ends, rows, TRAIN_POINTS)


def end_of(student, layout, x, y, hidden, seed):
    """All parameters after a short training, in one tensor; None where it raised."""
    given = (layout.give(each, dtype=layout.dtype) for each in (x, y))
    try:
        value = student.train(*given, hidden, 0.1, 4, seed).value
    except StudentRaised:
        return None
    return flat(as_params(value, hidden, f"train with hidden={hidden}", finite=False))


def flat(params):
    """All parameters in one tensor."""
    return torch.cat([params[name].flatten() for name in NAMES])


def with_gap(x, row):
    """Points of which one is nowhere."""
    x = x.clone()
    x[row] = math.nan
    return x


def distance(a, b):
    """The largest difference of a parameter."""
    return max(float((a[name] - b[name]).abs().max()) for name in NAMES)


@check("no_autograd")
def test_no_autograd(student, draw):
    """The gradients were worked out by hand: no automatic differentiation ran."""
    layout, seed = Layout(student), draw.choice(0, SOME_SEED)
    x, y = (layout.give(each, dtype=layout.dtype) for each in spirals(draw, 8))
    params = student.init_params(4, seed)
    student.forward(params, x)
    student.backward(params, x, y)
    student.train(x, y, 4, 0.1, 3, seed)
    if found := differentiating(student.seen):
        raise CheckFailed(
            f"torch differentiates in these functions ({', '.join(found[:3])} ran); "
            "here the chain rule is yours"
        )
