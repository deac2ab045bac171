"""``grade verify``: the exercises prove that they judge as they say.

For each exercise: the reference passes every check without a finding on three seeds, the
starter does not pass, every case gets exactly its stated result, every check is failed by at
least one case, and nothing lies in its three places that nobody reads.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from itertools import groupby
from pathlib import Path
from typing import Protocol

from grader import bank, submission
from grader.author.cases import Stated, read_stated
from grader.author.layout import case_files, layout_problems, stray_in_roots, uncovered
from grader.author.problems import Problem, Proof, place_in_bank
from grader.author.trials import Trial
from grader.errors import BankError, GraderError
from grader.model import Exercise, Report, Submission
from grader.pipeline import Grader, Options

__all__ = ["Problem", "Proof", "verify"]

SEED = Options().seed
SEEDS = (SEED, SEED + 1, SEED + 2)
"""What holds on the seed that students get, and on two others, is no luck."""


class Grades(Protocol):
    """The part of a Grader that a proof needs."""

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """Grades one submission."""
        ...


MakeGrader = Callable[[int], AbstractContextManager[Grades]]
Tell = Callable[[str], object]


def _real_grader(seed: int) -> AbstractContextManager[Grades]:
    return Grader(Options(seed=seed))


def verify(
    ids: Sequence[str] = (),
    *,
    jobs: int = 1,
    progress: Tell = lambda _: None,
    make_grader: MakeGrader = _real_grader,
) -> Proof:
    """Proves exercises.

    Args:
        ids: which; all of them if none is named, and then stray names are looked for too.
        jobs: gradings at the same time, each with a warm process of its own.
        progress: told what is being graded.
        make_grader: gives the grader for a seed.

    Raises:
        UnknownName: there is no exercise of a name.
    """
    names = tuple(dict.fromkeys(ids)) or bank.all_ids()
    problems = [] if ids else list(stray_in_roots())
    trials: list[Trial] = []
    for name in names:
        bank.root_of(name)  # an unknown name is the caller's mistake, not a problem found
        try:
            exercise = bank.load(name)
        except BankError as error:
            problems.append(Problem(exercise=name, file=f"exercises/{name}", what=str(error)))
            continue
        problems += layout_problems(exercise)
        _collect(exercise, trials, problems)
    problems += _run_all(trials, jobs, progress, make_grader)
    return Proof(exercises=names, trials=len(trials), problems=tuple(problems))


# --- what is to be graded -------------------------------------------------------------


def _collect(exercise: Exercise, trials: list[Trial], problems: list[Problem]) -> None:
    """Adds the trials of an exercise, and what is wrong with its files."""
    failed: set[str] = set()
    for path, seeds, role in _files(exercise):
        try:
            given = submission.read(path, exercise.submit)
            stated = role(path, given)
        except GraderError as error:
            file = place_in_bank(exercise, path)
            problems.append(Problem(exercise=exercise.id, file=file, what=str(error)))
            continue
        failed |= stated.failed if stated else set()
        trials += [
            Trial(exercise=exercise, path=path, submission=given, seed=seed, stated=stated)
            for seed in seeds
        ]
    problems += uncovered(exercise, failed)


Role = Callable[[Path, Submission], Stated | None]


def _files(exercise: Exercise) -> Iterator[tuple[Path, Sequence[int], Role]]:
    """Each file to grade, the seeds, and how it states its result."""
    checks = [line.id for line in exercise.rubric]
    yield exercise.reference / "solution.py", SEEDS, lambda _path, _given: Stated()
    yield exercise.starter, (SEED,), lambda _path, _given: None
    for case in case_files(exercise):
        yield case, (SEED,), lambda path, given: read_stated(path, given, checks)


# --- grading --------------------------------------------------------------------------


def _run_all(
    trials: Sequence[Trial], jobs: int, progress: Tell, make_grader: MakeGrader
) -> list[Problem]:
    """Runs every trial; problems come in the order of the trials, whoever was faster."""
    numbered = sorted(enumerate(trials), key=lambda item: item[1].seed)
    work: dict[int, queue.SimpleQueue[tuple[int, Trial]]] = {}
    for seed, group in groupby(numbered, key=lambda item: item[1].seed):
        work[seed] = queue.SimpleQueue()
        for item in group:
            work[seed].put(item)
    found: dict[int, list[Problem]] = {}

    def worker() -> None:
        for seed, waiting in work.items():
            with ExitStack() as stack:
                grader: Grades | None = None
                for number, trial in _drain(waiting):
                    # Not before there is work: a grader takes seconds to warm up.
                    grader = grader or stack.enter_context(make_grader(seed))
                    progress(f"{len(found) + 1} of {len(trials)}  {trial.file}")
                    found[number] = _try(grader, trial)

    def stop() -> None:
        for waiting in work.values():
            list(_drain(waiting))  # workers end with what they have in hand

    _in_parallel(worker, min(jobs, len(trials)), stop)
    return [problem for number in sorted(found) for problem in found[number]]


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


def _drain(waiting: queue.SimpleQueue[tuple[int, Trial]]) -> Iterator[tuple[int, Trial]]:
    while True:
        try:
            yield waiting.get_nowait()
        except queue.Empty:
            return


def _try(grader: Grades, trial: Trial) -> list[Problem]:
    try:
        return list(trial.problems(grader.grade(trial.exercise, trial.submission)))
    except Exception as error:  # noqa: BLE001  # one broken case must not hide the others
        return [trial.problem("the grader failed", actual=f"{type(error).__name__}: {error}")]
