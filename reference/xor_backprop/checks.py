"""What a hand-made network for XOR must do (lessons 1.3 §7 and 002).

The student's own ``init_params`` tells how their parameters are laid out: weights either way
round, biases flat or as rows. The grader fills that layout with its own numbers, and works out
predictions and gradients with torch in float64.
"""

from __future__ import annotations

import math

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
)
from grader.checks.forms import on
from grader.checks.remote import StudentRaised, kind

pytestmark = pytest.mark.usefixtures("watched")  # a built-in may stand behind one size alone

NAMES = ("W1", "b1", "W2", "b2")
CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
XOR = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)
LESSON = {"W1": [5.0, 5.0, 5.0, 5.0], "b1": [-2.5, -7.5], "W2": [10.0, -10.0], "b2": [-5.0]}
SOME_SEED = 10**6
SMALL_RATE, EPOCHS = 1e-3, 30
TINY_RATE = 2e-5
SOME_ROWS = 4
FLAT = 1e-3
"""A gradient below this gives no direction."""


# --- parameters in the student's layout --------------------------------------------------


def as_tensor(value, what):
    """A student's number or array as a float64 tensor. Raises CheckFailed for anything else."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return torch.from_numpy(value.astype(np.float64))
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64)
    raise CheckFailed(f"{what} is {kind(value)}, expected a NumPy array of numbers")


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
        self.shapes = {
            name: tuple(value.shape)
            for name, value in as_params(raw, 3, "init_params(3, 0)").items()
        }
        self.turned = self.shapes["W1"] == (3, 2)
        self.scalar_bias = isinstance(raw["b2"], float) if isinstance(raw, dict) else False

    def fill(self, flat, hidden):
        """Arrays in the student's shapes from the grader's W1 (2, h), b1, W2, b2."""
        sizes = {name: [hidden if n == 3 else n for n in self.shapes[name]] for name in NAMES}
        w1 = flat["W1"].reshape(2, hidden)
        filled = {name: flat[name].reshape(sizes[name]).numpy() for name in ("b1", "W2", "b2")}
        filled["W1"] = (w1.T if self.turned else w1).contiguous().numpy()
        if self.scalar_bias:
            filled["b2"] = float(filled["b2"])
        return {name: filled[name] for name in NAMES}

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
    hidden = torch.sigmoid(x @ rows["W1"] + rows["b1"])
    return hidden @ rows["W2"] + rows["b2"]


WRONG_PREDICTIONS = {
    "what comes out without b1": lambda rows, x: torch.sigmoid(
        torch.sigmoid(x @ rows["W1"]) @ rows["W2"] + rows["b2"]
    ),
    "what comes out without b2": lambda rows, x: torch.sigmoid(logits(rows, x) - rows["b2"]),
    "what comes out without the sigmoid of the output": logits,
    "what comes out with tanh in the hidden layer, not a sigmoid": lambda rows, x: torch.sigmoid(
        torch.tanh(x @ rows["W1"] + rows["b1"]) @ rows["W2"] + rows["b2"]
    ),
    "what comes out without the sigmoid of the hidden layer": lambda rows, x: torch.sigmoid(
        (x @ rows["W1"] + rows["b1"]) @ rows["W2"] + rows["b2"]
    ),
}
"""What the known slips of a forward pass give."""


def wrong_gradients(rows, x, y, loss):
    """By parameter what the known slips give, from W1 (2, h), b1 (1, h), W2 (h, 1), b2 (1, 1)."""
    z1 = x @ rows["W1"] + rows["b1"]
    a1, predicted = torch.sigmoid(z1), torch.sigmoid(logits(rows, x))
    slope, size = predicted * (1 - predicted), len(x)
    error = (predicted - y) / size
    error = 2 * error * slope if loss == "mse" else error
    known = a1 * (1 - a1)

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
        **(
            {
                "multiplied by the slope of the output's sigmoid, which cancels": of_output(
                    error * slope
                ),
                "that of the squared error, not of the cross-entropy": of_output(2 * error * slope),
            }
            if loss == "bce"
            else {}
        ),
        "without the slope of the hidden sigmoid": of_hidden(back),
        "made with the slope z1 · (1 − z1), where a1 · (1 − a1) belongs": of_hidden(
            back * z1 * (1 - z1)
        ),
        "made with the sum of W2, where each neuron has its own weight": of_hidden(
            error * rows["W2"].sum() * known
        ),
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
    """The predictions are right for the lesson's weights and for random ones."""
    layout = Layout(student)
    for hidden, rows in ((3, 4), (6, 1), (5, 9)):
        x = 2 * draw.normal(rows, 2, dtype=torch.float64)
        agree_forward(student, layout, random_params(draw, hidden), hidden, x, "forward")
    lesson = {name: torch.tensor(v, dtype=torch.float64) for name, v in LESSON.items()}
    agree_forward(student, layout, lesson, 2, CORNERS[1:2], "with the lesson's weights, forward")


