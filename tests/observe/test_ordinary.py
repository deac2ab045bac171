"""An ordinary step is noted in few words, and nothing that it is not goes by for that."""

from __future__ import annotations

import contextlib
import statistics
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from types import FrameType
from typing import Any

import pytest
import torch
from torch import nn

from grader.observe.backwards import Backwards
from grader.observe.forwards import Forwards
from grader.observe.log import OURS
from grader.observe.recorder import Recorder
from grader.observe.updates import Updates

SHORT = ((Forwards, "_is_usual"), (Backwards, "_is_one_more"), (Updates, "_is_one_more"))
"""The short way at each of the three points of a step."""
STEPS, LATE = 120, 90
"""By the second number the short ways have long been taken."""
MOST_CALLS = 40


class Training:
    """A training whose steps a program may depart from."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        data = torch.utils.data.TensorDataset(torch.randn(48, 6), torch.randint(0, 3, (48,)))
        self.loader = torch.utils.data.DataLoader(data, 8)
        self.model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Dropout(0.1), nn.Linear(5, 3))
        self.other = nn.Linear(3, 3)
        self.optimizer: torch.optim.Optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05)

    def batches(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        while True:
            yield from self.loader

    def clear(self) -> None:
        self.optimizer.zero_grad()

    def loss(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(self.model(images), labels)

    def descend(self, loss: Any) -> None:
        loss.backward()

    def update(self) -> None:
        self.optimizer.step()

    def step(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        self.clear()
        self.descend(self.loss(images, labels))
        self.update()


Departure = Callable[[Training, torch.Tensor, torch.Tensor], None]
DEPARTURES: dict[str, Departure] = {}


def departure(function: Departure) -> Departure:
    DEPARTURES[function.__name__.replace("_", " ")] = function
    return function


@departure
def none(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.step(images, labels)


@departure
def not_cleared(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.descend(training.loss(images, labels))
    training.update()


@departure
def cleared_to_zeros(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.optimizer.zero_grad(set_to_none=False)
    training.descend(training.loss(images, labels))
    training.update()


@departure
def evaluating(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.model.eval()
    training.step(images, labels)


@departure
def a_validation_between(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.step(images, labels)
    with torch.no_grad():
        training.model(images)


@departure
def other_images(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.step(torch.flip(images, (0,)), labels)


@departure
def images_with_gradients(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.step(images.requires_grad_(), labels)


@departure
def called_twice(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.model(images)
    training.step(images, labels)


@departure
def a_loss_that_is_nan(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.clear()
    training.descend(training.loss(images, labels) * float("nan"))
    training.update()


@departure
def several_losses(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.clear()
    output = training.model(images)
    torch.autograd.backward(output, torch.ones_like(output))
    training.update()


@departure
def two_passes(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.clear()
    training.descend(training.loss(images, labels))
    training.descend(training.loss(images, labels))
    training.update()


@departure
def a_pass_that_fails(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    loss = training.loss(images, labels)
    training.clear()
    torch.autograd.backward(loss)
    with contextlib.suppress(RuntimeError):
        torch.autograd.backward(loss)
    training.update()


@departure
def moved_by_hand(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    with torch.no_grad():
        for p in training.model.parameters():
            p.mul_(0.999)
    training.step(images, labels)


@departure
def passes_and_no_step(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.clear()
    training.descend(training.loss(images, labels))
    with torch.no_grad():
        for p in training.model.parameters():
            p.data = p - 0.01 * (p if p.grad is None else p.grad)


@departure
def gradients_put_back(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    kept = [p.grad for p in training.model.parameters()]
    training.clear()
    for p, grad in zip(training.model.parameters(), kept, strict=True):
        p.grad = grad
    training.descend(training.loss(images, labels))
    training.update()


@departure
def a_gradient_taken_away(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.clear()
    training.descend(training.loss(images, labels))
    next(training.model.parameters()).grad = None
    training.update()


@departure
def gradients_without_a_pass(
    training: Training, images: torch.Tensor, labels: torch.Tensor
) -> None:
    for p in training.model.parameters():
        p.grad = torch.ones_like(p)
    training.update()


@departure
def steps_that_nobody_hears(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.clear()
    training.descend(training.loss(images, labels))
    step: Any = type(training.optimizer).step
    step.__wrapped__(training.optimizer)


@departure
def two_steps_of_a_pass(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.step(images, labels)
    training.update()


@departure
def a_closure(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    def closure() -> Any:
        training.clear()
        loss = training.loss(images, labels)
        training.descend(loss)
        return loss

    training.optimizer.step(closure)


@departure
def another_rate(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.optimizer.param_groups[0]["lr"] *= 0.99
    training.step(images, labels)


@departure
def a_rate_in_a_tensor(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.optimizer.param_groups[0]["lr"] = torch.tensor(0.05)
    training.step(images, labels)


@departure
def another_optimizer(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    if type(training.optimizer) is not torch.optim.Adam:
        training.optimizer = torch.optim.Adam(training.model.parameters())
    training.step(images, labels)


@departure
def more_parameters(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    if training.model[-1] is not training.other:
        training.model.append(training.other)
        training.optimizer.add_param_group({"params": list(training.other.parameters())})
    training.step(images, labels)


@departure
def a_part_exchanged(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    if type(training.model[1]) is nn.ReLU:
        training.model[1] = nn.Tanh()
    training.step(images, labels)


@departure
def compiling(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    training.clear()
    training.descend(training.loss(images, labels))
    torch.compiler._is_compiling_flag = True
    training.update()
    torch.compiler._is_compiling_flag = False


@departure
def a_mode_around(training: Training, images: torch.Tensor, labels: torch.Tensor) -> None:
    with torch.overrides.BaseTorchFunctionMode():
        training.step(images, labels)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often each short way was taken."""
    counts: dict[str, int] = {}

    def counted(short: Callable[..., bool], way: str) -> Callable[..., bool]:
        def count(*args: Any) -> bool:
            answer = short(*args)
            counts[way] = counts.get(way, 0) + answer
            return answer

        return count

    for owner, name in SHORT:
        monkeypatch.setattr(owner, name, counted(vars(owner)[name], owner.__name__))
    return counts


