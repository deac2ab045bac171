"""What a classifier without modules, and its training, must do (lesson 1.3 §2-3)."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.history import require_truth, series_in
from grader.checks.remote import Remote
from grader.rules import found_in
from grader.schema.rows import Update

SHAPES = ((256, 784), (256,), (128, 256), (128,), (10, 128), (10,))
NUMBERS = sum(math.prod(shape) for shape in SHAPES)
TRAIN_COUNT, VAL_COUNT = 650, 456  # the last batch of each is short
EPOCHS = 3
FEW = 40
KNOWN_MISTAKES = (
    "gradients-not-cleared",
    "loss-class-not-instance",
    "validation-in-train-mode",
    "validation-tracks-gradients",
)
GIVEN = 7
"""The facts that props.py tells of a tensor; fewer are told of anything else."""


# --- the parameters ----------------------------------------------------------------------------


def trainable(student):
    """A new model and the facts of its six parameters; CheckFailed where they can't be trained."""
    model = student.MNISTClassifier()
    facts = student.props.described(model).value
    if not isinstance(facts, list):
        raise CheckFailed("parameters() of MNISTClassifier gives nothing, expected six tensors")
    for fact in facts:
        if len(fact) < GIVEN:
            raise CheckFailed(f"{fact[0]} of the model is a {fact[1]}, expected a tensor")
    for name, _, requires, leaf, made_by, floats, _ in facts:
        if not leaf:
            not_leaf(name, made_by)
        if not floats or not requires:
            kind = "does not require gradients" if floats else "holds whole numbers"
            raise CheckFailed(f"{name} {kind}, so training can't change it")
    return model, facts


def not_leaf(name, made_by):
    """Tell a learner who made a weight as the lesson writes it what is wrong with it."""
    raise CheckFailed(
        f"{name} is not a leaf: it is the result of a computation on a tensor that requires "
        f"gradients, so backward() leaves its .grad at None and no update can change it",
        details=[
            f"made by {made_by}; expected no computation",
            "`torch.randn(…, requires_grad=True) * std` is one: the leaf is what randn gave",
            "scale first, then ask for gradients",
        ],
    )


@check("parameters")
def test_parameters(student, draw):
    """Six leaves that require gradients hold 235,146 numbers, and a gradient reaches each."""
    student.seed(draw.choice(0, 10**6))
    model, facts = trainable(student)
    shapes = [tuple(fact[1]) for fact in facts]
    count = sum(math.prod(shape) for shape in shapes)
    if len(facts) != len(SHAPES) or count != NUMBERS:
        raise CheckFailed(
            f"the model has {len(facts)} parameters with {count:,} numbers, expected "
            f"{len(SHAPES)} with {NUMBERS:,}",
            details=[f"their shapes: {', '.join(map(str, shapes))}"],
        )
    if len({fact[-1] for fact in facts}) != len(facts):
        raise CheckFailed("parameters() gives the same tensor more than once")
    if by_layer(shapes) is None:
        raise CheckFailed(
            f"the parameters have the shapes {', '.join(map(str, shapes))}, expected those of "
            "784-256-128-10: (256, 784), (256,), (128, 256), (128,), (10, 128), (10,)"
        )
    missing = student.props.without_gradient(model, draw.normal(6, 1, 28, 28)).value
    if missing:
        names = ", ".join(facts[index][0] for index in missing if index < len(facts))
        raise CheckFailed(
            f"no gradient of the output reaches {names}: what parameters() gives are not the "
            "tensors that the model computes with, or the way from them is cut"
        )


def by_layer(shapes):
    """The places of weight and bias of each layer, a weight as (out, in) or (in, out); or None."""
    found = []
    for wanted in SHAPES:
        alike = [
            index
            for index, shape in enumerate(shapes)
            if index not in found
            and (
                sorted(shape) == sorted(wanted)
                if len(wanted) > 1
                else shape_of_bias(shape) == wanted
            )
        ]
        if not alike:
            return None
        found.append(alike[0])
    return found


