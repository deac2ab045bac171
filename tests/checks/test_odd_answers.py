"""Answers of every kind to every question: the judge always comes to its end with its results."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ODD_JUDGE = Path(__file__).with_name("odd_judge.py")


def run(*arguments: str) -> dict[str, Any]:
    """What the script tells at its end."""
    command = [sys.executable, str(ODD_JUDGE), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.stdout, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_answers_that_are_left_alone_are_right() -> None:
    """The reference passes here as it does behind the wall: what fails below was exchanged."""
    told = run("--first", "0", "--runs", "1", "dropout")
    assert told["runs"] == 1
    assert not told["raised"]
    assert not told["failed"]


def test_whatever_is_answered_each_check_has_its_result() -> None:
    """No judge dies or hangs, and most checks have a sentence of their own for what is wrong."""
    told = run("--runs", "50", "--seconds", "45")
    assert told.get("broken") is None, told
    assert told["runs"] > 2
    assert told["failed"] > 2
    assert len(told["raised"]) < told["failed"]
