"""Following a training by its rows: how far it came, and when nothing can save it any more."""

from __future__ import annotations

import math
from typing import Any

import pytest

from grader.checks.training import Training
from grader.model import Place
from grader.schema.fields import Row
from grader.schema.rows import Backward, Forward, Source, Update

LINE = 14


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def head(size: int = 640) -> list[Row]:
    """One loader of so many images."""
    return [Source(index=0, kind="loader", name="Digits", size=size, pool=None)]


def step(number: int, loss: float | None, *, by: int = 0, ratio: float | None = None) -> list[Row]:
    """The rows of one step at batches of 64."""
    place = Place("s.py", LINE)
    return [
        Forward(
            number=number, model=0, place=place, source=0, batch=64, flags=127, row=5,
            updates=number - 1,
        ),
        Backward(number=number, place=place, loss=loss, updates=number - 1, how=0),
        Update(
            number=number, optimizer=by, place=place, backward=number, rate=0.1, grad_norm=None,
            ratio=ratio, leaves=4, leftovers=0,
        ),
    ]  # fmt: skip


def follow(*, hopeless: tuple[int, ...] = (LINE,), size: int = 640) -> tuple[Training, Clock]:
    clock = Clock()
    training = Training(hopeless, clock)
    training.take(head(size))
    return training, clock


def ruin(training: Training, clock: Clock, *, steps: int = 300, **more: Any) -> None:
    """Ten good steps, then so many with a loss of nan over a minute."""
    for number in range(1, 11):
        training.take(step(number, 2.0, ratio=0.01))
    for number in range(11, 11 + steps):
        clock.now += 60.0 / steps
        training.take(step(number, math.nan, **{"ratio": math.nan, **more}))


def test_the_last_step_and_its_loss_are_known() -> None:
    """A step before any, one with a number, and one whose loss was not a single number."""
    training, _ = follow()
    assert training.reached == ""
    training.take(step(1, 2.30259) + step(2, 1.5))
    assert (training.step, training.loss) == (2, 1.5)
    assert training.reached == "it had come to step 2, with a loss of 1.5"
    training.take(step(3180, None))
    assert training.reached == "it had come to step 3,180"


def test_a_ruined_training_is_lost() -> None:
    """Since the first step whose loss was nan."""
    training, clock = follow()
    ruin(training, clock)
    assert training.lost is not None
    assert training.lost.step == 11


@pytest.mark.parametrize(
    ("why", "given", "ruined"),
    [
        ("the program could still do something about it", {"hopeless": ()}, {}),
        ("the line is another one", {"hopeless": (LINE + 1,)}, {}),
        ("the weights are not nan", {}, {"ratio": 0.01}),
        ("nobody measured the weights", {}, {"ratio": None}),
        ("the updates are by hand", {}, {"by": -1}),
        ("too few steps", {}, {"steps": 100}),
        ("the data was not gone through twice", {"size": 64 * 200}, {}),
        ("the size of the data is not known", {"size": -1}, {}),
    ],
)
def test_any_doubt_lets_it_go_on(why: str, given: dict[str, Any], ruined: dict[str, Any]) -> None:
    """A training is given up only if it is certain that nothing is lost by it."""
    training, clock = follow(**given)
    ruin(training, clock, **ruined)
    assert training.lost is None, why


def test_a_short_one_is_left_alone() -> None:
    """What may be over in a few seconds is not worth a sentence."""
    training, clock = follow()
    ruin(training, clock)
    clock.now = 5.0
    assert training.lost is None


def test_a_loss_that_comes_back_is_not_lost() -> None:
    """The count begins anew with the next nan; infinite is not yet nan."""
    training, clock = follow()
    ruin(training, clock)
    training.take(step(900, 0.7))
    assert training.lost is None
    training.take(step(901, math.inf, ratio=math.inf))
    clock.now += 60.0
    training.take(step(1500, math.inf, ratio=math.inf))
    assert training.lost is None
