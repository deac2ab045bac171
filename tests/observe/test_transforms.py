"""Training through ``torch.func`` is seen as the training that it is, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from grader.observe.recorder import Recorder
from grader.schema.rows import Backward, Update
from grader.trace.learning import rate_verdict
from grader.trace.trace import Trace
from recording import loaders, record, record_with_replays, run

HEAD = """
import torch
from torch import nn
from torch.func import functional_call, grad, grad_and_value, vjp, vmap
from torch.nn import functional as F
"""
MODULE = """
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 4))
params = {name: p.detach().clone() for name, p in model.named_parameters()}
def loss_of(params, images, labels):
    return F.cross_entropy(functional_call(model, params, (images,)), labels)
"""
LOOP = """
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        STEP
    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            functional_call(model, params, (images,))
"""
STEPS = {
    "grad": """
        g = grad(loss_of)(params, images, labels)
        params = {name: p - 0.1 * g[name] for name, p in params.items()}""",
    "grad_and_value": """
        g, loss = grad_and_value(loss_of)(params, images, labels)
        params = {name: p - 0.1 * g[name] for name, p in params.items()}""",
    "vjp": """
        loss, back = vjp(lambda params: loss_of(params, images, labels), params)
        (g,) = back(torch.ones_like(loss))
        params = {name: p - 0.1 * g[name] for name, p in params.items()}""",
    "in place": """
        g = grad(loss_of)(params, images, labels)
        for name in params:
            params[name] -= 0.1 * g[name]""",
    "per sample": """
        g = vmap(grad(lambda p, x, y: loss_of(p, x[None], y[None])), (None, 0, 0),
                 randomness="different")(params, images, labels)
        params = {name: p - 0.1 * g[name].mean(0) for name, p in params.items()}""",
    "the module's own": """
        params = dict(model.named_parameters())
        g = grad(loss_of)({name: p.detach() for name, p in params.items()}, images, labels)
        with torch.no_grad():
            for name, p in params.items():
                p -= 0.1 * g[name]""",
    "an optimizer": """
        params = dict(model.named_parameters())
        optimizer = globals().setdefault("optimizer", torch.optim.SGD(model.parameters(), 0.1))
        g = grad(loss_of)({name: p.detach() for name, p in params.items()}, images, labels)
        for name, p in params.items():
            p.grad = g[name]
        optimizer.step()""",
}
PURE = """
params = [torch.randn(64, 16) * 0.1, torch.zeros(16), torch.randn(16, 4) * 0.1]
def net(params, images):
    return torch.relu(images.flatten(1) @ params[0] + params[1]) @ params[2]
step = grad_and_value(lambda params, images, labels: F.cross_entropy(net(params, images), labels))
for epoch in range(2):
    for images, labels in train_loader:
        g, loss = step(params, images, labels)
        params = [p - 0.1 * q for p, q in zip(params, g)]
    for images, labels in val_loader:
        net(params, images)
"""


def program(step: str) -> str:
    """A whole training with one way to make a step."""
    return HEAD + MODULE + LOOP.replace("        STEP", STEPS[step].lstrip("\n"))


def check_training(trace: Trace) -> None:
    """32 steps of one model, a loss for each, and validation known as held out."""
    assert trace.faults == ()
    assert trace.updates in {31, 32}  # the last may only show where the tensors are used again
    assert len(list(trace.of(Backward))) == 32
    assert len(trace.losses) >= 31
    assert trace.losses[-1] < 0.7 * trace.losses[0]
    assert len(trace.trained_models) == 1
    sizes = {source.size: trace.is_held_out(source.index) for source in trace.sources}
    assert sizes[256] is False
    assert sizes[96] is True


@pytest.mark.parametrize("step", STEPS)
def test_steps_through_transforms_are_steps(step: str) -> None:
    """Whichever transform gives the gradients, and wherever the tensors live."""
    check_training(record(program(step)))


def test_functions_without_modules_are_models() -> None:
    """Products of data with what is differentiated by are forwards, inside and outside."""
    check_training(record(HEAD + PURE))


@pytest.mark.parametrize("source", [program("grad"), HEAD + PURE], ids=["module", "function"])
def test_the_given_tensors_are_asked(source: str) -> None:
    """The outputs measured are those of the tensors trained last, not of the module's own."""

    def agrees(recorder: Recorder, names: dict[str, Any]) -> bool:
        images = torch.randint(0, 256, (5, 28, 28), dtype=torch.uint8)
        seen = recorder._evaluator._forms[0].apply(images)
        names["seen"] = seen
        ask = "functional_call(model, params, (seen,))" if "model" in names else "net(params, seen)"
        exec(f"with torch.no_grad(): wanted = {ask}", names)
        return bool(torch.allclose(recorder.evaluate(images, names), names["wanted"], atol=1e-5))

    wide = source.replace("64, 16", "784, 16").replace("train_loader = ", "")
    assert run(wide, given=pictures, then=agrees)[1]


