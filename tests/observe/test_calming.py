"""Weights of the usual size, for a replay."""

from __future__ import annotations

import torch
from torch import nn

from grader.observe.calming import calm
from recording import record


def test_only_weights_that_are_too_large_are_scaled() -> None:
    """A layer as torch makes it, a bias and an embedding stay; the rest keeps its direction."""
    torch.manual_seed(0)
    wild = nn.Linear(16, 16)
    model = nn.Sequential(nn.Linear(16, 16), wild, nn.Embedding(9, 4), nn.GRU(4, 8))
    large = wild.weight.detach().mul_(30).clone()
    wild.bias.detach().mul_(30)
    before = [p.detach().clone() for p in model.parameters()]
    calm(model)
    changed = [
        name
        for (name, p), old in zip(model.named_parameters(), before, strict=True)
        if not torch.equal(p, old)
    ]
    assert changed == ["1.weight"]
    size = wild.weight.square().mean().sqrt()
    torch.testing.assert_close(size, torch.tensor((2 / 16) ** 0.5))
    torch.testing.assert_close(wild.weight / size, large / large.square().mean().sqrt())


def test_a_replay_begins_calmed_and_stays_trained() -> None:
    """Each model once, before its first call: what updates make of it stays."""
    source = (
        "import torch\n"
        "model = torch.nn.Linear(4, 1)\n"
        "torch.nn.init.constant_(model.weight, 50.0)\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=1.0)\n"
        "for _ in range(3):\n"
        "    optimizer.zero_grad()\n"
        "    (-1e4 * model(torch.ones(2, 4)).mean()).backward()\n"
        "    optimizer.step()\n"
    )
    losses = [loss for _, loss in record(source, calm_weights=True).steps]
    assert abs(losses[0]) < 1e5
    assert losses[2] < losses[1] - 1e8 < losses[0] - 2e8
