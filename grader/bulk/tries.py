"""One task of a class, graded until the grader isn't at fault: three times at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader import judging
from grader.blame import ENDED_THE_JUDGE
from grader.bulk.graded import Graded, observed
from grader.errors import BankError, GraderFault, UsageError
from grader.model import Exercise, Outcome, Submission
from grader.observation.record import Observation
from grader.pipeline import Grader

TRIES = 3
"""How often the grader may fail on one submission before a person has to look at it."""

SET_ASIDE = "Set aside: the grader failed {tries} times on this submission. It has no score."
_BUSY_SHARE = 0.5
"""Of its wall time: who had the processor for less of it waited for the machine, or slept."""
_ALONE_SHARE = 0.5
"""Of its memory limit: below it, a program that the system killed for memory wasn't to blame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One grading to do. ``load`` reads the submission when its turn comes; ``blank`` is it unread.

    ``made_of`` are the name and the digest that its key was made of, beside the circumstances.
    ``load`` raises GraderFault for what is nobody's mistake: a file that is gone meanwhile.
    """

    key: str
    who: str
    made_of: tuple[str, str] = ("", "")
    blank: Submission
    load: Callable[[], Submission]
    notes: tuple[str, ...] = ()


def settle(
    grader: Grader, exercise: Exercise, task: Task, ended: Callable[[], bool]
) -> tuple[Graded, int]:
    """Grade a task, again where the grader was at fault; what is kept, and after how many tries.

    ``ended`` says that nobody waits for it any more.

    Raises:
        UsageError, BankError: what forbids the grading of every submission.
    """
    seen, tries = _seen(grader, exercise, task), 1
    again = _is_fault(seen, exercise) or _is_doubtful(seen, exercise)
    while again and tries < TRIES and not ended():
        seen, tries = _seen(grader, exercise, task), tries + 1
        again = _is_fault(seen, exercise)  # what was doubtful twice is believed
    set_aside = (SET_ASIDE.format(tries=tries),) if _is_fault(seen, exercise) else ()
    notes = (*task.notes, *set_aside)
    try:
        return observed(seen, exercise, notes), tries
    except Exception as error:  # noqa: BLE001  # a report that can't be drawn is our fault
        return observed(
            _fault(grader, exercise, task, seen.submission, error), exercise, notes
        ), tries


def given_up(grader: Grader, exercise: Exercise, task: Task, error: Exception) -> Graded:
    """What is kept of a task that no try could finish."""
    notes = (*task.notes, SET_ASIDE.format(tries=TRIES))
    return observed(_fault(grader, exercise, task, task.blank, error), exercise, notes)


def _seen(grader: Grader, exercise: Exercise, task: Task) -> Observation:
    submission = task.blank
    try:
        submission = task.load()
        return grader.observe(exercise, submission)
    except (UsageError, BankError):  # of all submissions, not of this one
        raise
    except Exception as error:  # noqa: BLE001  # a bug of ours is never a student's result
        return _fault(grader, exercise, task, submission, error)


def _fault(
    grader: Grader, exercise: Exercise, task: Task, submission: Submission, error: Exception
) -> Observation:
    said = str(error) if isinstance(error, GraderFault) else f"{type(error).__name__}: {error}"
    return grader.unseen(exercise, submission, f"{task.who}: {said}")


def _is_doubtful(seen: Observation, exercise: Exercise) -> bool:
    """Whether something from outside may have ended it: a busy machine, its memory, or a kill."""
    run = seen.run
    match _outcome(seen, exercise):
        case Outcome.OUT_OF_MEMORY:
            return run.peak_rss_mb * (1 << 20) < _ALONE_SHARE * exercise.limits.memory_bytes
        case Outcome.TIMED_OUT:
            return run.cpu_s < _BUSY_SHARE * run.wall_s
    return run.reason == ENDED_THE_JUDGE


def _is_fault(seen: Observation, exercise: Exercise) -> bool:
    return _outcome(seen, exercise) is Outcome.GRADER_FAULT


def _outcome(seen: Observation, exercise: Exercise) -> Outcome:
    return judging.verdict_of(seen, exercise).outcome
