"""Each wrong program, under each way of hiding: never better than it is unhidden.

A sample by default: each way with one program that earns some checks. `GRADE_HIDING=10` tries
each with ten more, drawn for it from the wrong cases of the exercises that judge a training;
`GRADE_HIDING=all` with every one of them (many hours).
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader import bank
from grader.model import Limits, Outcome, Report, Status, SubmissionKind
from grader.pipeline import Grader
from grading import Graded, submission
from hiding import BUGGED, HIDING

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's")

LIMITS = Limits(wall_s=40.0, check_s=10.0, memory_bytes=1 << 30)
EXERCISES = ("debug_loop", "mnist_from_scratch", "mnist_dropout", "mnist_pipeline")
CASES = Path(__file__).parents[2] / "reference"

Run = Callable[[str, str], Report]


@pytest.fixture
def run(warm_grader: Grader) -> Run:
    """Grade a script for an exercise."""

    def grade(exercise: str, source: str) -> Report:
        training = replace(bank.load(exercise), limits=LIMITS)
        script = submission(source, kind=SubmissionKind.SCRIPT)
        return Graded(warm_grader.grade(training, script)).report

    return grade


def passed(report: Report) -> set[str]:
    return {c.rubric.id for c in report.verdict.checks if c.result.status is Status.PASSED}


def wrong(way: str) -> Iterator[tuple[str, str]]:
    """The wrong programs that a way of hiding is tried with: exercise and source."""
    yield "debug_loop", BUGGED
    more = os.environ.get("GRADE_HIDING", "0")
    cases = [
        (exercise, path)
        for exercise in EXERCISES
        for path in sorted((CASES / exercise / "cases").glob("bad_*.py"))
    ]
    drawn = cases if more == "all" else random.Random(way).sample(cases, int(more))
    for exercise, path in drawn:
        yield exercise, path.read_text()


EARNS = {BUGGED: frozenset({"learning_rate", "loss_call"})}
"""What is known beforehand."""


@pytest.mark.parametrize("way", HIDING)
def test_who_hides_earns_no_more(run: Run, way: str) -> None:
    """No check passes that doesn't pass without it, and the fault is never the grader's."""
    for exercise, source in wrong(way):
        earns = EARNS.get(source)
        if earns is None:
            earns = EARNS[source] = frozenset(passed(run(exercise, source)))
        report = run(exercise, HIDING[way] + source)
        told = [(c.rubric.id, c.result.status, c.result.message) for c in report.verdict.checks]
        assert report.verdict.outcome is not Outcome.GRADER_FAULT, told
        assert passed(report) <= earns, told


def test_what_is_hidden_from_earns_as_told(run: Run) -> None:
    """The sample earns what its record says, so that a gain would show."""
    assert passed(run("debug_loop", BUGGED)) == EARNS[BUGGED]
