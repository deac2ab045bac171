"""What is noted of each layer in the windows of a run is what torch itself says of it."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from grader.schema.rows import LayerState
from grader.trace.layer_curves import layer_curves
from recording import record

PROGRAM = """
import torch
from torch import nn
torch.manual_seed(3)
x, y = torch.randn(40, 6), torch.randint(0, 3, (40,))
model = nn.Sequential({layers})
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for step in range({steps}):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
"""
BARE = """
import torch
w = torch.zeros(3, 3, requires_grad=True)
for _ in range(3):
    (w - 1).square().sum().backward()
    w.data -= 0.1 * w.grad
    w.grad = None
"""
LAYERS = "nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3)"


def program(layers: str = LAYERS, steps: int = 20) -> str:
    """A few steps of plain descent."""
    return PROGRAM.format(layers=layers, steps=steps)


def test_the_first_step_is_as_torch_has_it() -> None:
    """The norm of the gradient, the step against the weight, and the zeros behind a ReLU."""
    torch.manual_seed(3)
    x, y = torch.randn(40, 6), torch.randint(0, 3, (40,))
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3))
    torch.autograd.backward(nn.functional.cross_entropy(model(x), y))
    rows = [one for one in record(program()).of(LayerState) if one.update == 1]
    assert [one.name for one in rows] == ["0.weight", "2.weight", "4.weight"]
    assert [one.how for one in rows] == ["zeros", "flat", ""]
    for one, layer in zip(rows, (model[0], model[2], model[4]), strict=True):
        weight = layer.weight
        assert isinstance(weight, nn.Parameter)
        assert weight.grad is not None
        norm = float(weight.grad.norm())
        assert one.gradient == pytest.approx(norm, rel=1e-5)
        assert one.ratio == pytest.approx(0.5 * norm / float(weight.detach().norm()), rel=1e-4)
    zeros = float((model[1](model[0](x)) == 0).double().mean())
    assert rows[0].share == pytest.approx(zeros)


def test_the_curves_are_in_the_order_of_the_layers() -> None:
    """One number for each step that was looked at; nothing of what has no activation."""
    curves = layer_curves(record(program()))
    assert [one.name for one in curves] == ["0.weight", "2.weight", "4.weight"]
    assert curves[0].steps[:3] == (1, 2, 3)
    assert curves[0].steps[-1] > 8
    assert all(len(one.steps) == len(one.gradient) == len(one.ratio) for one in curves)
    assert len(curves[0].share) == len(curves[0].steps)
    assert curves[2].share == ()
    assert not any(map(math.isnan, curves[0].gradient))


def test_a_deep_network_is_looked_at_in_part() -> None:
    """24 of 41 weights, the first and the last among them."""
    layers = "nn.Linear(6, 8), " + "nn.ReLU(), nn.Linear(8, 8), " * 39 + "nn.Linear(8, 3)"
    curves = layer_curves(record(program(layers)))
    assert len(curves) == 24
    assert {one.of for one in curves} == {41}
    assert (curves[0].layer, curves[-1].layer) == (0, 40)


def test_nothing_is_known_without_a_module() -> None:
    """A training of bare tensors has no layers."""
    assert layer_curves(record(BARE)) == ()