def shape_of_bias(shape):
    """A bias as a row or a column is a bias too."""
    return tuple(size for size in shape if size != 1)


# --- the forward pass --------------------------------------------------------------------------


@check("forward")
def test_forward(student, draw):
    """The output is that of 784-256-128-10 with ReLU, for one image and for many."""
    for rows in (1, 5, 64):
        student.seed(draw.choice(0, 10**6))
        model = student.MNISTClassifier()
        x = draw.normal(rows, 1, 28, 28)
        agrees(student.props.outputs(model, x).value, student.props.values(model).value, x)


def agrees(got, values, x):
    """Compare a model's output with that of its parameters, as logits or as probabilities."""
    if not isinstance(got, torch.Tensor):
        kind = (
            "None"
            if got is None
            else f"a {got.type_name if isinstance(got, Remote) else type(got).__name__}"
        )
        raise CheckFailed(f"the model's output is {kind}, expected a tensor of logits")
    if got.shape != (len(x), 10):
        raise CheckFailed(
            f"the model gives the shape {tuple(got.shape)} for {len(x)} images, "
            f"expected ({len(x)}, 10)"
        )
    expected = forward(values, x)
    # Probabilities and their logarithms say the same as logits; whether the loss fits is another
    # matter, and the training tells.
    same = (expected, expected.log_softmax(1), expected.softmax(1))
    if any(near(got.double(), one) for one in same):
        return
    hint = next((text for text, one in mistakes(values, x) if near(got.double(), one)), None)
    worst = (got.double() - expected).abs().max()
    raise CheckFailed(
        hint or "the output is not that of 784-256-128-10 with ReLU after the first two layers",
        details=[f"largest difference of a logit: {worst:.4g}"],
    )


def near(got, expected):
    """Equal up to the rounding of float32 sums."""
    return bool(torch.allclose(got, expected, rtol=1e-3, atol=1e-4))


def forward(values, x, activations=(torch.relu, torch.relu, None)):
    """The logits of the lesson's network with these parameters, in float64."""
    values = [value.double() for value in values]
    places = by_layer([tuple(value.shape) for value in values])
    if places is None:
        raise CheckFailed("the parameters have changed their shapes since they were made")
    x = x.double().flatten(1)
    for layer, activation in enumerate(activations):
        weight, bias = (values[place] for place in places[2 * layer : 2 * layer + 2])
        weight = weight if tuple(weight.shape) == SHAPES[2 * layer] else weight.T
        x = x @ weight.T + bias.flatten()
        x = x if activation is None else activation(x)
    return x


def mistakes(values, x):
    """What an output is if one thing is missing or too much, with a sentence for it."""
    relu = torch.relu
    yield "the first layer's output goes on without a ReLU", forward(values, x, (None, relu, None))
    yield "the second layer's output goes on without a ReLU", forward(values, x, (relu, None, None))
    yield "no ReLU works between the layers", forward(values, x, (None, None, None))
    yield (
        "a ReLU works on the last layer's output: negative logits are lost",
        forward(values, x, (relu, relu, relu)),
    )


# --- the loop ----------------------------------------------------------------------------------


class Trial:
    """One small training under the recorder, and what it left behind."""

    def __init__(self, student):
        props = student.props
        self.model = student.MNISTClassifier()
        train_loader, self.val_loader = (
            props.loaders(TRAIN_COUNT, VAL_COUNT)[index] for index in (0, 1)
        )
        self.fitted, self.trace = student.trace(
            props.fit, student.train, self.model, train_loader, self.val_loader, EPOCHS, 0.05
        )


@pytest.fixture(scope="module")
def trial(student):
    """A small training that several checks look at."""
    return Trial(student)


