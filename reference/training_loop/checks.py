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
from grader.checks.forms import known_form
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


# --- known slips ---


def loop(**slip):  # noqa: C901, PLR0915 - the reference's loop, each line of which may be wrong
    """A `train` that does one thing otherwise, which ``slip`` names and says how."""
    kind, how = next(iter(slip.items()), ("", None))
    clip, clip_each = torch.nn.utils.clip_grad_norm_, torch.nn.utils.clip_grad_value_

    def clipped(model, max_norm):
        """The gradients are shortened, right or by the slip."""
        parameters = list(model.parameters())
        if kind == "clips" and how == "always":
            clip(parameters, 1.0)
        if max_norm is None or (kind == "clips" and how == "never"):
            return
        if kind != "clips" or how == "always":
            clip(parameters, max_norm)
        elif how == "by value":
            clip_each(parameters, max_norm)
        elif how == "each":
            for parameter in parameters:
                clip(parameter, max_norm)
        elif how == "scaled":
            total = torch.cat([p.grad.flatten() for p in parameters]).norm()
            for parameter in parameters:
                parameter.grad *= max_norm / total

    def train(  # noqa: C901, PLR0912
        model, loader, criterion, optimizer, epochs, *, max_norm=None, scheduler=None
    ):
        if kind == "optimizer" and how == "own":
            optimizer = torch.optim.SGD(model.parameters(), lr=optimizer.param_groups[0]["lr"])
        if kind == "optimizer" and how == "forgets":
            optimizer.state.clear()
        losses, total, samples = [], 0.0, 0
        for _ in range(epochs - (kind == "epochs")):
            model.train(kind != "mode" or (how == "once" and not hasattr(model, "was_trained")))
            if kind != "sums":
                total = 0.0
            samples = 0
            if (kind, how) == ("clears", "each epoch"):
                optimizer.zero_grad()
            for inputs, targets in loader:
                if kind == "skips" and len(inputs) < loader.batch_size:
                    continue
                if (kind, how) == ("step", "first"):
                    optimizer.step()
                loss = criterion(model(inputs), targets)
                if kind != "clears":
                    optimizer.zero_grad()
                loss.backward()
                clipped(model, max_norm)
                if (kind, how) == ("clears", "before step"):
                    optimizer.zero_grad()
                if (kind, how) != ("step", "first"):
                    optimizer.step()
                total += loss.item() * (1 if kind == "means" else len(inputs))
                samples += len(inputs)
            if kind == "measures":
                with torch.no_grad():
                    total = sum(criterion(model.eval()(x), y).item() * len(x) for x, y in loader)
            full = len(loader) * loader.batch_size
            by = {"batches": len(loader), "full": full}.get(how, samples)
            losses.append(loss.item() if kind == "last" else total / by)
            if scheduler is not None:
                scheduler.step()
        model.was_trained = True
        return losses

    return train


OF_WEIGHTS = {
    "those of gradients that are never cleared": loop(clears="never"),
    "those of gradients that are cleared once for each epoch": loop(clears="each epoch"),
    "those of gradients that are cleared between backward() and step()": loop(clears="before step"),
    "those of gradients that are clipped to 1 in each step": loop(clips="always"),
    "those of another optimizer, made in train(): plain SGD": loop(optimizer="own"),
    "those of a step() that comes before backward()": loop(step="first"),
    "those of a model in evaluation mode": loop(mode="eval"),
    "those of a loop that leaves out the short last batch": loop(skips="short"),
    "those of a training that is one epoch shorter": loop(epochs="less"),
}
OF_CLIPPING = {
    "those of gradients that are not clipped": loop(clips="never"),
    "those of gradients that are scaled to max_norm even where they are shorter": (
        loop(clips="scaled")
    ),
    "those of gradients of which each number is clipped by itself": loop(clips="by value"),
    "those of gradients that are clipped for each parameter by itself": loop(clips="each"),
}
OF_TWO_CALLS = {
    "those of an optimizer whose state is thrown away in each call": loop(optimizer="forgets"),
    "those of a model that is put into training mode in the first call alone": loop(mode="once"),
}
OF_LOSSES = {
    "the mean of the batches' means, in which a short batch counts too much": (
        loop(means="batches")
    ),
    "the sum of the batches' means, divided by the number of samples": loop(means="samples"),
    "the loss of the last batch alone": loop(last="batch"),
    "divided as if every batch were full": loop(samples="full"),
    "summed up over all epochs so far, and divided by one": loop(sums="all"),
    "measured after the epoch, with the weights that came out of it": loop(measures="after"),
}
"""What the known slips of a loop come to, each a `train` that makes it."""


def same_run(one, other):
    """Whether two runs have the same weights after each step and at the end."""
    pairs = [*zip(one.of_steps("weights"), other.of_steps("weights"), strict=False)]
    pairs.append((one.last("state"), other.last("state")))
    same = len(one.of_steps("weights")) == len(other.of_steps("weights"))
    return same and all(same_values(*pair) for pair in pairs)


def same_values(one, other):
    """Whether two states of a model hold the same numbers."""
    if not isinstance(one, dict) or not isinstance(other, dict) or one.keys() != other.keys():
        return False
    return all(
        isinstance(one[name], torch.Tensor)
        and one[name].shape == value.shape
        and torch.allclose(one[name].double(), value.double(), rtol=1e-4, atol=1e-6)
        for name, value in other.items()
    )