def agree_forward(student, layout, flat, hidden, x, what):
    """Compare a student's predictions with ours."""
    got = predictions(student.forward(layout.fill(flat, hidden), x.numpy()).value, len(x))
    rows = layout.rows(as_shaped(layout, flat, hidden), hidden)
    forms = on(WRONG_PREDICTIONS, rows, x)
    compare(got, torch.sigmoid(logits(rows, x)), what=what, rtol=1e-6, forms=forms)


def as_shaped(layout, flat, hidden):
    """The grader's parameters as tensors in the student's shapes."""
    filled = layout.fill(flat, hidden)
    return {name: torch.as_tensor(value, dtype=torch.float64) for name, value in filled.items()}


def predictions(value, rows):
    """The column of predictions in what ``forward`` returned; with it may come what else it knows.

    Raises CheckFailed if there is none.
    """
    parts = list(value.values()) if isinstance(value, dict) else value
    parts = list(parts) if isinstance(parts, (tuple, list)) else [parts]
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
    params = layout.fill(random_params(draw, 4), 4)
    given = {"params": params, "X": CORNERS.numpy(), "y": XOR.numpy()}
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
    """Compare gradients under one loss throughout: the declared one, or whichever fits."""
    layout, asked = Layout(student), []
    for hidden, rows in ((3, 4), (5, 1), (4, 7), (draw.choice(20, 40), draw.choice(50, 90))):
        x = CORNERS if rows == 4 else draw.normal(rows, 2, dtype=torch.float64)
        y = draw.integers(rows, 1, high=2).to(torch.float64)
        params = as_shaped(layout, random_params(draw, hidden), hidden)
        asked.append((backward(student, params, x, y), params, hidden, x, y))
    failures = []
    for loss in declared_losses(student):
        try:
            for got, params, hidden, x, y in asked:
                expected = autograd(layout, params, hidden, x, y, loss)
                rows = layout.rows(params, hidden)
                slips = wrong_gradients(rows, x, y, loss)
                agree_named(got, expected, names, layout, slips)
        except CheckFailed as failure:
            failures.append(failure)
        else:
            return
    raise failures[0]


def backward(student, params, x, y):
    """What the student's ``backward`` gives."""
    given = {n: params[n].numpy() if params[n].ndim else float(params[n]) for n in NAMES}
    return student.backward(given, x.numpy(), y.numpy()).value


TINY = (1e-30, 1e-305)
"""Sizes of inputs at which the chain rule gives as many digits as elsewhere. A difference of two
losses has none at the first, and the imaginary part of a loss, for its own small step, none at
the second, which is asked only of those who calculate in float64."""
EXACT = 1e-11


@check("backward_hidden")
def test_small_inputs(student, draw):
    """The gradients of W1 are right for inputs of any size, however small."""
    layout, hidden = Layout(student), 4
    params = as_shaped(layout, random_params(draw, hidden), hidden)
    x, y = draw.normal(5, 2, dtype=torch.float64), draw.integers(5, 1, high=2).to(torch.float64)
    losses = declared_losses(student)
    sizes = [1.0, *TINY]
    for size in sizes:
        got = backward(student, params, size * x, y)
        wanted = [autograd(layout, params, hidden, size * x, y, loss)["W1"] for loss in losses]
        off = min(distance_in_units(got, want, size) for want in wanted)
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


