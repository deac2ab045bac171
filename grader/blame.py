"""Whose fault it is that a submission couldn't be judged: asked of the reference solution.

What a check does with an answer can go wrong in two ways: the answer is of a kind that no honest
author thought of, or the check, the recorder or the machine is broken. The exception doesn't
tell which. So the same checks are run once more with the reference solution in the student's
place, in a process of its own. If it is judged, they work, and what broke them came with the
submission: it has failed them. If it isn't, the fault is the grader's
(docs/design/022-whose-fault.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from grader import submission
from grader.errors import NOT_YOUR_CODE, GraderError
from grader.model import Outcome, Status
from grader.runner.outside.job import Job, Session

Run = Callable[[Job], Session]

COULD_NOT_USE = (
    "the check could not use what your code gave: look at its type, its shape and its dtype"
)
ENDED_THE_JUDGE = (
    "What the program gave ended the process that judges it; with the reference solution in its "
    "place that process comes to its end."
)


def settle(session: Session, job: Job, run: Run) -> Session:
    """The session with each fault laid where it belongs; ``run`` grades another job.

    A fault before the submission was read, or one that doesn't come again, is nobody's: the
    session is then what the second try gave.
    """
    if session.outcome is Outcome.GRADER_FAULT and not session.is_late:
        session = run(job)
    unsure = _unsure(session, job)
    if not unsure:
        return session
    judged = _passed(job, unsure, run)
    messages = [_laid(message, judged) for message in session.messages]
    ended = session.outcome is Outcome.GRADER_FAULT and unsure <= judged
    session = replace(session, messages=messages)
    if ended:
        session.outcome, session.reason = Outcome.FORBIDDEN, ENDED_THE_JUDGE
    return session


def _unsure(session: Session, job: Job) -> set[str]:
    """The checks that were not judged, though the submission was run."""
    told = {check["id"]: check["status"] for check in _checks(session)}
    unsure = {name for name, status in told.items() if status == Status.ERROR}
    if session.outcome is Outcome.GRADER_FAULT:  # the judge ended before it came to these
        every = set(job.judge["rubric"])
        unsure |= every - set(told) or every
    return unsure


def _passed(job: Job, checks: Iterable[str], run: Run) -> set[str]:
    """Those of the checks that the reference solution passes."""
    exercise = job.exercise
    try:
        path = exercise.reference / "solution.py"
        reference = submission.read(path, exercise.submit, answers=exercise.answers)
    except GraderError:
        return set()
    rubric: Mapping[str, Any] = job.judge["rubric"]
    asked = {name: {**rubric[name], "needs": []} for name in checks}
    session = run(replace(job, submission=reference, judge={**job.judge, "rubric": asked}))
    if session.outcome is Outcome.GRADER_FAULT:
        return set()
    return {check["id"] for check in _checks(session) if check["status"] == Status.PASSED}


def _laid(message: dict[str, Any], judged: set[str]) -> dict[str, Any]:
    """A message of the judge, in which a check that the reference passes was failed.

    One that says by itself that it could not be judged is skipped.
    """
    check = message.get("check")
    if check is None or check["id"] not in judged or check["status"] != Status.ERROR:
        return message
    if check["message"] != NOT_YOUR_CODE:
        return {"check": {**check, "status": Status.SKIPPED, "details": ()}}
    # Which line of the checks it was is nothing to a student.
    changed = {"message": COULD_NOT_USE, "details": check["details"][1:]}
    return {"check": {**check, "status": Status.FAILED, **changed}}


def _checks(session: Session) -> Iterable[Mapping[str, Any]]:
    return (message["check"] for message in session.messages if "check" in message)
