"""``grade verify``: the exercises prove that they judge as they say.

For each exercise: the reference passes every check without a finding on three seeds, the
starter does not pass, every case gets exactly its stated result, every check is failed by at
least one case, and nothing lies in its three places that nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from grader import bank, submission
from grader.author.cases import Stated, read_stated
from grader.author.gradings import Crew, Grades
from grader.author.layout import case_files, layout_problems, stray_in_roots, uncovered
from grader.author.mutation import Mutation, mutate
from grader.author.problems import Problem, place_in_bank
from grader.author.proof import Proof
from grader.author.trials import Trial
from grader.errors import BankError, GraderError
from grader.model import Exercise, Submission
from grader.pipeline import Options

__all__ = ["Crew", "Problem", "Proof", "verify"]

SEED = Options().seed
SEEDS = (SEED, SEED + 1, SEED + 2)
"""What holds on the seed that students get, and on two others, is no luck."""


def verify(
    ids: Sequence[str] = (),
    *,
    crew: Crew = Crew(),  # noqa: B008 - frozen
    mutants: int = 0,
    seed: int = SEED,
) -> Proof:
    """Proves exercises.

    Args:
        ids: which; all of them if none is named, and then stray names are looked for too.
        crew: how gradings are done.
        mutants: how many small changes of each reference to try; none of an exercise that has
            problems, for then they would show nothing.
        seed: chooses the mutants, and is the seed that they are graded with.

    Raises:
        UnknownName: there is no exercise of a name.
    """
    names = tuple(dict.fromkeys(ids)) or bank.all_ids()
    problems = [] if ids else list(stray_in_roots())
    exercises: list[Exercise] = []
    trials: list[Trial] = []
    for name in names:
        bank.root_of(name)  # an unknown name is the caller's mistake, not a problem found
        try:
            exercise = bank.load(name)
        except BankError as error:
            problems.append(Problem(exercise=name, file=f"exercises/{name}", what=str(error)))
            continue
        exercises.append(exercise)
        problems += layout_problems(exercise)
        _collect(exercise, trials, problems)
    problems += [problem for found in crew.run(trials, _try) for problem in found]
    mutations = _mutations(exercises, problems, mutants, seed, crew)
    problems += [fault for mutation in mutations for fault in mutation.faults]
    return Proof(exercises=names, trials=len(trials), problems=tuple(problems), mutations=mutations)


def _mutations(
    exercises: Sequence[Exercise], problems: Sequence[Problem], count: int, seed: int, crew: Crew
) -> tuple[Mutation, ...]:
    broken = {problem.exercise for problem in problems}
    sound = [exercise for exercise in exercises if count and exercise.id not in broken]
    return tuple(mutate(exercise, count=count, seed=seed, crew=crew) for exercise in sound)


# --- what is to be graded -------------------------------------------------------------


def _collect(exercise: Exercise, trials: list[Trial], problems: list[Problem]) -> None:
    """Adds the trials of an exercise, and what is wrong with its files."""
    failed: set[str] = set()
    for path, seeds, role in _files(exercise):
        try:
            given = submission.read(path, exercise.submit, answers=exercise.answers)
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


def _try(grader: Grades, trial: Trial) -> list[Problem]:
    try:
        grader = grader.proving() if trial.is_reference else grader
        return list(trial.problems(grader.grade(trial.exercise, trial.submission)))
    except Exception as error:  # noqa: BLE001  # one broken case must not hide the others
        return [trial.problem("the grader failed", actual=f"{type(error).__name__}: {error}")]
