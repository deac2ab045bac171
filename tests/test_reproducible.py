"""The same submission, seed and machine give the same result, for every exercise.

Each submission is graded twice, by two graders whose processes share nothing: what a first
grading could leave behind, and what differs between two starts of an interpreter, would show.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import bank, submission
from grader.export.json import to_result
from grader.model import Exercise, Status
from grader.pipeline import Grader, Options
from grading import Bench, Graded

CHANCE = """
    import random
    import numpy as np
    import torch

    def drawn():
        return [
            random.random(), np.random.rand(), torch.rand(1).item(),
            np.random.default_rng().random(), np.random.default_rng().random(),
            torch.randn(500, 500).sum().item(), "".join({"one", "two", "three", "four", "five"}),
        ]

    def again():
        return np.random.default_rng(7).random() == np.random.default_rng(7).random()

    def threads():
        return torch.get_num_threads()
"""
"""A submission that asks everything that could differ between two runs."""
TELLS = """
    from grader.checks import CheckFailed, check

    @check("tells")
    def test_tells(student):
        raise CheckFailed(str(student.drawn().value))

    @check("again")
    def test_again(student):
        assert student.again().value is True

    @check("threads")
    def test_threads(student):
        import torch
        assert student.threads().value == torch.get_num_threads() == 1
"""

TIMES = ("started", "wall_s", "cpu_s", "peak_rss_mb", "duration_s")
"""What may differ: when it was, and what it cost."""


@pytest.fixture(scope="module")
def another_grader() -> Iterator[Grader]:
    """A second grader, whose processes come from an interpreter of its own."""
    with Grader(Options()) as grader:
        yield grader


def without_times(value: Any) -> Any:
    """A result but for what says when it was made and how long each part took."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in TIMES}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def told(grader: Grader, folder: Path) -> Graded:
    return Bench(grader, folder)(TELLS, CHANCE, "tells", "again", "threads")


def numbers(grader: Grader, folder: Path) -> list[str]:
    return told(grader, folder)["tells"].message.strip("[]").split(", ")


def results(exercise: Exercise, path: Path, *graders: Grader) -> list[Any]:
    given = submission.read(path, exercise.submit, answers=exercise.answers)
    return [without_times(to_result(grader.grade(exercise, given))) for grader in graders]


@pytest.mark.parametrize("name", bank.all_ids())
def test_a_reference_gets_the_same_result_twice(
    name: str, warm_grader: Grader, another_grader: Grader
) -> None:
    """Scores, messages, metrics and curves agree to the last digit that is written."""
    exercise = bank.load(name)
    first, second = results(
        exercise, exercise.reference / "solution.py", warm_grader, another_grader
    )
    assert first == second
    assert first["passed"]


@pytest.mark.parametrize("name", bank.all_ids())
def test_a_wrong_submission_gets_the_same_result_twice(
    name: str, warm_grader: Grader, another_grader: Grader
) -> None:
    """What fails fails with the same words, findings and numbers, replays included."""
    exercise = bank.load(name)
    case = min((exercise.reference / "cases").glob("bad_*"))
    first, second = results(exercise, case, warm_grader, another_grader)
    assert first == second
    assert not first["passed"]


def test_all_chance_comes_from_the_seed(
    warm_grader: Grader, another_grader: Grader, tmp_path: Path
) -> None:
    """Python, NumPy, torch, generators without a seed and sets of strings repeat themselves."""
    first, second = (numbers(grader, tmp_path) for grader in (warm_grader, another_grader))
    assert len(first) == 7
    assert first == second


def test_another_seed_is_another_chance(warm_grader: Grader, tmp_path: Path) -> None:
    """No number is the same under another seed; only the order of the set is."""
    one, other = (numbers(grader, tmp_path) for grader in (warm_grader, warm_grader.with_seed(7)))
    assert [a == b for a, b in zip(one, other, strict=True)] == [False] * 6 + [True]


def test_a_seed_that_is_named_is_used(warm_grader: Grader, tmp_path: Path) -> None:
    """``default_rng(7)`` gives what it gives everywhere."""
    assert told(warm_grader, tmp_path)["again"].status is Status.PASSED


def test_every_process_computes_with_one_thread(warm_grader: Grader, tmp_path: Path) -> None:
    """Sums are added up in the same order, however many cores a machine has."""
    assert told(warm_grader, tmp_path)["threads"].status is Status.PASSED
