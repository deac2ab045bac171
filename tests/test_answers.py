"""A table of answers is handed in as YAML, for exercises that take one and for no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import bank, submission
from grader.author.cases import read_stated
from grader.cli import main
from grader.errors import BadSubmission
from grader.model import Exercise, Outcome, Report, Status, SubmissionKind
from grader.pipeline import Grader
from grader.runner.inside.answers import NoTable, read_answers

MODULE = SubmissionKind.MODULE
TABLE = "linear_stack: a\nkaiming_std: 0.0505\n"


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return bank.load("quick_checks")


def written(folder: Path, content: str | bytes, name: str = "answers.yaml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def graded(grader: Grader, exercise: Exercise, path: Path) -> Report:
    return grader.grade(exercise, submission.read(path, exercise.submit, answers=exercise.answers))


def passed(report: Report) -> set[str]:
    checks = report.verdict.checks
    return {check.rubric.id for check in checks if check.result.status is Status.PASSED}


# --- handing in -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["answers.yaml", "answers.yml", "ANSWERS.YAML"])
def test_a_table_is_one_text_of_a_module(tmp_path: Path, name: str) -> None:
    """It isn't parsed when it is read, and line numbers are those of the file."""
    read = submission.read(written(tmp_path, "a: [\r\nb: 1\n", name), MODULE, answers=True)
    assert (read.kind, read.problem) == (MODULE, "")
    assert [(cell.number, cell.source) for cell in read.cells] == [(0, "a: [\nb: 1\n")]


def test_a_byte_order_mark_is_no_part_of_it(tmp_path: Path) -> None:
    """Editors of some systems write one."""
    read = submission.read(written(tmp_path, "\ufeffa: 1\n"), MODULE, answers=True)
    assert read.source == "a: 1\n"


@pytest.mark.parametrize("kind", list(SubmissionKind))
def test_other_exercises_take_no_table(tmp_path: Path, kind: SubmissionKind) -> None:
    """For them a YAML file is neither Python nor a notebook."""
    with pytest.raises(BadSubmission, match="neither Python nor a notebook: its name"):
        submission.read(written(tmp_path, TABLE), kind)


def test_other_files_are_no_table(tmp_path: Path) -> None:
    """The refusal names what is taken."""
    with pytest.raises(BadSubmission, match=r"nor a table of answers \(\.yaml\)"):
        submission.read(written(tmp_path, TABLE, "answers.txt"), MODULE, answers=True)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty; a table"), (b" \n\t", "is empty"), (b"a: \xe9", "is not UTF-8 text")],
)
def test_what_is_no_text_is_graded_as_invalid(tmp_path: Path, content: bytes, words: str) -> None:
    """It is a student's work all the same."""
    read = submission.read(written(tmp_path, content), MODULE, answers=True)
    assert words in read.problem
    assert read.cells == ()


def test_a_huge_table_is_refused(tmp_path: Path) -> None:
    """Nobody writes a mebibyte of answers."""
    path = written(tmp_path, b"a" * (submission.MAX_ANSWERS_BYTES + 1))
    with pytest.raises(BadSubmission, match="more than 1 MiB"):
        submission.read(path, MODULE, answers=True)


def test_the_command_refuses_a_table_for_another_exercise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends as for any file that can't be graded."""
    assert main([str(written(tmp_path, TABLE)), "--exercise", "debug_loop"]) == 2
    assert "neither Python nor a notebook" in capsys.readouterr().err


# --- reading --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("235_146", 235146),
        ("010", 10),
        ("-3.", -3.0),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("+2E4", 2e4),
        ("true", True),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("no", "no"),
        ("10:30", "10:30"),
        ("2024-01-01", "2024-01-01"),
        ("235,146", "235,146"),
        ("98.35 %", "98.35 %"),
        ("0x10", "0x10"),
        ("[a, c]", ["a", "c"]),
        ("'0.5'", "0.5"),
    ],
)
def test_a_value_is_what_it_looks_like(text: str, value: object) -> None:
    """No word is a truth value, no time a number, no leading zero an octal one."""
    read = read_answers(f"a: {text}")["a"]
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "'a' stands here a second time", 3),
        ("a: 1\nb: [c\n", "expected ',' or ']'", 3),
        ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor", 1),
        ("a: !!int b", "can't be read", 1),
        ("[" * 10_000, "nested too deeply", 1),
        ("? [a, b]\n: 1", "unhashable key", 1),
    ],
)
def test_what_is_no_table_is_said_with_its_line(text: str, words: str, line: int) -> None:
    """The reader's own errors never come through."""
    with pytest.raises(NoTable) as caught:
        read_answers(text)
    assert words in str(caught.value)
    assert caught.value.line == line


