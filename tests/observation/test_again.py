"""Kept results under another rubric: what follows from what was kept, and what doesn't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model import CheckResult, Compared, Finding, Level, Place, Rubric, Status
from grader.observation.again import NO_READER, Again, judged_again
from grader.observation.record import Code, Observation, Training
from kept import exercise, observation, part, result, share


def learns(status: Status, *compared: Compared, **basis: object) -> Observation:
    """A grading whose check ``learns`` ended so after these comparisons."""
    return observation(result("learns", status, part(status, *compared), **basis))


def of(again: Again, name: str = "learns") -> CheckResult:
    """One check's result."""
    return next(each for each in again.checks if each.id == name)


def test_under_the_same_rubric_nothing_changes() -> None:
    """What was kept is what comes out."""
    seen = learns(Status.PASSED, share(0.9))
    again = judged_again(seen, exercise())
    assert not again.undecided
    assert [replace(each, title=each.id) for each in again.checks] == list(seen.checks)
    assert again.metrics == seen.metrics


def test_a_higher_threshold_fails_what_it_is_above() -> None:
    """With the sentence, the details and the metrics that a fresh run would give."""
    again = judged_again(learns(Status.PASSED, share(0.9)), exercise(threshold=0.95))
    found = of(again)
    assert (found.status, found.message) == (Status.FAILED, "it reads 90.0%, expected 95%")
    assert found.details == ("88.0% to 91.7%",)
    assert again.metrics["val_accuracy"] == 0.9
    assert not again.undecided


def test_a_lower_threshold_passes_what_nothing_else_could_fail() -> None:
    """The message is what the check says of a pass."""
    again = judged_again(learns(Status.FAILED, share(0.8)), exercise(threshold=0.7))
    assert (of(again).status, of(again).message) == (Status.PASSED, "It reads well")


def test_a_threshold_for_each_kind_of_data_is_that_of_the_run() -> None:
    """This one ran on the subset."""
    seen = learns(Status.PASSED, share(0.9))
    assert of(judged_again(seen, exercise(threshold={"full": 0.99, "subset": 0.8}))).status is (
        Status.PASSED
    )


