"""Composed programs: the same from the same seed, and a small sample judged by all rules."""

from __future__ import annotations

import pytest

from composing.compose import RULES, Composed, correct, families, faulty, is_held_out
from composing.judging import expected_in, judged
from grader.rules import all_rules

SAMPLE = (0, 4, 9, 12, 18, 21, 24)
SURE = ("gradients-not-cleared", "gradients-cleared-before-step", "loss-cut-from-graph")


def test_a_seed_makes_one_program() -> None:
    """On every machine, and in every run."""
    assert correct(7) == correct(7)
    assert faulty(7) == faulty(7)
    assert correct(7).source != correct(8).source


def test_every_composition_is_python() -> None:
    """Whatever parts meet: they make a program, and a fault is marked in it."""
    for seed in range(60):
        one, other = correct(seed), faulty(seed)
        compile(one.source, "correct", "exec")
        compile(other.source, "faulty", "exec")
        assert not expected_in(one.source)
        assert {rule for rule, _ in expected_in(other.source)} == {other.rule}


def test_a_part_of_the_families_is_held_out() -> None:
    """About one in four, decided by their names alone."""
    held_out = sum(map(is_held_out, families()))
    assert 0.15 < held_out / len(families()) < 0.35


def test_faults_of_every_kind_are_composed() -> None:
    """One for each rule in turn, so that a run of as many seeds has them all."""
    assert {faulty(seed).rule for seed in range(len(RULES))} == set(RULES)


@pytest.mark.parametrize("seed", SAMPLE)
def test_a_correct_composition_is_accused_of_nothing(seed: int) -> None:
    """No error and no warning (``benchmarks/diagnosis.py`` has thousands of them)."""
    one = correct(seed)
    result = judged(one.source)
    assert result.problem == "", one.source
    assert [found for found in result.found if found[1] != "note"] == [], one.source


WITHOUT_A_FAULT = {"grad-scaler-misused", "weight-shared-twice-in-optimizer"}
"""Rules whose faults are not composed yet: their cases in tests/rules are all there is."""


@pytest.mark.parametrize("seed", range(4))
def test_a_fault_is_found_where_it_is(seed: int) -> None:
    """Faults that are certain from the record alone, each in some disguise."""
    one: Composed = faulty(seed, SURE)
    lines = {line for _, line in expected_in(one.source)}
    found = [(rule, line) for rule, _, line in judged(one.source).found]
    assert [rule for rule, _ in found] == [one.rule], one.source
    assert found[0][1] in lines


def test_the_table_of_faults_names_rules_as_they_are_named() -> None:
    """Each rule that there is has a fault of its own in the table, or is known to have none."""
    assert {rule.name for rule in all_rules()} - WITHOUT_A_FAULT <= set(RULES)
