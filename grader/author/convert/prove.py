"""Grades what a notebook became, and keeps what holds.

A check that the notebook's own solution doesn't pass can't be carried over as it is (it asks what
can't be asked over a wall, say). One that passes with the untouched notebook tests nothing. Both
are left out and named. The cases are the notebook with one task undone, and each states what
the grading of it gave.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grader import bank, submission
from grader.author.convert.files import Conversion
from grader.author.convert.pieces import LeftOut, Pieces
from grader.author.convert.tests import checks_of
from grader.author.gradings import Grades, MakeGrader, real_grader
from grader.errors import UsageError
from grader.model import CheckResult, Outcome, Report, Status

_SAID = "This test could not be carried over; the notebook's own solution does not pass it"


def convert(
    exercise_id: str, pieces: Pieces, make_grader: MakeGrader = real_grader
) -> tuple[dict[str, str], list[LeftOut]]:
    """The files of an exercise that proves itself, and what was left out.

    Raises:
        UsageError: no test of the notebook holds over its own solution.
    """
    checks, left_out = checks_of(pieces.tests)
    draft = Conversion(id=exercise_id, pieces=pieces, checks=checks, cases={})
    with make_grader() as grader:
        solved = _graded(draft, grader, draft.cells())
        draft, dropped = _kept(draft, _not_passed(solved), _SAID)
        untouched = _graded(draft, grader, ())
        passing = dict.fromkeys(_passed(untouched), "")
        draft, useless = _kept(draft, passing, "This test passes with nothing done")
        draft = replace(draft, cases=_cases(draft, grader))
    told = [*pieces.left_out, *left_out, *dropped, *useless]
    return draft.files(), sorted(told, key=lambda each: each.cell)


def _kept(draft: Conversion, bad: Mapping[str, str], why: str) -> tuple[Conversion, list[LeftOut]]:
    kept = [check for check in draft.checks if check.id not in bad]
    if not kept:
        reasons = "; ".join(f"{name}: {said}" if said else name for name, said in bad.items())
        raise UsageError(f"No test of the notebook can be carried over. {why}: {reasons[:1000]}")
    out = [
        LeftOut(cell=check.test.cell, why=f"{why}: {bad[check.id]}".rstrip(": "))
        for check in draft.checks
        if check.id in bad
    ]
    return replace(draft, checks=kept), out


def _cases(draft: Conversion, grader: Grades) -> dict[str, str]:
    """The notebook with one task undone each, and with none done."""
    todo = draft.cells()
    undone = {f"bad_cell_{cell}": tuple(c for c in todo if c != cell) for cell in todo}
    cases = {"ok_notebook.py": f"# The teacher's own solution.\n{draft.program(todo)}"}
    for name, solved in {**undone, "bad_untouched": ()}.items():
        report = _graded(draft, grader, solved)
        if not report.verdict.passed:
            what = "Nothing is done." if not solved else f"The task of {name[4:]} is not done."
            header = [f"# {what.replace('_', ' ')}", *_stated(report)]
            cases[f"{name}.py"] = "\n".join([*header, draft.program(solved)])
    return cases


def _stated(report: Report) -> Iterator[str]:
    """The header that states what a grading gave."""
    by_status = {
        status: [c.rubric.id for c in report.verdict.checks if c.result.status is status]
        for status in (Status.FAILED, Status.SKIPPED)
    }
    for status, names in by_status.items():
        if names:
            yield f"# {status.value}: {' '.join(names)}"
    if report.verdict.outcome is not Outcome.OK:
        yield f"# outcome: {report.verdict.outcome.value}"


def _not_passed(report: Report) -> dict[str, str]:
    return {
        check.rubric.id: _why(check.result)
        for check in report.verdict.checks
        if check.result.status is not Status.PASSED
    }


def _why(result: CheckResult) -> str:
    """What a check said; where it could not judge, what was raised."""
    last = result.details[-1:] if result.status is Status.ERROR else ()
    return " ".join((*last, result.message)[0].split())[:300]


def _passed(report: Report) -> list[str]:
    checks = report.verdict.checks
    return [check.rubric.id for check in checks if check.result.status is Status.PASSED]


def _graded(draft: Conversion, grader: Grades, solved: Sequence[int]) -> Report:
    with tempfile.TemporaryDirectory() as folder, _bank(Path(folder)):
        for name, text in draft.files().items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(text, encoding="utf-8")
        exercise = bank.load(draft.id)
        work = Path(folder) / "work.py"
        work.write_text(draft.program(solved), encoding="utf-8")
        return grader.grade(exercise, submission.read(work, exercise.submit))


@contextmanager
def _bank(root: Path) -> Iterator[None]:
    """``root`` as the first of the roots that exercises are found in."""
    before = os.environ.get(bank.ROOT_VARIABLE)
    for name in ("exercises", "reference", "rubrics"):
        (root / name).mkdir()
    os.environ[bank.ROOT_VARIABLE] = os.pathsep.join(filter(None, [str(root), before]))
    try:
        yield
    finally:
        if before is None:
            del os.environ[bank.ROOT_VARIABLE]
        else:
            os.environ[bank.ROOT_VARIABLE] = before
