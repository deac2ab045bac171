"""Points come from the rubric; what could not be judged never costs any."""

from __future__ import annotations

import dataclasses

import pytest

from grader.errors import BankError
from grader.model import (
    CheckResult,
    Finding,
    Isolation,
    IsolationLevel,
    Level,
    Outcome,
    Output,
    Place,
    Rubric,
    Run,
    Status,
    Verdict,
    Visibility,
)
from grader.verdict import decide

RUBRIC = (
    Rubric(id="shape", title="Shape", points=1),
    Rubric(id="value", title="Value", points=2.5, visibility=Visibility.HIDDEN),
    Rubric(id="speed", title="Speed", points=0.1, visibility=Visibility.AFTER_DUE),
)
RUN = Run(
    device="cpu",
    seed=1,
    started="2030-01-01T00:00:00Z",
    wall_s=1,
    cpu_s=1,
    peak_rss_mb=1,
    isolation=Isolation(level=IsolationLevel.FULL),
    output=Output(),
    outcome=Outcome.OK,
)


def result(name: str, status: Status = Status.PASSED, *findings: Finding) -> CheckResult:
    return CheckResult(id=name, title=name, status=status, message="m", findings=findings)


def finding(rule: str, line: int | None, what: str = "w") -> Finding:
    place = Place("a.py", line) if line else None
    return Finding(
        rule=rule, level=Level.ERROR, place=place, step=1, what=what, evidence=(), fix="", why=""
    )


def ended(outcome: Outcome, reason: str = "") -> Run:
    return dataclasses.replace(RUN, outcome=outcome, reason=reason)


def scores(verdict: Verdict) -> list[float]:
    return [check.score for check in verdict.checks]


def test_all_passed_is_the_full_score() -> None:
    """Only when every check passed is the submission passed."""
    verdict = decide([result("speed"), result("shape"), result("value")], RUBRIC, RUN)
    assert verdict.passed
    assert verdict.outcome is Outcome.OK
    assert verdict.score == verdict.max_score == pytest.approx(3.6)
    assert [check.rubric.id for check in verdict.checks] == ["shape", "value", "speed"]


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED])
def test_a_failed_or_skipped_check_earns_nothing(status: Status) -> None:
    """The others keep their points."""
    results = [result("shape"), result("value", status), result("speed")]
    verdict = decide(results, RUBRIC, RUN)
    assert not verdict.passed
    assert verdict.outcome is Outcome.OK
    assert scores(verdict) == [1, 0, 0.1]
    assert verdict.score == pytest.approx(1.1)


def test_a_check_that_could_not_be_judged_makes_a_grader_fault() -> None:
    """No score at all, rather than one that lacks points."""
    results = [result("shape"), result("value", Status.ERROR), result("speed")]
    verdict = decide(results, RUBRIC, RUN)
    assert verdict.outcome is Outcome.GRADER_FAULT
    assert verdict.score is None
    assert not verdict.passed


def test_a_fault_of_the_grader_in_the_run_has_no_score() -> None:
    """Even when every check passed before it."""
    results = [result("shape"), result("value"), result("speed")]
    verdict = decide(results, RUBRIC, ended(Outcome.GRADER_FAULT))
    assert verdict.outcome is Outcome.GRADER_FAULT
    assert verdict.score is None
    assert not verdict.passed


@pytest.mark.parametrize(
    "outcome", [word for word in Outcome if word not in (Outcome.OK, Outcome.GRADER_FAULT)]
)
def test_what_was_earned_before_the_end_is_kept(outcome: Outcome) -> None:
    """A check that was not reached fails and says why; earlier points stand."""
    verdict = decide([result("shape")], RUBRIC, ended(outcome, "it ended so"))
    assert verdict.outcome is outcome
    assert not verdict.passed
    assert verdict.score == 1
    assert [check.result.status for check in verdict.checks] == ["passed", "failed", "failed"]
    assert verdict.checks[1].result.message.startswith("not reached: the ")


def test_the_reason_of_an_end_is_told_once() -> None:
    """It stands at the top of the report, and not again below every check."""
    verdict = decide([], RUBRIC, ended(Outcome.INVALID, "it ended so"))
    said = {check.result.message for check in verdict.checks}
    assert said == {"not reached: the file could not be run"}


def test_every_end_is_told_in_words() -> None:
    """Each outcome has a sentence of its own."""
    said = {
        decide([], RUBRIC, ended(outcome)).checks[0].result.message
        for outcome in Outcome
        if outcome not in (Outcome.OK, Outcome.GRADER_FAULT)
    }
    assert len(said) == len(Outcome) - 2
    assert all(message.startswith("not reached: the ") for message in said)


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.GRADER_FAULT])
def test_a_check_lost_without_the_student_is_the_graders_fault(outcome: Outcome) -> None:
    """The student's process ran well, yet a result is missing: that costs no points."""
    verdict = decide([result("shape")], RUBRIC, ended(outcome))
    assert verdict.outcome is Outcome.GRADER_FAULT
    assert verdict.score is None
    assert verdict.checks[1].result.status is Status.ERROR
    assert "not your code" in verdict.checks[1].result.message


def test_a_clean_record_with_a_bad_end_is_no_pass() -> None:
    """Every check passed, and then the program crashed."""
    results = [result("shape"), result("value"), result("speed")]
    verdict = decide(results, RUBRIC, ended(Outcome.CRASHED))
    assert verdict.score == verdict.max_score
    assert not verdict.passed


def test_the_public_part_leaves_the_rest_out() -> None:
    """Hidden and after-due checks, their points and their faults play no part."""
    results = [result("shape"), result("value", Status.ERROR)]
    verdict = decide(results, RUBRIC, RUN, public_only=True)
    assert [check.rubric.id for check in verdict.checks] == ["shape"]
    assert verdict.max_score == verdict.score == 1
    assert verdict.passed


def test_nothing_checked_is_nothing_passed() -> None:
    """A rubric without a public check gives no pass for free."""
    assert not decide([], RUBRIC[1:], RUN, public_only=True).passed


def test_findings_are_told_once_in_order() -> None:
    """One of each rule and place: those of checks first, in the rubric's order."""
    first, again = finding("r", 1, "first"), finding("r", 1, "again")
    other, placeless = finding("r", 2), finding("s", None)
    results = [
        result("value", Status.FAILED, again, other),
        result("shape", Status.FAILED, first),
        result("speed"),
    ]
    verdict = decide(results, RUBRIC, RUN, extra=[placeless, other, placeless])
    assert verdict.findings == (first, other, placeless)


def test_a_result_without_a_line_is_the_authors_fault() -> None:
    """A check that the rubric doesn't know is never dropped in silence."""
    with pytest.raises(BankError, match="'sped'"):
        decide([result("sped")], RUBRIC, RUN)


def test_two_results_of_one_check_are_the_authors_fault() -> None:
    """Neither of them is chosen."""
    with pytest.raises(BankError, match="gave 2 results"):
        decide([result("shape"), result("shape", Status.FAILED)], RUBRIC, RUN)