def declared_losses(student):
    """The losses to compare with; a file that says nothing may have either."""
    try:
        said = student.get("LOSS").value
    except StudentRaised:
        return ("bce", "mse")
    if said not in ("bce", "mse"):
        raise CheckFailed(f'LOSS is {str(said)[:40]!r}, expected "bce" or "mse"')
    return (said,)


def autograd(layout, params, hidden, x, y, loss):
    """The gradients by name, in the student's shapes, of a loss averaged over the batch."""
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    z = logits(layout.rows(leaves, hidden), x)
    if loss == "mse":
        value = ((torch.sigmoid(z) - y) ** 2).mean()
    else:
        value = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
    value.backward()
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
def test_learns(student, draw, settings, measure):
    """XOR's truth table is learned from most seeds, and each of them learns its own weights."""
    layout, seeds, needed = Layout(student), settings["seeds"], settings["needed"]
    learned, first = 0, {}
    for tried in range(seeds):
        if learned == needed or learned + seeds - tried < needed:
            break
        opposite, seed = draw.choice(0, 1), draw.choice(0, SOME_SEED)
        y = 1 - XOR if opposite else XOR
        for lr, epochs in settings["lr_and_epochs"]:
            params = trained(student, y, lr, epochs, seed)
            if knows(layout, y, params):
                learned += 1
                other = first.setdefault((opposite, lr, epochs), (seed, params))
                require_different_ends(student, y, other, (seed, params), epochs)
                break
    else:
        tried = seeds
    measure("seeds_learned", learned / tried)
    if learned < needed:
        raise CheckFailed(
            f"the truth table was learned from {learned} of {tried} seeds, "
            f"expected {needed} of {seeds}"
        )


def trained(student, y, lr, epochs, seed, hidden=16):
    """The parameters after a training on the four rows, as tensors."""
    value = student.train(CORNERS.numpy(), y.numpy(), hidden, lr, epochs, seed).value
    return as_params(value, hidden, f"train with hidden={hidden}")


def knows(layout, y, params, hidden=16):
    """Whether these parameters have all four rows right."""
    right = (logits(layout.rows(params, hidden), CORNERS) > 0) == (y > 0.5)
    return bool(right.all())


def require_different_ends(student, y, one, other, epochs):
    """Raise CheckFailed where two trainings, as seed and end, start apart and end the same."""
    (seed, end), (other_seed, other_end) = one, other
    if seed == other_seed or distance(end, other_end):
        return
    if distance(*(trained(student, y, 1e-9, 1, each) for each in (seed, other_seed))):
        raise CheckFailed(
            f"for the seeds {seed} and {other_seed} train starts with different weights, and after "
            f"{epochs} epochs it ends with the same: it is not the steps that bring them"
        )


@check("arguments")
def test_arguments(student, draw):
    """The training uses the data, hidden, lr, epochs and seed that it is given."""
    layout, seed, ones = Layout(student), draw.choice(0, SOME_SEED), torch.ones_like(XOR)

    def run(y, lr, epochs, seed, hidden=5):
        value = student.train(CORNERS.numpy(), y.numpy(), hidden, lr, epochs, seed).value
        return as_params(value, hidden, f"train with hidden={hidden}")

    start = run(XOR, 1e-9, 1, seed)
    moved = distance(start, run(XOR, 1e-9, 30, seed))
    if moved > 1e-5:
        raise CheckFailed(
            f"30 epochs at lr=1e-9 end {moved:.3g} from one epoch with the same seed, expected "
            "the same weights: train does not use the lr or the seed that is passed"
        )
    for other in (seed + 1, other_seed(seed)):
        if distance(start, run(XOR, 1e-9, 1, other)) == 0:
            raise CheckFailed(f"train starts from the same weights for seeds {seed} and {other}")
    moved = distance(start, run(ones, 0.01, 1, seed))
    if not 0 < moved <= 0.1:
        raise CheckFailed(
            f"one epoch at lr=0.01 moves a weight by {moved:.3g}, expected a little, and at most "
            "0.1: train does not use the lr or the epochs that are passed"
        )
    rows = layout.rows(run(ones, 1.0, 200, seed, hidden=3), 3)
    if not (logits(rows, CORNERS) > 0).all():
        raise CheckFailed("trained on labels that are all 1, the network does not answer 1 to all")


