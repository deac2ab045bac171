"""What calls leave behind is seen, whatever it is; a function that leaves nothing passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from grader.checks import CheckFailed
from grader.checks.chance import require_drawn
from grader.checks.untouched import Untouched
from grader.runner.inside.looks import look


def seed(number: int) -> None:
    """As the student's process does."""
    torch.manual_seed(number)


def model() -> Any:
    """One with what a call could change: modes, buffers, gradients, hooks."""
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5)))
    net(torch.randn(4, 3)).sum().backward()
    net[1].register_forward_hook(print)
    return net


CHANGES: dict[str, Callable[[Any], object]] = {
    "mode of one layer": lambda net: net[1][1].eval(),
    "momentum": lambda net: setattr(net[0], "momentum", None),
    "a setting": lambda net: setattr(net[1][1], "p", 0.1),
    "a buffer": lambda net: net[0].running_mean.add_(1),
    "a weight": lambda net: net[1][0].weight.data.mul_(1.01),
    "a gradient": lambda net: net[1][0].weight.grad.zero_(),
    "no gradient": lambda net: net.zero_grad(),
    "a hook gone": lambda net: net[1]._forward_hooks.clear(),
    "a hook more": lambda net: net[0].register_forward_pre_hook(print),
    "a hook on a weight": lambda net: net[1][0].weight.register_hook(print),
    "frozen": lambda net: net[1][0].weight.requires_grad_(False),
    "another dtype": lambda net: net.double(),
    "seeded": lambda _: torch.manual_seed(3),
    "gradient mode": lambda _: torch.set_grad_enabled(False),
    "default dtype": lambda _: torch.set_default_dtype(torch.float64),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_side_effect_is_seen(name: str) -> None:
    """One change of one thing fails the check, in words that name it."""
    net, untouched = model(), Untouched(lambda **objects: look(objects), seed)
    try:
        with pytest.raises(CheckFailed, match="f\\(\\) changes"), untouched(by="f()", model=net):
            CHANGES[name](net)
    finally:
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)


def test_what_may_change_may() -> None:
    """A forward pass in evaluation mode leaves nothing; ``but`` names what may change."""
    net, untouched = model().eval(), Untouched(lambda **objects: look(objects), seed)
    with untouched(by="f()", model=net, x=torch.ones(2), values=[1, {"a": 2.0}]), torch.no_grad():
        torch.randn(3)
    with untouched(by="f()", model=net, but=("the gradient of",)):
        net.zero_grad()


def test_a_distribution_is_told_from_others() -> None:
    """Normal, uniform and cut normal numbers pass at any scale; other shapes and twins don't."""
    torch.manual_seed(0)
    normal = torch.randn(200, 100).double()
    uniform = (torch.rand(200, 100).double() * 2 - 1) * 3**0.5
    for numbers in (normal, uniform):
        require_drawn(numbers * 0.1, "the weight", std=0.1)
    wrong = {
        "neither": torch.randn(200, 100).sign() * (1 + 0.01 * torch.rand(200, 100)),
        "different in size": normal[:100].repeat(2, 1),
    }
    for said, numbers in wrong.items():
        with pytest.raises(CheckFailed, match=said):
            require_drawn(numbers, "the weight", std=1.0)
