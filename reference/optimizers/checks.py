"""What the four optimizers must do (lesson 003 §6.2).

The oracle is `torch.optim`: both minimise the same problems from the same start, and are compared
after every step. Checks of other facts compare the student's optimizers with themselves, so that a
wrong formula costs its own check alone.
"""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path

import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.forms import known_form

PROPS = Path(__file__).parents[2] / "exercises" / "optimizers" / "props.py"


def load_props():
    """The exercise's own props.py, on this side."""
    spec = importlib.util.spec_from_file_location("optimizers_props", PROPS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCAL = load_props()
STEPS = 20
EVERY = 10
"""Of the steps of a long way those that are compared."""


# --- problems and settings ------------------------------------------------------------------------


def valley(draw, dtype=torch.float64, shapes=((2, 3), (1,))):
    """A bowl for each of some shapes: a matrix and a single number."""
    # not (): `p[:] = …` is as right as `p -= …`
    start = [2 * draw.normal(*shape, dtype=dtype) for shape in shapes]
    data = [
        (draw.uniform(*shape, low=0.2, high=3.0, dtype=dtype), draw.normal(*shape, dtype=dtype))
        for shape in shapes
    ]
    return "valley", start, data


def network(draw, dtype=torch.float32):
    """A network 3-4-2 over six samples, and a parameter whose gradient is all zeros."""
    start = [draw.normal(*shape, dtype=dtype) for shape in ((3, 4), (4,), (4, 2), (2,))]
    return "network", start, [draw.normal(6, 3, dtype=dtype), draw.normal(6, 2, dtype=dtype)]


# An eps that is not tiny shows where it is added; betas far apart show which is which.
BOLD = {"lr": 0.1, "betas": (0.7, 0.95), "eps": 0.05}
USUAL = {"lr": 0.02, "betas": (0.9, 0.999), "eps": 1e-8}
SETTINGS = {
    "SGD": ({"lr": 0.2}, {"lr": 0.05}),
    "Momentum": ({"lr": 0.08, "beta": 0.8}, {"lr": 0.03, "beta": 0.9}),
    "Adam": (BOLD, USUAL),
    "AdamW": ({**BOLD, "weight_decay": 0.4}, {**USUAL, "weight_decay": 1.5}),
}
"""For each class those of the first problem and those of the second."""


def built_in(name):
    """The class of `torch.optim` that `name` must agree with, taking the same settings."""
    if name == "Momentum":
        return lambda params, lr, beta: torch.optim.SGD(params, lr=lr, momentum=beta)
    return getattr(torch.optim, name)


class AdamByHand:
    """Adam and AdamW in the forms that are right too, though `torch.optim` has another.

    `own_steps=False` counts the steps of the optimizer instead of each parameter's own.
    `eps_last=True` adds eps before the correction, as section 2 of the Adam paper allows.
    """

    def __init__(self, params, lr, betas, eps, weight_decay=0.0, *, own_steps, eps_last):
        self.params = list(params)
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.own_steps, self.eps_last = own_steps, eps_last
        self.steps = 0
        self.memory = [[0, torch.zeros_like(p), torch.zeros_like(p)] for p in self.params]

    @torch.no_grad()
    def step(self):
        """Move every parameter that has a gradient."""
        self.steps += 1
        for p, memory in zip(self.params, self.memory, strict=True):
            if p.grad is not None:
                memory[0] += 1
                self.move(p, memory, memory[0] if self.own_steps else self.steps)

    def move(self, p, memory, t):
        """One parameter, at its step `t`."""
        beta1, beta2 = self.betas
        memory[1] = beta1 * memory[1] + (1 - beta1) * p.grad
        memory[2] = beta2 * memory[2] + (1 - beta2) * p.grad**2
        root = (1 - beta2**t) ** 0.5
        size = memory[2].sqrt() / root + self.eps / (root if self.eps_last else 1)
        p *= 1 - self.lr * self.weight_decay
        p -= self.lr * memory[1] / (1 - beta1**t) / size


def oracles(name, *, own_steps=(True,)):
    """The classes that `name` may agree with, that of `torch.optim` first."""
    found = [built_in(name)]
    if name in ("Adam", "AdamW"):
        found += [
            partial(AdamByHand, own_steps=own, eps_last=last)
            for own in own_steps
            for last in (False, True)
        ]
    return found


# --- comparing ------------------------------------------------------------------------------------


def same_path(agree, got, want, message, every=1):
    """Fail at the first step after which a parameter is elsewhere; each ``every``-th is there."""
    steps = got if isinstance(got, list) else []
    for number, expected in enumerate(want, 1):
        values = steps[number - 1] if number <= len(steps) else None
        for index, value in enumerate(expected):
            inside = isinstance(values, list) and index < len(values)
            try:
                agree(values[index] if inside else None, value, what=f"params[{index}]")
            except CheckFailed as error:
                after = "" if number == 1 else f" (step {(number - 1) * every} agrees)"
                raise CheckFailed(
                    f"{message} after step {number * every} of {len(want) * every}{after}",
                    details=error.details or [error.message],
                ) from None


def same_as_any(agree, got, wanted, message, every=1):
    """Fail as against the first of ``wanted`` if ``got`` agrees with none of them."""
    first = None
    for want in wanted:
        try:
            return same_path(agree, got, want, message, every)
        except CheckFailed as error:
            first = first or error
    raise first


def setting_text(settings):
    """Settings as they are written in a call."""
    return ", ".join(f"{name}={value}" for name, value in settings.items())


# --- known slips ---


class Slip(AdamByHand):
    """Adam or AdamW with one known slip; ``slip`` says which."""

    def __init__(self, params, lr, betas, eps, weight_decay=0.0, *, slip):
        super().__init__(params, lr, betas, eps, weight_decay, own_steps=True, eps_last=False)
        self.slip = slip
        if slip == "betas":
            self.betas = self.betas[::-1]
        self.calls = 0

    def move(self, p, memory, t):
        """One parameter, at its step `t`, as by the slip."""
        (beta1, beta2), slip = self.betas, self.slip
        self.calls += 1
        t = {"early": t + 1, "each parameter": self.calls}.get(slip, t)
        decay = self.lr * self.weight_decay
        if slip == "decay without lr":
            p *= 1 - self.weight_decay
        elif slip != "decay last":
            p *= 1 - decay
        memory[1] = beta1 * memory[1] + (1 - beta1) * p.grad
        squared = memory[1] if slip == "average" else p.grad
        memory[2] = beta2 * memory[2] + (1 - beta2) * squared**2
        first = 1 if slip == "no correction" else 1 - beta1**t
        second = 1 if slip in ("no correction", "mean alone") else 1 - beta2**t
        mean, square = memory[1] / first, memory[2] / second
        if slip == "compound":
            memory[1] = mean
        size = (square + self.eps).sqrt() if slip == "eps under" else square.sqrt() + self.eps
        size = square + self.eps if slip == "no root" else size
        size = square.sqrt() if slip == "no eps" else size
        p -= self.lr * mean / size
        if slip == "decay last":
            p *= 1 - decay


def averaged(params, lr, beta):
    """Momentum whose velocity is a moving average: v = βv + (1 − β)g."""
    return torch.optim.SGD(params, lr=lr * (1 - beta), momentum=beta)


ADAM_SLIPS = {
    "it goes where the two betas are swapped": partial(Slip, slip="betas"),
    "it goes where the corrections 1 − βᵗ are missing": partial(Slip, slip="no correction"),
    "it goes where the mean alone is corrected by 1 − βᵗ": partial(Slip, slip="mean alone"),
    "it goes where eps is added under the root": partial(Slip, slip="eps under"),
    "it goes where the root is missing": partial(Slip, slip="no root"),
    "it goes where eps is missing": partial(Slip, slip="no eps"),
    "it goes where the corrected mean is kept, and corrected again": (
        partial(Slip, slip="compound")
    ),
    "it goes where the count of steps grows with each parameter": (
        partial(Slip, slip="each parameter")
    ),
    "it goes where the count of steps begins with 2, not with 1": partial(Slip, slip="early"),
    "it goes where the mean is squared, not the gradient": partial(Slip, slip="average"),
}
SLIPS = {
    "SGD": {
        "it goes uphill: the sign is wrong": lambda params, lr: torch.optim.SGD(
            params, lr=lr, maximize=True
        ),
    },
    "Momentum": {
        "it goes where the gradient is weighted by 1 − β": averaged,
        "it goes where Nesterov's form does": lambda params, lr, beta: torch.optim.SGD(
            params, lr=lr, momentum=beta, nesterov=True
        ),
        "it goes where nothing is remembered: that is plain SGD": (
            lambda params, lr, beta: torch.optim.SGD(params, lr=lr)  # noqa: ARG005
        ),
    },
    "Adam": ADAM_SLIPS,
    "AdamW": {
        **ADAM_SLIPS,
        "it goes where the decay is not multiplied by lr": partial(Slip, slip="decay without lr"),
        "it goes where the decay comes after the step, not before it": (
            partial(Slip, slip="decay last")
        ),
        "it goes where the decay is added to the gradient: that is Adam with L2": torch.optim.Adam,
        "it goes where nothing decays": lambda params, weight_decay, **rest: torch.optim.Adam(  # noqa: ARG005
            params, **rest
        ),
    },
}
"""What a class that goes elsewhere may do, by name, each an optimizer that does it."""


def slip_of(agree, name, got, minimise):
    """The one known slip whose path these parameters take, in words; else nothing."""

    def agrees(one, other):
        try:
            return same_path(agree, one, other, "") is None
        except CheckFailed:
            return False

    forms = {said: partial(minimise, kind) for said, kind in SLIPS[name].items()}
    said = known_form(got, minimise(built_in(name)), forms, agrees)
    return f": {said}" if said else ""


# --- the four updates -----------------------------------------------------------------------------


def parity(student, agree, draw, name):
    """Minimise both problems with the student's class and the built-in, and compare."""
    # In-place clearing shows an optimizer that kept the gradient itself instead of a copy.
    kind, props = student.get(name), student.props
    setups = zip((valley(draw), network(draw)), SETTINGS[name], ("in place", "none"), strict=True)
    for problem, settings, clear in setups:
        theirs = props.minimise(kind, settings, props.Problem(*problem), STEPS, clear=clear).value
        ours = LOCAL.Problem(*problem)
        wanted = (
            LOCAL.minimise(oracle, settings, ours, STEPS, clear=clear) for oracle in oracles(name)
        )
        wrong = partial(LOCAL.minimise, settings=settings, problem=ours, steps=STEPS, clear=clear)
        message = f"{name}({setting_text(settings)}): the parameters differ from torch.optim's"
        try:
            same_as_any(agree, theirs, wanted, message)
        except CheckFailed as error:
            slip = slip_of(agree, name, theirs, wrong)
            raise CheckFailed(error.message + slip, details=error.details) from None
        slip_of(agree, name, wrong(built_in(name)), wrong)  # a right path has none: a proof looks
    long_way(student, agree, draw, name)


def long_way(student, agree, draw, name):
    """Some eighty steps over larger parameters: what changes late, or with the size, shows."""
    kind, settings = student.get(name), dict(SETTINGS[name][1])
    settings["lr"] /= 10  # far from the bottom, where Adam makes large numbers of rounding errors
    shapes = ((draw.choice(20, 40), 30), (2, 3, 4, 5), (draw.choice(40, 70),))
    problem, steps = valley(draw, shapes=shapes), EVERY * draw.choice(6, 10)
    props = student.props
    theirs = props.minimise(kind, settings, props.Problem(*problem), steps, every=EVERY).value
    wanted = (
        LOCAL.minimise(oracle, settings, LOCAL.Problem(*problem), steps, every=EVERY)
        for oracle in oracles(name)
    )
    message = f"{name}({setting_text(settings)}): the parameters differ from torch.optim's"
    same_as_any(agree, theirs, wanted, message, EVERY)


@check("sgd")
def test_sgd(student, agree, draw):
    """SGD goes where torch.optim.SGD goes, step by step."""
    parity(student, agree, draw, "SGD")


@check("momentum")
def test_momentum(student, agree, draw):
    """Momentum goes where torch.optim.SGD with momentum goes, step by step."""
    parity(student, agree, draw, "Momentum")


@check("adam")
def test_adam(student, agree, draw):
    """Adam goes where torch.optim.Adam goes, step by step."""
    parity(student, agree, draw, "Adam")


@check("adamw")
def test_adamw(student, agree, draw):
    """AdamW goes where torch.optim.AdamW goes, step by step."""
    parity(student, agree, draw, "AdamW")


# --- what holds for all ---------------------------------------------------------------------------


@check("missing_gradients")
@pytest.mark.parametrize("name", SETTINGS)
def test_missing_gradients(student, agree, draw, name):
    """A parameter without a gradient is left alone, and so are the others beside it."""
    kind, settings = student.get(name), SETTINGS[name][0]
    start = [draw.normal(2), draw.normal(2, 2), draw.normal(3)]
    grads = [[None, draw.normal(2, 2), draw.normal(3)] for _ in range(5)]
    grads[2][1] = grads[3][1] = None  # it had gradients, then none, then one again
    feed = student.props.feed
    path = feed(kind, settings, start, grads).value
    require_moved(name, item(path, 4, 2), start[2])
    for step in range(5):
        message = f"{name} moved a parameter without a gradient"
        same_step(agree, path, step, 0, start[0], message)
    for step in (2, 3):
        message = f"{name} moved a parameter that had gradients before and has none now"
        same_step(agree, path, step, 1, item(path, 1, 1), message)
    alone = feed(kind, settings, start[2:], [step[2:] for step in grads]).value
    for step in range(5):
        message = f"{name} moves a parameter elsewhere if others beside it have no gradient"
        same_step(agree, path, step, 2, item(alone, step, 0), message)


def require_moved(name, value, start):
    """An optimizer that moves nothing does no harm, and shows nothing."""
    if isinstance(value, torch.Tensor) and torch.equal(value, start):
        raise CheckFailed(f"steps of {name} do not move a parameter that has a gradient")


def item(path, step, index):
    """One parameter after one step, or None where the path has no such thing."""
    try:
        return path[step][index]
    except (LookupError, TypeError):
        return None


def same_step(agree, path, step, index, want, message):
    """One parameter after one step, which must be at ``want``, a value like it."""
    if not isinstance(want, torch.Tensor):
        raise CheckFailed(f"{message.split()[0]} turned a parameter into something else")
    try:
        agree(item(path, step, index), want, what=f"params[{index}]")
    except CheckFailed as error:
        details = error.details or [error.message]
        raise CheckFailed(f"{message} (step {step + 1})", details=details) from None


@check("late_gradients")
@pytest.mark.parametrize("name", ["Momentum", "Adam", "AdamW"])
def test_late_gradients(student, agree, draw, name):
    """A parameter whose gradient comes late starts its own moments."""
    settings = SETTINGS[name][0]
    start = [draw.normal(3), draw.normal(3)]  # of one shape, so that mixed memories still fit
    grads = [[draw.normal(3), draw.normal(3)] for _ in range(7)]
    for step in grads[:3]:
        step[0] = None
    path = student.props.feed(student.get(name), settings, start, grads).value
    wanted = (
        LOCAL.feed(oracle, settings, start, grads)
        for oracle in oracles(name, own_steps=(True, False))
    )
    message = f"{name}: with a gradient that is missing in 3 steps the parameters differ"
    same_as_any(agree, path, wanted, message)


@check("any_iterable")
@pytest.mark.parametrize("name", SETTINGS)
def test_any_iterable(student, agree, draw, name):
    """A generator of parameters will do as well as a list."""
    kind, settings = student.get(name), SETTINGS[name][0]
    loss, start, data = valley(draw)
    props, problem = student.props, student.props.Problem(loss, start, data)
    listed = props.minimise(kind, settings, problem, 3).value
    require_moved(name, item(listed, 2, 0), start[0])
    generated = props.minimise(kind, settings, problem, 3, give=props.generator).value
    for step in range(3):
        message = f"{name} goes elsewhere if it is given a generator of parameters, not a list"
        for index in range(len(start)):
            same_step(agree, generated, step, index, item(listed, step, index), message)
    generated = props.Bench(kind, settings, problem, give=props.generator)
    left = what_is_left(generated.left().value)
    if left and not what_is_left(props.Bench(kind, settings, problem).left().value):
        raise CheckFailed(f"{name} was given a generator of parameters: {left}")


def what_is_left(grads):
    """The first gradient that is neither None nor zeros, in words, or an empty text."""
    for index, grad in enumerate(grads if isinstance(grads, list) else [grads]):
        is_zero = isinstance(grad, torch.Tensor) and bool((grad == 0).all())
        if grad is not None and not is_zero:
            return f"after zero_grad() the gradient of params[{index}] is neither None nor zeros"
    return ""


def same(agree, got, want, index, what):
    """One of two lists of tensors that the student's process gave."""
    expected = item([want], 0, index)
    if not isinstance(expected, torch.Tensor):
        raise CheckFailed(f"{what.split(' of ')[0]} is no tensor")
    agree(item([got], 0, index), expected, what=what)


@check("zero_grad")
@pytest.mark.parametrize("name", SETTINGS)
def test_zero_grad(student, agree, draw, name):
    """The gradients are cleared, and nothing else is changed."""
    props = student.props
    problem = props.Problem(*valley(draw))
    bench = props.Bench(student.get(name), SETTINGS[name][0], problem, idle=True)
    told = bench.clearing().value
    told = told if isinstance(told, dict) else {}
    left = what_is_left(told.get("left"))
    if left:
        raise CheckFailed(f"{name}: {left}")
    for index in range(3):
        what = f"params[{index}] after {name}.zero_grad()"
        same(agree, told.get("after"), told.get("before"), index, what)
    for index in range(1, 3):  # the first one has none
        what = f"the gradient of params[{index}] in the backward pass after zero_grad()"
        same(agree, told.get("again"), told.get("first"), index, what)


@check("no_graph")
@pytest.mark.parametrize("name", SETTINGS)
def test_no_graph(student, draw, name):
    """After steps the parameters are leaves, and the optimizer holds on to no graph."""
    loss, start, data = valley(draw)
    props = student.props
    problem = props.Problem(loss, start, data)
    bench = props.Bench(student.get(name), SETTINGS[name][0], problem).steps(2)
    require_moved(name, item([bench.values().value], 0, 0), start[0])
    params = bench.params
    for index in range(len(start)):
        facts = params[index].facts
        if not facts or not facts["is_leaf"] or not facts["requires_grad"]:
            raise CheckFailed(
                f"after a step of {name} params[{index}] is no leaf that requires gradients any "
                "more: the update became a part of the graph"
            )
    kept = bench.graphs().value
    if kept:
        names = ", ".join(map(str, kept)) if isinstance(kept, list) else "something"
        raise CheckFailed(
            f"after two steps {name} keeps tensors that hold on to the graph of every step so far, "
            f"in {names}"
        )
