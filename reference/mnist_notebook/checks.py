"""What a notebook that trains an MLP on MNIST must have done (lesson 004).

It is run once under the recorder. What it has at its end is asked for at once, by the names
that the task gives (`props.py` tells it as plain data), and `net` is asked for digits that the
notebook never had.
"""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.program import Questions
from grader.schema.rows import Backward, Forward, Update

CLASSES = 10
SHAPES = [[10], [10, 300], [300], [300], [300, 300], [300, 784]]
PARAMETERS = 328_810

SOFTMAX_SHARE = 0.6
"""Softmax twice keeps the loss of ten classes from falling below ln(1 + 9/e) = 1.461, which is 0.63
of the ln 10 that it starts from; with logits it falls far below that."""
FLOOR = (1.460, 1.53)
BEGINNING = 20
LEARNED = 0.6
"""Whose accuracy is above has a small loss, if the loss is what it should be."""
SMALL = 100
PLAUSIBLE = 0.7
FEWEST_CLASSES = 5


@pytest.fixture(scope="session")
def questions():
    """`net` is asked for the held-out digits, and the notebook for what it has."""
    return Questions(model="asked_net", seen="gathered", before=("watch",))


@pytest.fixture(scope="session")
def seen(program):
    """What the notebook has at its end."""
    return program.seen


def ended(program):
    """Why the run ended early, as a sentence of its own."""
    return f" {program.ended}" if program.ended else ""


# --- the network and its training ---------------------------------------------------------


@check("network")
def test_network(program, seen):
    """The network has the layers of 784-300-300-10."""
    net = seen["net"]
    if net is None:
        raise CheckFailed(f"the notebook defines no network named net.{ended(program)}")
    count = sum(math.prod(shape) for shape in net["shapes"])
    if count != PARAMETERS:
        raise CheckFailed(f"net has {count:,} parameters, expected {PARAMETERS:,}")
    if sorted(map(sorted, net["shapes"])) != sorted(map(sorted, SHAPES)):
        raise CheckFailed(f"the parameters of net have the shapes {net['shapes']}")
    for layer in seen["bare"]:
        raise CheckFailed(
            f"what layer {layer - 1} of net gives goes into layer {layer} as it is: without a ReLU "
            "between them two linear layers are no more than one"
        )


@check("raw_logits")
def test_raw_logits(program, seen, heldout):
    """What goes into the loss are raw logits."""
    outputs = outputs_of(program)
    low, sums = float(outputs.min()), outputs.sum(dim=1)
    if low >= 0 and bool((sums - 1).abs().max() < 1e-3):
        raise CheckFailed(
            "net gives probabilities: each row of its output adds up to 1, so softmax is in it"
        )
    if low >= 0:
        raise CheckFailed(
            f"none of the {outputs.numel():,} outputs of net is below 0: something comes after the "
            "last layer, and logits have no bounds"
        )
    by_model = losses_by_model(program.trace)
    losses = [loss for group in by_model for loss in group]
    if not losses:
        raise CheckFailed(f"no loss was seen that the network was trained by.{ended(program)}")
    if min(losses) < 0:
        raise CheckFailed(
            f"the loss falls to {min(losses):.3g}; a cross-entropy is never below 0. NLLLoss takes "
            "logarithms of probabilities, and got probabilities"
        )
    if seen["losses"]:
        if seen["probabilities"] > seen["losses"] / 2:
            raise CheckFailed(
                f"cross_entropy was given probabilities in {seen['probabilities']:,} of "
                f"{seen['losses']:,} steps: softmax was applied before a loss that applies it too"
            )
        return
    require_falling(by_model, share_right(outputs, heldout))


def require_falling(by_model, right):
    """Of a loss by hand only its size is known: it falls far where the network learns."""
    losses = [loss for group in by_model for loss in group]
    stuck = [group for group in by_model if len(group) >= BEGINNING and is_at_the_floor(group)]
    if right > LEARNED and min(losses) > SOFTMAX_SHARE * max(losses[:BEGINNING]):
        stuck.append(losses)
    if stuck:
        raise CheckFailed(
            f"the network reads {right:.0%} of unseen digits right, and its loss never fell below "
            f"{min(stuck[0]):.3g}: softmax was applied before a loss that applies it too"
        )


def losses_by_model(trace):
    """The losses of each model's training, in order; the model is the one that was asked last."""
    groups, model = {}, -1
    for event in trace.events:
        if isinstance(event, Forward) and event.tracks_gradients:
            model = event.model
        elif isinstance(event, Backward) and event.loss is not None and math.isfinite(event.loss):
            groups.setdefault(model, []).append(event.loss)
    return list(groups.values())


def is_at_the_floor(losses):
    """Whether a loss goes from ln 10 to the least that softmax twice can reach, and stays."""
    low, high = FLOOR
    return low <= min(losses) <= high and abs(max(losses[:BEGINNING]) - math.log(CLASSES)) < 0.1


def outputs_of(program):
    """The logits (N, 10) of `net` for the held-out digits and their moved copies."""
    outputs = program.outputs
    if isinstance(outputs, Exception):
        raise outputs
    if outputs.dim() != 2 or outputs.shape[1] != CLASSES:
        raise CheckFailed(f"net gives {tuple(outputs.shape)}, expected 10 numbers for each image")
    return outputs


def share_right(outputs, heldout):
    """The accuracy on the held-out digits themselves."""
    _, labels = heldout
    return float((outputs[: len(labels)].argmax(dim=1) == labels).double().mean())


