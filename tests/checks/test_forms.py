"""Known wrong forms of a formula: named where one alone gives the answer, and never else."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks.agreement import CheckFailed, compare
from grader.checks.chance import std_bounds
from grader.checks.forms import Audit, Form, audited, known_form, named_number, on
from grader.model import Status
from grading import Bench

X = torch.tensor([1.0, 2.0, 4.0])
FORMS: dict[str, Form[torch.Tensor]] = {
    "the sum": X.sum(),
    "the largest": X.max,
    "no number": torch.tensor(math.nan),
}


def said(answer: object, forms: object = FORMS) -> str:
    with pytest.raises(CheckFailed) as caught:
        compare(answer, X.mean(), what="the loss", forms=forms)  # type: ignore[arg-type]
    return caught.value.message


def test_the_form_that_agrees_is_named() -> None:
    """Given as a tensor or as a function, within the tolerance of the comparison."""
    assert said(torch.tensor(7.0)) == "the loss is the sum"
    assert said(torch.tensor(4.0 + 1e-6)) == "the loss is the largest"


def test_what_agrees_with_none_or_several_is_not_named() -> None:
    """Nor what is no number: two forms that break down alike say nothing."""
    assert said(torch.tensor(3.0)) == "the loss differs from the reference"
    assert said(torch.tensor(math.nan)) == "the loss is NaN"
    twice = {**FORMS, "the same": torch.tensor(7.0)}
    assert said(torch.tensor(7.0), twice) == "the loss differs from the reference"
    assert said(torch.tensor(7.0), {"another shape": torch.full((2,), 7.0)}).endswith("reference")


def test_a_form_of_another_shape_is_named_where_it_is_the_answer() -> None:
    """A mean that was forgotten leaves a number for each sample."""
    forms = {**FORMS, "each by itself": X}
    assert said(X, forms) == "the loss is each by itself"
    assert said(X + 1, forms) == "the loss has the wrong shape"


def test_a_right_answer_is_right_whatever_the_forms() -> None:
    """They are looked at only after an answer was found wrong."""
    compare(X.mean(), X.mean(), forms={"the mean": X.mean()})


def test_a_measured_number_is_named_within_its_bounds() -> None:
    """The one formula that chance allows; two that it can't tell apart give none."""
    std = 0.0502

    def fits(wrong: float) -> bool:
        return std in std_bounds(40_000, std=wrong, rate=1e-6)

    assert named_number({"√(1 / n)": 0.05, "2 / n": 0.005}, fits) == ": it is √(1 / n)"
    assert named_number({"one": 0.05, "two": 0.0501}, fits) == ""
    assert named_number({}, fits) == ""


def same(one: object, other: object) -> bool:
    return one == other


def test_answers_of_any_kind_are_named() -> None:
    """Paths, counts and texts too, by what the check calls the same."""
    table = {"one too many": lambda n: [*range(n + 1)], "from 1 on": lambda n: [*range(1, n + 1)]}
    assert known_form([0, 1, 2, 3], [0, 1, 2], on(table, 3), same) == "one too many"
    assert known_form([1, 2, 3], [0, 1, 2], on(table, 3), same) == "from 1 on"
    assert known_form([9], [0, 1, 2], on(table, 3), same) is None
    assert known_form([0, 1, 2], [0, 1, 2], on(table, 3), same) is None


def test_what_can_be_taken_for_right_is_not_named() -> None:
    """Nor what can be taken for another form, however near the answer is to it alone."""

    def near(one: float, other: float) -> bool:
        return abs(one - other) <= 1

    assert known_form(2.0, 0.0, {"half right": 1.0}, near) is None
    assert known_form(2.0, 0.0, {"alone": 2.0}, near) == "alone"
    assert known_form(2.0, 0.0, {"nearest": 2.9, "near that": 3.8}, near) is None


def test_a_wide_tolerance_names_nothing() -> None:
    """A rubric may let much pass; to be named, an answer has to be the form's own numbers."""
    with pytest.raises(CheckFailed) as caught:
        compare(X.sum() * 1.01, X.mean(), what="the loss", rtol=0.1, forms=FORMS)
    assert caught.value.message == "the loss differs from the reference"


def test_no_form_is_worked_out_while_answers_are_right() -> None:
    """They cost nothing in a submission that passes."""
    compare(X.mean(), X.mean(), forms=on({"never": pytest.fail}, "it was worked out"))


AGREE = "these known forms agree every time: "


@pytest.mark.parametrize(
    ("forms", "problems"),
    [
        ({"two": [2], "three": [3]}, []),
        ({"two": [2], "one": [1]}, [f"{AGREE}'one' and 'the right answer'"]),
        ({"two": [2], "twice": [2]}, [f"{AGREE}'two' and 'twice'"]),
    ],
)
def test_an_audit_tells_of_forms_that_no_answer_could_be_told_of(
    forms: dict[str, list[int]], problems: list[str]
) -> None:
    """Of those that agree with the right answer, or with one another, in every comparison."""
    audit = Audit()
    audit.check = "value"
    with audited(audit):
        for _ in range(2):
            known_form([1], [1], forms, same)
    assert list(audit.problems("value")) == problems
    assert not list(audit.problems("another check"))


def test_an_audit_forgives_what_agrees_now_and_then() -> None:
    """Two numbers may come near each other by chance, and a sum over one sample is its mean."""
    audit = Audit()
    with audited(audit):
        known_form([1], [1], {"the sum": [1], "the largest": [1]}, same)
        known_form([1], [1], {"the sum": [2], "the largest": [3]}, same)
    assert not list(audit.problems(""))


CHECKS = """
    import torch
    from grader.checks import check
    from grader.checks.forms import on

    SLIPS = {"the sum, not the mean": torch.sum, "their mean": torch.mean}

    @check("mean")
    def test_mean(student, agree, draw):
        \"\"\"The mean is right.\"\"\"
        x = draw.normal(5)
        agree(student.mean(x), x.mean(), what="the mean", forms=on(SLIPS, x))
"""


def test_a_proof_refuses_forms_that_agree_with_the_right_answer(grade: Bench) -> None:
    """And so does it for the reference alone: a submission is never judged by that."""
    right = "mean = lambda x: x.mean()"
    assert grade(CHECKS, right, "mean")["mean"].status is Status.PASSED
    proving = Bench(grade.grader.proving(), grade.folder)
    result = proving(CHECKS, right, "mean")["mean"]
    assert result.status is Status.ERROR
    assert result.details == (
        "these known forms agree every time: 'their mean' and 'the right answer'",
    )
    said = grade(CHECKS, "mean = lambda x: x.sum()", "mean")["mean"].message
    assert said == "the mean is the sum, not the mean"
