"""Which gradients one optimizer's step takes from another's pass."""

from __future__ import annotations

from grader.schema.rows import Opposed
from recording import record

TURNS = """\
import torch
from torch import nn
body, head = nn.Linear(6, 4), nn.Linear(4, 2)
one, two = (torch.optim.SGD(part.parameters(), lr=0.1) for part in (body, head))
for step in range(4):
    for optimizer in (one, two):
        head(body(torch.ones(3, 6))).square().mean().backward()
        optimizer.step()
        CLEAR
"""


def test_who_leaves_gradients_to_itself_is_not_told_of_another() -> None:
    """Where nobody clears, only the second optimizer's first step has none of its own."""
    found = list(record(TURNS.replace("CLEAR", "pass")).of(Opposed))
    assert [(one.how, one.update) for one in found] == [("left", 2)]


def test_what_another_has_stepped_along_is_told_each_time() -> None:
    """Where each clears its own tensors alone, the other's pass stays in the rest."""
    found = list(record(TURNS.replace("CLEAR", "optimizer.zero_grad()")).of(Opposed))
    assert [(one.how, one.update) for one in found] == [("left", number) for number in range(2, 9)]
    assert all(one.reached for one in found)
