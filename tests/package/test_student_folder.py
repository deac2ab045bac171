"""The folder that students get: everything to work with, and nothing that gives it away."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from grader import bank, cli
from grader.model import Visibility
from grader.package.public import public_checks

CHECKS = '''
"""Checks."""

from __future__ import annotations

import math
import os

from grader.checks import CheckFailed, check

SHARED = 1
SECRET_NUMBER = 42


def helper(x):
    return math.sqrt(x) + SHARED


def secret_helper(x):
    return os.getpid() + SECRET_NUMBER


@check("shown")
def test_shown(student):
    """It works."""
    helper(student.x)


@check("hidden")
def test_hidden(student):
    """It is general."""
    helper(secret_helper(student.x))


@check("compared")
def test_compared(student, reference):
    """It agrees."""
    helper(reference.x)
'''


def folder(exercise: str, place: Path) -> Path:
    """The package, unpacked."""
    package = place / "student.zip"
    words = ["package", exercise, "--platform", "student", "--output", str(package)]
    assert cli.main(words) == 0
    zipfile.ZipFile(package).extractall(place)
    return place / exercise


def test_what_only_a_hidden_check_uses_is_cut_out() -> None:
    """Its text, its helpers, its numbers, its imports."""
    said, kept = public_checks(CHECKS, {"shown", "compared"})
    assert kept == {"shown"}
    assert "def helper" in said
    assert "SHARED = 1" in said
    assert not any(word in said for word in ("secret", "SECRET", "hidden", "import os", "agrees"))


@pytest.mark.parametrize("exercise", bank.all_ids())
def test_no_solution_and_no_case_is_in_it(exercise: str, tmp_path: Path) -> None:
    """Of the reference there are the public checks alone."""
    made = folder(exercise, tmp_path)
    bank_there = made / ".grade" / "reference" / exercise
    solution = (bank.load(exercise).reference / "solution.py").read_text()
    texts = [path.read_text() for path in made.rglob("*.py") if "grader" not in path.parts]
    assert solution not in texts
    assert {path.name for path in bank_there.glob("*")} <= {"checks.py", "solution.py"}


def test_nothing_of_a_hidden_check_is_in_it(tmp_path: Path) -> None:
    """Neither in the checks nor in the rubric; the README names it."""
    hidden = [
        (name, line)
        for name in bank.all_ids()
        for line in bank.load(name).rubric
        if line.visibility is not Visibility.PUBLIC
    ]
    assert hidden
    for exercise, line in hidden:
        made = folder(exercise, tmp_path)
        inside = made / ".grade"
        assert f'"{line.id}"' not in (inside / "reference" / exercise / "checks.py").read_text()
        rubric = yaml.safe_load((inside / "rubrics" / f"{exercise}.yaml").read_text())
        assert line.id not in {check["id"] for check in rubric["checks"]}
        assert line.title in (made / "README.txt").read_text()


def test_an_exercise_whose_checks_hold_the_answers_hands_out_none(tmp_path: Path) -> None:
    """The task and the starter are there."""
    made = folder("quick_checks", tmp_path)
    assert {path.name for path in made.iterdir()} == {
        "README.txt",
        "grade.yaml",
        "quick_checks.yaml",
        "task.md",
    }


def test_it_checks_the_work_in_it(tmp_path: Path) -> None:
    """With the interpreter alone: the grader is in the folder."""
    made = folder("cross_entropy", tmp_path)
    check = [sys.executable, "-P", str(made / "check.py")]
    first = subprocess.run(check, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert first.returncode == 1, first.stderr
    reference = bank.load("cross_entropy").reference
    (made / "cross_entropy.py").write_text((reference / "solution.py").read_text())
    second = subprocess.run(check, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert second.returncode == 0, second.stdout + second.stderr
