"""Several gradings at a time: workers over twins of one warm process.

Theory of operation. A worker is a thread of the command that supervises one grading after the
other; what can crash, hang or be killed runs in processes of its own (the zygote, the judge, the
student's), so what a worker can meet is an answer that doesn't come, or an exception. Either
costs another try of the one submission that it has in hand. Three faults of the grader on one
submission set it aside for a person. Whoever started the crew hears of everything through one
queue, and stops it in two steps: no new work, or an end at once.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from grader.blame import ENDED_THE_JUDGE
from grader.bulk.graded import Graded, keep
from grader.bulk.scratch import Scratch
from grader.errors import BankError, GraderFault, UsageError
from grader.model import Exercise, Outcome, Report, Submission
from grader.pipeline import Grader, Options
from grader.runner.nursery import Nursery

TRIES = 3
"""How often the grader may fail on one submission before a person has to look at it."""

SET_ASIDE = "Set aside: the grader failed {tries} times on this submission. It has no score."
_ALONE_SHARE = 0.5
"""Of its memory limit: below it, a program that the system killed for memory wasn't to blame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One grading to do. ``load`` reads the submission when its turn comes; ``blank`` is it unread.

    ``load`` raises GraderFault for what is nobody's mistake: a file that is gone meanwhile.
    """

    key: str
    who: str
    blank: Submission
    load: Callable[[], Submission]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A worker has taken a task in hand."""

    worker: int
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A task has its result, after so many tries."""

    worker: int
    task: Task
    graded: Graded
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A worker has ended: nothing is left to do, it was told to, or ``error`` forbids more."""

    worker: int
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Somebody pressed Ctrl-C; put into the queue by the signal's handler."""


News = Began | Done | Left | Interrupt


class Crew:
    """Workers that grade a list of tasks; what becomes of it arrives in :attr:`news`."""

    def __init__(
        self, exercise: Exercise, options: Options, scratch: Scratch, *, jobs: int
    ) -> None:
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._exercise = exercise
        self._options = replace(options, scratch=scratch.folder)
        self._jobs = jobs
        self._nursery = Nursery(scratch.ends_with_us)
        self._waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, tasks: Iterable[Task]) -> int:
        """Begin; returns the number of workers, each of which will say that it left."""
        count = 0
        for task in tasks:
            self._waiting.put(task)
            count += 1
        jobs = min(self._jobs, count)
        if jobs:
            self._nursery.__enter__()
        for number in range(jobs):
            # Daemons: one that hangs must not keep an interrupted command from ending.
            thread = threading.Thread(target=self._work, args=(number,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return jobs

    def hear(self, patience_s: float) -> News:
        """What happened next.

        Raises:
            TimeoutError: nothing did for so long.
        """
        try:
            return self.news.get(timeout=patience_s)
        except queue.Empty:
            raise TimeoutError from None

    def stop(self) -> None:
        """Take nothing new in hand; what runs is finished and kept."""
        self._stopped.set()

    def end(self) -> None:
        """End whatever still runs, at once, and wait for the workers to have cleaned up."""
        self._stopped.set()
        self._ended.set()
        self._nursery.close()
        for thread in self._threads:
            thread.join(timeout=5.0)

    # --- a worker ---------------------------------------------------------------------------

    def _work(self, number: int) -> None:
        try:
            with Grader(self._options, self._nursery.twin()) as grader:
                while not self._stopped.is_set():
                    try:
                        task = self._waiting.get_nowait()
                    except queue.Empty:
                        break
                    self.news.put(Began(worker=number, who=task.who))
                    graded, tries = self._grade(grader, task)
                    if not self._ended.is_set():  # else its processes were killed by us
                        self.news.put(Done(worker=number, task=task, graded=graded, tries=tries))
        except BaseException as error:  # noqa: BLE001  # said aloud, whatever it is
            self.news.put(Left(worker=number, error=error))
        else:
            self.news.put(Left(worker=number))

    def _grade(self, grader: Grader, task: Task) -> tuple[Graded, int]:
        """Grade until the grader isn't at fault, three times at most."""
        report, tries = self._report(grader, task), 1
        again = _is_fault(report) or self._is_doubtful(report)
        while again and tries < TRIES and not self._ended.is_set():
            report, tries = self._report(grader, task), tries + 1
            again = _is_fault(report)  # what was doubtful twice is believed
        set_aside = (SET_ASIDE.format(tries=tries),) if _is_fault(report) else ()
        notes = (*task.notes, *set_aside)
        try:
            return keep(report, notes), tries
        except Exception as error:  # noqa: BLE001  # a report that can't be drawn is our fault
            return keep(self._fault(grader, task, report.submission, error), notes), tries

    def _report(self, grader: Grader, task: Task) -> Report:
        submission = task.blank
        try:
            submission = task.load()
            return grader.grade(self._exercise, submission)
        except (UsageError, BankError):  # of all submissions, not of this one
            raise
        except Exception as error:  # noqa: BLE001  # a bug of ours is never a student's result
            return self._fault(grader, task, submission, error)

    def _fault(
        self, grader: Grader, task: Task, submission: Submission, error: Exception
    ) -> Report:
        said = str(error) if isinstance(error, GraderFault) else f"{type(error).__name__}: {error}"
        return grader.at_fault(self._exercise, submission, f"{task.who}: {said}")

    def _is_doubtful(self, report: Report) -> bool:
        """Whether something from outside may have ended it: the machine's memory, or a kill."""
        used = report.run.peak_rss_mb * (1 << 20)
        starved = (
            report.verdict.outcome is Outcome.OUT_OF_MEMORY
            and used < _ALONE_SHARE * self._exercise.limits.memory_bytes
        )
        return starved or report.run.reason == ENDED_THE_JUDGE


def _is_fault(report: Report) -> bool:
    return report.verdict.outcome is Outcome.GRADER_FAULT