@check("arguments")
def test_descent(student, draw):
    """From init_params on, the training moves all parameters down what backward gives."""
    seed, hidden = draw.choice(0, SOME_SEED), draw.choice(5, 9)
    labels = torch.ones_like(XOR)  # on which all rows pull alike

    def after(lr, epochs):
        value = student.train(CORNERS.numpy(), labels.numpy(), hidden, lr, epochs, seed).value
        return as_params(value, hidden, f"train with hidden={hidden}")

    start = as_params(student.init_params(hidden, seed).value, hidden, "init_params")
    away = distance(start, after(1e-9, 1))
    if away > 1e-5:
        raise CheckFailed(
            f"train(..., hidden={hidden}, seed={seed}) starts {away:.3g} from what "
            f"init_params({hidden}, {seed}) gives, expected the same weights"
        )
    end = after(SMALL_RATE, EPOCHS)
    # Their own gradients: whether those are right is for other checks to say.
    slopes = as_params(backward(student, start, CORNERS, labels), hidden, "backward")
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
    """The training makes more steps for more epochs, however many, and uses all rows."""
    seed, hidden, count = draw.choice(0, SOME_SEED), 5, 7
    x = draw.normal(count, 2, dtype=torch.float64)
    labels = torch.ones(count, 1, dtype=torch.float64)
    start = as_params(student.init_params(hidden, seed).value, hidden, "init_params")
    slopes = as_params(backward(student, start, x, labels), hidden, "backward")

    def end_after(epochs):
        value = student.train(x.numpy(), labels.numpy(), hidden, TINY_RATE, epochs, seed).value
        return flat(as_params(value, hidden, f"train with hidden={hidden}"))

    steps, ends = after_epochs(draw, end_after, flat(start), flat(slopes), TINY_RATE)
    require_even(steps, ends)
    count = draw.choice(30, 60)
    x = draw.normal(count, 2, dtype=torch.float64)
    y = draw.integers(count, 1, high=2).to(torch.float64)
    rows = [0, count - 1, *draw.integers(SOME_ROWS, high=count).tolist()]
    gaps = [with_gap(x, row) for row in rows]
    ends = [end_of(student, each, y, hidden, seed) for each in (x, *gaps)]
    require_every_row(ends, rows, count)


def end_of(student, x, y, hidden, seed):
    """All parameters after a short training, in one tensor; None where it raised."""
    try:
        value = student.train(x.numpy(), y.numpy(), hidden, 0.1, 4, seed).value
    except StudentRaised:
        return None
    return flat(as_params(value, hidden, f"train with hidden={hidden}", finite=False))


def flat(params):
    """All parameters in one tensor."""
    return torch.cat([params[name].flatten() for name in NAMES])


def with_gap(x, row):
    """Inputs of which one row holds no numbers."""
    x = x.clone()
    x[row] = math.nan
    return x


def distance(a, b):
    """The largest difference of a parameter."""
    return max(float((a[name] - b[name]).abs().max()) for name in NAMES)


@check("numpy_only")
def test_numpy_only(student, draw):
    """NumPy did all the work: nothing of torch ran."""
    seed = draw.choice(0, SOME_SEED)
    params = student.init_params(4, seed)
    student.forward(params, CORNERS.numpy())
    student.backward(params, CORNERS.numpy(), XOR.numpy())
    student.train(CORNERS.numpy(), XOR.numpy(), 4, 0.5, 3, seed)
    if student.seen:
        raise CheckFailed(
            f"torch ran in these functions ({', '.join(sorted(student.seen)[:4])}); "
            "here NumPy is enough"
        )
