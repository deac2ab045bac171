"""A changed threshold, applied to what was kept: the marks are those of a fresh run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from grader import bank, submission
from grader.judging import judged_again
from grader.model import CheckResult, Exercise
from grader.observation import file
from grader.pipeline import Grader, Options

CHANGED: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "a tolerance that nobody meets": ("quick_checks", "kaiming_std", {"tolerance": -1.0}),
    "a wider one": ("quick_checks", "kaiming_std", {"tolerance": 100.0}),
    "a weight that must be exact": ("initialization", "lstm_hidden", {"atol": 1e-12}),
    "a bias that must be exact": ("initialization", "lstm_forget", {"atol": -1.0}),
    "a share of tries": ("spiral", "learns", {"threshold": 0.5}),
    "shares of a split": ("data_pipeline", "shares", {"slack": 1e-9}),
    "an order that must change": ("data_pipeline", "shuffled", {"stay": -1.0}),
    "pixels that must be exact": ("data_pipeline", "normalised", {"allowed": -1.0}),
}


def with_settings(exercise: Exercise, check: str, settings: Mapping[str, Any]) -> Exercise:
    """The exercise, with other numbers in one line of its rubric."""
    lines = tuple(
        replace(line, settings={**line.settings, **settings}) if line.id == check else line
        for line in exercise.rubric
    )
    return replace(exercise, rubric=lines)


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_threshold_gives_what_a_fresh_run_gives(name: str) -> None:
    """Of a right solution: status, message, details and metrics; and nothing is run."""
    exercise_id, check, settings = CHANGED[name]
    before = bank.load(exercise_id)
    needed = {check, *next(line.needs for line in before.rubric if line.id == check)}
    lines = [line for line in before.rubric if line.id in needed]
    before = replace(before, rubric=tuple(replace(line, needs=()) for line in lines))
    today = with_settings(before, check, settings)
    yaml = before.reference / "cases" / "ok_as_people_write.yaml"
    path = yaml if yaml.is_file() else before.reference / "solution.py"
    given = submission.read(path, before.submit, answers=before.answers)
    with Grader(Options(keep=True, subset=True)) as grader:
        kept = file.decode(file.encode(grader.observe(before, given)), "it")
        anew = grader.observe(today, given)
    again = judged_again(kept, today)
    assert not again.undecided
    assert list(map(_told, again.checks)) == list(map(_told, anew.checks))
    assert again.metrics == anew.metrics


def _told(result: CheckResult) -> CheckResult:
    return replace(result, duration_s=0.0)