def rows_of(depart: Departure) -> list[Any]:
    """What is recorded of a training that departs from the ordinary in the end."""
    rows: list[Any] = []
    recorder = Recorder(rows.extend, {__file__: ("test_ordinary.py", None)})
    recorder._log._clock = recorder._sources._clock = lambda: 0.0  # no row depends on the time
    recorder.install()
    try:
        training = Training()
        for number, (images, labels) in enumerate(islice(training.batches(), STEPS)):
            step = none if number < LATE else depart
            step(training, images, labels)
        recorder.finish()
    finally:
        recorder.uninstall()
    return rows


@pytest.mark.parametrize("name", DEPARTURES)
def test_the_short_way_tells_what_the_long_one_tells(
    name: str, taken: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row by row, whatever a program does after a hundred ordinary steps."""
    short = rows_of(DEPARTURES[name])
    assert min(taken[owner.__name__] for owner, _ in SHORT) > (LATE - 50) // 2, taken
    for owner, way in SHORT:
        monkeypatch.setattr(owner, way, lambda *_: False)
    assert short == rows_of(DEPARTURES[name])


def test_an_ordinary_step_takes_the_short_way(taken: dict[str, int]) -> None:
    """At each of its three points, but for the few that are looked at whole."""
    rows_of(none)
    few = STEPS - 50 - 3 * STEPS // 16
    assert all(taken[owner.__name__] >= few for owner, _ in SHORT), taken


def test_an_ordinary_step_calls_little() -> None:
    """What it costs is the functions of ours that it calls: each has to be fetched anew."""
    recorder = Recorder(lambda _rows: None, {__file__: ("test_ordinary.py", None)})
    recorder.install()
    counts: list[int] = []

    def tell(frame: FrameType, event: str, _: Any) -> None:
        counts[-1] += event == "call" and frame.f_code.co_filename.startswith(OURS)

    try:
        training = Training()
        for images, labels in islice(training.batches(), STEPS):
            counts.append(0)
            sys.setprofile(tell)
            training.step(images, labels)
            sys.setprofile(None)
    finally:
        sys.setprofile(None)
        recorder.uninstall()
    assert statistics.median(counts[LATE:]) <= MOST_CALLS
