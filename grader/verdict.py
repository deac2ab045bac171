"""Check results under a rubric: points, the outcome as a whole, and the findings.

A check that the grader could not judge never costs points: the whole result is then a
``grader_fault`` without a score.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from grader.errors import BankError
from grader.model import (
    CheckResult,
    Finding,
    Outcome,
    Rubric,
    Run,
    ScoredCheck,
    Status,
    Verdict,
    Visibility,
)

_ENDED: Mapping[Outcome, str] = {
    Outcome.INVALID: "the file could not be run",
    Outcome.CRASHED: "the program ended before this check",
    Outcome.TIMED_OUT: "the time limit struck before this check",
    Outcome.OUT_OF_MEMORY: "the memory limit struck before this check",
    Outcome.OUTPUT_LIMIT: "the output limit struck before this check",
    Outcome.FORBIDDEN: "the program was stopped for something that is not allowed",
}
_FAULT = "The grader failed, not your code: this check was not judged."


def decide(
    results: Iterable[CheckResult],
    rubric: Sequence[Rubric],
    run: Run,
    *,
    extra: Iterable[Finding] = (),
    public_only: bool = False,
) -> Verdict:
    """Gives each line of the rubric its result and points, and judges the whole.

    Args:
        results: what the checks found, at most one for each line of the rubric.
        rubric: the lines, in the order of the report.
        run: how the student's process ended.
        extra: findings of the run that belong to no check.
        public_only: leave out the lines that are not public, and their points.

    Raises:
        BankError: a result has no line in the rubric, or a check has two results.
    """
    by_id = _by_id(results, rubric)
    lines = [line for line in rubric if _counts(line, public_only=public_only)]
    checks = tuple(_scored(by_id.get(line.id), line, run) for line in lines)
    statuses = {check.result.status for check in checks}
    faulty = run.outcome is Outcome.GRADER_FAULT or Status.ERROR in statuses
    outcome = Outcome.GRADER_FAULT if faulty else run.outcome
    found = [finding for check in checks for finding in check.result.findings]
    return Verdict(
        outcome=outcome,
        passed=outcome is Outcome.OK and statuses == {Status.PASSED},
        score=None if faulty else math.fsum(check.score for check in checks),
        max_score=math.fsum(line.points for line in lines),
        checks=checks,
        findings=unique_findings([*found, *extra]),
    )


def unique_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of each rule and place, in order: one cause is told once."""
    first: dict[object, Finding] = {}
    for finding in findings:
        first.setdefault((finding.rule, finding.place), finding)
    return tuple(first.values())


def _counts(line: Rubric, *, public_only: bool) -> bool:
    return line.visibility is Visibility.PUBLIC or not public_only


def _by_id(results: Iterable[CheckResult], rubric: Sequence[Rubric]) -> dict[str, CheckResult]:
    given = list(results)
    known = {line.id for line in rubric}
    for name, count in Counter(result.id for result in given).items():
        if name not in known:
            raise BankError(
                f"checks.py has a check {name!r} that the rubric doesn't; expected one of "
                f"{', '.join(sorted(known))}. Add a line to the rubric or remove the check."
            )
        if count > 1:
            raise BankError(
                f"The check {name!r} gave {count} results; expected one. Give each test of "
                "checks.py a check id of its own."
            )
    return {result.id: result for result in given}


def _scored(result: CheckResult | None, line: Rubric, run: Run) -> ScoredCheck:
    known = result or _missing(line, run)
    return ScoredCheck(
        result=known,
        rubric=line,
        score=line.points if known.status is Status.PASSED else 0.0,
    )


def _missing(line: Rubric, run: Run) -> CheckResult:
    """A check that never ran: failed if the student's process ended, else the grader's fault."""
    ended = _ENDED.get(run.outcome)
    if ended is None:
        return CheckResult(id=line.id, title=line.title, status=Status.ERROR, message=_FAULT)
    return CheckResult(
        id=line.id,
        title=line.title,
        status=Status.FAILED,
        message=f"not reached: {ended}",
    )
