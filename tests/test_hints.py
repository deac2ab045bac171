"""The ladder of hints: what the fourth level is, where an exercise has one."""

from __future__ import annotations

import re

import pytest

from grader import bank

WITH_EXAMPLES = ("cross_entropy", "debug_loop")
LEVEL = 4


def fourth() -> list[tuple[str, str, str]]:
    """Exercise, check and text of every fourth hint."""
    return [
        (name, line.id, line.hints[LEVEL - 1])
        for name in bank.all_ids()
        for line in bank.load(name).rubric
        if len(line.hints) >= LEVEL
    ]


@pytest.mark.parametrize(("exercise", "check", "hint"), fourth())
def test_the_fourth_hint_is_an_example_on_another_program(
    exercise: str, check: str, hint: str
) -> None:
    """A worked example of 80 to 160 words, with no line of the solution in it."""
    assert 80 <= len(hint.split()) <= 160, check
    assert hint.startswith("A worked example on another program. ")
    reference = bank.load(exercise).reference / "solution.py"
    lines = (re.sub(r"#.*", "", line).strip() for line in reference.read_text().splitlines())
    given = [line for line in lines if len(line) > 12 and line in hint]
    assert given == []


@pytest.mark.parametrize("exercise", WITH_EXAMPLES)
def test_these_exercises_have_an_example_for_every_check(exercise: str) -> None:
    """The ladder is whole there."""
    assert all(len(line.hints) == LEVEL for line in bank.load(exercise).rubric)