@check("by_hand")
def test_by_hand(student, trial):
    """No module runs, and no optimizer makes the updates."""
    held = student.props.modules(trial.model).value
    if held:
        raise CheckFailed(f"the model is or holds an nn.Module ({', '.join(held[:4])})")
    ran = trial.fitted.ran.value
    if ran:
        raise CheckFailed(f"a module ran while the model was trained: {', '.join(ran[:4])}")
    used = {update.optimizer for update in trial.trace.of(Update)} - {-1}
    if used:
        optimizer = trial.trace.optimizers[min(used)]
        raise CheckFailed(
            f"the updates are made by {optimizer.name} of torch.optim"
            + (f" (made at {optimizer.place})" if optimizer.place else "")
            + ", expected updates by hand"
        )


@check("loop")
def test_loop(trial):
    """Each step uses its own gradients only, and validation changes and records nothing."""
    trace = trial.trace
    if not trace.updates:
        raise CheckFailed("no training step was seen: train() changes none of the parameters")
    findings = found_in(trace, *KNOWN_MISTAKES)
    if findings:
        raise CheckFailed("the loop makes a known mistake", findings=findings)
    sizes = {source.size for source in trace.sources if source.kind == "loader" and source.trained}
    if VAL_COUNT in sizes:
        raise CheckFailed("the parameters are trained on the validation images as well")


@check("history")
def test_history(student, trial):
    """The history has one entry for each epoch, and tells what was."""
    history = trial.fitted.history.value
    series = dict(series_in(history))
    if not series:
        kind = "None" if history is None else f"a {type(history).__name__}"
        raise CheckFailed(
            f"the history that train() returns is {kind} without lists of numbers, expected one "
            "number for each epoch"
        )
    right = {name: numbers for name, numbers in series.items() if len(numbers) == EPOCHS}
    if not right:
        lengths = ", ".join(f"{name}: {len(numbers)}" for name, numbers in list(series.items())[:6])
        raise CheckFailed(
            f"nothing in the history has one number for each of {EPOCHS} epochs",
            details=[f"entries: {lengths}"],
        )
    for name, numbers in right.items():
        if not all(map(math.isfinite, numbers)):
            raise CheckFailed(f"{name} in the history holds a number that is not finite")
    require_truth(right, val_accuracy(student, trial))


def val_accuracy(student, trial):
    """The share of validation images that the model reads now, measured here."""
    dataset = trial.val_loader.dataset
    images, labels = dataset.tensors[0].value, dataset.tensors[1].value
    got = student.props.outputs(trial.fitted.model, images).detach().value
    if not isinstance(got, torch.Tensor) or got.shape != (len(labels), 10):
        raise CheckFailed("the trained model gives no logits (N, 10) for the validation images")
    return float((got.argmax(1) == labels).double().mean())


# --- what it learns ----------------------------------------------------------------------------


@check("accuracy")
def test_accuracy(student, draw, accuracy, settings, data_kind):
    """A new classifier, trained, reads unseen digits well enough."""
    epochs, seed = settings["epochs"], draw.choice(0, 10**6)
    epochs = epochs[data_kind] if isinstance(epochs, dict) else epochs
    # Updates of another kind than the lesson's want another rate.
    accuracy.of_first_good(
        lambda k, rate=rate: trained(student, accuracy.names, seed + k, epochs, rate)
        for rate in settings["rates"]
    )


def trained(student, names, seed, epochs, rate):
    """Train a new model over there, on digits by other names; what answers for raw images."""
    student.seed(seed)
    props, model = student.props, student.MNISTClassifier()
    loaders = props.loaders(names=names)
    fitted = props.fit(student.train, model, loaders[0], loaders[1], epochs, rate)

    def answers(images):
        """What it answers, if that comes of its six tensors and of no images kept beside them."""
        got = props.logits(fitted.model, images).value
        few = got[:FEW] if isinstance(got, torch.Tensor) else got
        agrees(few, props.values(fitted.model).value, prepared(images[:FEW]))
        return got

    return answers


def prepared(images):
    """Raw images (N, 28, 28) uint8 as the loaders give them."""
    return images.float().div(255).sub(0.1307).div(0.3081).unsqueeze(1)
