"""The way of a batch back to the tensor that it was made of, and on from there for all rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.overrides import handle_torch_function

from grader.observe.tapes import Tape
from grader.observe.ways import way_to

ROWS = torch.arange(48.0).reshape(12, 4)
CHOSEN = torch.tensor([7, 2, 9])
Make = Callable[[torch.Tensor], torch.Tensor]

PLAIN: dict[str, Make] = {
    "scaled": lambda x: (x[CHOSEN] - x.mean(0)) / 2,
    "in place": lambda x: x[CHOSEN].sub_(1.0).div_(3.0),
    "a slice": lambda x: x[3:6].log1p(),
    "a part of a split": lambda x: torch.split(x, 3)[1] * 2,
    "by index_select": lambda x: nn.functional.normalize(x.index_select(0, CHOSEN)),
    "scaled before": lambda x: (1 - x)[CHOSEN].view(-1, 2, 2),
}


def own(x: torch.Tensor) -> torch.Tensor:
    """A function of the program's that goes through torch's modes, as a library's may."""
    return x * 2


OTHER: dict[str, Make] = {
    "a function for each number": lambda x: x[CHOSEN].apply_(lambda value: value + 1),
    "a generator": lambda x: x[CHOSEN].uniform_(generator=torch.Generator()),
    "a tensor to write into": lambda x: torch.add(x[CHOSEN], 1.0, out=torch.empty(3, 4)),
    "a layer": lambda x: nn.Identity()(x[CHOSEN]) + x[CHOSEN],
    "two batches": lambda x: x[CHOSEN] + x[CHOSEN + 1],
    "a function of one's own": lambda x: handle_torch_function(own, (x,), x[CHOSEN]),
}


def noted(make: Make) -> tuple[Tape, torch.Tensor, torch.Tensor]:
    """A tape that has seen a batch being made, the rows, and the batch."""
    tape, rows = Tape(), ROWS.clone()
    tape.begin()
    try:
        batch = make(rows)
    finally:
        tape.runs = False
    return tape, rows, batch


@pytest.mark.parametrize("name", PLAIN)
def test_all_rows_go_the_way_of_a_batch(name: str) -> None:
    """What is done to some rows gives, done to all, a tensor in which these stand word for word."""
    tape, rows, batch = noted(PLAIN[name])
    try:
        found = way_to(batch, tape.noted[0])
        assert found is not None
        start, way = found
        assert start is rows
        everything = way.of(start)
        assert everything is not None
        assert torch.equal(rows, ROWS)
        known = {tuple(row.flatten().tolist()) for row in everything}
        assert {tuple(row.flatten().tolist()) for row in batch} <= known
    finally:
        tape.leave()


@pytest.mark.parametrize("name", OTHER)
def test_what_could_be_noticed_is_not_done_again(name: str) -> None:
    """Functions, generators and tensors of the program's are left alone."""
    tape, _, batch = noted(OTHER[name])
    try:
        assert way_to(batch, tape.noted[0]) is None
    finally:
        tape.leave()
