"""Records that come back from the judge as plain data.

The judge is ours, so this rebuilds and doesn't validate; what a student's process sends is
read elsewhere, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.model import (
    CellOutput,
    CellStatus,
    CheckResult,
    Crash,
    Evidence,
    ExecutedCell,
    Finding,
    Level,
    Place,
    Status,
)


def read_check(plain: Mapping[str, Any]) -> CheckResult:
    """A check's result."""
    return CheckResult(
        id=plain["id"],
        title=plain["title"],
        status=Status(plain["status"]),
        message=plain["message"],
        details=tuple(plain["details"]),
        findings=tuple(read_finding(finding) for finding in plain["findings"]),
        crash=read_crash(plain["crash"]),
        duration_s=plain["duration_s"],
    )


def read_finding(plain: Mapping[str, Any]) -> Finding:
    """A rule's finding."""
    return Finding(
        **{
            **plain,
            "level": Level(plain["level"]),
            "place": None if plain["place"] is None else Place(**plain["place"]),
            "evidence": tuple(Evidence(**evidence) for evidence in plain["evidence"]),
        }
    )


def read_crash(plain: Mapping[str, Any] | None) -> Crash | None:
    """An exception of the student's code."""
    if plain is None:
        return None
    frames = tuple((Place(**place), source) for place, source in plain["frames"])
    return Crash(
        type=plain["type"],
        message=plain["message"],
        frames=frames,
        span=None if plain["span"] is None else (plain["span"][0], plain["span"][1]),
        values=tuple((name, text) for name, text in plain["values"]),
        explanation=plain["explanation"],
    )


def read_cell(plain: Mapping[str, Any]) -> ExecutedCell:
    """One cell of a notebook as it ran."""
    return ExecutedCell(
        number=plain["number"],
        status=CellStatus(plain["status"]),
        outputs=tuple(CellOutput(**output) for output in plain["outputs"]),
        duration_s=plain["duration_s"],
        after_failure=tuple(plain["after_failure"]),
    )
