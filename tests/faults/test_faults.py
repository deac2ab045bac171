"""Submissions on which the grader was once wrong, each one of a kind, and what should come of each.

The header of each file under ``shown/`` (in a notebook ``metadata.expect``) names the exercise, the
kind, and after ``should:`` the words that the result must satisfy:

==================  ======================================================================
``passed=BOOL``     the verdict
``exit=N``          the exit code
``outcome=A|B``     how the submission's process ended
``check.ID=A|B``    the status of a check
``finding=RE``      a rule that found something
``no-finding=RE``   a rule that found nothing of level error or warning (``any``: no rule)
``explained=RE``    the explanation of a crash (the run's, or a check's)
``reason=RE``       the run's reason or one of its notes
``fault=no``        there is a result, and it isn't the grader's fault
``seconds=N``       the whole command took no longer
``text=clean``      no control character reaches the terminal
==================  ======================================================================
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader import cli, datasets
from grader.commands import grade as command
from grader.pipeline import Grader

SHOWN = Path(__file__).parent / "shown"
HEAD_BYTES = 20_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Fault:
    """One file and its header."""

    path: Path
    exercise: str
    should: tuple[tuple[str, str], ...]
    full: bool
    report: bool


def read(path: Path) -> Fault:
    """Read a file's header."""
    if path.suffix == ".ipynb":
        lines = json.loads(path.read_text())["metadata"]["expect"]
    else:
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(HEAD_BYTES)
        lines = [line.lstrip("# ") for line in head.splitlines() if line.startswith("#")]
    fields = dict[str, str]()
    for line in lines:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    words = (word.partition("=") for word in fields["should"].split())
    return Fault(
        path=path,
        exercise=fields["exercise"],
        should=tuple((name, value) for name, _, value in words),
        full="full" in fields,
        report=fields.get("report") == "yes",
    )


@dataclass(frozen=True)
class Told:
    """What the command said."""

    code: int
    result: dict[str, Any]
    terminal: str
    seconds: float

    def words(self, name: str) -> list[str]:
        """What a word of ``should:`` is held against."""
        found: dict[str, list[str]] = {
            "passed": [str(self.result["passed"]).lower()],
            "exit": [str(self.code)],
            "outcome": [self.result["outcome"]],
            "fault": ["yes" if self.result["outcome"] == "grader_fault" else "no"],
            "finding": [each["rule"] for each in self.result["findings"]],
            "no-finding": [each["rule"] for each in self.result["findings"]
                           if each["level"] != "note"],
            "explained": [crash["explanation"] for crash in self.crashes()],
            "reason": [self.result["run"]["reason"], *self.result["run"]["notes"]],
            **{f"check.{each['id']}": [each["status"]] for each in self.result["checks"]},
        }  # fmt: skip
        return found[name]

    def crashes(self) -> list[dict[str, Any]]:
        """The run's crash and the checks'."""
        told = [self.result["run"]["crash"], *(each["crash"] for each in self.result["checks"])]
        return [crash for crash in told if crash is not None]

    def satisfies(self, name: str, value: str) -> bool:
        """Whether one word of ``should:`` holds."""
        match name:
            case "seconds":
                return self.seconds <= float(value)
            case "text":
                return CONTROL.search(self.terminal) is None
            case "no-finding":
                wanted = "" if value == "any" else value
                return not any(re.search(wanted, rule) for rule in self.words(name))
            case "finding" | "explained" | "reason":
                return any(re.search(value, told, re.IGNORECASE) for told in self.words(name))
        return all(word in value.split("|") for word in self.words(name))


@contextmanager
def lent(grader: Grader) -> Iterator[Grader]:
    """The warm grader as one that its user doesn't close."""
    yield grader


def told(fault: Fault, capsys: pytest.CaptureFixture[str], folder: Path) -> Told:
    """Grade it as the command does; once more for the terminal, where that is judged."""
    asked = [str(fault.path), "--exercise", fault.exercise, "--no-progress"]
    if ("text", "clean") in fault.should:
        cli.main(asked)
    started = time.monotonic()
    if fault.report:
        asked += ["--report", str(folder / "report.html")]
    code = cli.main([*asked, "--format", "json", "--output", str(folder / "result.json")])
    seconds = time.monotonic() - started
    terminal = capsys.readouterr()
    result = json.loads((folder / "result.json").read_text())
    assert not fault.report or (folder / "report.html").stat().st_size > 0
    return Told(code, result, terminal.out + terminal.err, seconds)


FULL_IS_HERE = (datasets.cache() / "mnist-full").is_dir()


FAULTS = [pytest.param(read(path), id=path.stem) for path in sorted(SHOWN.iterdir())]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_was_shown_stays_mended(
    fault: Fault,
    warm_grader: Grader,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """What the header says should come of the file is what the command tells."""
    if fault.full and FULL_IS_HERE:  # elsewhere on the subset, which has as many images
        monkeypatch.setenv("GRADE_DATA", "full")
    monkeypatch.setattr(command, "Grader", lambda _options: lent(warm_grader))
    came = told(fault, capsys, tmp_path)
    broken = [f"{name}={value}" for name, value in fault.should if not came.satisfies(name, value)]
    assert not broken, f"{fault.path.name}: expected {broken}; {json.dumps(came.result)[:3000]}"
