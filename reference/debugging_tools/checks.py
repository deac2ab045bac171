"""What tools for debugging networks must do (lessons 001 §3.7, 004 §8 and 1.3 §4).

Networks of a known state of health are made over there by `props.py`, of weights drawn here;
the same network is made here, and what a tool should say is computed on it.
"""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.forms import known_form, on
from grader.checks.remote import kind as kind_of
from grader.rules import found_in
from grader.schema.rows import Backward

PROPS = Path(__file__).parents[2] / "exercises" / "debugging_tools" / "props.py"


def load_props():
    """The exercise's own props.py, on this side."""
    spec = importlib.util.spec_from_file_location("debugging_tools_props", PROPS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCAL = load_props()


def weights(draw, kind, *, dtype=torch.float64):
    """A state for `props.make`, as healthy or sick as its name says."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw.choice(0, 2**31 - 1))
        state = LOCAL.network(kind).to(dtype).state_dict()
    for name, value in state.items():
        if kind == "exploding" and name.endswith("weight"):
            value.mul_(20)
        if kind in ("dead", "dead nested") and name in ("0.bias", "entry.bias"):
            value.fill_(-100)  # no input brings a unit of the layer above zero
        if kind == "frozen" and name == "2.weight":
            value.zero_()  # whatever the hidden layer gives, nothing of it comes out
    return state


def entries(value, handle, tool):
    """The dict that a tool returned: ``value``, of which ``handle`` tells the class."""
    if not isinstance(value, dict):
        raise CheckFailed(f"{tool}() returned {kind_of(handle)}, expected a dict by names")
    return value


def number(value):
    """A float, or None for what is none; a tensor or array of one number is taken too."""
    if isinstance(value, (torch.Tensor, np.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


# --- gradient_stats ---------------------------------------------------------------------------

SICK_GRADIENTS = {
    "wide": ("in a network of wide layers", ()),
    "nested": ("in a healthy network", ()),
    "vanishing": ("in a network whose gradients vanish", ()),
    "exploding": ("in a network whose gradients explode", ()),
    "dead nested": ("in a network with a dead layer", ()),
    "normed": ("in a network with a frozen layer", ("entry.weight", "entry.bias")),
}


@check("gradient_stats")
@pytest.mark.parametrize("kind", SICK_GRADIENTS)
def test_gradient_stats(student, draw, settings, kind):
    """Mean and deviation of every gradient are right, however small or large."""
    where, frozen = SICK_GRADIENTS[kind]
    state = weights(draw, kind)
    x, y = inputs_for(draw, kind, dtype=torch.float64)
    theirs = student.props.with_gradients(kind, state, frozen, x, y)
    ours = LOCAL.with_gradients(kind, state, frozen, x, y)
    handle = student.gradient_stats(theirs)
    stats = entries(handle.value, handle, "gradient_stats")
    for name, parameter in ours.named_parameters():
        what = f"the gradient of {name} {where}"
        same_stats(stats.get(name), parameter, what, settings)


def inputs_for(draw, kind, *, dtype=torch.float32):
    """Some inputs and labels for a network; hundreds for a wide one."""
    features = LOCAL.WIDTH if kind in ("vanishing", "exploding") else 4
    rows = draw.choice(150, 300) if kind == "wide" else draw.choice(8, 12)
    return draw.normal(rows, features, dtype=dtype), draw.integers(rows, high=3)


WRONG_MEANS = {
    "that of the absolute values": lambda p: float(p.grad.abs().mean()),
    "that of the weights, not of their gradient": lambda p: float(p.detach().mean()),
    "the sum, not the mean": lambda p: float(p.grad.sum()),
    "right up to four decimals: it was rounded": lambda p: round(float(p.grad.mean()), 4),
}
WRONG_DEVIATIONS = {
    "the variance: the root is missing": lambda p: float(p.grad.var()),
    "that of the weights, not of their gradient": lambda p: float(p.detach().std()),
    "right up to four decimals: it was rounded": lambda p: round(float(p.grad.std()), 4),
}
WRONG_CHANGES = {
    "0: the old weights are no copies, so they change with the new ones": lambda _change: 0.0,
    "the mean of the changes with their signs, which cancel": lambda change: float(change.mean()),
    "the sum of the changes, not their mean": lambda change: float(change.abs().sum()),
    "the mean of the squared changes": lambda change: float((change**2).mean()),
    "the largest change, not their mean": lambda change: float(change.abs().max()),
}
"""What the known slips give, by what that is."""


def near(one, other):
    """Whether two numbers are the same up to the rounding of float64."""
    return math.isclose(one, other, rel_tol=1e-6)


def same_stats(entry, parameter, what, settings):
    """Compare one entry with the gradient that it describes."""
    gradient = parameter.grad
    mean, std = mean_and_std(entry)
    if gradient is None:
        if mean is not None or std is not None:
            raise CheckFailed(
                f"{what}: there is none, but gradient_stats() gives numbers for it",
                details=[f"expected no entry   got mean {mean}, std {std}"],
            )
        return
    if mean is None or std is None:
        raise CheckFailed(
            f"{what} has no mean and std in what gradient_stats() returned",
            details=['expected {"mean": number, "std": number} under its name'],
        )
    size = float(gradient.pow(2).mean().sqrt())
    allowed = settings["rtol"] * size
    deviations = {float(gradient.std(correction=c)) for c in (0, 1)}
    slips = (
        known_form(mean, float(gradient.mean()), on(WRONG_MEANS, parameter), near),
        known_form(std, float(gradient.std()), on(WRONG_DEVIATIONS, parameter), near),
    )
    if not math.isclose(mean, float(gradient.mean()), rel_tol=0, abs_tol=allowed):
        fail_number("mean", what, float(gradient.mean()), mean, allowed, slips[0])
    if not any(math.isclose(std, right, rel_tol=0, abs_tol=allowed) for right in deviations):
        fail_number("std", what, float(gradient.std()), std, allowed, slips[1])


def mean_and_std(entry):
    """The two numbers of an entry: a dict with these names, or a pair in this order."""
    if isinstance(entry, dict):
        return number(entry.get("mean")), number(entry.get("std"))
    if isinstance(entry, (list, tuple)) and len(entry) > 1:
        return number(entry[0]), number(entry[1])
    return None, None


def fail_number(which, what, expected, got, allowed, slip):
    """Raise for one number, with the known slip that gives it."""
    raise CheckFailed(
        f"the {which} of {what} is {slip or 'wrong'}",
        details=[f"expected {expected:.6g}   got {got:.6g}   allowed ±{allowed:.1e}"],
    )


# --- record_activations -----------------------------------------------------------------------


@check("activations")
@pytest.mark.parametrize("kind", ["nested", "dead nested", "normed", "wide"])
def test_activations(student, draw, agree, kind):
    """The output of every layer is recorded under its name, and detached."""
    dtype = torch.float64 if kind == "wide" else torch.float32
    state = weights(draw, kind, dtype=dtype)
    x, other = (inputs_for(draw, kind, dtype=dtype)[0] for _ in range(2))
    training = kind != "normed"  # batch norm: only evaluation leaves its statistics alone
    props = student.props
    first, second = (props.make(kind, state, training=training) for _ in range(2))
    handle = props.both(student.record_activations, (first, x), (second, other))[0]
    told = props.tracked(handle).value
    got, tracked = told if isinstance(told, (list, tuple)) and len(told) == 2 else (None, None)
    got = entries(got, handle, "record_activations")
    for name, output in outputs(LOCAL.make(kind, state, training=training), x).items():
        if not isinstance(got.get(name), torch.Tensor):
            raise CheckFailed(
                f"record_activations() holds no output of the layer {name!r}",
                details=[f"it has: {', '.join(map(repr, list(got)[:12])) or 'nothing'}"],
            )
        agree(got[name], output, what=f"the output of {name!r}")
        if not isinstance(tracked, list) or name in tracked:
            raise CheckFailed(f"the output of {name!r} still hangs on the graph; detach it")


def outputs(model, x):
    """What every layer gives that holds no other layer, computed by hand through hooks of ours."""
    found = {}
    for name, module in model.named_modules():
        if not list(module.children()):
            module.register_forward_hook(
                lambda _module, _inputs, output, name=name: found.update({name: output.detach()})
            )
    model(x)
    return found


# --- can_overfit ------------------------------------------------------------------------------

HEALTH = {
    "healthy": ("a healthy network of 64 hidden units", True),
    "linear": ("a single linear layer on eight points that it can tell apart", True),
    "small": ("a single linear layer on four points that no line separates", False),
    "halved": ("a single linear layer on four points that a line separates", True),
    "contradicted": ("a healthy network and two equal samples with different labels", False),
    "dead": ("a network whose hidden units are all dead", False),
    "frozen": ("a network that is frozen but for its last bias", False),
}


LEFTOVERS = "gradients-not-cleared"
"""The one rule that looks here: how large the steps are is the tool's own affair."""


@check("can_overfit")
@pytest.mark.parametrize("kind", HEALTH)
def test_can_overfit(student, draw, kind):
    """A healthy network can learn a batch by heart; too small, dead or frozen ones can't."""
    words, expected = HEALTH[kind]
    state = weights(draw, kind, dtype=torch.float32)
    if kind in ("linear", "halved"):  # no further from the labels at first than the healthy network
        state = {name: value / 5 for name, value in state.items()}
    frozen = [name for name in state if name != "2.bias"] if kind == "frozen" else ()
    model = student.props.make(kind, state, frozen)
    if kind == "small":  # never learned, so trained to the end; watching one is enough
        handle, trace = student.trace(student.can_overfit, model, batch(draw, kind))
        leftovers = found_in(trace, LEFTOVERS)
        if leftovers:
            raise CheckFailed("can_overfit() trains in an unsound way", findings=leftovers)
    else:
        handle = student.can_overfit(model, batch(draw, kind))
    answer = yes_or_no(handle)
    if answer is not expected:
        raise CheckFailed(f"can_overfit() says {answer} to {words}, expected {expected}")


def yes_or_no(handle):
    """What can_overfit() answered. Raises CheckFailed for anything else."""
    answer = handle.value
    if isinstance(answer, (torch.Tensor, np.ndarray)) and answer.ndim == 0:
        answer = answer.item()
    if not isinstance(answer, (bool, int)):
        raise CheckFailed(f"can_overfit() returned {kind_of(handle)}, expected True or False")
    return bool(answer)


FEW = 10
"""Steps after which nobody gives up a network that still learns: it may take a few dozen."""
FAR = 6.0


@check("can_overfit")
def test_does_not_give_up(student, draw):
    """A healthy network that starts with other answers is not given up after a few steps."""
    x, y = batch(draw, "linear")
    # Each logit of a wrong class is ahead by FAR at first: by how much a step changes that is the
    # optimizer's affair, so to miss the answer is wrong only of who made no more than a few steps.
    state = {"0.weight": torch.zeros(4, x.shape[1]), "0.bias": torch.zeros(4)}
    state["0.weight"][(y + 1) % 4, torch.arange(len(y))] = FAR / x.diagonal()
    make = student.props.make
    if yes_or_no(student.can_overfit(make("linear", state), (x, y))):
        return
    _, trace = student.trace(student.can_overfit, make("linear", state), (x, y))
    if 0 < trace.updates < FEW and sum(1 for _ in trace.of(Backward)) < FEW:
        raise CheckFailed(
            "can_overfit() says False to a healthy network that starts with other answers: it "
            f"gives up after {trace.updates} steps, where such a network may need a few dozen"
        )


def batch(draw, kind):
    """Inputs and labels: eight easy ones, or the four of XOR, which need a hidden layer."""
    if kind in ("small", "halved"):
        points = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
        labels = torch.tensor([0, 1, 1, 0] if kind == "small" else [0, 0, 1, 1])
        return 2 * points, labels
    labels = torch.arange(8)[torch.argsort(draw.uniform(8))] % 4
    points = 8 * torch.eye(8) + 0.1 * draw.normal(8, 8)
    if kind == "contradicted":
        points[5], labels[5] = points[2], (labels[2] + 1) % 4
    return points, labels


# --- weight_deltas ----------------------------------------------------------------------------


@check("weight_deltas")
@pytest.mark.parametrize(
    ("kind", "frozen", "left_out"),
    [("nested", ("entry.bias",), ("exit.weight",)), ("wide", (), ("0.bias",))],
)
def test_weight_deltas(student, draw, settings, kind, frozen, left_out):
    """The mean absolute change of every parameter is right, and 0 where no step reaches."""
    state = weights(draw, kind)
    x, y = inputs_for(draw, kind, dtype=torch.float64)
    ours = LOCAL.make(kind, state, frozen)
    LOCAL.Step(ours, x, y, left_out)()
    theirs = student.props.make(kind, state, frozen)
    step = student.props.Step(theirs, x, y, left_out)
    handle = student.weight_deltas(theirs, step)
    deltas = entries(handle.value, handle, "weight_deltas")
    calls = step.calls.value
    if type(calls) is not int or calls != 1:
        raise CheckFailed(f"weight_deltas() called step() {calls!s:.20} times, expected once")
    for name, parameter in ours.named_parameters():
        change = parameter.detach() - state[name]
        expected = float(change.abs().mean())
        got = number(deltas.get(name, 0.0 if name in frozen else None))
        allowed = settings["rtol"] * expected
        if got is None:
            raise CheckFailed(f"weight_deltas() gives no number for {name}")
        slip = known_form(got, expected, on(WRONG_CHANGES, change), near)
        if not math.isclose(got, expected, rel_tol=0, abs_tol=allowed):
            fail_number("change", name, expected, got, allowed, slip)


# --- diagnose ---------------------------------------------------------------------------------


def falling(draw, start, end, epochs):
    """Losses that fall from start to end, ever more slowly, a little unevenly."""
    steps = draw.uniform(epochs - 1, low=0.8, high=1.2) * 0.7 ** torch.arange(epochs - 1)
    shares = torch.cumsum(steps, 0)
    return [start, *(start + (end - start) * shares / shares[-1]).tolist()]


def curves(draw, answer):
    """Training and validation losses that show what ``answer`` names."""
    epochs = draw.choice(8, 40)
    match answer:
        case "underfitting":
            return falling(draw, 2.31, 1.95, epochs), falling(draw, 2.32, 2.0, epochs)
        case "overfitting":
            return falling(draw, 2.2, 0.02, epochs), falling(draw, 2.3, 1.65, epochs)
        case "good fit":
            return falling(draw, 1.5, 0.05, epochs), falling(draw, 1.3, 0.08, epochs)
    # The turn: both fall, then validation climbs steadily while training goes on falling.
    train = [*falling(draw, 1.4, 0.32, epochs), 0.30, 0.28, 0.26, 0.24, 0.22]
    val = [*falling(draw, 1.3, 0.27, epochs), 0.28, 0.295, 0.31, 0.33, 0.35]
    return train, val


ANSWERS = ("underfitting", "overfitting", "good fit", "overfitting starting")


@check("diagnose")
def test_diagnose(student, draw):
    """Every kind of curve gets its name."""
    shown = [curves(draw, answer) for answer in ANSWERS]
    histories = [
        {"train_loss": train, "val_loss": val, "train_losses": train, "val_losses": val}
        for train, val in shown
    ]
    told = student.props.answers(student.diagnose, histories).value
    said, after = told if isinstance(told, tuple) and len(told) == 2 else (None, None)
    said = said if isinstance(said, list) and len(said) == len(ANSWERS) else [None] * len(ANSWERS)
    if after != histories:
        raise CheckFailed("diagnose() changes the history that it reads")
    for answer, (train, val), got in zip(ANSWERS, shown, said, strict=True):
        require_name(answer, train, val, got)


def require_name(answer, train, val, got):
    """Fail unless the curves got their name."""
    if not isinstance(got, str) or got.strip().lower() != answer:
        said = repr(got[:40]) if isinstance(got, str) else kind_of(got)
        raise CheckFailed(
            f"diagnose() says {said} of curves that show {answer!r}",
            details=[
                f"train_loss {', '.join(f'{loss:.3g}' for loss in train)}",
                f"val_loss   {', '.join(f'{loss:.3g}' for loss in val)}",
            ],
        )


# --- what the tools leave behind --------------------------------------------------------------


SEEDS = ("torch's seed", "NumPy's seed", "Python's seed")
"""A tool that trains a copy may set them."""


class Uses:
    """What `props.Looks` sees of a model before and after each of the tools that only look."""

    def __init__(self, student):
        self._student = student
        self._seen = {}

    def of(self, what, kind, draw, *, training):
        """Name of the tool, before and after, of the hooks or of the rest; tools run once."""
        if kind not in self._seen:
            self._seen[kind] = self._use(kind, draw, training=training)
        for tool, before, after in self._seen[kind]:
            yield (
                tool,
                *(look.get(what) if isinstance(look, dict) else None for look in (before, after)),
            )

    def _use(self, kind, draw, *, training):
        student, (x, y) = self._student, inputs_for(draw, kind)
        state = weights(draw, kind, dtype=torch.float32)
        looks = student.props.used(kind, state, x, y, training=training)
        use = looks.use
        use(student.gradient_stats)
        use(student.record_activations, x)
        use(student.can_overfit, (x[:3], torch.arange(3)))
        seen = looks.seen.value
        tools = ("gradient_stats", "record_activations", "can_overfit")
        seen = seen if isinstance(seen, list) and len(seen) == 4 else [None] * 4
        stepped = looks.step(student.weight_deltas, x, y).value
        stepped = stepped if isinstance(stepped, list) and len(stepped) == 2 else [None] * 2
        return [*zip(tools, seen, seen[1:], strict=False), ("weight_deltas", *stepped)]


@pytest.fixture(scope="session")
def uses(student):
    """The models that the tools were used on."""
    return Uses(student)


@check("hooks_removed")
def test_hooks_removed(uses, draw):
    """No hook is left behind, and none of others is gone."""
    for tool, before, after in uses.of("hooks", "nested", draw, training=True):
        for place, count in before.items() if isinstance(before, dict) else ():
            now = after.get(place) if isinstance(after, dict) else None
            if type(now) is not int or now != count:
                raise CheckFailed(
                    f"after {tool}() there are {now!s:.20} hooks on {place}, expected {count}, "
                    "as before"
                )


@check("left_alone")
@pytest.mark.parametrize(("kind", "training"), [("nested", True), ("normed", False)])
def test_left_alone(uses, draw, kind, training):
    """Weights, gradients, buffers and modes are those from before."""
    for tool, before, after in uses.of("snapshot", kind, draw, training=training):
        for part, values in before.items() if isinstance(before, dict) else ():
            now = after.get(part) if isinstance(after, dict) else None
            for name, value in values.items() if isinstance(values, dict) else ():
                if not same(value, now.get(name) if isinstance(now, dict) else None):
                    raise CheckFailed(f"{tool}() changed the {part} of {name}")


@check("left_alone")
def test_inputs_left_alone(student, draw, untouched):
    """What the tools are given beside the model stays as it was, and so does the process."""
    state = weights(draw, "nested", dtype=torch.float32)
    batch = student.put((draw.normal(3, 4), torch.arange(3)))
    model, tools = student.props.make("nested", state), ("record_activations", "can_overfit")
    for tool, given in zip(tools, (batch[0], batch), strict=True):
        with untouched(by=f"{tool}()", but=SEEDS, batch=batch):
            student.get(tool)(model, given)


def same(before, after):
    """Whether two plain values are the same."""
    if isinstance(before, torch.Tensor):
        alike = isinstance(after, torch.Tensor) and after.dtype == before.dtype
        return alike and torch.equal(before, after)
    return before is after  # True, False or None
