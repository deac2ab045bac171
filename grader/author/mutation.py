"""Mutation: whether the checks of an exercise notice small changes of its reference.

Each mutant is graded as if a student had handed it in. One that passes every check survives:
either a check is missing, or the change makes no difference, which ``equivalent.yaml`` says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader import submission
from grader.author.equivalent import all_mutants, read_equivalents
from grader.author.gradings import Crew, Grades
from grader.author.mutants import Mutant, choose
from grader.author.problems import Problem
from grader.model import Exercise, Outcome, Report, Status, Submission

ENOUGH = 0.95
"""The share of the mutants that checks must notice, equivalent ones left out."""

_SLOWER = 10.0  # times what the reference needs in its slowest check: a mutant may take that
_SLOWER_IN_ALL = 3.0  # and so many times what it needs in all
_LEAST_S = 2.0  # below it, a busy machine would cut what isn't endless


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A mutant that passed every check."""

    file: str
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """What became of the mutants of one exercise."""

    exercise: str
    possible: int
    tried: int
    equivalent: int
    survivors: tuple[Survivor, ...]
    faults: tuple[Problem, ...]

    @property
    def caught(self) -> int:
        """Mutants that a check noticed."""
        return self.tried - self.equivalent - len(self.survivors) - len(self.faults)

    @property
    def share(self) -> float:
        """Caught ones among those that can be; 1 if there is none."""
        return self.caught / max(self.caught + len(self.survivors), 1) if self.survivors else 1.0

    @property
    def is_enough(self) -> bool:
        """Whether the checks notice what they should."""
        return self.share >= ENOUGH

    def plain(self) -> dict[str, Any]:
        """The figures as plain values for JSON."""
        return {
            "exercise": self.exercise,
            "possible": self.possible,
            "tried": self.tried,
            "caught": self.caught,
            "equivalent": self.equivalent,
            "share": round(self.share, 4),
            "survivors": [asdict(survivor) for survivor in self.survivors],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantTrial:
    """One mutant to grade, under limits that cut an endless one soon."""

    exercise: Exercise
    mutant: Mutant
    submission: Submission
    seed: int

    @property
    def file(self) -> str:
        """The place of the change in the bank."""
        return f"reference/{self.exercise.id}/solution.py:{self.mutant.line}"


def mutate(exercise: Exercise, *, count: int, seed: int, crew: Crew) -> Mutation:
    """Grades at most ``count`` mutants of the reference, chosen by ``seed``.

    Raises:
        BankError: the reference is no Python, or ``equivalent.yaml`` breaks its rules.
    """
    possible = all_mutants(exercise)
    marked = read_equivalents(exercise)
    chosen = choose(possible, count, seed)
    tried = [m for m in chosen if not any(entry.means(m) for entry in marked)]
    results = crew.run(_trials(exercise, tried, seed, crew), _judge)
    return Mutation(
        exercise=exercise.id,
        possible=len(possible),
        tried=len(chosen),
        equivalent=len(chosen) - len(tried),
        survivors=tuple(found for found in results if isinstance(found, Survivor)),
        faults=tuple(found for found in results if isinstance(found, Problem)),
    )


def _trials(
    exercise: Exercise, tried: Sequence[Mutant], seed: int, crew: Crew
) -> list[MutantTrial]:
    if not tried:
        return []
    given = submission.read(exercise.reference / "solution.py", exercise.submit)
    (short,) = crew.run([_Reference(exercise=exercise, submission=given, seed=seed)], _limited)
    return [
        MutantTrial(exercise=short, mutant=mutant, submission=_handed_in(given, mutant), seed=seed)
        for mutant in tried
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """The reference itself, graded once to see how long it takes."""

    exercise: Exercise
    submission: Submission
    seed: int

    @property
    def file(self) -> str:
        return f"reference/{self.exercise.id}/solution.py"


def _limited(grader: Grades, reference: _Reference) -> Exercise:
    """The exercise under limits that follow from the time that its reference needs."""
    report = grader.grade(reference.exercise, reference.submission)
    limits = reference.exercise.limits
    slowest = max((check.result.duration_s for check in report.verdict.checks), default=0.0)
    check_s = min(limits.check_s, max(_SLOWER * slowest, _LEAST_S))
    wall_s = min(limits.wall_s, _SLOWER_IN_ALL * report.run.wall_s + check_s)
    return replace(reference.exercise, limits=replace(limits, check_s=check_s, wall_s=wall_s))


def _handed_in(reference: Submission, mutant: Mutant) -> Submission:
    (cell,) = reference.cells
    return replace(
        reference,
        sha256=hashlib.sha256(mutant.source.encode()).hexdigest(),
        cells=(replace(cell, source=mutant.source),),
    )


def _judge(grader: Grades, trial: MutantTrial) -> Survivor | Problem | None:
    """A survivor, a fault of the grader, or None for a mutant that was caught."""
    try:
        report = grader.grade(trial.exercise, trial.submission)
    except Exception as error:  # noqa: BLE001 - one mutant must not hide the others
        return _fault(trial, f"{type(error).__name__}: {error}")
    if report.verdict.outcome is Outcome.GRADER_FAULT:
        return _fault(trial, _reason(report))
    if not report.verdict.passed:
        return None
    return Survivor(
        file=f"reference/{trial.exercise.id}/solution.py",
        line=trial.mutant.line,
        before=trial.mutant.before,
        after=trial.mutant.after,
    )


def _reason(report: Report) -> str:
    """What went wrong, with the last line that the check's own error printed."""
    for check in report.verdict.checks:
        if check.result.status is Status.ERROR:
            told = "".join(check.result.details).strip() or check.result.message
            return f"{check.rubric.id}: {told.splitlines()[-1]}"
    return report.run.reason or "no reason"


def _fault(trial: MutantTrial, reason: str) -> Problem:
    return Problem(
        exercise=trial.exercise.id,
        file=f"reference/{trial.exercise.id}/checks.py",
        what=f"the grader failed on the mutant {trial.mutant} (seed {trial.seed})",
        actual=reason,
    )
