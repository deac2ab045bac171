"""`grade new ID`: a tiny exercise that works, in the three places of its name."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from grader import bank, cli
from grader.author import Crew, verify
from grader.author.new import new_files
from grader.pipeline import Grader


def run(*words: str | Path) -> int:
    return cli.main([str(word) for word in words])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty bank of a course's own, named by GRADE_BANK."""
    for name in ("exercises", "reference", "rubrics"):
        (tmp_path / "bank" / name).mkdir(parents=True)
    monkeypatch.setenv(bank.ROOT_VARIABLE, str(tmp_path / "bank"))
    return tmp_path / "bank"


def test_what_it_lays_proves_itself(root: Path, warm_grader: Grader) -> None:
    """Before anything is filled in, the new exercise is accepted and notices its mutants."""
    assert run("new", "first_steps") == 0
    crew = Crew(make_grader=lambda: nullcontext(warm_grader))
    proof = verify(["first_steps"], crew=crew, mutants=50)
    assert [str(problem) for problem in proof.problems] == []
    assert proof.mutations[0].caught == proof.mutations[0].tried > 0
    assert proof.holds


def test_it_lays_every_place_and_carries_the_name(root: Path) -> None:
    """A starter, a task, a solution, checks, a rubric, and cases of both kinds."""
    assert run("new", "first_steps") == 0
    laid = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert laid == set(new_files("first_steps"))
    assert {
        "exercises/first_steps/exercise.yaml",
        "exercises/first_steps/task.md",
        "exercises/first_steps/starter.py",
        "reference/first_steps/solution.py",
        "reference/first_steps/checks.py",
        "rubrics/first_steps.yaml",
    } < laid
    kinds = {Path(name).name.split("_")[0] for name in laid if "/cases/" in name}
    assert kinds == {"ok", "bad"}
    assert "exercise: first_steps" in (root / "rubrics/first_steps.yaml").read_text()
    assert bank.load("first_steps").id == "first_steps"


def test_it_can_go_to_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which becomes a bank, and the command that proves it names the variable."""
    monkeypatch.delenv(bank.ROOT_VARIABLE, raising=False)
    own = tmp_path / "course"
    assert run("new", "first_steps", "--to", own) == 0
    assert f"GRADE_BANK={own} grade verify first_steps" in capsys.readouterr().out
    monkeypatch.setenv(bank.ROOT_VARIABLE, str(own))
    assert "first_steps" in bank.all_ids()


def test_it_overwrites_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file that is there stops all of it, and is left as it was."""
    rubric = root / "rubrics" / "first_steps.yaml"
    rubric.write_text("mine")
    assert run("new", "first_steps") == 2
    assert "no work is lost" in capsys.readouterr().err
    assert rubric.read_text() == "mine"
    assert [path for path in root.rglob("*") if path.is_file()] == [rubric]


def test_a_name_that_is_taken_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In any of the banks: it would hide the one that is there."""
    assert run("new", "debug_loop") == 2
    assert "already" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["First", "1st", "first-steps", "../up", "a b", ""])
def test_a_name_is_spelt_as_names_are(
    root: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lower-case letters, digits and underscores; nothing that is a path."""
    assert run("new", name) == 2
    assert "lower-case letters" in capsys.readouterr().err
    assert not [path for path in root.rglob("*") if path.is_file()]


def test_what_was_installed_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An upgrade would take it away; the message says where else."""
    installed = tmp_path / "share" / "grade"
    for name in ("exercises", "reference", "rubrics"):
        (installed / name).mkdir(parents=True)
    monkeypatch.delenv(bank.ROOT_VARIABLE, raising=False)
    monkeypatch.setattr(bank, "_shipped_candidates", lambda: iter([installed]))
    assert run("new", "first_steps") == 2
    assert "--to DIR" in capsys.readouterr().err
