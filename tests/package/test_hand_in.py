"""Which file of a platform's folder is graded, and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader import bank
from grader.package import platforms, run
from grader.package.hand_in import find
from grader.package.platform import Platform

EXERCISE = bank.load("cross_entropy")


def lay(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("x = 1\n")
        os.utime(place, (number, number))
    return folder


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["work.py"], "work.py"),
        (["cross_entropy.py", "newer.py"], "cross_entropy.py"),
        (["Cross_Entropy.ipynb", "newer.py"], "Cross_Entropy.ipynb"),
        (["older.py", "newer.ipynb", "notes.txt"], "newer.ipynb"),
        (["deep/er/work.py"], "work.py"),
        ([".ipynb_checkpoints/work.py", "__MACOSX/._work.py", "work.py"], "work.py"),
    ],
)
def test_the_file_that_is_graded(tmp_path: Path, names: list[str], chosen: str) -> None:
    """Named like the exercise, else the only one, else the newest."""
    found = find(lay(tmp_path, *names), EXERCISE)
    assert found.path is not None
    assert found.path.name == chosen


def test_the_others_are_named(tmp_path: Path) -> None:
    """So that a student sees which one counted."""
    found = find(lay(tmp_path, "a.py", "b.py"), EXERCISE)
    assert found.notes == ("b.py was graded; not graded: a.py.",)


def test_the_bare_name_gets_its_ending(tmp_path: Path) -> None:
    """Autolab may drop it."""
    (tmp_path / "cross_entropy").write_text('{"cells": []}')
    assert find(tmp_path, EXERCISE).name == "cross_entropy.ipynb"
    (tmp_path / "cross_entropy").write_text("x = 1")
    assert find(tmp_path, EXERCISE).name == "cross_entropy.py"


def test_links_are_not_followed(tmp_path: Path) -> None:
    """One could lead to the reference solution."""
    (tmp_path / "cross_entropy.py").symlink_to(EXERCISE.reference / "solution.py")
    (tmp_path / "more").symlink_to(EXERCISE.reference)
    found = find(tmp_path, EXERCISE)
    assert found.path is None
    assert "Hand in cross_entropy.py" in found.problem


@pytest.mark.parametrize("names", [[], ["notes.txt", "data.csv"]])
def test_nothing_to_grade_is_told(tmp_path: Path, names: list[str]) -> None:
    """With what was there, and what was expected."""
    found = find(lay(tmp_path, *names), EXERCISE)
    assert found.path is None
    assert all(name in found.problem for name in names)
    assert find(tmp_path / "missing", EXERCISE).path is None


def test_a_result_that_can_not_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file stands where the results' folder should be: a sentence, and no result is claimed."""
    (tmp_path / "results").write_text("")
    platform = Platform(suffix=".zip", format="gradescope", results=f"{tmp_path}/results/r.json")
    packager = type("Packager", (), {"PLATFORM": platform})
    monkeypatch.setattr(platforms, "find", lambda _name: packager)
    words = ["--platform", "x", "--exercise", "cross_entropy", "--limit", "60"]
    assert run.main(words) == 3
    assert "no result could be written" in capsys.readouterr().err
