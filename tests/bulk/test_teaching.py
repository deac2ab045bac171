"""The kit that measures teaching: what the next hand-in mended, by rule and by levels of hints."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from grader import bank
from grader.bulk import marks, overview, page, salvage, teaching
from grader.bulk.graded import Graded, observed
from grader.bulk.hand_in import Class, HandIn, Student
from grader.bulk.journal import FILE, Journal
from grader.model import Feedback, Status, Visibility
from kept import EXERCISE, observation, result

CHECKS = {"gradients-not-cleared": "zero_grad", "validation-in-train-mode": "validation_mode"}
"""The check of the exercise that each rule fails."""
HELPS = {"gradients-not-cleared": {2: 0.2, 3: 0.9}, "validation-in-train-mode": {2: 0.5, 3: 0.5}}
"""How likely a report with so many levels of hints mends each finding."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with salvage.opened(tmp_path / FILE, EXERCISE, print) as opened:
        yield opened


def finding(rule: str, level: str = "error") -> dict[str, Any]:
    return {
        "rule": rule, "level": level, "line": 1, "cell": None, "what": "so it is", "why": "so",
    }  # fmt: skip


def check(name: str, *findings: int, status: str = "failed") -> dict[str, Any]:
    return {"id": name, "status": status, "findings": list(findings)}


@dataclass
class Course:
    """A simulated class: who hands in what, in several attempts, and what came of it."""

    journal: Journal
    chance: random.Random
    counts: Counter[tuple[str, int, bool]] = field(default_factory=Counter)
    have: dict[str, set[str]] = field(default_factory=dict)

    def attempt(self, number: int, levels: int) -> None:
        """Everybody hands in; reports tell of ``levels`` levels of hints from now on."""
        exercise = bank.load(EXERCISE)
        rubric = tuple(replace(line, hints=line.hints[:levels]) for line in exercise.rubric)
        hand_ins, keys = [], {}
        for place, (name, rules) in enumerate(self.have.items()):
            sha256 = f"{number:032x}{place:032x}"
            keys[place] = f"{number}-{place}"
            self.journal.put(keys[place], kept(sha256, rules))
            hand_ins.append(HandIn(
                identity=f"name:{name}", student=Student(name=name, id=name), stem=name,
                path=f"{name}.py", name="s.py", file=None, attempt=number,
            ))  # fmt: skip
        self.journal.set_class(Class(hand_ins=tuple(hand_ins)), keys, "latest")
        marks.remember(self.journal)
        teaching.remember(self.journal, replace(exercise, rubric=rubric))
        teaching.remember(self.journal, exercise)  # what was told stays what was told

    def learn(self, levels: int) -> None:
        """Between two attempts each finding is mended, or is not, by chance."""
        for rules in self.have.values():
            for rule in sorted(rules):
                gone = self.chance.random() < HELPS[rule][levels]
                self.counts[rule, levels, gone] += 1
                if gone:
                    rules.discard(rule)


def kept(sha256: str, rules: set[str]) -> Graded:
    """What a grading with these findings leaves in the journal."""
    seen = observation(result("learns", Status.PASSED))
    graded = observed(seen, bank.load(EXERCISE))
    ordered = sorted(rules)
    failed = {CHECKS[rule]: index for index, rule in enumerate(ordered)}
    said: Mapping[str, Any] = {
        **graded.result,
        "submission": {**graded.result["submission"], "sha256": sha256},
        "findings": [finding(rule) for rule in ordered],
        "checks": [
            {**each, "status": "failed", "findings": [failed[each["id"]]]}
            if each["id"] in failed
            else each
            for each in graded.result["checks"]
        ],
    }
    return replace(graded, result=said, excerpts=[[] for _ in ordered], observation=b"")


