"""What a course tells of which attempt, and of a due date that has passed.

A platform tells how often somebody has handed in. A course may give full feedback on the first
attempts and less on later ones, so that the grader isn't used as a debugger; what is not told
then is for staff, as with a check that is hidden by itself. A submission's own crash is told
always: it is what the student's own machine would have said.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from grader.model import Report, ScoredCheck, Visibility

_LESS = {
    Visibility.HIDDEN: "only the points of each check are told",
    Visibility.AFTER_DUE: "only the points of each check are told before the due date",
}


def as_due(report: Report) -> Report:
    """The report with what this attempt is told.

    That is less after the first ones, and all that waited for the due date once it has passed.
    """
    return _released(_by_attempt(report))


def is_told_less(report: Report) -> bool:
    """Whether this is an attempt of which less is told."""
    full, attempt = report.exercise.feedback.full_attempts, report.handin.attempt
    return full is not None and attempt is not None and attempt > full


def _by_attempt(report: Report) -> Report:
    if not is_told_less(report):
        return report
    then = report.exercise.feedback.then
    checks = tuple(
        _with_visibility(check, then) if check.rubric.visibility is Visibility.PUBLIC else check
        for check in report.verdict.checks
    )
    report = replace(report, verdict=replace(report.verdict, checks=checks))
    if then is Visibility.AFTER_DUE and _is_due(report):
        return report
    note = f"This is attempt {report.handin.attempt}: {_LESS[then]}."
    return replace(report, run=replace(report.run, notes=(*report.run.notes, note)))


def _released(report: Report) -> Report:
    """After the due date, what waited for it is public."""
    if not _is_due(report):
        return report
    checks = tuple(
        _with_visibility(check, Visibility.PUBLIC)
        if check.rubric.visibility is Visibility.AFTER_DUE
        else check
        for check in report.verdict.checks
    )
    return replace(report, verdict=replace(report.verdict, checks=checks))


def _with_visibility(check: ScoredCheck, visibility: Visibility) -> ScoredCheck:
    return replace(check, rubric=replace(check.rubric, visibility=visibility))


def _is_due(report: Report) -> bool:
    """Whether the due date has passed; the platform's counts before the course's."""
    due = _moment(report.handin.due) or _moment(report.exercise.due)
    ran = _moment(report.run.started)
    return due is not None and ran is not None and ran >= due


def _moment(text: str) -> datetime | None:
    """A time with its offset; None for what is no such time, or has none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
