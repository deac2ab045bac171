"""A teacher's notebook becomes an exercise that proves itself; nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from grader import author, bank, cli
from grader.author import Crew
from grader.author.convert.pieces import read, without_solution
from grader.author.convert.prove import convert
from grader.errors import UsageError
from grader.pipeline import Grader

NOTEBOOKS = Path(__file__).parent / "notebooks"
EXPECTED: Mapping[str, tuple[Mapping[str, float], list[str]]] = {
    "nbgrader_activations": (
        {"test_relu": 1.5, "test_relu_hidden": 1.5, "test_sigmoid": 2},
        ["cell 9: This test could not be carried over", "cell 11: why is graded by hand"],
    ),
    "nbgrader_layers": ({"shapes": 2, "forward": 3}, ["cell 7: This test could not be carried"]),
    "otter_losses": ({"q1": 1, "q1_hidden": 1, "q2": 1.5, "q2_2": 1.5}, []),
    "otter_old": ({"softmax": 2, "softmax_hidden": 2}, []),
    "plain_training": ({"test_1": 1, "test_2": 1}, []),
    "mixed_and_difficult": (
        {"output": 1},
        [
            "cell 6: This test could not be carried over",
            "cell 7: This test could not be carried over",
            "cell 9: a test with a magic command",
            "cell 10: This test passes with nothing done",
        ],
    ),
}
"""The checks with their points, and how each line on what is left out begins."""


@pytest.mark.parametrize("name", EXPECTED)
def test_a_notebook_becomes_an_exercise_that_proves_itself(
    name: str, warm_grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its points and hidden tests are the notebook's; what can't be asked is named."""
    points, left_out = EXPECTED[name]
    files, told = convert(
        "ours", read(NOTEBOOKS / f"{name}.ipynb"), lambda: nullcontext(warm_grader)
    )
    for place, text in files.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    rubric = yaml.safe_load(files["rubrics/ours.yaml"])
    assert {line["id"]: line["points"] for line in rubric["checks"]} == points
    hidden = {line["id"] for line in rubric["checks"] if line.get("visibility") == "hidden"}
    assert hidden == {check for check in points if check.endswith("_hidden")}
    assert len(told) == len(left_out)
    for said, begins in zip(map(str, told), left_out, strict=True):
        assert said.startswith(begins)
    monkeypatch.setenv("GRADE_BANK", str(tmp_path))
    proof = author.verify(["ours"], crew=Crew(make_grader=lambda: nullcontext(warm_grader)))
    assert not proof.problems, "\n".join(map(str, proof.problems))


@pytest.mark.parametrize("name", EXPECTED)
def test_no_solution_reaches_a_student(name: str) -> None:
    """Neither the starter nor the task has a line of it, or of a hidden test."""
    found = read(NOTEBOOKS / f"{name}.ipynb")
    secret = {
        line.strip()
        for code in found.codes
        for line in set(code.solution.split("\n")) - set(code.starter.split("\n"))
    }
    starters = "\n".join(code.starter for code in found.codes)
    assert secret - {""}
    assert not any(line in starters.split("\n") for line in secret - {""})
    assert "SOLUTION" not in starters


def test_the_command_says_what_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the cell, below the files that were written."""
    notebook = str(NOTEBOOKS / "mixed_and_difficult.ipynb")
    assert cli.main(["new", "ours", "--from", notebook, "--to", str(tmp_path / "bank")]) == 0
    printed = capsys.readouterr().out
    assert "Not carried over:\n  cell 6: " in printed
    assert (tmp_path / "bank" / "exercises" / "ours" / "task.md").is_file()


def book(folder: Path, *cells: Any) -> Path:
    made = nbformat.v4.new_notebook(cells=list(cells))  # type: ignore[no-untyped-call]
    nbformat.write(made, folder / "book.ipynb")  # type: ignore[no-untyped-call]
    return folder / "book.ipynb"


def code(source: str) -> Any:
    return nbformat.v4.new_code_cell(source)  # type: ignore[no-untyped-call]


def test_a_notebook_without_tests_is_refused(tmp_path: Path) -> None:
    """With what was expected."""
    with pytest.raises(UsageError, match="has no tests"):
        read(book(tmp_path, code("# BEGIN SOLUTION\nx = 1\n# END SOLUTION")))


def test_a_students_version_is_refused(tmp_path: Path) -> None:
    """It has no solution to prove the checks by."""
    with pytest.raises(UsageError, match="teacher's version"):
        read(book(tmp_path, code("x = ..."), code("assert x == 1")))


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    """In a sentence."""
    (tmp_path / "book.ipynb").write_text("{")
    with pytest.raises(UsageError, match="can't be read as a notebook"):
        read(tmp_path / "book.ipynb")


def test_a_broken_mark_is_told_with_its_cell(tmp_path: Path) -> None:
    """A solution that doesn't end must not reach the starter."""
    cells = [code("# BEGIN SOLUTION\nsecret = 1"), code("# BEGIN SOLUTION\ny = 1\n# END SOLUTION")]
    found = read(book(tmp_path, *cells, code("assert y == 1")))
    assert [str(each) for each in found.left_out] == ["cell 1: a solution begins and doesn't end"]
    assert not any("secret" in each.starter for each in found.codes)


@pytest.mark.parametrize(
    ("source", "starter", "solution"),
    [
        ("x = 5 # SOLUTION", "x = ...", "x = 5"),
        ("    return 2 * x  # SOLUTION", "    ...", "    return 2 * x"),
        ("a, b = 1, 2 # SOLUTION NO PROMPT", "a, b = ...", "a, b = 1, 2"),
        ("x == 5  # no SOLUTION here", "x == 5  # no SOLUTION here", "x == 5  # no SOLUTION here"),
    ],
)
def test_otters_marks_of_a_line(source: str, starter: str, solution: str) -> None:
    """As otter writes the student's version."""
    assert without_solution(source) == (starter, solution)


def test_a_bank_of_ones_own_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that names the bank is as it was."""
    monkeypatch.delenv("GRADE_BANK", raising=False)
    before = bank.roots()
    notebook = str(NOTEBOOKS / "plain_training.ipynb")
    assert cli.main(["new", "ours", "--from", notebook, "--to", str(tmp_path / "bank")]) == 0
    assert bank.roots() == before
