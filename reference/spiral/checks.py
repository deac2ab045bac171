"""What a network for two spirals and its training must do (lesson 002)."""

from __future__ import annotations

import itertools
import math
from functools import partial

import pytest
import torch

from grader.checks import CheckFailed, NotJudged, check
from grader.checks.arguments import MANY_EPOCHS, require_every_row
from grader.checks.brought import knows_without_steps
from grader.checks.remote import StudentRaised, kind
from grader.rules import found_in
from grader.schema.rows import Backward

LAYERS = [(16, 2), (8, 16), (1, 8)]
TRAIN_POINTS, HELD_OUT_POINTS = 200, 500
SOME_ROWS = 8
FILLS = 22
BOUND = 30
"""Far less than a sum of eight neurons is after a thousandfold of all weights."""
KNOWN = 0.9
"""Of the points: nobody has these by chance, whatever share a course asks for."""
MISSING = {
    (0, 1): "SpiralNet is three linear layers in a row, which are no more than one,",
    (0,): "the layer of 16 neurons goes into the next",
    (1,): "the layer of 8 neurons goes into the output",
}
ACTIVATIONS = (
    torch.relu, torch.tanh, torch.sigmoid, torch.nn.functional.leaky_relu,
    torch.nn.functional.gelu, torch.nn.functional.silu, torch.nn.functional.elu,
)  # fmt: skip


def spirals(draw, count, turn=0.0):
    """Two arms of one turn each: points (count, 2) and labels (count, 1), in mixed order.

    ``turn``: by which angle all of them are turned.
    """
    arm = draw.integers(count, high=2).to(torch.float32)
    radius = draw.uniform(count).sqrt()
    angle = 2 * math.pi * radius + math.pi * arm + turn
    points = 2 * torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    return points + 0.06 * draw.normal(count, 2), arm[:, None]


def outputs(model, x):
    """What the network answers to x, (N, 1). Raises CheckFailed for anything else."""
    got = model(x).value
    if not isinstance(got, torch.Tensor):
        raise CheckFailed(f"SpiralNet returns {kind(got)}, expected a tensor")
    if got.shape != (len(x), 1):
        raise CheckFailed(
            f"SpiralNet returns the shape {tuple(got.shape)} for {len(x)} points, "
            f"expected ({len(x)}, 1)"
        )
    if not got.is_floating_point():
        raise CheckFailed(f"SpiralNet returns {got.dtype}, expected float logits")
    return got


@check("parameters")
def test_parameters(student):
    """The layers are 2-16-8-1, with 193 parameters."""
    shapes = student.props.shapes(student.SpiralNet()).value
    count = sum(math.prod(shape) for shape in shapes)
    if not shapes:
        raise CheckFailed(
            "SpiralNet has no parameters, expected 193: layers count when they are attributes of "
            "the module or in an nn.ModuleList, not in a plain list"
        )
    if count != 193:
        raise CheckFailed(f"SpiralNet has {count} parameters, expected 193")
    wide = [shape for shape in shapes if len(shape) > 1]
    if sorted(sorted(shape) for shape in wide) != sorted(sorted(shape) for shape in LAYERS):
        raise CheckFailed(
            f"the weights have the shapes {', '.join(map(str, wide))}, expected those of the "
            "layers 2-16, 16-8 and 8-1"
        )


@check("logits")
def test_logits(student, draw):
    """The output is (N, 1) and unbounded, so it can be a logit."""
    largest = 0.0
    for rows in (1, 6, 40):
        student.seed(draw.choice(0, 10**6))
        model, x = student.SpiralNet(), 2 * draw.normal(rows, 2)
        outputs(model, x)
        if not student.props.scale(model, 1000.0).value:
            return  # it has no parameters, which another check tells
        largest = max(largest, float(outputs(model, x).abs().max()))
    if not largest > BOUND:
        raise CheckFailed(
            f"even with a thousandfold of all its weights no output is beyond ±{largest:.3g}; "
            "logits have no bounds, so something squeezes them"
        )
    ends = student.props.ends(model, x, FILLS).value
    # A linear layer with its signs turned gives the outputs with their signs turned: each fill
    # keeps to one side of 0 with a chance of at most 1/2, all of them once in a million runs.
    for end, side in zip(ends if isinstance(ends, list) else [], ("below", "above"), strict=False):
        if isinstance(end, float) and not (end < 0 if side == "below" else end > 0):
            raise CheckFailed(
                f"of {FILLS} networks with random weights none has an output {side} 0; a logit can "
                "have either sign, so something cuts it off"
            )


@check("activations")
def test_activations(student, draw):
    """Both hidden layers have an activation."""
    student.seed(draw.choice(0, 10**6))
    model, x = student.SpiralNet(), 2 * draw.normal(30, 2)
    layers = as_layers(student.props.values(model).value)
    if layers is None:
        return  # laid out otherwise; what it can learn is measured below
    for training in (True, False):
        model.train(training)
        got = outputs(model, x).double()
        for (missing, described), activation in itertools.product(MISSING.items(), ACTIVATIONS):
            z = forward(layers, x, [id if i in missing else activation for i in (0, 1)])
            if torch.allclose(got, z, rtol=1e-4, atol=1e-5):
                where = "" if training else " in evaluation mode"
                raise CheckFailed(f"{described} without an activation{where}")


def as_layers(parameters):
    """Weights and biases by layer if they come in the order and shapes of nn.Linear, else None."""
    expected = [each for out, into in LAYERS for each in ((out, into), (out,))]
    if [tuple(p.shape) for p in parameters] != expected:
        return None
    parameters = [p.double() for p in parameters]
    return list(zip(parameters[::2], parameters[1::2], strict=True))


