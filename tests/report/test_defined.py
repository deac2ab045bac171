"""Where to look for what a failed check is about: the definition that its message names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import Exercise
from grader.shown.defined import defined
from grading import submission as text
from sample_parts import exercise

SOURCE = """import torch

relu = lambda x: x.clamp(min=0)


def add(a, b):
    \"\"\"The sum.\"\"\"
    return a - b  # here


class ManualLinear:
    def forward(self, x):
        total = x
        return total


def mse_loss(a, b):
    d = a - b
    return d.sum()
"""


@pytest.fixture
def asked(tmp_path: Path) -> Exercise:
    """An exercise without data that asks for one class."""
    starter = tmp_path / "starter.py"
    starter.write_text("import torch\n\nclass ManualLinear:\n    ...\n", encoding="utf-8")
    return replace(exercise(), starter=starter, data=())


def where(asked: Exercise, message: str, title: str = "", source: str = SOURCE) -> tuple[str, str]:
    """The line that is found, and what of it is underlined."""
    found = defined(text(source), asked, message, title)
    assert found is not None
    return found.source.strip(), found.source[slice(*found.span)]


@pytest.mark.parametrize(
    ("message", "title", "line", "part"),
    [
        ("mse_loss() of zeros is 2", "", "def mse_loss(a, b):", "mse_loss"),
        ("add(1, 2) is -1, expected 3", "", "return a - b  # here", "return a - b"),
        ("relu() of -1 is -1", "", "relu = lambda x: x.clamp(min=0)", "relu"),
        ("the value differs", "mse_loss is a mean", "def mse_loss(a, b):", "mse_loss"),
        ("ManualLinear(3, 2) has no bias", "mse_loss", "class ManualLinear:", "ManualLinear"),
        ("to add to the loss differs", "", "class ManualLinear:", "ManualLinear"),
    ],
)
def test_the_definition_that_is_named_is_found(
    asked: Exercise, message: str, title: str, line: str, part: str
) -> None:
    """By a call in the message, a name in the title, or as the one thing that is asked for."""
    assert where(asked, message, title) == (line, part)


def test_a_word_is_no_name(asked: Exercise) -> None:
    """What a sentence may say by chance points nowhere, in a program that trains on data."""
    program = replace(asked, data=("mnist",))
    assert defined(text(SOURCE), program, "add more steps; the model reads 10 %", "learns") is None


def test_a_text_that_does_not_parse_points_nowhere(asked: Exercise) -> None:
    """Nor does a name that is defined nowhere."""
    assert defined(text("def add(:\n"), asked, "add() is 3", "") is None
    assert defined(text("x = 1\n"), asked, "add() is 3", "") is None


def test_what_is_defined_last_is_meant(asked: Exercise) -> None:
    """A second definition takes the place of the first one."""
    body = "    a = 1\n    return a\n"
    source = f"def add(a, b):\n{body}\ndef add(a, b, c=0):\n{body}"
    assert where(asked, "add() is 1", source=source)[0] == "def add(a, b, c=0):"