def slips(table, setup, *args, **kwargs):
    """The runs of a table's loops on a bench of the same setup."""

    def made(train):
        return Run(*run(LOCAL.Bench(*setup), train, *args, **kwargs))

    return {said: (lambda train=train: made(train)) for said, train in table.items()}


def same_weights(agree, theirs, ours, when="", known=None):
    """Fail at the first step after which the weights differ, with the slip that gives them."""
    slip = known_form(theirs, ours, known or {}, same_run)
    try:
        differing(agree, theirs, ours, when)
    except CheckFailed as error:
        said = f": they are {slip}" if slip else ""
        raise CheckFailed(error.message + said, details=error.details) from None


def differing(agree, theirs, ours, when):
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


def same_losses(theirs, ours, settings, when, known):
    """Compare what each call returned, epoch by epoch; ``known`` are the runs of known slips."""
    got = [
        numbers(handle, len(want)) for handle, want in zip(theirs.losses, ours.losses, strict=True)
    ]
    forms = {said: (lambda made=made: made().losses) for said, made in known.items()}
    slip = known_form(got, ours.losses, forms, near_losses)
    for handle, expected in zip(theirs.losses, ours.losses, strict=True):
        for epoch, (got, want) in enumerate(
            zip(numbers(handle, len(expected)), expected, strict=True), 1
        ):
            allowed = settings["atol"] + settings["rtol"] * abs(want)
            if not math.isclose(got, want, rel_tol=0, abs_tol=allowed):
                said = f"the loss of epoch {epoch} is {slip or 'not the mean over its samples'}"
                raise CheckFailed(
                    f"{said} ({when})",
                    details=[f"expected {want:.6g}   got {got:.6g}   allowed ±{allowed:.1e}"],
                )


def near_losses(one, other):
    """Whether two lists of lists of losses are the same up to rounding."""
    return all(
        len(a) == len(b)
        and all(math.isclose(x, y, rel_tol=1e-5) for x, y in zip(a, b, strict=True))
        for a, b in zip(one, other, strict=True)
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
    setup = problem(draw, **PROBLEMS[name])
    theirs, ours = both(student, reference, setup)
    same_weights(agree, theirs, ours, known=slips(OF_WEIGHTS, setup))


@check("epoch_losses")
def test_epoch_losses(student, reference, draw, settings, agree):
    """Each number returned is the mean loss over the samples of its epoch."""
    # At a rate of 0 the weights stay, so that nothing but the bookkeeping can be wrong.
    still = problem(draw, "regression", rate=0.0)
    known = slips(OF_LOSSES, still, (3,))
    same_losses(*both(student, reference, still, (3,)), settings, "batches of 4, 4 and 3", known)
    setup = problem(draw, "regression")
    theirs, ours = both(student, reference, setup)
    try:
        same_weights(agree, theirs, ours)
    except CheckFailed:
        return  # other weights have other losses; the check of the weights tells it
    known = slips(OF_LOSSES, setup)
    same_losses(theirs, ours, settings, "weights that change with every batch", known)


@check("clipping")
def test_clipping(student, reference, draw, agree):
    """Long gradients are shortened to max_norm between backward and step, short ones are not."""
    setup = problem(draw, "regression")
    # The median of the norms without a limit: some steps are beyond it, some are not.
    norms = sorted(Run(*run(LOCAL.Bench(*setup), reference.train)).of_steps("norms"))
    max_norm = norms[len(norms) // 2 - 1]
    theirs, ours = both(student, reference, setup, max_norm=max_norm)
    known = slips(OF_CLIPPING, setup, max_norm=max_norm)
    slip = known_form(theirs, ours, known, same_run)
    said = f": the weights are {slip}" if slip else ""
    for step, norm in enumerate(theirs.of_steps("norms"), 1):
        if not isinstance(norm, float) or norm > max_norm * 1.001:
            raise CheckFailed(
                f"step {step} used a gradient that is longer than max_norm{said}",
                details=[f"expected a norm of at most {max_norm:.4g}   got {norm:.4g}"
                         if isinstance(norm, float) else "its norm can't be read"],
            )  # fmt: skip
    same_weights(agree, theirs, ours, f"with max_norm={max_norm:.3g} ", known)


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
    setup = problem(draw, "classes")
    theirs, ours = both(student, reference, setup, (1, 2))
    for call, (handle, expected) in enumerate(zip(theirs.losses, ours.losses, strict=True), 1):
        value = handle.value
        if isinstance(value, (list, tuple)) and len(value) != len(expected):
            raise CheckFailed(
                f"call {call} trained for {len(expected)} epochs and returned {len(value)} numbers"
            )
    known = slips(OF_TWO_CALLS, setup, (1, 2))
    same_weights(agree, theirs, ours, "with two calls, the first of one epoch, ", known)


@check("weights")
def test_weights_of_a_longer_training(student, reference, draw, agree):
    """A longer training has the weights of the reference solution after every step."""
    for more, epochs in ((draw.choice(30, 50), 3), (1, draw.choice(20, 30))):
        setup = problem(draw, "regression", more=more, rate=0.002)
        theirs, ours = both(student, reference, setup, (epochs,))
        same_weights(agree, theirs, ours, f"in a training of {epochs} epochs ")


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
