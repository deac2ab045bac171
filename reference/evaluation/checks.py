"""What an evaluation must do (lessons 004 §7 and 003 §6.3).

The models are made over there by `props.py`, of weights that are drawn here; they note the
mode in which they are called. The accuracy that is right is computed here.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.forms import known_form, on

MARGIN = 0.05
"""Between the two largest logits of a sample: no rounding may change which is the largest."""


def samples(draw, rows, *, features=6, classes=4):
    """Inputs (rows, features), the weights of a head, and the labels that the head would give."""
    weight = draw.normal(classes, features)
    inputs = draw.normal(4 * rows + 40, features)
    # A fresh batch norm in evaluation mode divides all logits by one constant: the largest stays.
    logits = inputs.double() @ weight.double().T
    top = logits.topk(2, dim=1)
    clear = (top.values[:, 0] - top.values[:, 1] > MARGIN).nonzero()[:rows, 0]
    return inputs[clear], weight, top.indices[clear, 0]


def spoil(labels, wrong, classes=4):
    """The labels with the next class in place of the right one wherever ``wrong`` is true."""
    return torch.where(wrong, (labels + 1) % classes, labels)


def share(handle):
    """An accuracy that came over the wall, as a float."""
    value = handle.value
    if isinstance(value, (torch.Tensor, np.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        kind = "None" if value is None else f"a {handle.type_name}"
        raise CheckFailed(f"evaluate() returned {kind}, expected a number from 0 to 1")
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def near(one, other):
    """Whether two lists of accuracies are the same."""
    return all(math.isclose(a, b, abs_tol=1e-5) for a, b in zip(one, other, strict=True))


def wrong_shares(logits, labels, size):
    """What the known slips give for one set of samples in batches of ``size``, by what they are."""
    right = logits.argmax(1) == labels
    last, count, hits = right.double().split(size)[-1], len(labels), int(right.sum())
    pairs = zip(logits.argmax(1).split(size), labels.split(size), strict=True)
    everywhere = sum(int((one[:, None] == other).sum()) for one, other in pairs)
    return {
        "a percentage, not a share of 1": 100 * hits / count,
        "the number of right predictions, not their share": float(hits),
        "the share of wrong predictions": 1 - hits / count,
        "the share that is rounded down to a whole number": float(hits // count),
        "that of the smallest logits, not of the largest": float(
            (logits.argmin(1) == labels).double().mean()
        ),
        "what comes out if each prediction is compared with every label of its batch": (
            everywhere / count
        ),
        "that of the last batch alone, divided by all samples": float(last.sum()) / count,
        "that of the last batch alone": float(last.mean()),
    }


def wrong_with_a_short_batch(logits, labels, size):
    """The same for slips that show only where the last batch is shorter than the others."""
    batches = (logits.argmax(1) == labels).double().split(size)
    return {
        "the mean of the batches' accuracies: a short batch counts too much": float(
            torch.stack([batch.mean() for batch in batches]).mean()
        ),
        "divided as if every batch were full": float(sum(map(sum, batches)))
        / (size * len(batches)),
        "that of the full batches: the short last one is left out": float(
            torch.cat(batches[:-1]).mean()
        ),
    }


def same_shares(got, asked, what, slips=wrong_shares):
    """Compare accuracies with the right ones; a slip is named where it gives all of them.

    ``asked`` holds logits, labels and the batch size of each, ``what`` a few words about it.
    """
    expected = [float((x.argmax(1) == labels).double().mean()) for x, labels, _ in asked]
    tables = [slips(*each) for each in asked]
    forms = {said: [table[said] for table in tables] for said in tables[0]}
    slip = known_form(got, expected, forms, near)
    for mine, right, words in zip(got, expected, what, strict=True):
        if not near([mine], [right]):
            raise CheckFailed(
                f"the accuracy {words} is {slip or 'wrong'}",
                details=[f"expected {right:.6g}   got {mine:.6g}"],
            )


@check("accuracy")
@pytest.mark.parametrize(("rows", "batch"), [(24, 8), (1, 1), (30, 30), (0, 17)])
def test_accuracy(student, draw, rows, batch):
    """The accuracy is the share of samples that the model classifies right."""
    rows = rows or batch * draw.choice(24, 53)  # the last batch is a full one
    features, classes = draw.choice(4, 9), draw.choice(3, 12)
    inputs, weight, right = samples(draw, rows, features=features, classes=classes)
    rows = len(inputs)
    model = student.props.Watched(weight)
    model.eval()  # so that only the counting can be wrong
    got, asked, what = [], [], []
    for wrong in (torch.zeros(rows, dtype=torch.bool), draw.uniform(rows) < 0.4):
        labels = spoil(right, wrong, classes)
        loader = student.props.loader(inputs, labels, batch)
        words = f"of {int((labels == right).sum())} right predictions in {rows}"
        for again in ("", ", asked a second time,"):
            got.append(share(student.evaluate(model, loader)))
            asked.append((inputs @ weight.T, labels, batch))
            what.append(words + again)
    same_shares(got, asked, what)


@check("short_last_batch")
@pytest.mark.parametrize(("full", "last"), [(2, 1), (3, 5)])
def test_short_last_batch(student, draw, full, last):
    """A short last batch counts by its samples."""
    rows = 8 * full + last
    inputs, weight, right = samples(draw, rows)
    # The full batches are all right and the short one is all wrong, then the other way round.
    in_last = torch.arange(rows) >= 8 * full
    model = student.props.Watched(weight)
    model.eval()
    got, asked, what = [], [], []
    for wrong in (in_last, ~in_last):
        labels = spoil(right, wrong)
        loader = student.props.loader(inputs, labels, 8)
        got.append(share(student.evaluate(model, loader)))
        asked.append((inputs @ weight.T, labels, 8))
        what.append(f"over {full} batches of 8 and one of {last}, {int((~wrong).sum())} right,")
    same_shares(got, asked, what, wrong_with_a_short_batch)


def evaluated(student, draw, *, training, rows=20):
    """A model that was evaluated once, and what it noted at its calls."""
    inputs, weight, labels = samples(draw, rows)
    model = student.props.Watched(weight)
    model.train(training)
    student.evaluate(model, student.props.loader(inputs, labels, 8))
    calls = model.calls.value
    if not isinstance(calls, list) or not calls:
        raise CheckFailed("evaluate() never called the model that it was given")
    return model, [call if isinstance(call, dict) else {} for call in calls]


@check("eval_mode")
def test_eval_mode(student, draw):
    """Every layer is in evaluation mode whenever the model is called."""
    model, calls = evaluated(student, draw, training=True)
    for number, call in enumerate(calls, 1):
        if call.get("training") != []:
            raise CheckFailed(
                f"at batch {number} the model was still in training mode",
                details=[f"in training mode: {listed(call.get('training'))}"],
            )
    batches = student.props.statistics(model).value
    counted = batches.get("body.0.num_batches_tracked") if isinstance(batches, dict) else None
    if not isinstance(counted, torch.Tensor) or counted.tolist() != 0:
        raise CheckFailed("the evaluation changed the running statistics of a batch norm layer")


def listed(names):
    """Names of layers for a reader."""
    return ", ".join(map(str, names))[:200] if isinstance(names, list) else "unknown"


@check("no_gradients")
def test_no_gradients(student, draw):
    """No graph is recorded during the evaluation."""
    _, calls = evaluated(student, draw, training=True)
    for number, call in enumerate(calls, 1):
        if call.get("tracked") is not False:
            raise CheckFailed(
                f"at batch {number} the logits hang on a graph: gradients were recorded",
                details=["expected logits.requires_grad False   got True"],
            )


@check("mode_restored")
@pytest.mark.parametrize("training", [True, False])
def test_nothing_else_changed(student, draw, untouched, training):
    """Weights, gradients, hooks and settings of the model stay what they were."""
    inputs, weight, labels = samples(draw, 20)
    model = student.props.worked_with(weight, inputs, labels)
    model.train(training)
    loader = student.props.loader(inputs, labels, 8)
    but = ("the training mode of",) if not training else ()  # told by the test below
    with untouched(by="evaluate()", model=model, but=but):
        student.evaluate(model, loader)


@check("mode_restored")
@pytest.mark.parametrize("training", [True, False])
def test_mode_restored(student, draw, training):
    """Afterwards the model has the mode in which it came, and gradients are recorded again."""
    word = {True: "training", False: "evaluation"}
    model, _ = evaluated(student, draw, training=training)
    recording = student.props.recording_gradients().value
    modes = student.props.modes(model).value
    for name, mode in modes.items() if isinstance(modes, dict) else [("the model", None)]:
        if mode is not training:
            raise CheckFailed(
                f"the model came in {word[training]} mode and was left in {word[not training]} "
                "mode",
                details=[f"changed: {name}"],
            )
    assert recording is True, "after evaluate() torch records no gradients any more"
    frozen = student.props.frozen(model).value
    if frozen != []:
        raise CheckFailed(
            "after evaluate() the model can't be trained: its parameters require no gradients",
            details=[f"changed: {listed(frozen)}"],
        )


@check("confusion")
@pytest.mark.parametrize(("rows", "classes"), [(200, 5), (7, 10), (1, 2), (60, 3)])
def test_confusion(student, reference, draw, rows, classes):
    """The matrix counts true classes in its rows and predicted classes in its columns."""
    # Only some of the classes occur, and not as often in one as in the other.
    labels = draw.integers(rows, high=max(1, classes - 1))
    preds = torch.where(draw.uniform(rows) < 0.5, labels, draw.integers(rows, high=classes))
    preds[0] = (labels[0] + 1) % classes  # one at least is wrong, on one side of the diagonal
    expected = reference.confusion_matrix(preds, labels, classes)
    handle = student.confusion_matrix(preds, labels, classes)
    got = matrix(handle)
    if got.shape != expected.shape:
        raise CheckFailed(
            f"the confusion matrix of {classes} classes has the wrong shape",
            details=[f"expected {tuple(expected.shape)}   got {tuple(got.shape)}"],
        )
    right = expected.double()
    slip = known_form(got, right, on(WRONG_MATRICES, right), torch.allclose)
    if not torch.equal(got, right):
        said = f"is {slip}" if slip else "holds wrong counts"
        raise CheckFailed(f"the confusion matrix {said}", details=differing(got, right))


def matrix(handle):
    """A matrix that came over the wall as a float64 tensor."""
    value = handle.value
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value.copy())
    if isinstance(value, (list, tuple)):
        try:
            value = torch.tensor(value, dtype=torch.float64)
        except (TypeError, ValueError, RuntimeError, OverflowError):
            raise CheckFailed("confusion_matrix() returned a list that is no matrix") from None
    if not isinstance(value, torch.Tensor) or value.is_complex():
        kind = "None" if value is None else f"a {handle.type_name}"
        raise CheckFailed(f"confusion_matrix() returned {kind}, expected a matrix of counts")
    return value.double()


WRONG_MATRICES = {
    "transposed: rows should be the true classes": lambda right: right.T,
    "made of shares of each row, not of counts": lambda right: (
        right / right.sum(1, keepdim=True).clamp(min=1)
    ),
    "made of shares of all samples, not of counts": lambda right: right / right.sum(),
    "empty on its diagonal: what was right is not counted": lambda right: (
        right - right.diag().diag()
    ),
    "1 where more was counted: equal pairs of classes count once": lambda right: right.clamp(max=1),
}
"""What the known slips make of the right matrix, by what they are."""


def differing(got, expected):
    """Message and details for a matrix of the right shape and wrong counts."""
    row, column = (got != expected).nonzero()[0].tolist()
    numbers = f"expected {int(expected[row, column])}   got {float(got[row, column]):g}"
    share = f"({int((got != expected).sum())} of {expected.numel()} differ)"
    return [f"true class {row}, predicted {column}   {numbers}   {share}"]
