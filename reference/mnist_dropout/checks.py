"""What a classifier with dropout, and its training, must do (lesson 1.3 §5)."""

from __future__ import annotations

import torch

from grader.checks import CheckFailed, check
from grader.checks.chance import ERROR_RATE, share_bounds
from grader.checks.history import require_truth, series_in
from grader.checks.remote import Remote
from grader.rules import found_in

SHAPES = ((256, 784), (256,), (128, 256), (128,), (10, 128), (10,))
GIVEN = 5
"""The facts that props.py tells of a tensor; fewer are told of anything else."""
KNOWN_MISTAKES = (
    "gradients-not-cleared",
    "loss-class-not-instance",
    "validation-tracks-gradients",
)
MODE = "validation-in-train-mode"
"""Explains dropouts that were seen to be on, and accuses nobody: the modes are those that the class
defines, and a module's own flag says nothing about them."""
ROWS, FEW_ROWS, CALLS = 1_000, 50, 4
NOTHING = 1e-3
"""A number that was dropped, up to rounding; one that was kept is 1 or more."""
EPOCHS = 3
NOISY, WRONG_SHARE, GAP_EPOCHS, GAP_VAL = 600, 0.4, 16, 1_000
BY_HEART = 0.9
"""Of the wrongly labelled digits, without dropout: so much shows that they were learned."""
LEARNED = 0.3


def new(student, rate):
    """A classifier over there."""
    return student.props.make(student.MNISTClassifierWithDropout, rate)


# --- the network -------------------------------------------------------------------------------


@check("parameters")
def test_parameters(student):
    """Six leaves that require gradients, of 784-256-128-10."""
    facts = student.props.described(new(student, 0.3)).value
    if not isinstance(facts, list):
        raise CheckFailed("parameters() of the classifier gives nothing, expected six tensors")
    for fact in facts:
        if len(fact) < GIVEN:
            raise CheckFailed(f"{fact[0]} of the model is a {fact[1]}, expected a tensor")
    for name, _, requires, leaf, made_by in facts:
        if not leaf:
            raise CheckFailed(
                f"{name} is not a leaf: it is the result of a computation on a tensor that "
                "requires gradients, so backward() leaves its .grad at None and no update can "
                "change it",
                details=[
                    f"made by {made_by}; expected no computation",
                    "`torch.randn(…, requires_grad=True) * std` is such a result",
                    "scale first, then ask for gradients",
                ],
            )
        if not requires:
            raise CheckFailed(f"{name} does not require gradients, so training can't change it")
    shapes = [tuple(fact[1]) for fact in facts]
    if len(shapes) != len(SHAPES) or by_layer(shapes) is None:
        raise CheckFailed(
            f"the parameters have the shapes {', '.join(map(str, shapes)) or '(none)'}, expected "
            "those of 784-256-128-10: (256, 784), (256,), (128, 256), (128,), (10, 128), (10,)"
        )


def by_layer(shapes):
    """The places of weight and bias of each layer, a weight as (out, in) or (in, out); or None."""
    found = []
    for wanted in SHAPES:
        places = (at for at, shape in enumerate(shapes) if at not in found and alike(shape, wanted))
        place = next(places, None)
        if place is None:
            return None
        found.append(place)
    return found


def alike(shape, wanted):
    """The same sizes, in any order; of a bias, one row or one column will do."""
    if len(wanted) == 1:
        shape = [size for size in shape if size != 1]
    return sorted(shape) == sorted(wanted)


def logits_in(got, rows):
    """A model's output as float64; CheckFailed for anything but (rows, 10) numbers."""
    if not isinstance(got, torch.Tensor):
        name = got.type_name if isinstance(got, Remote) else type(got).__name__
        raise CheckFailed(f"the model's output is of type {name}, expected a tensor of logits")
    if got.shape != (rows, 10):
        raise CheckFailed(
            f"the model gives the shape {tuple(got.shape)} for {rows} images, expected ({rows}, 10)"
        )
    return got.double()


@check("evaluation")
def test_evaluation(student, draw):
    """After eval_mode() each call gives the same: what the six tensors compute."""
    for rows, rate in ((1, 0.3), (40, 0.6)):
        student.seed(draw.choice(0, 10**6))
        model, x = new(student, rate), draw.normal(rows, 1, 28, 28)
        model.train_mode()
        student.props.outputs(model, x)
        model.eval_mode()
        got = [logits_in(student.props.outputs(model, x).value, rows) for _ in range(3)]
        if any(not torch.equal(got[0], other) for other in got[1:]):
            raise CheckFailed("after eval_mode() the same images give other logits at each call")
        agrees(got[0], student.props.values(model).value, x)