def forward(layers, x, activations):
    """The network's output in float64 for the given activations; ``id`` stands for none."""
    x = x.double()
    for (weight, bias), activation in zip(layers, [*activations, id], strict=True):
        x = x @ weight.T + bias
        if activation is not id:
            x = activation(x)
    return x


class First:
    """The first training under the recorder, which two tests ask about."""

    def __init__(self, student):
        self._student = student
        self._done = None

    def get(self, draw, x, y, epochs):
        """Model, points, labels and what was recorded, of a training that is run once."""
        if self._done is None:
            self._student.seed(draw.choice(0, 10**6))
            model = self._student.SpiralNet()
            self._done = model, x, y, traced(self._student, model, x, y, epochs)
        return self._done


@pytest.fixture(scope="module")
def first(student):
    """The training that tests share."""
    return First(student)


def traced(student, model, x, y, epochs):
    """What was recorded of a training."""
    return fit(lambda *args: student.trace(student.train, *args)[1], model, x, y, epochs)


@check("learns")
def test_learns(student, draw, settings, thresholds, first):
    """The trained network tells the arms of the spiral apart at points it has not seen."""
    turn = 2 * math.pi * float(draw.uniform(1))  # so that nobody can bring the border along
    x, y = spirals(draw, TRAIN_POINTS, turn)
    unseen, arms = spirals(draw, HELD_OUT_POINTS, turn)
    start, *longer = settings["epochs"]

    def watched():
        return accuracy(outputs(first.get(draw, x, y, start)[0], unseen), arms)

    def trained(epochs):
        student.seed(draw.choice(0, 10**6))
        model = student.SpiralNet()
        fit(student.train, model, x, y, epochs)
        return accuracy(outputs(model, unseen), arms)

    thresholds.first_at_least(
        "threshold",
        [watched, *(partial(trained, epochs) for epochs in longer)],
        f"the best of {{tries}} trainings gets {{measured:.1%}} of {HELD_OUT_POINTS} unseen points "
        "right, expected at least {threshold:.0%}",
        label="unseen points told apart",
        metric="test_accuracy",
        settles_pass=True,
    )


@check("learns")
def test_what_is_learned_came_by_training(student, draw, settings, first):
    """The border is in the parameters, and the steps of the training put it there."""
    epochs = settings["epochs"][0]
    points = spirals(draw, TRAIN_POINTS, 2 * math.pi * float(draw.uniform(1)))
    model, x, y, trace = first.get(draw, *points, epochs)

    def knows(got):
        return isinstance(got, torch.Tensor) and got.numel() == len(y) and accuracy(got, y) >= KNOWN

    if knows(student.props.with_numbers_of(model, student.SpiralNet(), x).value):
        raise CheckFailed(
            "the trained network knows the spirals with the parameters of a new SpiralNet() as "
            "well: its answers do not come from what was trained"
        )
    model = student.SpiralNet()

    def idle(*args):
        return knows_without_steps(
            student,
            student.train,
            *args,
            updates=trace.updates,
            knows=lambda _: knows(model(x).value),
        )

    if fit(idle, model, x, y, epochs):
        raise CheckFailed(
            "the network knows the spirals even if no step of the training changes a weight, so it "
            "is not the steps that bring it"
        )


def fit(train, model, x, y, epochs):
    """Call the student's ``train``; the labels go as a column, or flat if the code needs that."""
    try:
        return train(model, x, y, epochs)
    except StudentRaised as error:
        if error.crash.type not in ("ValueError", "RuntimeError"):
            raise
        try:
            return train(model, x, y.flatten(), epochs)
        except StudentRaised:
            raise error from None


def accuracy(got, arms):
    """The share of right answers, of logits or (where ``logits`` fails) of probabilities."""
    border = 0.5 if bool(((got >= 0) & (got <= 1)).all()) else 0.0
    return float(((got.reshape(-1, 1) > border) == (arms > 0.5)).double().mean())


@check("loop")
def test_loop(student, draw):
    """The number of steps follows `epochs`, and no step uses gradients of an earlier one."""
    x = spirals(draw, 24)[0]
    # Labels without a rule are learned slowly: nobody is done with them before the last epoch.
    y = draw.integers(24, 1, high=2).to(torch.float32)
    updates, asked = [], (1, draw.choice(2, 9), draw.choice(*MANY_EPOCHS))
    for epochs in asked:
        trace = traced(student, student.SpiralNet(), x, y, epochs)
        updates.append(trace.updates)
        findings = found_in(trace, "gradients-not-cleared")
        if findings:
            raise CheckFailed("steps use gradients left over from earlier steps", findings=findings)
    if not any(updates):
        if any(True for _ in trace.of(Backward)):
            raise CheckFailed("train computes gradients, but no step was seen that uses them")
        raise NotJudged("no training step was seen")
    one, *more = updates
    for epochs, steps in zip(asked[1:], more, strict=True):
        if steps != epochs * one:
            raise CheckFailed(
                f"train takes {counted(one)} for one epoch and {counted(steps)} for {epochs}; "
                f"expected {epochs} times as many"
            )


def counted(steps):
    """So many steps, in words."""
    return "one step" if steps == 1 else f"{steps or 'no'} steps"


@check("loop")
def test_every_point(student, draw):
    """Each of the points is trained on."""
    x, y = spirals(draw, TRAIN_POINTS)
    rows = [0, TRAIN_POINTS - 1, *draw.integers(SOME_ROWS, high=TRAIN_POINTS).tolist()]

    def ends(make, x, y, epochs):
        return student.props.ends_with_gaps(make, student.train, x, y, rows, epochs).value

    # More epochs than one: who leaves out what doesn't fill a batch, leaves out others each time.
    require_every_row(fit(ends, student.SpiralNet, x, y, 4), rows, TRAIN_POINTS)
