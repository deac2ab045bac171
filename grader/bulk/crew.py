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
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.bulk.graded import Graded
from grader.bulk.scratch import Scratch
from grader.bulk.tries import Task, settle
from grader.model import Exercise
from grader.pipeline import Grader, Options
from grader.runner.outside.nursery import Nursery
from grader.runner.outside.preloads import VISION


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


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the person at the terminal."""

    text: str


News = Began | Done | Left | Interrupt | Said


class Workers(ABC):
    """Whoever grades a list of tasks: the crew below, or a cluster's (``cluster``).

    What becomes of the tasks arrives in ``news``.
    """

    def __init__(self) -> None:
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()

    @abstractmethod
    def start(self, tasks: Iterable[Task]) -> int:
        """Begin; returns how many will say that they left."""

    def hear(self, patience_s: float) -> News:
        """What happened next.

        Raises:
            TimeoutError: nothing did for so long.
        """
        try:
            return self.news.get(timeout=patience_s)
        except queue.Empty:
            raise TimeoutError from None

    @abstractmethod
    def stop(self) -> None:
        """Take nothing new in hand; what runs is finished and kept."""

    @abstractmethod
    def end(self) -> None:
        """End at once."""


class Crew(Workers):
    """Workers that grade a list of tasks; what becomes of it arrives in :attr:`news`."""

    def __init__(
        self, exercise: Exercise, options: Options, scratch: Scratch, *, jobs: int
    ) -> None:
        super().__init__()
        self._exercise = exercise
        self._options = replace(options, scratch=scratch.folder, often=True, many=True)
        self._jobs = jobs
        self._nursery = Nursery(scratch.ends_with_us, VISION if exercise.data else ())
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
                    graded, tries = settle(grader, self._exercise, task, self._ended.is_set)
                    if not self._ended.is_set():  # else its processes were killed by us
                        self.news.put(Done(worker=number, task=task, graded=graded, tries=tries))
        except BaseException as error:  # noqa: BLE001  # said aloud, whatever it is
            self.news.put(Left(worker=number, error=error))
        else:
            self.news.put(Left(worker=number))
