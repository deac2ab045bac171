"""Grading from a notebook: what is gathered from its cells, and one real kernel."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from grader import bank
from grader.commands.gathered import gathered, names_in
from grader.model import Report
from grader.report.inline import inline
from grader.shown.view import shown
from poison import poisoned
from samples import SAMPLES

ROOT = Path(__file__).parent.parent
RIGHT = (ROOT / "reference" / "cross_entropy" / "solution.py").read_text()


# --- what is gathered ------------------------------------------------------------------------


def sources(cells: dict[int, str], *wanted: str, whole: int | None = None) -> dict[int, str]:
    return {cell.number: cell.source for cell in gathered(cells, wanted, whole)}


def test_what_is_wanted_comes_with_what_it_needs() -> None:
    """Imports, helpers and constants; no training, no plot; lines keep their numbers."""
    cells = {
        1: "import torch\nimport matplotlib.pyplot as plt",
        2: "EPS = 1e-9\ntrain()\nplt.plot(x)",
        3: "def helper(x):\n    return torch.log(x + EPS)\n\nhelper(1)\ndef loss(x):\n"
        "    return helper(x)",
        4: "print(loss(2))",
    }
    assert sources(cells, "loss") == {
        1: "import torch",
        2: "EPS = 1e-9",
        3: "def helper(x):\n    return torch.log(x + EPS)\n\n\ndef loss(x):\n    return helper(x)",
    }


def test_the_latest_definition_counts() -> None:
    """A name that was defined anew is that; an old one of the same cell number is gone."""
    cells = {1: "def f(): return 1", 2: "def f(): return 2", 3: "import g\nf = g.h"}
    assert sources({1: cells[1], 2: cells[2]}, "f") == {2: "def f(): return 2"}
    assert sources(cells, "f") == {3: "import g\nf = g.h"}


def test_changes_of_what_is_wanted_are_gathered_too() -> None:
    """A method that was set later, an item, a sum; decorators; star imports."""
    cells = {
        1: "from torch import *\nclass A:\n    pass",
        2: "def forward(self): pass\nA.forward = forward\nTABLE = {}\n"
        "TABLE['x'] = A\nN = 1\nN += 2",
        3: "@deco\ndef f():\n    return A(TABLE, N)",
        4: "def deco(g): return g",
    }
    told = sources(cells, "f")
    assert told[1] == cells[1]
    assert told[2] == cells[2]
    assert told[3] == cells[3]
    assert told[4] == cells[4]


def test_cells_that_are_no_python_are_passed_over() -> None:
    """They did not run either; magics are blank lines; one to be graded is taken as it is."""
    cells = {1: "def f(:", 2: "%matplotlib inline\nx = 1", 3: "def f(): pass", 4: "f(:"}
    assert sources(cells, "f") == {3: "def f(): pass"}
    assert sources(cells, "x") == {2: "\nx = 1"}
    assert sources(cells, whole=4) == {4: "f(:"}
    assert sources({1: "import torch", 2: "torch.ones(1)"}, whole=2) == {
        1: "import torch",
        2: "torch.ones(1)",
    }


def test_a_starter_tells_what_an_exercise_asks_for() -> None:
    """What it defines is to be written."""
    starter = bank.load("cross_entropy").starter.read_text()
    assert "manual_cross_entropy" in names_in(starter)


# --- the piece of HTML -----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_result_is_shown_without_a_script(name: str) -> None:
    """The short text with its colours, and the curve of a training; nothing that acts or loads."""
    page = inline(shown(SAMPLES[name]()))
    assert page.startswith("<pre style=")
    assert not re.search(r"<script|<style|<link|<img|href=|\son\w+=|url\(", page)
    assert "\x1b" not in page
    assert ("<svg" in page) == (len(SAMPLES[name]().curves.get("loss", ())) > 1)


def test_what_a_student_wrote_is_text_in_it() -> None:
    """Tags, attributes and escape sequences of a stranger are shown as they are."""
    bad = "<script>alert(1)</script>\x1b[31m' onload=x \u202e"
    report: Report = poisoned(SAMPLES["debug_loop"](), bad)
    page = inline(shown(replace(report, curves={"loss": (1.0, float("nan"), 1e308, -1e308)})))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "nan" not in page.partition("<svg")[2]


# --- a kernel without torch ----------------------------------------------------------------


def test_a_kernel_without_torch_gets_a_sentence(tmp_path: Path) -> None:
    """Which says what is missing, where, and how to get it; nothing is imported in vain."""
    for folder in site.getsitepackages():
        for entry in Path(folder).iterdir():
            if not entry.name.startswith(("torch", "functorch", "grade")):
                (tmp_path / entry.name).symlink_to(entry)
    for name in ("grade", "grader"):
        (tmp_path / name).symlink_to(ROOT / name)

    def said(path: Path) -> str:
        code = f"import sys; sys.path.append({str(path)!r}); import grade; print(grade.check('x'))"
        command = [sys.executable, "-S", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
        return done.stdout

    assert "PyTorch is not installed for this kernel's Python" in said(tmp_path)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "grade").symlink_to(ROOT / "grade")
    (tmp_path / "bare" / "grader").mkdir()
    bare = f"import sys; sys.path.insert(0, {str(tmp_path / 'bare')!r}); import grade; "
    done = subprocess.run(
        [sys.executable, "-S", "-c", bare + "print(grade.check('x'))"],
        capture_output=True, text=True, cwd=tmp_path / "bare", check=True,
    )  # fmt: skip
    assert "Grading can't start in this kernel" in done.stdout


# --- a real kernel ---------------------------------------------------------------------------

CELLS = {
    "load": "%load_ext grade\nimport grade",
    "nothing": "grade.check('cross_entropy')",
    "imports": "import torch\nimport time",
    "wrong": "def manual_cross_entropy(logits, targets):\n    return 0 * logits.sum()",
    "check wrong": "r = grade.check('cross_entropy')\nprint(r.passed, r.score < r.max_score)\nr",
    "right": RIGHT,
    "check right": "r = grade.check('cross_entropy')\nprint(r.passed)\nr",
    "magic": "%%grade cross_entropy\n" + RIGHT + "\nmark = 'ran here too'",
    "ran": "print(mark)",
    "syntax": "%%grade cross_entropy\ndef manual_cross_entropy(logits, targets)\n    return 1",
    "loop": "%%grade cross_entropy --timeout 2\nwhile True:\n    pass",
    "flood": "%%grade cross_entropy --timeout 20\nprint('x' * 1000)\n" + RIGHT
    + "\nfor _ in range(20_000): print('y' * 1000)",
    "magics": "%%grade cross_entropy\n%matplotlib inline\n!pip install nothing\n" + RIGHT,
    "renamed": "import torch.nn.functional as F\nmanual_cross_entropy = F.cross_entropy\n"
    "grade.check('cross_entropy')",
    "script": "grade.check('debug_loop')",
    "unknown": "grade.check('cross_entropi')",
    "words": "%%grade\nx = 1",
    "alive": "print(6 * 7)",
}  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """One notebook in one kernel; ``ran("wrong")`` is what that cell has shown, pages and text."""
    folder = tmp_path_factory.mktemp("notebook")
    v4: Any = nbformat.v4
    book = v4.new_notebook(cells=[v4.new_code_cell(text) for text in CELLS.values()])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        NotebookClient(
            book,
            timeout=200,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
        ).execute()
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)

    def shown_by(name: str) -> str:
        outputs = book.cells[list(CELLS).index(name)].outputs
        parts = []
        for output in outputs:
            assert output.output_type != "error", "\n".join(output.get("traceback", []))
            parts.append(output.get("text", ""))
            parts += [str(text) for text in output.get("data", {}).values()]
        return "\n".join(parts)

    return shown_by


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("nothing", "no cell that ran has defined any of it"),
        ("check wrong", "False True"),
        ("check wrong", "Start here: "),
        ("check wrong", "<pre style="),
        ("check right", "True"),
        ("magic", "all "),
        ("ran", "ran here too"),
        ("syntax", "SyntaxError: expected ':'"),
        ("syntax", "line 2, SyntaxError"),
        ("loop", "time limit"),
        ("flood", "output limit"),
        ("magics", "all "),
        ("renamed", "write it with ordinary"),
        ("script", "%%grade debug_loop"),
        ("unknown", "Did you mean cross_entropy"),
        ("words", "Expected %%grade ID"),
        ("alive", "42"),
    ],
)
def test_a_kernel_grades_what_its_cells_say(
    ran: Callable[[str], str], cell: str, words: str
) -> None:
    """Right, wrong, half-written, endless and flooding cells; and the kernel lives on."""
    assert words in ran(cell)
