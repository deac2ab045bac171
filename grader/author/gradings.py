"""Many gradings, some at the same time, each worker with warm graders of its own."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, TypeVar

from grader.model import Exercise, Report, Submission
from grader.pipeline import Grader, Options


class Grades(Protocol):
    """The part of a Grader that a proof needs."""

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """Grades one submission."""
        ...


MakeGrader = Callable[[int], AbstractContextManager[Grades]]
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


def real_grader(seed: int) -> AbstractContextManager[Grades]:
    """A grader as students get it."""
    return Grader(Options(seed=seed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How gradings are done: how many at a time, by which graders, and who is told."""

    jobs: int = 1
    progress: Tell = lambda _: None
    make_grader: MakeGrader = real_grader

    def run(self, work: Sequence[Item], judge: Callable[[Grades, Item], Result]) -> list[Result]:
        """Judges every item; results come in the order of the items, whoever was faster."""
        waiting = _by_seed(work)
        found: dict[int, Result] = {}

        def worker() -> None:
            for seed, items in waiting.items():
                with ExitStack() as stack:
                    grader: Grades | None = None
                    for number, item in _drain(items):
                        # Not before there is work: a grader takes seconds to warm up.
                        grader = grader or stack.enter_context(self.make_grader(seed))
                        self.progress(f"{len(found) + 1} of {len(work)}  {item.file}")
                        found[number] = judge(grader, item)

        def stop() -> None:
            for items in waiting.values():
                list(_drain(items))  # workers end with what they have in hand

        _in_parallel(worker, min(self.jobs, len(work)), stop)
        return [found[number] for number in sorted(found)]


def _by_seed(work: Sequence[Item]) -> dict[int, queue.SimpleQueue[tuple[int, Item]]]:
    waiting: dict[int, queue.SimpleQueue[tuple[int, Item]]] = {}
    numbered = sorted(enumerate(work), key=lambda pair: pair[1].seed)
    for seed, group in groupby(numbered, key=lambda pair: pair[1].seed):
        waiting[seed] = queue.SimpleQueue()
        for pair in group:
            waiting[seed].put(pair)
    return waiting


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
