"""Zygotes that are forks of one: they grade, share its pages, and outlive it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GraderFault
from grader.model import Outcome
from grader.pipeline import Grader, Options
from grader.runner.outside.nursery import Nursery
from grading import exercise, submission

CHECKS = """
from grader.checks import check

@check("adds")
def test_adds(student):
    '''It adds.'''
    assert student.add(2, 3).value == 5
"""
GOOD = "def add(a, b):\n    return a + b\n"


@pytest.fixture
def started() -> list[int]:
    return []


@pytest.fixture
def nursery(started: list[int]) -> Iterator[Nursery]:
    with Nursery(started.append) as made:
        yield made


def _passes(nursery: Nursery, folder: Path) -> bool:
    with Grader(Options(), nursery.twin()) as grader:
        report = grader.grade(exercise(folder, CHECKS, ["adds"]), submission(GOOD))
    assert report.verdict.outcome is Outcome.OK, report.run.reason
    return report.verdict.passed


def _own_memory(pid: int) -> int:
    """Kibibytes that a process shares with nobody."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def test_twins_cost_a_tenth_of_the_first_and_outlive_it(
    nursery: Nursery, started: list[int], tmp_path: Path
) -> None:
    """One import for all; when the first dies, twins go on, and the next one gets a new first."""
    twin = nursery.twin()
    assert _own_memory(twin.start()) * 10 < _resident(started[0])
    with Grader(Options(), twin) as grader:
        os.kill(started[0], signal.SIGKILL)
        report = grader.grade(exercise(tmp_path, CHECKS, ["adds"]), submission(GOOD))
    assert report.verdict.passed
    assert len(started) == 1
    assert _passes(nursery, tmp_path)
    assert len(started) == 2


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def test_a_twin_that_dies_costs_one_more_fork(nursery: Nursery, tmp_path: Path) -> None:
    """What it had in hand is graded by its successor."""
    twin = nursery.twin()
    with Grader(Options(), twin) as grader:
        os.kill(twin.start(), signal.SIGKILL)  # started anew, to know its number
        report = grader.grade(exercise(tmp_path, CHECKS, ["adds"]), submission(GOOD))
    assert report.verdict.passed


def test_nothing_is_forked_from_a_closed_one(nursery: Nursery) -> None:
    """Ending a class at once means that no worker starts anew."""
    nursery.close()
    with pytest.raises(GraderFault, match="stopped"):
        nursery.twin().start()
