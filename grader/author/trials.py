"""Gradings that must come out as stated, and how what came out differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.author.cases import Mark, Stated
from grader.author.problems import Problem, place_in_bank
from grader.model import Exercise, Level, Outcome, Report, ScoredCheck, Status, Submission

Difference = tuple[str, str, str]
"""What differs, what was expected, what came out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One grading. ``stated`` is None for a starter: it must not pass, and that is all."""

    exercise: Exercise
    path: Path
    submission: Submission
    seed: int
    stated: Stated | None

    @property
    def file(self) -> str:
        """The place of the submission in the bank."""
        return place_in_bank(self.exercise, self.path)

    @property
    def is_reference(self) -> bool:
        """Whether the reference solution is graded."""
        return self.path.parent == self.exercise.reference

    def problem(self, what: str, expected: str = "", actual: str = "") -> Problem:
        """A problem of this trial; the seed is in it, so that it can be had again."""
        return Problem(
            exercise=self.exercise.id,
            file=self.file,
            what=f"{what} (seed {self.seed})",
            expected=expected,
            actual=actual,
        )

    def problems(self, report: Report) -> Iterator[Problem]:
        """How the report differs from what was stated."""
        if report.verdict.outcome is Outcome.GRADER_FAULT:
            yield self.problem("the grader failed", actual=_faults(report))
        elif self.stated is None:
            if report.verdict.passed:
                yield self.problem("the starter passes", "a check that fails", "none")
        else:
            yield from (self.problem(*found) for found in _differences(report, self.stated))


def _faults(report: Report) -> str:
    """What the grader says of its own failure: to an author, with the line of the checks."""
    errors = [
        f"{check.rubric.id}: {', '.join(check.result.details) or check.result.message}"
        for check in report.verdict.checks
        if check.result.status is Status.ERROR
    ]
    return "; ".join([report.run.reason, *errors] if report.run.reason else errors) or "no reason"


def _differences(report: Report, stated: Stated) -> Iterator[Difference]:
    verdict = report.verdict
    if verdict.outcome is not stated.outcome:
        reason = f" ({report.run.reason})" if report.run.reason else ""
        yield "outcome", stated.outcome.value, verdict.outcome.value + reason
    status = {check.rubric.id: check.result.status for check in verdict.checks}
    failed = [c.result.message for c in verdict.checks if c.result.status is Status.FAILED]
    for said in stated.says:
        if not any(said in message for message in failed):
            yield "what a failed check says", said, "; ".join(failed)
    for check in verdict.checks:
        yield from _check_difference(check, stated, status)
    told = {Mark(finding.rule, finding.place): finding.level for finding in verdict.findings}
    found = set(told)
    for mark in sorted(stated.findings - found, key=str):
        yield "finding", str(mark), _of_rule(mark.rule, found) or "none of this rule"
    # A note is a remark: a case states it where it is what the case is about.
    remarks = {mark for mark, level in told.items() if level is Level.NOTE}
    for mark in sorted(found - stated.findings - remarks, key=str):
        if mark.rule not in {missing.rule for missing in stated.findings - found}:
            yield "finding", _of_rule(mark.rule, stated.findings) or "none of this rule", str(mark)


def _check_difference(
    check: ScoredCheck, stated: Stated, status: dict[str, Status]
) -> Iterator[Difference]:
    name, got = check.rubric.id, check.result.status
    if name in stated.either:
        return
    wanted = Status.FAILED if name in stated.failed else Status.PASSED
    wanted = Status.SKIPPED if name in stated.skipped else wanted
    # What a failed check takes with it follows from the rubric; cases don't repeat it.
    follows = got is Status.SKIPPED and any(
        status.get(need) is not Status.PASSED for need in check.rubric.needs
    )
    if got is not wanted and not (follows and wanted is Status.PASSED):
        yield f"check {name}", wanted.value, f"{got.value}: {check.result.message}".rstrip(": ")


def _of_rule(rule: str, marks: frozenset[Mark] | set[Mark]) -> str:
    return " and ".join(sorted(str(mark) for mark in marks if mark.rule == rule))