def pictures() -> dict[str, Any]:
    """The loaders, with images of 28 by 28."""
    given = loaders()
    for loader in given.values():
        images, labels = loader.dataset.tensors
        loader.dataset.tensors = (images.repeat(1, 1, 4, 4)[..., :28, :28].contiguous(), labels)
    return given


def test_a_gradient_by_the_input_trains_nothing() -> None:
    """Saliency and attacks are no steps, and the images they make are no weights."""
    trace = record(
        HEAD
        + """
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
for images, labels in val_loader:
    for _ in range(3):
        slope = grad(lambda x: F.cross_entropy(model(x), labels))(images)
        images = images + 0.1 * slope.sign()
"""
    )
    assert trace.updates == 0
    assert not list(trace.of(Backward))
    assert trace.faults == ()


def test_jacobians_train_nothing() -> None:
    """``jacrev``, ``hessian`` and ``jacfwd`` of a model are left alone."""
    trace = record(
        HEAD
        + MODULE
        + """
x, y = torch.randn(2, 64), torch.tensor([0, 1])
torch.func.jacrev(lambda p: functional_call(model.eval(), p, (x,)))(params)
torch.func.hessian(lambda b: loss_of({**params, "4.bias": b}, x, y))(params["4.bias"])
torch.func.jacfwd(lambda x: functional_call(model, params, (x,)))(x)
"""
    )
    assert trace.updates == 0
    assert trace.faults == ()
    assert trace.end is not None


@pytest.mark.parametrize("step", ["grad", "in place", "the module's own"])
def test_replays_scale_these_updates_too(step: str) -> None:
    """A rate that is too high is found out as in any other training."""
    source = program(step).replace("0.1 * g", "1000.0 * g")
    assert rate_verdict(record_with_replays(source)).word == "too_high"


def test_a_recorded_transform_gives_the_same_bits() -> None:
    """Losses and tensors are those of a bare run."""
    source = program("grad_and_value") + "\nend = [p.tolist() for p in params.values()]\n"
    _, recorded = run(source, then=lambda _, names: names["end"])
    names: dict[str, Any] = loaders()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        exec(compile(source, "bare.py", "exec"), names)
    assert names["end"] == recorded


def test_errors_inside_a_transform_are_torchs_own() -> None:
    """A loss that is no scalar, and an exception of the function, pass unchanged."""
    source = (
        HEAD
        + """
told = []
for function in (lambda p: p * 2, lambda p: 1 / 0):
    try:
        grad(function)(torch.ones(3))
    except (RuntimeError, ZeroDivisionError) as error:
        told.append(type(error).__name__)
after = grad(lambda p: (p ** 2).sum())(torch.ones(2)).tolist()
"""
    )
    batches, told = run(source, then=lambda _, names: [names["told"], names["after"]])
    assert told == [["RuntimeError", "ZeroDivisionError"], [2.0, 2.0]]
    assert Trace.from_plain(batches).faults == ()


def test_updates_by_hand_are_measured() -> None:
    """The size of an update made of new tensors is known, as any other's."""
    ratios = [update.ratio for update in record(program("grad")).of(Update)]
    assert all(ratio is not None and 0.0 < ratio < 1.0 for ratio in ratios)