def agrees(got, values, x):
    """Compare what a model in evaluation makes of x with what its six tensors compute."""
    expected = forward(values, x)
    # Probabilities and their logarithms say the same; the loss has to fit them.
    said = (expected, expected.log_softmax(1), expected.softmax(1))
    if not any(torch.allclose(got, one, rtol=1e-3, atol=1e-4) for one in said):
        raise CheckFailed(
            "after eval_mode() the output is not that of 784-256-128-10 with ReLU",
            details=[f"largest difference of a logit: {float((got - expected).abs().max()):.4g}"],
        )


def forward(values, x):
    """The logits of 784-256-128-10 with these parameters and without dropout, in float64."""
    places = by_layer([tuple(value.shape) for value in values])
    if places is None:
        raise CheckFailed("the parameters have changed their shapes since they were made")
    x = x.double().flatten(1)
    for layer in range(3):
        weight, bias = (values[place].double() for place in places[2 * layer : 2 * layer + 2])
        weight = weight if tuple(weight.shape) == SHAPES[2 * layer] else weight.T
        x = x @ weight.T + bias.flatten()
        x = torch.relu(x) if layer < 2 else x
    return x


# --- the dropouts ------------------------------------------------------------------------------


def through(student, model, path, rows):
    """What the dropouts make of ones: (rows, 9) numbers. See ``let_through`` in props.py.

    The tenth logit is 0 by its weights, so that it gives back the others from probabilities.
    """
    student.props.let_through(model, path)
    got = logits_in(student.props.shown(model, rows).value, rows)
    sums = got.sum(dim=1)
    if bool(((sums - 1).abs() < 1e-4).all()) and bool((got >= 0).all()):
        got = got.log()
    return got[:, :-1] - got[:, -1:]


def zeros(numbers):
    """The share of zeros."""
    return float((numbers.abs() < NOTHING).double().mean())


@check("modes")
def test_modes(student, draw):
    """Both methods switch both dropouts, as often as they are called."""
    student.seed(draw.choice(0, 10**6))
    model = new(student, 0.2)
    for mode in ("eval_mode", "train_mode", "train_mode", "eval_mode", "train_mode"):
        model.get(mode)()
        dropped = {
            path: [zeros(through(student, model, path, FEW_ROWS)) for _ in range(CALLS)]
            for path in ("first", "second")
        }
        wrong = [path for path, shares in dropped.items() if any(shares) != (mode == "train_mode")]
        if wrong:
            state = "not on" if mode == "train_mode" else "still on"
            which = (
                "both dropouts are" if len(wrong) == len(dropped) else f"the {wrong[0]} dropout is"
            )
            raise CheckFailed(
                f"after {mode}() {which} {state}",
                details=[
                    f"the {path} dropout drops {sum(shares) / CALLS:.0%} of the numbers "
                    "(dropout_rate=0.2)"
                    for path, shares in dropped.items()
                ],
            )


@check("share")
def test_share(student, draw):
    """Each dropout drops the share that it should, and scales the rest (error rate 10⁻⁶)."""
    for rate in (0.2, 0.6):
        student.seed(draw.choice(0, 10**6))
        model = new(student, rate)
        model.train_mode()
        for path, times in (("second", 1), ("both", 2)):
            got, keep = through(student, model, path, ROWS), (1 - rate) ** times
            name = "both dropouts" if times > 1 else "the second dropout"
            if bool((got == got[0]).all()) or bool((got == got[:, :1]).all()):
                line = "rows" if bool((got == got[0]).all()) else "numbers of a row"
                raise CheckFailed(f"all {line} have the same mask, expected one for each number")
            bounds = share_bounds(got.numel(), keep, rate=ERROR_RATE / 4)
            what = f"with dropout_rate={rate:g}, the share of numbers that passes {name}"
            bounds.require(1 - zeros(got), what)
            kept = got[got.abs() >= NOTHING]
            scaled(kept, 1 / keep, f"with dropout_rate={rate:g}, what passes {name}")


def scaled(kept, factor, what):
    """What stays of ones must have become the factor."""
    wrong = (kept - factor).abs() > 1e-3 * factor
    if bool(wrong.any()):
        raise CheckFailed(
            f"{what} is multiplied by {float(kept[wrong][0]):.4g}, expected {factor:.4g}"
        )


# --- the training ------------------------------------------------------------------------------