@check("adam")
def test_adam(program):
    """The training was done by Adam."""
    used = {update.optimizer for update in program.trace.of(Update)}
    names = {program.trace.optimizers[index].name for index in used if index >= 0}
    if not used:
        raise CheckFailed(f"no step of a training was seen.{ended(program)}")
    if not any("adam" in name.lower() for name in names):
        by = ", ".join(sorted(names)) or "hand, without an optimizer of torch"
        raise CheckFailed(f"the training was done by {by}, expected Adam")


@check("accuracy")
def test_accuracy(program, accuracy):
    """The network reads digits right that the notebook has never seen."""
    if not program.trace.updates:
        raise CheckFailed(f"no step of a training was seen.{ended(program)}")
    accuracy.of_program()


# --- the confusion matrix -----------------------------------------------------------------


@check("confusion")
def test_confusion(program, seen, heldout, thresholds):
    """The confusion matrix counts true classes in its rows and predicted ones in its columns."""
    matrix = counts(seen["confusion"], ended(program))
    total = int(matrix.sum())
    pairs = [
        (labels, predictions)
        for labels in seen["labels"]
        for predictions in seen["predictions"]
        if len(labels) == len(predictions) == total
    ]
    if pairs:
        same_counts(matrix, *pairs[0])
    same_rows(matrix, seen["test_counts"])
    right = share_right(outputs_of(program), heldout)
    said = float(matrix.trace() / total)
    thresholds.at_most(
        "largest_difference",
        abs(said - right),
        f"by the matrix {said:.1%} of the predictions are right, but net reads {right:.1%} of "
        "unseen digits right: the matrix is not of this network and the test images",
        settles_pass=True,
    )


def counts(matrix, why):
    """The matrix as float64 (10, 10). Raises CheckFailed if it holds no counts."""
    if matrix is None:
        raise CheckFailed(f"the notebook defines no table of numbers named confusion.{why}")
    if matrix.shape != (CLASSES, CLASSES):
        raise CheckFailed(f"the confusion matrix is {tuple(matrix.shape)}, expected (10, 10)")
    matrix = matrix.double()
    if not bool(((matrix >= 0) & (matrix == matrix.round())).all()) or not float(matrix.sum()):
        raise CheckFailed("the confusion matrix holds numbers that are no counts of images")
    return matrix


def same_counts(matrix, labels, predictions):
    """The matrix counts these pairs."""
    for name, classes in (("labels", labels), ("predictions", predictions)):
        if int(classes.min()) < 0 or int(classes.max()) >= CLASSES:
            raise CheckFailed(f"{name} holds numbers that are no classes from 0 to 9")
    expected = torch.bincount(CLASSES * labels + predictions, minlength=100).reshape(10, 10)
    expected = expected.double()
    if torch.equal(matrix, expected):
        return
    transposed(matrix, expected)
    row, column = (matrix != expected).nonzero()[0].tolist()
    want, got = int(expected[row, column]), int(matrix[row, column])
    raise CheckFailed(
        "the confusion matrix doesn't count labels and predictions",
        details=[f"true class {row}, predicted {column}: expected {want}   got {got}"],
    )


def transposed(matrix, expected):
    """Say so if rows and columns are exchanged."""
    if torch.equal(matrix.T, expected):
        raise CheckFailed("the confusion matrix is transposed: rows should be the true classes")


def same_rows(matrix, test_counts):
    """The rows add up to how often each class is in the test split."""
    expected = test_counts.double()
    if torch.equal(matrix.sum(dim=1), expected):
        return
    if torch.equal(matrix.sum(dim=0), expected):
        raise CheckFailed("the confusion matrix is transposed: rows should be the true classes")
    raise CheckFailed(
        "the rows of the confusion matrix don't add up to the numbers of digits in the test split",
        details=[
            f"in all: expected {int(expected.sum()):,}   got {int(matrix.sum()):,}",
            f"row 0: expected {int(expected[0]):,}   got {int(matrix[0].sum()):,}",
        ],
    )


# --- 100 images ---------------------------------------------------------------------------


def has_learned(program, heldout):
    """Whether what `net` says of an image counts for something."""
    outputs = program.outputs
    return isinstance(outputs, torch.Tensor) and share_right(outputs, heldout) > LEARNED


@check("overfits")
def test_overfits(program, seen, heldout, thresholds):
    """A fresh network knows its 100 images by heart."""
    small = seen["small"]
    if small["missing"]:
        names = ", ".join(small["missing"])
        raise CheckFailed(f"the notebook doesn't define {names}.{ended(program)}")
    labels, predicted = small["labels"], small["predicted"]
    if predicted is None:
        raise CheckFailed("small_net can't take small_images as they are")
    if len(labels) != SMALL or len(predicted) != SMALL:
        raise CheckFailed(
            f"there are {len(predicted)} small_images and {len(labels)} small_labels, "
            f"expected {SMALL} of each"
        )
    if small["is net"]:
        raise CheckFailed("small_net is net: it has learned from all of the training images")
    if len(labels.unique()) < FEWEST_CLASSES:
        raise CheckFailed(f"the 100 labels are of {len(labels.unique())} classes only")
    other = small["predicted by net"]
    if other is not None and len(other) == SMALL and has_learned(program, heldout):
        agreed = float((other == labels).double().mean())
        if agreed < PLAUSIBLE:
            raise CheckFailed(
                f"net gives {agreed:.0%} of the 100 images the classes in small_labels: these are "
                "not the labels of these images"
            )
    right = float((predicted == labels).double().mean())
    thresholds.at_least(
        "threshold",
        right,
        "small_net gets {measured:.0%} of its "
        f"{SMALL} images right, "
        "expected {threshold:.0%} or more",
        settles_pass=True,
    )
