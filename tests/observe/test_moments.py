"""Moments: every observer is told of what it overrides, and one that fails costs its own fact."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.model import Plain
from grader.observe.facts import OBSERVERS
from grader.observe.gradients import Leaf
from grader.observe.ledger import LiveSource
from grader.observe.moments import MOST_BATCHES, Observer, Pass, Root, Run, is_due, next_due
from grader.observe.recorder import Recorder
from grader.schema.rows import Missed
from grader.trace.trace import Trace


def test_windows_come_ever_more_rarely() -> None:
    """The first three, then after twice as many each time."""
    due = [count for count in range(70) if is_due(count)]
    assert due == [0, 1, 2, 4, 8, 16, 32, 64]
    assert all(next_due(one) == two for one, two in itertools.pairwise(due))


class Counts(Observer):
    """Counts what it is told, for the test to read."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.told: list[str] = []
        told.append(self.told)

    def forward(self, call: Any, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        self.told.append("forward")

    def inside(self, module: nn.Module) -> None:
        self.told.append("inside")

    def loss(self, passing: Pass) -> None:
        self.told.append("loss")

    def backward(self, passing: Pass) -> None:
        self.told.append("backward")

    def update(self, leaves: Sequence[Leaf], number: int) -> None:
        self.told.append(f"update {number}")

    def optimizer(self, optimizer: Any, index: int, place: int) -> None:
        self.told.append("optimizer")

    def turn(self, source: LiveSource, iterator: Any) -> None:
        self.told.append(f"turn of {source.name}")

    def batch(self, source: LiveSource, tensors: Sequence[torch.Tensor]) -> None:
        self.told.append(f"batch of {len(tensors)}")

    def failure(self, roots: Sequence[torch.Tensor], place: int, earlier: Sequence[Root]) -> None:
        self.told.append(f"failure after {len(earlier)}")

    def made(self, optimizer: Any, index: int, place: int) -> None:
        assert "lr" in optimizer.defaults
        self.told.append("made")

    def end(self) -> None:
        self.told.append("end")


class Fails(Observer):
    """Fails at each loss."""

    def loss(self, passing: Pass) -> None:
        raise KeyError(passing.number)


told: list[list[str]] = []


def train(steps: int, then: Callable[[], object] = lambda: None) -> Trace:
    """A small training, and perhaps more, watched by these two observers."""
    batches: list[Plain] = []
    recorder = Recorder(lambda rows: batches.append(list(rows)), {__file__: ("test.py", None)})
    recorder._moments.begin((Counts, Fails), recorder.run)
    recorder.install()
    try:
        net = nn.Sequential(nn.Linear(3, 2))
        optimizer = torch.optim.SGD(net.parameters(), 0.1)
        for _ in range(steps):
            optimizer.zero_grad()
            net(torch.ones(4, 3)).square().mean().backward()
            optimizer.step()
        then()
        recorder.finish()
    finally:
        recorder.uninstall()
    return Trace.from_plain(batches)


def test_an_observer_is_told_of_each_moment_in_its_window() -> None:
    """Losses, passes and updates while they are looked at; forwards that are written down."""
    train(10)
    heard = told.pop()
    assert [one for one in heard if one.startswith("update")] == [
        "update 1", "update 2", "update 3", "update 5", "update 9",
    ]  # fmt: skip
    assert heard.count("loss") == heard.count("backward") == heard.count("inside") == 5
    assert heard.count("forward") == 10
    assert (heard[:2], heard[-1]) == (["optimizer", "made"], "end")


def test_a_turn_begins_where_a_loader_is_asked_for_an_iterator() -> None:
    """Once for each, however many batches it gives."""
    data = TensorDataset(torch.ones(4, 3))
    train(1, lambda: [list(DataLoader(data)), list(DataLoader(data))])
    assert told.pop().count("turn of TensorDataset") == 2


def test_the_first_batches_of_a_loader_are_told_of() -> None:
    """One by one, and then ever more rarely."""
    data = TensorDataset(torch.ones(70, 3), torch.ones(70))
    train(1, lambda: list(DataLoader(data)))
    assert told.pop().count("batch of 2") == MOST_BATCHES + 1  # and the 64th


def test_a_pass_that_raises_is_told_with_the_losses_before_it() -> None:
    """The exception goes on to the program."""

    def fail() -> None:
        with pytest.raises(RuntimeError, match="does not require grad"):
            torch.autograd.backward(torch.ones(1))

    train(3, fail)
    assert "failure after 3" in told.pop()


def test_an_observer_that_fails_costs_its_own_fact() -> None:
    """The record says so once, and stands."""
    trace = train(5)
    told.pop()
    missed = list(trace.of(Missed))
    assert [(one.fact, one.what) for one in missed] == [("Fails", "KeyError: 1")]
    assert trace.faults == ()
    assert trace.updates == 5


def test_every_observer_is_found() -> None:
    """Each overrides a moment or listens at a door; none is registered anywhere."""
    assert {"LossGraphs", "MisusedLosses", "SymmetricWeights"} <= {
        one.__name__ for one in OBSERVERS
    }
    moments = {name for name in vars(Observer) if not name.startswith("_")}
    assert all(moments & vars(one).keys() for one in OBSERVERS)
