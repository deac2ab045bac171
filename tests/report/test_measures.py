"""Measured shares with their interval and their threshold, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model import Rubric, Visibility
from grader.shown.measures import Share, measures
from sample_parts import exercise, run

MEASURED = {"test_accuracy": 0.9788, "test_accuracy_low": 0.9716, "test_accuracy_high": 0.9842}


def share(threshold: object = None, **data: str) -> Share:
    settings = {} if threshold is None else {"threshold": threshold}
    line = Rubric(id="learns", title="It learns", points=1, settings=settings)
    (found,) = measures(MEASURED, exercise(rubric=(line,)), run(data=data)).shares
    assert isinstance(found, Share)
    return found


def test_a_share_is_told_with_its_interval() -> None:
    """The two ends belong to it, and are no quantities of their own."""
    metrics = {**MEASURED, "steps": 375, "val_accuracy": 0.9}
    found = measures(metrics, exercise(), run())
    assert found.shares[0].said == "97.9 % (95 % interval 97.2 to 98.4 %)"
    assert dict(found.numbers) == {"steps": 375, "val_accuracy": 0.9}
    counted = measures({**metrics, "test_accuracy_count": 2000}, exercise(), run())
    assert counted.shares[0].said.endswith("98.4 %) of 2,000 held-out digits")


@pytest.mark.parametrize(
    ("threshold", "data", "needed"),
    [
        (0.97, {}, 0.97),
        ({"full": 0.97, "subset": 0.93}, {"mnist": "subset"}, 0.93),
        ({"full": 0.97, "subset": 0.93}, {"mnist": "full"}, 0.97),
        ({"full": 0.97, "subset": 0.93}, {}, None),
        ({"full": 0.97}, {"mnist": "subset"}, None),
        (12, {}, None),
        ("high", {}, None),
        (None, {}, None),
    ],
)
def test_the_threshold_is_that_of_the_data_used(
    threshold: object, data: dict[str, str], needed: float | None
) -> None:
    """From the rubric; nothing is guessed where it isn't clear."""
    assert share(threshold, **data).needed == needed


def test_a_threshold_is_told_only_where_it_is_public_and_clear() -> None:
    """Neither that of a hidden check, nor one of two."""
    line = Rubric(id="a", title="A", points=1, settings={"threshold": 0.9})
    hidden = replace(line, visibility=Visibility.HIDDEN)
    for rubric in ((hidden,), (line, replace(line, id="b"))):
        (found,) = measures(MEASURED, exercise(rubric=rubric), run()).shares
        assert found.needed is None
    assert share(0.9).said.endswith("; 90 % needed")


@pytest.mark.parametrize(
    "wrong", [{"test_accuracy_low": 0.99}, {"test_accuracy_high": float("nan")}]
)
def test_an_interval_that_is_none_is_left_as_numbers(wrong: dict[str, float]) -> None:
    """A share outside of its interval, or an end that is no number."""
    found = measures({**MEASURED, **wrong}, exercise(), run())
    assert not found.shares
    assert len(found.numbers) == 3