def test_a_class_over_several_attempts_is_counted_by_rule_and_level(journal: Journal) -> None:
    """The shares are those of the simulation, for all levels together and for each by itself."""
    course = Course(journal, random.Random(5))
    course.have = {f"s{number}": set(CHECKS) for number in range(40)}
    for number, levels in enumerate((2, 2, 3, 3), 1):
        course.attempt(number, levels)
        if number < 4:
            course.learn(levels)
    found = {each.rule: each for each in teaching.mended(journal)}
    assert set(found) == set(CHECKS)
    for rule, each in found.items():
        shares = {share.hints: (share.had, share.gone) for share in each.levels}
        counted = {
            level: (sum(course.counts[rule, level, gone] for gone in (True, False)),
                    course.counts[rule, level, True])
            for level in (2, 3)
        }  # fmt: skip
        assert shares == counted
        assert (each.whole.had, each.whole.gone) == tuple(
            map(sum, zip(*counted.values(), strict=True))
        )
    weak = {share.hints for share in found["gradients-not-cleared"].levels if share.is_weak}
    assert weak == {2}, "with two levels one in five is helped, with the third nearly all"


def test_the_class_page_says_which_words_to_write_anew(journal: Journal) -> None:
    """A rule below one half, at the levels of hints at which it is."""
    course = Course(journal, random.Random(5))
    course.have = {f"s{number}": {"gradients-not-cleared"} for number in range(20)}
    course.attempt(1, 2)
    course.learn(2)
    course.attempt(2, 2)
    (each,) = teaching.mended(journal)
    text = page.render(overview.overview(journal, "A class", EXERCISE))
    row = f'<td class="num">2</td><td class="num">20</td><td class="num">{each.whole.gone} ('
    assert row in text
    assert "to write anew</td>" in text


@pytest.mark.parametrize(
    ("had", "gone", "weak"), [(5, 2, True), (4, 0, False), (10, 5, False), (100, 49, True)]
)
def test_few_students_say_nothing_of_words(had: int, gone: int, *, weak: bool) -> None:
    """Of fewer than five chance decides; one half is enough."""
    assert teaching.Share(None, had, gone).is_weak is weak


def test_levels_are_those_that_the_report_told() -> None:
    """Of the failed check that a finding belongs to; none where nothing was lost or is hidden."""
    exercise = bank.load(EXERCISE)
    rubric = exercise.rubric
    first, second = rubric[0], replace(rubric[1], visibility=Visibility.HIDDEN)
    told: dict[str, Any] = {
        "submission": {},
        "findings": [finding("a"), finding("b"), finding("c"), finding("d", "note")],
        "checks": [
            check(first.id, 0, 3), check(second.id, 0, 1), check(rubric[2].id, 2, status="passed"),
        ],
    }  # fmt: skip
    exercise = replace(exercise, rubric=(first, second, rubric[2]))
    assert teaching.levels_of(told, exercise) == {"a": len(first.hints), "b": 0, "c": 0}
    exercise = replace(exercise, feedback=Feedback(full_attempts=2))
    for attempt, hints in ((2, len(first.hints)), (3, 0)):
        told["submission"] = {"attempt": attempt}
        assert teaching.levels_of(told, exercise) == {"a": hints, "b": 0, "c": 0}


def test_a_journal_of_before_counts_without_levels(journal: Journal) -> None:
    """Nothing is known of the hints of hand-ins that an older grader took in."""
    rows = [
        ("ann", "1", '["a", "b"]'), ("ben", "2", '["a"]'), ("cy", "3", '["b"]'),
        ("ann", "4", '["b"]'), ("ben", "5", '["a"]'), ("ben", "6", "[]"),
    ]  # fmt: skip
    for who, sha256, rules in rows:
        journal.db.execute("INSERT INTO history VALUES (?, 1, ?, '', 0, ?)", (who, sha256, rules))
    found = {each.rule: (each.whole.had, each.whole.gone) for each in teaching.mended(journal)}
    assert found == {"a": (3, 2), "b": (1, 0)}
    assert not any(each.levels for each in teaching.mended(journal))
