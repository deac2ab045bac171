"""What became of one check: from the end of each of its tests to the one result that is told."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.checks.agreement import MOST_TEXT, CheckFailed, NotJudged, Unsettled, capped
from grader.checks.clock import TooLong
from grader.checks.forms import Audit
from grader.checks.keeping import NotKept
from grader.checks.remote import Invalid, StudentRaised
from grader.checks.thresholds import Noted
from grader.errors import NOT_YOUR_CODE, GraderFault, StudentFault
from grader.model import Basis, CheckResult, Part, Status

OWN = (GraderFault, NotJudged, TooLong)
"""Exceptions whose text is a sentence by itself."""

WORST = (Status.ERROR, Status.FAILED, Status.SKIPPED, Status.PASSED)


def merge(before: CheckResult | None, result: CheckResult) -> CheckResult:
    """Several tests of one check make one result: the worst, and of equals the first."""
    if before is None:
        return result
    worst = min(before, result, key=lambda each: WORST.index(each.status))
    ours, theirs = before.basis, result.basis
    basis = Basis(
        settings={**ours.settings, **theirs.settings},
        rules=tuple(dict.fromkeys((*ours.rules, *theirs.rules))),
        wanted=ours.wanted,
        needs=tuple(dict.fromkeys((*ours.needs, *theirs.needs))),
        unkept=ours.unkept or theirs.unkept,
        parts=(*ours.parts, *theirs.parts),
    )
    return replace(worst, duration_s=before.duration_s + result.duration_s, basis=basis)


def basis_of(result: CheckResult, passed: str, noted: Noted) -> Basis:
    """What one test rests on."""
    part = Part(
        status=result.status,
        message=result.message,
        passed=passed,
        details=result.details,
        findings=result.findings,
        crash=result.crash,
        compared=tuple(noted.compared),
    )
    return Basis(
        settings=noted.settings,
        rules=tuple(noted.rules),
        wanted=noted.wanted,
        needs=noted.needs,
        parts=(part,),
        unkept=result.basis.unkept,
    )


def told_of(result: CheckResult) -> CheckResult:
    """A check's result as it is reported: its tests by themselves only where that matters."""
    basis = result.basis
    return result if basis.compared else replace(result, basis=replace(basis, parts=()))


def proved(result: CheckResult, audit: Audit | None) -> CheckResult:
    """A check that passed is at fault where wrong forms that it knows could never be named."""
    problems = tuple(audit.problems(result.id)) if audit else ()
    if not problems or result.status is not Status.PASSED:
        return result
    return replace(result, status=Status.ERROR, message=NOT_YOUR_CODE, details=problems)


def judge_end(
    error: BaseException | None, passed: str, file: str
) -> tuple[Status, str, dict[str, Any]]:
    """Status, message and the rest of a result, by what the check raised.

    ``file`` is the name of the file that the check stands in.
    """
    status, message, more = Status.FAILED, "", dict[str, Any]()
    match error:
        case None:
            status, message = Status.PASSED, passed
        case Unsettled():
            status, message, more = Status.ERROR, error.message, {"details": _told(error, file)}
        case NotJudged():
            status, message = Status.SKIPPED, error.message
        case CheckFailed():
            message, more = error.message, {"details": error.details, "findings": error.findings}
        case StudentRaised():
            message, more = f"your code raised {error.crash}", {"crash": error.crash}
        case Invalid():
            message, more = "the file could not be run", {"crash": error.crash}
        case StudentFault():
            message = error.reason
        case AssertionError():
            message = str(error).split("\nassert ")[0] or "the check failed"
        case pytest.skip.Exception():
            status, message = Status.SKIPPED, str(error.msg)
        case _:  # whose fault that is shows when the reference stands in the student's place
            status, message, more = Status.ERROR, NOT_YOUR_CODE, {"details": _told(error, file)}
    return status, message, more


def not_kept(error: NotKept) -> tuple[Status, str, dict[str, Any]]:
    """The same for a check that asked for what was not kept of its program."""
    return Status.ERROR, str(error), {"basis": Basis(unkept=str(error))}


def _told(error: BaseException, file: str) -> tuple[str, str]:
    """The line of the checks that an exception left, and what a traceback's last line says.

    Where no line of the check's own ``file`` is in it, the innermost one of the grader is told.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).name == file]
    at = (own or frames)[-1:]
    where = "".join(f"{Path(frame.filename).name}, line {frame.lineno}" for frame in at)
    text = str(error) if isinstance(error, OWN) else f"{type(error).__name__}: {error}"
    return where, capped(text.partition("\n")[0], MOST_TEXT)
