"""Numbers of a rubric line, and what is measured against them."""

from __future__ import annotations

import pytest

from grader.checks import CheckFailed
from grader.checks.thresholds import Thresholds
from grader.model import Compared


def test_no_try_is_made_after_one_that_holds() -> None:
    """Tries are trainings: whoever reached the number in the first pays for no other."""
    kept = list[Compared]()
    thresholds = Thresholds({"threshold": 0.9}, "module", kept.append, lambda _name, _value: None)
    tried = list[float]()

    def measured(value: float) -> float:
        tried.append(value)
        return value

    tries = [lambda value=value: measured(value) for value in (0.5, 0.95, 0.99)]
    thresholds.first_at_least("threshold", tries, "{tries} tries, the best {measured:.0%}")
    assert tried == [0.5, 0.95]
    assert [each.tried for each in kept] == [(0.5, 0.95)]


def test_where_none_holds_the_best_is_told() -> None:
    """All were made, and the failure names their number and the best."""
    thresholds = Thresholds(
        {"threshold": 0.9}, "module", lambda _: None, lambda _name, _value: None
    )
    with pytest.raises(CheckFailed, match="3 tries, the best 70%"):
        thresholds.first_at_least(
            "threshold",
            [lambda: 0.5, lambda: 0.7, lambda: 0.6],
            "{tries} tries, the best {measured:.0%}",
        )