NOT_KEPT = {
    "what comes after it was not run": (Status.FAILED, share(0.8, settles_pass=False), 0.7),
    "another try might reach it": (Status.PASSED, share(0.9, settles_fail=False), 0.95),
    "chance would decide": (Status.PASSED, share(0.9), 0.905),
    "another seed counts": (
        Status.PASSED, share(0.86, again=(0.88, 0.87), settles_pass=False), 0.7,
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", NOT_KEPT)
def test_what_does_not_follow_is_said(why: str) -> None:
    """The check is an error with its reason: no mark is made of it."""
    status, compared, threshold = NOT_KEPT[why]
    again = judged_again(learns(status, compared), exercise(threshold=threshold))
    assert set(again.undecided) == {"learns"}
    assert of(again).status is Status.ERROR
    assert "run again" in of(again).message


def test_near_the_old_threshold_the_median_counts_and_far_from_the_new_one_it_does_not() -> None:
    """As in a fresh run, where one seed is enough far from the threshold."""
    seen = learns(Status.FAILED, share(0.86, again=(0.83, 0.84)))
    again = judged_again(seen, exercise(threshold=0.8))
    assert of(again).status is Status.PASSED
    assert again.metrics["val_accuracy"] == 0.86
    again = judged_again(seen, exercise(threshold=0.855))
    assert of(again).details == (
        "81.6% to 86.1%", "trained with 3 seeds: 86.0%, 83.0%, 84.0%; the median counts",
    )  # fmt: skip


def test_a_setting_that_the_check_read_needs_the_check() -> None:
    """What it did with it is not known; one that it never read changes nothing."""
    seen = observation(result("learns", settings={"epochs": 3}))
    assert "'epochs'" in judged_again(seen, exercise(epochs=4)).undecided["learns"]
    assert not judged_again(seen, exercise(epochs=3, other=1)).undecided


def test_a_check_whose_code_has_changed_is_named() -> None:
    """The others stand."""
    seen = observation()
    digests = {**seen.code.checks, "zero_grad": "another"}
    seen = replace(seen, code=Code(checks=digests, rules=seen.code.rules))
    assert judged_again(seen, exercise()).undecided == {"zero_grad": "its code has changed"}


def needing(*needs: str) -> Rubric:
    """Today's line ``learns``, which needs others."""
    return replace(next(x for x in exercise().rubric if x.id == "learns"), needs=needs)


def test_what_a_check_needs_is_looked_at_again() -> None:
    """Skipped today for one that fails; undecided where it was skipped and would run today."""
    today = exercise()
    today = replace(today, rubric=(*today.rubric[:-1], needing("zero_grad")))
    seen = observation(result("zero_grad", Status.FAILED))
    found = of(judged_again(seen, today))
    assert (found.status, found.message) == (Status.SKIPPED, "needs zero_grad")
    seen = observation(result("learns", Status.SKIPPED, needs=("zero_grad",)))
    assert set(judged_again(seen, today).undecided) == {"learns"}


def test_a_new_check_was_never_run_and_one_that_is_gone_counts_no_more() -> None:
    """The rubric of today says which checks there are."""
    seen = observation(result("learns", Status.FAILED), asked={"zero_grad": False})
    seen = replace(seen, checks=tuple(c for c in seen.checks if c.id != "zero_grad"))
    today = replace(exercise(), rubric=exercise().rubric[:-1])
    again = judged_again(seen, today)
    assert set(again.undecided) == {"zero_grad"}
    assert "learns" not in {each.id for each in again.checks}


GONE = Finding(
    rule="gradients-not-cleared", level=Level.ERROR, place=Place("s.py", 1), step=2,
    what="step 2 adds", evidence=(), fix="clear", why="they add up",
)  # fmt: skip


def test_a_finding_that_todays_rules_no_longer_make_goes_and_takes_its_mark_with_it() -> None:
    """The stored trace is read by the rules of today; what rests on another rule stands."""
    failed = result("zero_grad", Status.FAILED, rules=("gradients-not-cleared",))
    loss = result("loss_call", rules=("loss-class-not-instance",))
    seen = observation(failed, loss, kept_training=Training(ended="", rows=()))
    seen = replace(seen, findings=(GONE,))
    assert judged_again(seen, exercise()).findings == (GONE,)  # these very rules have found it
    seen = replace(seen, code=replace(seen.code, rules="of another version"))
    again = judged_again(seen, exercise())
    assert again.findings == ()
    assert set(again.undecided) == {"zero_grad"}


def test_rows_that_this_version_cant_read_decide_nothing_that_rests_on_a_rule() -> None:
    """What rests on none stands all the same."""
    training = Training(ended="", rows=(["a kind of row", "that is gone"],))
    failed = result("zero_grad", Status.FAILED, rules=("gradients-not-cleared",))
    seen = observation(failed, kept_training=training)
    seen = replace(seen, code=replace(seen.code, rules="of another version"))
    assert judged_again(seen, exercise()).undecided == {"zero_grad": NO_READER}


def tries(*numbers: float, last: bool) -> Compared:
    """A comparison of the best of several trainings, of which ``last`` was the last there is."""
    return share(
        numbers[-1], count=0, details=(), said="best of {tries}: {measured:.0%}",
        tried=numbers, settles_fail=last,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("compared", "was", "threshold", "now", "metric"),
    [
        (tries(0.5, 0.7, 0.9, last=False), Status.PASSED, 0.6, Status.PASSED, 0.7),
        (tries(0.5, 0.9, last=True), Status.PASSED, 0.95, Status.FAILED, 0.9),
        (tries(0.5, 0.9, last=False), Status.PASSED, 0.95, None, 0.9),
        (tries(0.5, 0.8, 0.7, last=True), Status.FAILED, 0.75, Status.PASSED, 0.8),
        (tries(0.5, 0.8, 0.7, last=True), Status.FAILED, 0.9, Status.FAILED, 0.8),
    ],
)
def test_of_several_tries_the_first_that_is_enough_counts(
    compared: Compared, was: Status, threshold: float, now: Status | None, metric: float
) -> None:
    """As in a fresh run: a lower threshold ends them earlier, a higher one asks for more."""
    again = judged_again(learns(was, compared), exercise(threshold=threshold))
    if now is None:
        assert "another try might meet it" in again.undecided["learns"]
        return
    assert (again.undecided, of(again).status) == ({}, now)
    assert again.metrics["val_accuracy"] == metric
    if now is Status.FAILED:
        tried = len(compared.tried)
        assert of(again).message == f"best of {tried}: {max(compared.tried):.0%}"


@pytest.mark.parametrize(
    ("shrinks", "small", "now"),
    [(0.11, 0.15, "failed"), (0.04, 0.15, "passed"), (0.1, 0.3, "passed"), (0.06, 0.19, "failed")],
)
def test_of_comparisons_of_which_one_is_enough_each_can_change(
    shrinks: float, small: float, now: str
) -> None:
    """The gap shrank by 0.05 to 0.2, which was neither enough nor small."""
    compared = (
        share(0.05, count=0, metric="", threshold=0.1, setting="shrinks", or_next=True,
              details=(), said="{measured:g} of {threshold:g}"),
        share(0.2, count=0, metric="", threshold=0.15, setting="small", relation="at most",
              details=()),
    )  # fmt: skip
    today = exercise(shrinks=shrinks, small=small)
    again = judged_again(learns(Status.FAILED, *compared), today)
    assert not again.undecided
    assert of(again).status.value == now
    assert now == "passed" or of(again).message == f"0.05 of {shrinks:g}"
