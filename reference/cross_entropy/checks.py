"""What a hand-written cross-entropy must do (lesson 1.3 §2). The oracle is torch's own."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from grader.checks import CheckFailed, check

pytestmark = pytest.mark.usefixtures("watched")  # a built-in may stand behind one size alone

DTYPES = [torch.float32, torch.float64]

BUILT_IN = {
    "CrossEntropyLoss",
    "LogSoftmax",
    "cross_entropy",
    "cross_entropy_loss",
    "log_softmax",
    "sparse_log_softmax",
}
"""By the last part of their names, without a leading underscore."""

MOST_NODES = 60


def batch(draw, samples, classes, dtype, scale=3.0):
    """Random logits (samples, classes) and targets (samples,)."""
    logits = scale * draw.normal(samples, classes, dtype=dtype)
    return logits, draw.integers(samples, high=classes)


def gradient_of(logits, targets):
    """The softmax minus one-hot, over the batch size."""
    one_hot = F.one_hot(targets, logits.shape[1])
    return (logits.softmax(1) - one_hot) / len(targets)


def wrong_losses(logits, targets):
    """What the known slips give, by what they are."""
    log_p = F.log_softmax(logits, 1)
    right = log_p[torch.arange(len(targets)), targets]
    over_batch = F.log_softmax(logits, 0)[torch.arange(len(targets)), targets]
    shifted = logits - logits.max(dim=1, keepdim=True).values
    of_right, sums = shifted[torch.arange(len(targets)), targets], shifted.exp().sum(1)
    columns = shifted.exp().sum(0).log()[targets]
    return {
        "that with log2 of the sum in the place of log": (sums.log2() - of_right).mean(),
        "that without the logarithm of the sum": (sums - of_right).mean(),
        "that with the sum of exponentials over the batch, not over the classes": (
            columns - of_right
        ).mean(),
        "one loss for each sample, not their mean": -right,
        "the sum over the batch, not its mean": -right.sum(),
        "divided by batch × classes, not by the batch alone": -right.sum() / logits.numel(),
        "divided by the batch size minus 1": -right.sum() / max(len(targets) - 1, 1),
        "that with log2 in the place of log": -right.mean() / math.log(2),
        "that with log10 in the place of log": -right.mean() / math.log(10),
        "right but for its sign: the minus is missing": right.mean(),
        "minus the mean probability: the logarithm is missing": -right.exp().mean(),
        "that with the softmax over the batch, not over the classes": -over_batch.mean(),
    }


def loss_of(student, logits, targets):
    """The loss over there; anything but a tensor fails."""
    loss = student.manual_cross_entropy(logits, targets)
    if loss.facts is None:
        kind = "None" if loss.type_name == "NoneType" else f"a {loss.type_name}"
        raise CheckFailed(f"the loss is {kind}, expected a tensor")
    return loss


def went_back(student, logits, targets):
    """The loss over there, and the logits over there with their gradient."""
    kept = student.put(logits.clone().requires_grad_())
    loss = loss_of(student, kept, targets)
    if not loss.facts["requires_grad"]:
        raise CheckFailed("the loss carries no graph, so no gradient can reach the logits")
    loss.backward()
    return loss, kept


@check("value")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(8, 10), (5, 5), (3, 7), (33, 2)], ids=str)
def test_value(student, draw, agree, shape, dtype):
    """The loss is the mean of -log softmax at the right class."""
    logits, targets = batch(draw, *shape, dtype)
    loss = loss_of(student, logits, targets)
    forms = wrong_losses(logits, targets)
    agree(loss, F.cross_entropy(logits, targets), what="the loss", forms=forms)


@check("value")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_value_of_many(student, draw, agree, dtype):
    """The loss of hundreds of samples, and of hundreds of classes, is right."""
    for shape in ((draw.choice(300, 700), 10), (3, draw.choice(300, 700))):
        logits, targets = batch(draw, *shape, dtype)
        loss = loss_of(student, logits, targets)
        agree(loss, F.cross_entropy(logits, targets), what=f"the loss of {shape[0]} samples")


@check("value")
def test_value_of_a_view(student, draw, agree):
    """The loss is right where the logits are a transposed view."""
    logits, targets = batch(draw, 6, 4, torch.float32)
    kept = student.put(logits.T.contiguous())
    expected = F.cross_entropy(logits, targets)
    agree(student.manual_cross_entropy(kept.T, targets), expected, what="the loss")


@check("gradient")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_gradient(student, draw, agree, dtype):
    """The gradient is (softmax - one-hot) / batch size."""
    for shape in [(7, 4), (4, 4), (2, 9), (draw.choice(200, 400), draw.choice(5, 30))]:
        logits, targets = batch(draw, *shape, dtype)
        _, kept = went_back(student, logits, targets)
        right = gradient_of(logits, targets)
        forms = {
            "not divided by the batch size": right * len(targets),
            "right but for its sign": -right,
        }
        agree(kept.grad, right, what="the gradient", forms=forms)


@check("batch_of_one")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_batch_of_one(student, draw, agree, dtype):
    """One sample alone has its loss and its gradient."""
    logits, targets = batch(draw, 1, draw.choice(3, 6), dtype)
    loss, kept = went_back(student, logits, targets)
    agree(loss, F.cross_entropy(logits, targets), what="the loss")
    agree(kept.grad, gradient_of(logits, targets), what="the gradient")


def large_logits(dtype):
    """Scores of ±10,000: right and wrong ones, equal ones, two alike, and one unlike."""
    big = 1e4
    rows = [
        ([big, -big, 0], 0),
        ([big, -big, 0], 1),
        ([-big, big, big], 2),
        ([big, big, big], 1),
        ([-big, -big, -big], 0),
        ([-big, -big, 2 - big], 2),
        ([90, -90, 100], 0),
    ]
    return torch.tensor([r for r, _ in rows], dtype=dtype), torch.tensor([t for _, t in rows])


@check("stable")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_stable(student, agree, settings, dtype):
    """Loss and gradient are right for scores of ±10,000."""
    logits, targets = large_logits(dtype)
    # At 10,000 neighbouring float32 numbers are 0.001 apart, and a right sum may be off by that.
    atol = settings["atol_float32"] if dtype is torch.float32 else None
    loss, kept = went_back(student, logits, targets)
    expected = F.cross_entropy(logits, targets)
    agree(loss, expected, what="the loss of scores of ±10,000", atol=atol)
    gradient = gradient_of(logits, targets)
    agree(kept.grad, gradient, what="the gradient for scores of ±10,000", atol=atol)


@check("input_unchanged")
@pytest.mark.parametrize("samples", [5, 300])
def test_input_unchanged(student, draw, untouched, samples):
    """Logits and targets are afterwards what they were before."""
    logits, targets = batch(draw, samples, 4, torch.float64 if samples == 5 else torch.float32)
    kept = {"logits": student.put(logits), "targets": student.put(targets)}
    with untouched(by="manual_cross_entropy()"):
        student.manual_cross_entropy(kept["logits"], kept["targets"])
    for name, before in (("logits", logits), ("targets", targets)):
        after = kept[name].value
        if not isinstance(after, torch.Tensor) or not torch.equal(after, before):
            raise CheckFailed(f"the call has changed {name}, expected it to leave them alone")


@check("by_hand")
def test_by_hand(student, draw):
    """No ready-made cross-entropy or log-softmax runs inside, whatever the size of the batch."""
    for samples in (4, draw.choice(300, 700)):
        logits, targets = batch(draw, samples, draw.choice(3, 40), torch.float32)
        loss = student.manual_cross_entropy(student.put(logits.requires_grad_()), targets)
    found = sorted(
        name for name in student.seen if BUILT_IN & {part.lstrip("_") for part in name.split(".")}
    )
    if found:
        raise CheckFailed(f"{found[0]} was called; write it with ordinary operations instead")
    if loss.facts is not None and "LogSoftmaxBackward0" in graph(loss):
        raise CheckFailed("a ready-made log-softmax is in the graph of the loss, write it by hand")


def graph(out):
    """The names of the steps that backward() would take from ``out``; compiled code hides none."""
    names, waiting = set(), [out.get("grad_fn")]
    for _ in range(MOST_NODES):
        if not waiting:
            break
        node = waiting.pop()
        names.add(node.type_name)
        if node.type_name.endswith(("Backward0", "Backward1", "Backward")):
            following = node.get("next_functions")
            count = following.get("__len__")().value
            waiting += [following[i][0] for i in range(count if isinstance(count, int) else 0)]
    return names
