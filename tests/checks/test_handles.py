"""Handles on objects of the student's: they keep them, and let them go."""

from __future__ import annotations

import textwrap

from grader.model import Status
from grading import Bench

CHECKS = """
from grader.checks import check

@check("let_go")
def test_let_go(student):
    \"\"\"What no handle holds is gone over there.\"\"\"
    for _ in range(50):
        made = student.make()
    assert student.alive().value == 1
    assert made.number.value == 50

@check("kept")
def test_kept(student):
    \"\"\"What a handle holds is kept.\"\"\"
    first, second = student.make(), student.make()
    assert first.number.value + 1 == second.number.value
    assert student.alive().value == 2
"""
SOURCE = """
import itertools
import weakref

ALIVE = weakref.WeakSet()
NUMBERS = itertools.count(1)

class Thing:
    def __init__(self):
        self.number = next(NUMBERS)
        ALIVE.add(self)

def make():
    return Thing()

def alive():
    return len(ALIVE)
"""


def test_an_object_lives_as_long_as_somebody_has_its_handle(grade: Bench) -> None:
    """A check that calls a thousand times holds what the last call gave, and not all of it."""
    graded = grade(CHECKS, textwrap.dedent(SOURCE), "let_go", "kept")
    assert graded["let_go"].status is Status.PASSED, graded["let_go"].message
    assert graded["kept"].status is Status.PASSED, graded["kept"].message
