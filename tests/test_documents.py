"""What README, first steps and task texts tell people to type can be typed."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import bank, cli
from grader.commands.gathered import names_in
from grader.commands.options import COMMANDS, parser_of
from grader.rules import all_rules

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/first-steps.md", "docs/authoring.md")
OWN = {"ManualDropout", "relu"}  # helpers that a starter brings along, and explains

_PATTERN = re.compile(r"[…|\[<>]|\b[A-Z]+\b")  # a form of a command, not one to be typed


def typed(text: str) -> Iterator[str]:
    """The commands of `grade` that a page shows, at a prompt or in the running text."""
    yield from re.findall(r"^\$ (grade [^\n#]*?)\s*(?:#.*)?$", text, re.MULTILINE)
    for span in re.findall(r"`(grade [^`\n]+)`", text):
        words = span.split()
        if not _PATTERN.search(span) and not (len(words) == 2 and words[1] in COMMANDS):
            yield span


def parses(command: str) -> bool:
    """Whether the words are those of the command line; what they name need not be there."""
    words, _ = cli._split(shlex.split(command)[1:])
    name = words[0] if words and words[0] in COMMANDS else None
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser_of(name).parse_args(words[1:] if name else words)
        except SystemExit as end:
            return end.code == 0
    return True


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_a_page_can_be_typed(page: str) -> None:
    """Each is one that the command line takes."""
    text = (ROOT / page).read_text(encoding="utf-8")
    wrong = [command for command in typed(text) if not parses(command)]
    assert wrong == []


def test_rules_and_exercises_that_a_page_names_are_there() -> None:
    """After `grade explain`, `grade start` and `--exercise`."""
    rules, ids = {rule.name for rule in all_rules()}, set(bank.all_ids())
    for page in PAGES[:2]:
        text = (ROOT / page).read_text(encoding="utf-8")
        assert set(re.findall(r"grade explain ([a-z][a-z-]+)", text)) <= rules
        named = re.findall(r"(?:grade start|--exercise|%%grade|package) ([a-z][a-z_]+)", text)
        assert set(named) <= ids


@pytest.mark.parametrize("exercise_id", bank.all_ids())
def test_a_task_names_what_its_starter_has(exercise_id: str) -> None:
    """Functions and classes to fill in, and commands that can be typed."""
    exercise = bank.load(exercise_id)
    task = exercise.task.read_text(encoding="utf-8")
    assert [command for command in typed(task) if not parses(command)] == []
    if exercise.starter.suffix == ".py" and exercise.submit.value == "module":
        starter = exercise.starter.read_text(encoding="utf-8")
        defined = re.findall(r"^(?:def|class) ([A-Za-z]\w*)", starter, re.MULTILINE)
        asked = [name for name in defined if len(re.findall(rf"\b{name}\b", starter)) == 1]
        assert [name for name in asked if name not in task and name not in OWN] == []
        assert set(defined) <= set(names_in(starter))
