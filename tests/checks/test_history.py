"""Histories of any form are read alike, and what they say is compared with what is so."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks import CheckFailed
from grader.checks.history import require_truth, series_in

FORMS: dict[str, Any] = {
    "lists by name": {"val_acc": [0.5, 0.9]},
    "a dict for each epoch": [{"val_acc": 0.5, "note": "x"}, {"val_acc": 0.9, "note": "y"}],
    "one level down": {"val": {"x": 1}, "val_acc": (0.5, 0.9)},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_number_for_each_epoch_is_found_by_its_name(form: str) -> None:
    """Whether an epoch is a place in lists or an entry of its own."""
    assert dict(series_in(FORMS[form]))["val_acc"] == [0.5, 0.9]


def test_a_list_without_names_is_a_series() -> None:
    """And a list of rows has its columns."""
    assert dict(series_in([0.5, 0.9])) == {"the list": [0.5, 0.9]}
    assert dict(series_in([(1.0, 0.5), (2.0, 0.9)]))["column 2"] == [0.5, 0.9]


@pytest.mark.parametrize("history", [None, {}, [], "0.5", [True, False], 3.0])
def test_what_is_no_history_has_no_series(history: object) -> None:
    """Truth values are no numbers of epochs."""
    assert not dict(series_in(history))


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ({"val_acc": [0.5, 0.8]}, "ends at 80.0%"),
        ({"val_accuracy": [50.0, 80.0]}, "ends at 80.0%"),
        ({"train_loss": [2.0, -1.0]}, "falls to -1"),
        ({"val_loss": [0.0, 0.0]}, "is 0 in each epoch"),
    ],
)
def test_what_can_not_be_so_fails_the_check(series: Any, message: str) -> None:
    """The model that is left reads 90 % right."""
    with pytest.raises(CheckFailed, match=message):
        require_truth(series, 0.9)


@pytest.mark.parametrize(
    "series",
    [
        {"val_acc": [0.5, 0.91]},
        {"val_acc": [50, 90]},
        {"val_acc": [0.9, 0.7]},
        {"train_acc": [0.1], "val_loss": [3.4, 3.4], "lr": [0.0, 0.0]},
    ],
)
def test_what_may_be_so_passes(series: Any) -> None:
    """Percent, a mean of batches, the best epoch put back, a loss that never moves."""
    require_truth(series, 0.9)


def test_a_history_without_end_is_none() -> None:
    """Lists in lists double at each level, as rows and as columns; they are not followed."""
    history: Any = 1.0
    for _ in range(60):
        history = [history, history]
    with pytest.raises(CheckFailed, match="lists in lists without end"):
        dict(series_in(history))
    with pytest.raises(CheckFailed, match="more than 1,000,000 entries"):
        dict(series_in([[0.5] * 1000] * 1001))
