"""The ladder of hints: three levels and a worked example, which runs and prints what it says."""

from __future__ import annotations

import ast
import builtins
import io
import re
import sys
import tokenize
from collections import defaultdict
from pathlib import Path

import pytest
import torch

from grader import bank, worked
from grader.model import Exercise
from grader.shown.blocks import blocks

LEVELS = 4
FEWEST, MOST = 80, 160
WIDEST = 80
"""Columns of a line of code: it stands indented in a terminal of a hundred."""
SHORT = 12
"""A line of the solution that is no longer than this tells nothing."""
ANYBODYS = (
    "import ", "from ", "super().__init__()", "return self.", "def __init__(self)",
    "torch.manual_seed(", "@staticmethod", "loss.backward()", "optimizer.step()",
    "optimizer.zero_grad()", "with torch.no_grad()",
)  # fmt: skip
"""Beginnings of lines that any program has."""
SHIPPED = Path(__file__).parents[1] / worked.FOLDER
EXAMPLES = sorted(path.stem for path in SHIPPED.glob("*.md"))


def lines_of(text: str) -> list[str]:
    """The lines of a program, without comments and indentation."""
    lines = (re.sub(r"#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if len(line) > SHORT and not line.startswith(ANYBODYS)]


def is_telling(part: str) -> bool:
    """Whether a part of a program does something: a signature or a sentence doesn't."""
    return not part.startswith(("def ", "class ", '"', "@")) and bool(re.search(r"[(@*/+-]", part))


def names_defined(source: str) -> set[str]:
    """The functions and classes that a program defines, but for the special methods."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    named = (each.name for each in ast.walk(ast.parse(source)) if isinstance(each, kinds))
    return {name for name in named if not name.startswith("__")} - {"forward", "backward"}


def code_of(text: str) -> str:
    """The code of an example, all blocks after each other."""
    return "\n".join(block.text for block in blocks(text) if block.is_code)


def said(source: str) -> dict[int, str]:
    """What the comment behind each ``print`` says that it prints, by line."""
    found = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("print("):
            found[token.start[0]] = token.string.removeprefix("#").strip()
    return found


def printed(source: str, name: str) -> dict[int, str]:
    """What each line of a program prints when it runs; of a loop, one after the other."""
    told: dict[int, list[str]] = defaultdict(list)

    def note(*values: object) -> None:
        told[sys._getframe(1).f_lineno].append(" ".join(map(str, values)))

    own = {"__name__": "example", "__builtins__": {**vars(builtins), "print": note}}
    exec(compile(source, name, "exec"), own)  # our own text
    return {line: " then ".join(texts) for line, texts in told.items()}


@pytest.mark.parametrize(
    "exercise", [bank.load(name) for name in bank.all_ids()], ids=lambda it: it.id
)
def test_every_check_has_the_whole_ladder(exercise: Exercise) -> None:
    """Three levels, and a worked example that is no copy of the exercise's own solution."""
    solution = (exercise.reference / "solution.py").read_text(encoding="utf-8")
    theirs = set(lines_of(solution))
    for line in exercise.rubric:
        assert len(line.hints) == LEVELS, line.id
        text = line.hints[-1]
        assert text.startswith(worked.LEAD), line.id
        code = code_of(text)
        assert theirs.isdisjoint(lines_of(code)), line.id
        assert names_defined(code).isdisjoint(names_defined(solution)), line.id


@pytest.mark.parametrize(
    "exercise", [bank.load(name) for name in bank.all_ids()], ids=lambda it: it.id
)
def test_no_hint_holds_a_line_of_the_solution(exercise: Exercise) -> None:
    """Nor the part of one that is computed: what stands right of its ``=`` or ``return``."""
    solution = (exercise.reference / "solution.py").read_text(encoding="utf-8")
    parts = lines_of(solution)
    parts += [part for line in parts for part in re.split(r"^return | [-+*/]?= ", line)[1:]]
    told = [part for part in parts if len(part) > SHORT and is_telling(part)]
    for line in exercise.rubric:
        for level, hint in enumerate(line.hints[:-1], 1):
            assert [part for part in told if part in hint] == [], f"{line.id}, level {level}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_short_and_has_code(name: str) -> None:
    """80 to 160 words with the lead and the code, and no line that a terminal has to break."""
    text = f"{worked.LEAD}\n\n" + (SHIPPED / f"{name}.md").read_text(encoding="utf-8")
    assert FEWEST <= len(text.split()) <= MOST
    assert any(block.is_code for block in blocks(text))
    assert max(map(len, code_of(text).splitlines())) <= WIDEST


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_prints_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each ``print`` has a comment behind it that says, word for word, what comes out."""
    monkeypatch.chdir(tmp_path)
    code = code_of((SHIPPED / f"{name}.md").read_text(encoding="utf-8"))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        out = printed(code, name)
    assert out == said(code)
    assert out, "an example shows a result"


def test_every_example_is_used() -> None:
    """By the rubric of some exercise."""
    used = {path.stem for name in bank.all_ids() for path in bank.example_files(name)}
    assert used == set(EXAMPLES)
