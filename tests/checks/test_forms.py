"""Known wrong forms of a formula: named where one alone gives the answer, and never else."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks.agreement import CheckFailed, compare
from grader.checks.chance import std_bounds
from grader.checks.forms import named_number

X = torch.tensor([1.0, 2.0, 4.0])
FORMS = {"the sum": X.sum(), "the largest": X.max, "no number": torch.tensor(math.nan)}


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
    assert said(torch.tensor(math.nan)) == "the loss differs from the reference"
    twice = {**FORMS, "the same": torch.tensor(7.0)}
    assert said(torch.tensor(7.0), twice) == "the loss differs from the reference"
    assert said(torch.tensor(7.0), {"another shape": torch.full((2,), 7.0)}).endswith("reference")


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
