"""What a training loop must do (lesson 001 §3.6).

Every run is made twice, from the same weights and batches: over there with the student's
`train`, and here with the reference's. `props.py` builds both.
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.checks import CheckFailed, check
from grader.rules import found_in

KNOWN_MISTAKES = (
    "gradients-not-cleared",
    "loss-class-not-instance",
    "validation-in-train-mode",
    "validation-tracks-gradients",
)
PROPS = Path(__file__).parents[2] / "exercises" / "training_loop" / "props.py"


def load_props():
    """The exercise's own props.py, on this side."""
    spec = importlib.util.spec_from_file_location("training_loop_props", PROPS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCAL = load_props()


@dataclass
class Run:
    """One training: what each call of `train` returned, and what the bench has noted."""

    losses: list
    noted: dict

    def of_steps(self, what):
        """What was noted of each step; a list, whatever came over the wall."""
        noted = self.noted.get(what) if isinstance(self.noted, dict) else None
        return noted if isinstance(noted, list) else []

    def last(self, what):
        """What was noted at the end."""
        return self.noted.get(what) if isinstance(self.noted, dict) else None


def problem(draw, kind, *, optimizer="sgd", rate=0.05, dtype=torch.float32, more=0):
    """The arguments of a bench. The last batch is shorter, and unlike the others.

    ``more`` full batches of a regression stand before these.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw.choice(0, 2**31 - 1))
        state = LOCAL.network(kind).to(dtype).state_dict()
    if kind == "regression":  # batches of 4, 4, 3
        inputs = draw.normal(4 * more + 11, 3, dtype=dtype)
        # Large, small and very large errors: gradients on both sides of any clipping.
        scale = torch.tensor([4.0] * 4 * (more + 1) + [0.5] * 4 + [12.0] * 3, dtype=dtype)
        targets = (1 + draw.uniform(len(inputs), 2, dtype=dtype)) * scale[:, None]
    else:  # batches of 4, 4, 2
        inputs = 3 * draw.normal(10, 4, dtype=dtype) + 1
        targets = draw.integers(10, high=3)
    return kind, state, inputs, targets, 4, optimizer, rate


def run(bench, train, epochs=(2,), **options):
    """Call ``train`` on the bench once for each of ``epochs``; what it returned, and the notes."""
    losses = [bench.train(train, n, **options) for n in epochs]
    return losses, bench.told()


def both(student, reference, setup, *args, **kwargs):
    """The student's run and the reference's."""
    losses, noted = run(student.props.Bench(*setup), student.train, *args, **kwargs)
    theirs = Run(losses, noted.value)
    return theirs, Run(*run(LOCAL.Bench(*setup), reference.train, *args, **kwargs))


def same_weights(agree, theirs, ours, when=""):
    """Fail at the first step after which the weights differ."""
    steps, expected = theirs.of_steps("weights"), ours.of_steps("weights")
    for number, (got, want) in enumerate(zip(steps, expected, strict=False), 1):
        before = "" if number == 1 else f" (they agreed after step {number - 1})"
        message = f"{when}the weights differ from the reference after step {number}"
        same_state(agree, got, want, f"{message} of {len(expected)}{before}")
    message = f"{when}the weights differ from the reference at the end of the training"
    taken, wanted = (len(each.of_steps("norms")) for each in (theirs, ours))
    if taken != wanted:
        message += f": expected {wanted} steps of the optimizer, got {taken}"
    same_state(agree, theirs.last("state"), ours.last("state"), message)


def same_state(agree, got, want, message):
    """Compare two states of a model; a difference fails with ``message``."""
    for name, value in want.items():
        actual = got.get(name) if isinstance(got, dict) else None
        try:
            agree(actual, value, what=name)
        except CheckFailed as error:
            raise CheckFailed(message, details=error.details or [error.message]) from None


def numbers(handle, count):
    """The losses that one call returned, as floats."""
    value = handle.value
    if isinstance(value, (torch.Tensor, np.ndarray)):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        kind = "None" if value is None else f"a {handle.type_name}"
        raise CheckFailed(f"train() returned {kind}, expected a list with one loss for each epoch")
    if len(value) != count:
        raise CheckFailed(
            f"train() returned {len(value)} numbers for {count} epochs, expected one for each"
        )
    return [number(item, handle, index) for index, item in enumerate(value)]


def number(item, handle, index):
    """One loss as a float; a tensor is taken too, unless it holds on to its graph."""
    if isinstance(item, (torch.Tensor, np.ndarray)) and item.ndim == 0:
        facts = handle[index].facts
        if facts is not None and facts["requires_grad"]:
            raise CheckFailed(
                f"the loss of epoch {index + 1} still holds the graph that it came from, "
                "and with it the memory of every batch; expected a plain number"
            )
        item = item.item()
    if isinstance(item, bool) or not isinstance(item, (int, float)):
        raise CheckFailed(
            f"the loss of epoch {index + 1} is a {type(item).__name__}, expected a float"
        )
    try:
        return float(item)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def same_losses(theirs, ours, settings, when):
    """Compare what each call returned, epoch by epoch."""
    for handle, expected in zip(theirs.losses, ours.losses, strict=True):
        for epoch, (got, want) in enumerate(
            zip(numbers(handle, len(expected)), expected, strict=True), 1
        ):
            allowed = settings["atol"] + settings["rtol"] * abs(want)
            if not math.isclose(got, want, rel_tol=0, abs_tol=allowed):
                raise CheckFailed(
                    f"the loss of epoch {epoch} is not the mean over its samples ({when})",
                    details=[f"expected {want:.6g}   got {got:.6g}   allowed ±{allowed:.1e}"],
                )


PROBLEMS = {
    "regression": {"kind": "regression"},
    "batch norm": {"kind": "classes", "rate": 0.1},
    "adam": {"kind": "regression", "optimizer": "adam", "rate": 0.02, "dtype": torch.float64},
}


@check("weights")
@pytest.mark.parametrize("name", PROBLEMS)
def test_weights(student, reference, draw, agree, name):
    """After every step the weights are those of the reference solution."""
    theirs, ours = both(student, reference, problem(draw, **PROBLEMS[name]))
    same_weights(agree, theirs, ours)


@check("epoch_losses")
def test_epoch_losses(student, reference, draw, settings, agree):
    """Each number returned is the mean loss over the samples of its epoch."""
    # At a rate of 0 the weights stay, so that nothing but the bookkeeping can be wrong.
    still = problem(draw, "regression", rate=0.0)
    same_losses(*both(student, reference, still, (3,)), settings, "batches of 4, 4 and 3")
    theirs, ours = both(student, reference, problem(draw, "regression"))
    try:
        same_weights(agree, theirs, ours)
    except CheckFailed:
        return  # other weights have other losses; the check of the weights tells it
    same_losses(theirs, ours, settings, "weights that change with every batch")


@check("clipping")
def test_clipping(student, reference, draw, agree):
    """Long gradients are shortened to max_norm between backward and step, short ones are not."""
    setup = problem(draw, "regression")
    # The median of the norms without a limit: some steps are beyond it, some are not.
    norms = sorted(Run(*run(LOCAL.Bench(*setup), reference.train)).of_steps("norms"))
    max_norm = norms[len(norms) // 2 - 1]
    theirs, ours = both(student, reference, setup, max_norm=max_norm)
    for step, norm in enumerate(theirs.of_steps("norms"), 1):
        if not isinstance(norm, float) or norm > max_norm * 1.001:
            raise CheckFailed(
                f"step {step} used a gradient that is longer than max_norm",
                details=[f"expected a norm of at most {max_norm:.4g}   got {norm:.4g}"
                         if isinstance(norm, float) else "its norm can't be read"],
            )  # fmt: skip
    same_weights(agree, theirs, ours, f"with max_norm={max_norm:.3g} ")


@check("clipping")
def test_clipping_to_the_end(student, reference, draw, agree):
    """Every step of a longer training is clipped, the last one too, in every epoch."""
    setup = problem(draw, "regression", more=draw.choice(40, 60), rate=0.002)
    theirs, ours = both(student, reference, setup, (2, 1), max_norm=0.5)
    for step, norm in enumerate(theirs.of_steps("norms"), 1):
        if not isinstance(norm, float) or norm > 0.5 * 1.001:
            raise CheckFailed(
                f"step {step} of a longer training used a gradient that is longer than max_norm"
            )
    same_weights(agree, theirs, ours, "in a longer training with max_norm=0.5 ")


@check("scheduler")
def test_scheduler(student, reference, draw):
    """The scheduler moves once after each epoch."""
    theirs, ours = both(student, reference, problem(draw, "classes"), (3,), schedule=True)
    rates, expected, per_epoch = theirs.of_steps("rates"), ours.of_steps("rates"), 3
    for step, (got, want) in enumerate(zip(rates, expected, strict=False)):
        if not isinstance(got, float) or not math.isclose(got, want, rel_tol=1e-6):
            raise CheckFailed(
                f"batch {step % per_epoch + 1} of epoch {step // per_epoch + 1} was learned with "
                f"the rate {got!s:.20}, expected {want:g}: it halves after each epoch of "
                f"{per_epoch} batches"
            )
    moves = theirs.last("moves")
    if not isinstance(moves, int) or moves != ours.last("moves"):
        raise CheckFailed(f"the scheduler moved {moves!s:.20} times in 3 epochs, expected 3")


@check("called_twice")
def test_called_twice(student, reference, draw, agree):
    """A second call goes on from where the first one ended."""
    theirs, ours = both(student, reference, problem(draw, "classes"), (1, 2))
    for call, (handle, expected) in enumerate(zip(theirs.losses, ours.losses, strict=True), 1):
        value = handle.value
        if isinstance(value, (list, tuple)) and len(value) != len(expected):
            raise CheckFailed(
                f"call {call} trained for {len(expected)} epochs and returned {len(value)} numbers"
            )
    same_weights(agree, theirs, ours, "with two calls, the first of one epoch, ")


@check("weights")
def test_weights_of_a_longer_training(student, reference, draw, agree):
    """A longer training has the weights of the reference solution after every step."""
    setup = problem(draw, "regression", more=draw.choice(30, 50), rate=0.002)
    theirs, ours = both(student, reference, setup, (draw.choice(3, 5),))
    same_weights(agree, theirs, ours, "in a longer training ")


@check("device")
def test_device_is_used(student, draw):
    """Model and batches are moved to the device that is named."""
    told = student.props.on_another_device(student.train, *problem(draw, "classes")).value
    told = told if isinstance(told, dict) else {}
    for what, moved in (("the model", told.get("model")), ("the batches", told.get("batches"))):
        if moved is False:
            raise CheckFailed(
                f"{what} did not go to the device that train() was given",
                details=["tried with device='meta', which has shapes and no numbers"],
            )


@check("device")
def test_device(student, draw):
    """The device can be named by a text or a torch.device."""
    setup, props = problem(draw, "regression"), student.props
    for device in ("cpu", props.torch.device("cpu")):
        props.Bench(*setup).train(student.train, 1, device=device)


@check("sound")
def test_sound(student, draw):
    """A recorder that watched the loop found none of the known mistakes."""
    bench = student.props.Bench(*problem(draw, "regression", rate=0.002))
    arguments = (bench.model, bench.loader, bench.criterion, bench.optimizer, 4)
    _, trace = student.trace(student.train, *arguments)
    if not trace.updates:
        raise CheckFailed("no training step was seen")
    findings = found_in(trace, *KNOWN_MISTAKES)
    if findings:
        raise CheckFailed("the loop makes a known mistake", findings=findings)