# --- grading --------------------------------------------------------------------------


def test_every_form_earns_the_same(warm_grader: Grader, exercise: Exercise, tmp_path: Path) -> None:
    """YAML, a Python file and a notebook's cell that define the answers."""
    python = "answers = {'linear_stack': 'a', 'kaiming_std': 0.0505}\n"
    book = submission.read(
        written(tmp_path, NOTEBOOK % python.replace("\n", "\\n"), "n.ipynb"), MODULE
    )
    reports = [
        graded(warm_grader, exercise, written(tmp_path, TABLE)),
        graded(warm_grader, exercise, written(tmp_path, python, "work.py")),
        warm_grader.grade(exercise, book),
    ]
    for report in reports:
        assert report.verdict.outcome is Outcome.OK
        assert passed(report) == {"linear_stack", "kaiming_std"}


NOTEBOOK = (
    '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", '
    '"id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": "%s"}]}'
)


def test_a_text_that_is_no_yaml_is_invalid_and_names_its_line(
    warm_grader: Grader, exercise: Exercise, tmp_path: Path
) -> None:
    """The result says YAML, not Python, and shows the line."""
    report = graded(warm_grader, exercise, written(tmp_path, "a: 1\na: 2\n"))
    assert report.verdict.outcome is Outcome.INVALID
    assert "not valid YAML" in report.run.reason
    assert report.run.crash is not None
    assert report.run.crash.frames[-1][0].line == 2
    assert report.run.crash.frames[-1][1] == "a: 2"


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
MERGES = "m0: &m0 {x: 1}\n" + "".join(
    f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 12)}]}}\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, LAUGHS, MERGES, "a: &a [*a]\n", "? " * 100_000, "a: " + "9" * 100_000],
    ids=["nested", "laughs", "merges", "itself", "keys", "digits"],
)
def test_a_hostile_table_costs_its_own_process_alone(
    warm_grader: Grader, exercise: Exercise, tmp_path: Path, text: str
) -> None:
    """It earns nothing, the grader is not at fault, and the next submission is graded."""
    limits = exercise.limits.__class__(wall_s=20.0, check_s=3.0, memory_bytes=1 << 30)
    bounded = exercise.__class__(
        **{name: getattr(exercise, name) for name in exercise.__slots__} | {"limits": limits}
    )
    report = graded(warm_grader, bounded, written(tmp_path, text))
    assert report.verdict.outcome is not Outcome.GRADER_FAULT
    assert passed(report) == set()
    assert passed(graded(warm_grader, exercise, written(tmp_path, TABLE)))


# --- beginning ------------------------------------------------------------------------


def test_start_lays_the_table(tmp_path: Path, exercise: Exercise) -> None:
    """Under the name of the exercise, as it is in the bank; nothing in it is an answer."""
    assert main(["start", "quick_checks", "--to", str(tmp_path)]) == 0
    laid = (tmp_path / "quick_checks.yaml").read_text()
    assert laid == exercise.starter.read_text()
    assert set(read_answers(laid)) == {line.id for line in exercise.rubric}
    assert set(read_answers(laid).values()) == {None}


def test_start_lays_a_notebook_with_the_same_questions(tmp_path: Path, exercise: Exercise) -> None:
    """Its code cell defines the same table, in Python."""
    assert main(["start", "quick_checks", "--notebook", "--to", str(tmp_path)]) == 0
    read = submission.read(tmp_path / "quick_checks.ipynb", MODULE)
    names: dict[str, dict[str, object]] = {}
    exec(read.source, names)
    assert list(names["answers"]) == [line.id for line in exercise.rubric]
    assert set(names["answers"].values()) == {None}


def test_start_lays_the_cells_of_a_starter(tmp_path: Path) -> None:
    """Marks in a Python starter begin cells of code and of text."""
    assert main(["start", "mnist_notebook", "--to", str(tmp_path)]) == 0
    read = submission.read(tmp_path / "mnist_notebook.ipynb", SubmissionKind.NOTEBOOK)
    assert len(read.cells) > 3
    assert not any("# %%" in cell.source for cell in read.cells)
    assert "import torch" in read.cells[0].source


def test_a_case_may_be_a_table(tmp_path: Path) -> None:
    """Its header are YAML's comments."""
    path = written(tmp_path, "# No unit.\n# failed: kaiming_std\nkaiming_std: 1\n", "bad_unit.yaml")
    read = submission.read(path, MODULE, answers=True)
    assert read_stated(path, read, ["kaiming_std"]).failed == {"kaiming_std"}
