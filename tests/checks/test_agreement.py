"""Comparing numbers: what agrees, what differs, and what the learner is told."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from grader.checks.agreement import CheckFailed, compare


def test_equal_tensors_agree() -> None:
    """Values within the dtype's tolerance pass in silence."""
    expected = torch.tensor([1.0, 2.0])
    compare(expected + 1e-6, expected)


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (torch.zeros(3), "wrong shape"),
        (torch.zeros(1), "wrong shape"),
        (torch.zeros(2, dtype=torch.float64), "wrong dtype"),
        (None, "None"),
        ("0", "a str"),
    ],
)
def test_another_kind_of_thing_is_named(actual: object, words: str) -> None:
    """Shape, dtype and kind are told apart; a shape that would broadcast is still wrong."""
    with pytest.raises(CheckFailed, match=words):
        compare(actual, torch.zeros(2))


def test_the_worst_element_is_shown() -> None:
    """The message names index, expected, got and how many differ."""
    expected = torch.zeros(2, 3)
    actual = expected.clone()
    actual[0, 1], actual[1, 2] = 0.1, -0.5
    with pytest.raises(CheckFailed) as caught:
        compare(actual, expected, what="weight")
    assert caught.value.details == (
        "weight[1, 2]   expected 0   got -0.5   allowed ±1.0e-05   (2 of 6 differ)",
    )


TOLD = """
import sys, torch
from grader.checks.agreement import CheckFailed, compare
known = set(sys.modules)
try:
    compare(torch.zeros(2, 3), torch.ones(2, 3))
except CheckFailed:
    print(sorted(set(sys.modules) - known))
"""


def test_a_difference_is_told_without_further_imports() -> None:
    """Each judge is a fork: what telling of a difference had to import, all of a class would."""
    told = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_never_agrees(bad: float) -> None:
    """NaN and infinities differ from every finite expectation, and are the worst element."""
    with pytest.raises(CheckFailed, match=r"holds (NaN|infinite numbers)") as caught:
        compare(torch.tensor([0.5, bad]), torch.tensor([0.0, 1.0]))
    assert "[1]" in caught.value.details[0]


def test_expected_non_finite_values_agree_with_themselves() -> None:
    """NaN where NaN is expected, and infinity of the right sign, agree."""
    values = torch.tensor([float("nan"), float("inf"), float("-inf")])
    compare(values.clone(), values)
    with pytest.raises(CheckFailed):
        compare(-values, values)


def test_a_looser_tolerance_can_be_given() -> None:
    """A rubric's tolerance widens the dtype's own."""
    compare(torch.tensor([1.01]), torch.tensor([1.0]), rtol=0.02)
    with pytest.raises(CheckFailed):
        compare(torch.tensor([1.01]), torch.tensor([1.0]))


def test_integers_are_compared_exactly() -> None:
    """A count that is off by one differs."""
    with pytest.raises(CheckFailed):
        compare(torch.tensor([100_001]), torch.tensor([100_000]))


def test_python_numbers_are_numbers() -> None:
    """A float stands for a tensor without dimensions."""
    compare(0.5, torch.tensor(0.5))
