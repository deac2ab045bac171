"""A small course with one exercise, ``sums``, and a grader that answers as a test wants."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader import bank
from grader.author import Crew, Problem, Proof, verify
from grader.model import (
    CheckResult,
    Exercise,
    Finding,
    Level,
    Outcome,
    Place,
    Report,
    Status,
    Submission,
)
from grader.verdict import decide
from records import report

EXERCISE = """
title: Sums
version: "1"
lesson: '1.1'
submit: module
summary: Add.
"""
HINTS = "hints: [Look., Look closer., Look here.]"
RUBRIC = f"""
exercise: sums
checks:
  - {{id: adds, title: Adds, points: 1, {HINTS}}}
  - {{id: learns, title: Learns, points: 1, needs: [adds], {HINTS}}}
"""
CHECKS = """
from grader.checks import check

@check("adds")
def test_adds(student):
    '''It adds.'''

@check("learns")
def test_learns(student):
    '''It learns.'''
"""
BAD = """\
# Nothing works.
# failed: adds learns
x = 1
"""
MARKED = """\
# Gradients pile up, in a well-known place.
# failed: adds
# finding: learning-rate-too-high
loss.backward()  # finding: gradients-not-cleared
"""

Answer = Callable[[Exercise, Submission], Report]


def course(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A function that lays the course and makes it the one that GRADE_BANK names."""

    def lay(changes: Mapping[str, str] = {}) -> Path:  # never changed
        files = {
            "exercises/sums/exercise.yaml": EXERCISE,
            "exercises/sums/task.md": "# Sums\n",
            "exercises/sums/starter.py": "starter\n",
            "reference/sums/solution.py": "solution\n",
            "reference/sums/checks.py": CHECKS,
            "reference/sums/cases/ok_other.py": "# Another style.\nsolution\n",
            "reference/sums/cases/bad_all.py": BAD,
            "rubrics/sums.yaml": RUBRIC,
        }
        for name, text in (files | dict(changes)).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        monkeypatch.setenv(bank.ROOT_VARIABLE, str(root))
        return root

    return lay


def result(name: str, status: Status, *findings: Finding) -> CheckResult:
    return CheckResult(id=name, title=name, status=status, message="said so", findings=findings)


def finding(rule: str, place: Place | None) -> Finding:
    return Finding(
        rule=rule, level=Level.ERROR, place=place, step=1, what="w", evidence=(), fix="", why=""
    )


def graded(
    exercise: Exercise,
    adds: Status,
    learns: Status,
    *findings: Finding,
    outcome: Outcome = Outcome.OK,
) -> Report:
    base = report()
    run = dataclasses.replace(base.run, outcome=outcome)
    results = [result("adds", adds, *findings), result("learns", learns)]
    return dataclasses.replace(base, run=run, verdict=decide(results, exercise.rubric, run))


def sound(exercise: Exercise, given: Submission) -> Report:
    """What a grader that judges well says: solutions pass, all else fails."""
    status = Status.PASSED if "solution" in given.source else Status.FAILED
    return graded(exercise, status, status)


class Stub:
    """Grades by a function, and counts."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.graded: list[tuple[int, str]] = []
        self.started = 0
        self.closed = 0
        self._lock = threading.Lock()

    @contextmanager
    def make(self) -> Iterator[_One]:
        """A grader, which counts its start and its end."""
        self.started += 1
        try:
            yield _One(self, 0)
        finally:
            self.closed += 1

    def note(self, seed: int, name: str) -> None:
        """Remembers what was graded."""
        with self._lock:
            self.graded.append((seed, name))


class _One:
    def __init__(self, stub: Stub, seed: int) -> None:
        self._stub = stub
        self._seed = seed

    def with_seed(self, seed: int) -> _One:
        """The same under another seed."""
        return _One(self._stub, seed)

    def proving(self) -> _One:
        """Itself: it has no checks to try."""
        return self

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """Gives the stub's answer."""
        self._stub.note(self._seed, submission.name)
        return self._stub.answer(exercise, submission)


def prove(answer: Answer = sound, *, jobs: int = 1) -> Proof:
    return verify(["sums"], crew=Crew(jobs=jobs, make_grader=Stub(answer).make))


def only(proof: Proof) -> Problem:
    assert len(proof.problems) == 1, [str(problem) for problem in proof.problems]
    return proof.problems[0]
