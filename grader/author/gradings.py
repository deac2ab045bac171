"""Many gradings, some at the same time, each worker with one warm grader of its own."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Protocol, TypeVar

from grader.model import Exercise, Report, Submission
from grader.pipeline import Grader, Options


class Grades(Protocol):
    """The part of a Grader that a proof needs."""

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """Grades one submission."""
        ...

    def with_seed(self, seed: int) -> Grades:
        """The same grader under another seed."""
        ...

    def proving(self) -> Grades:
        """The same grader for a reference solution, whose checks are tried with it."""
        ...


MakeGrader = Callable[[], AbstractContextManager[Grades]]
Tell = Callable[[str], object]


class Work(Protocol):
    """Something to grade, under one seed. ``file`` names it to a person."""

    @property
    def seed(self) -> int:
        """The seed of everything random in the grading."""
        ...

    @property
    def file(self) -> str:
        """What is being graded."""
        ...


Item = TypeVar("Item", bound=Work)
Result = TypeVar("Result")


def real_grader() -> AbstractContextManager[Grades]:
    """A grader as students get it, on the embedded data that every machine has."""
    return Grader(Options(subset=True, often=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How gradings are done: how many at a time, by which graders, and who is told."""

    jobs: int = 1
    progress: Tell = lambda _: None
    make_grader: MakeGrader = real_grader

    def run(self, work: Sequence[Item], judge: Callable[[Grades, Item], Result]) -> list[Result]:
        """Judges every item; results come in the order of the items, whoever was faster."""
        waiting: queue.SimpleQueue[tuple[int, Item]] = queue.SimpleQueue()
        for pair in enumerate(work):
            waiting.put(pair)
        found: dict[int, Result] = {}

        def worker() -> None:
            with ExitStack() as stack:
                grader: Grades | None = None
                for number, item in _drain(waiting):
                    # Not before there is work: a grader takes seconds to warm up.
                    grader = grader or stack.enter_context(self.make_grader())
                    self.progress(f"{len(found) + 1} of {len(work)}  {item.file}")
                    found[number] = judge(grader.with_seed(item.seed), item)

        def stop() -> None:
            list(_drain(waiting))  # workers end with what they have in hand

        _in_parallel(worker, min(self.jobs, len(work)), stop)
        return [found[number] for number in sorted(found)]


def _in_parallel(worker: Callable[[], None], jobs: int, stop: Callable[[], None]) -> None:
    if jobs <= 1:
        worker()  # in this thread, so that Ctrl-C arrives where the work is
        return
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for ended in [pool.submit(worker) for _ in range(jobs)]:
                ended.result()
        except BaseException:
            stop()
            raise


def _drain(waiting: queue.SimpleQueue[tuple[int, Item]]) -> Iterator[tuple[int, Item]]:
    while True:
        try:
            yield waiting.get_nowait()
        except queue.Empty:
            return