@check("loop")
def test_loop(student):
    """Training runs with the dropouts on, validation with them off, and the history is true."""
    props = student.props
    sets = [props.digits(320, 260)[index] for index in (0, 1)]
    arguments, trained = (*sets, EPOCHS, 0.05), new(student, 0.5)
    history, trace = student.trace(props.learn, student.train_model, trained, *arguments, True)
    if not trace.updates:
        raise CheckFailed("no training step was seen: train_model() changes none of the parameters")
    findings = found_in(trace, *KNOWN_MISTAKES)
    if findings:
        raise CheckFailed("the loop makes a known mistake", findings=findings)
    modes = props.Modes(*sets)
    model = modes.watched(student.MNISTClassifierWithDropout, 0.5)
    props.learn(student.train_model, model, *arguments, True)
    switched(modes.train.value, modes.val.value, found_in(trace, MODE))
    true_history(history.value, share_right(props, trained, sets[1]))
    # A net without dropout has no modes to be switched.
    props.learn(student.train_model, props.PlainNet(), *arguments, False)


def true_history(history, measured):
    """What a history says of the validation must be so; one without names says nothing."""
    named = history.items() if isinstance(history, dict) else ()
    for name, told in named:
        if isinstance(told, list) and "val" in str(name) and (not told or None in told):
            raise CheckFailed(f"{name} in the history holds no numbers: {told[:EPOCHS]}")
    told = dict(series_in(history))
    of_epochs = {name: numbers for name, numbers in told.items() if len(numbers) == EPOCHS}
    require_truth(of_epochs, measured)


def switched(train, val, findings):
    """Whether the dropouts were on for all training batches, and off for all others."""
    if isinstance(train, list) and not all(train):
        at = train.index(False) + 1
        raise CheckFailed(
            f"at training batch {at} of {len(train)} the dropouts were off, with has_dropout=True"
        )
    if isinstance(val, list) and any(val):
        raise CheckFailed(
            f"the dropouts were on in {sum(map(bool, val))} of {len(val)} validation batches",
            findings=findings,
        )


@check("gap")
def test_gap(student, draw, settings, thresholds, measure):
    """With dropout, the gap between training and validation accuracy shrinks."""
    seed, best = draw.choice(0, 10**6), None
    for rate in settings["rates"]:
        student.seed(seed)
        props = student.props
        sets = (props.mislabelled(NOISY, WRONG_SHARE), props.digits(1, GAP_VAL)[1])
        plain = after_training(student, sets, 0.0, rate)
        if best is None or plain[0] > best[0][0]:
            best = plain, after_training(student, sets, settings["dropout"], rate)
        if plain[0] >= BY_HEART:
            break
    (plain, plain_val), (dropped, dropped_val) = best
    before, after = plain - plain_val, dropped - dropped_val
    measure("gap_without_dropout", before)
    measure("gap_with_dropout", after)
    if plain < LEARNED:
        raise CheckFailed(
            f"without dropout, {GAP_EPOCHS} epochs on {NOISY} digits end with {plain:.0%} of them "
            "right: nothing was learned, so there is no gap to look at"
        )
    thresholds.either(
        {"shrinks": ("at least", before - after), "small": ("at most", after)},
        f"with dropout the gap between training and validation accuracy is {after:.1%}, "
        f"without it {before:.1%}; expected at least {{threshold:.0%}} less",
        details=(
            f"without dropout: training {plain:.1%}, validation {plain_val:.1%}",
            f"with dropout: training {dropped:.1%}, validation {dropped_val:.1%}",
        ),
        settles_pass=True,
    )


def after_training(student, sets, dropout, rate):
    """Train a new model on a set; its accuracy there and on the validation set."""
    props, model = student.props, new(student, dropout)
    props.learn(student.train_model, model, *sets, GAP_EPOCHS, rate, dropout > 0)
    return [share_right(props, model, one) for one in sets]


def share_right(props, model, dataset):
    """The share of a data set that the model reads as its labels say."""
    labels = dataset.tensors[1].value
    got = logits_in(props.answers(model, dataset).value, len(labels))
    return float((got.argmax(1) == labels).double().mean())


@check("accuracy")
def test_accuracy(student, draw, accuracy, settings, data_kind):
    """A new classifier, trained with dropout, reads unseen digits well enough."""
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
    props, model = student.props, new(student, 0.3)
    sets = props.digits(names=names)
    props.learn(student.train_model, model, sets[0], sets[1], epochs, rate, True)

    def answers(images):
        """What it answers, if that comes of its six tensors and of no images kept beside them."""
        got = logits_in(props.logits(model, images).value, len(images))
        few = images[:FEW_ROWS].float().div(255).sub(0.1307).div(0.3081)
        agrees(got[:FEW_ROWS], props.values(model).value, few)
        return got

    return answers
