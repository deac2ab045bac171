"""What a course decides of attempts, due dates and leaderboards, from its file to the platform."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import samples
from grader import bank, decided
from grader.bulk import course
from grader.errors import UsageError
from grader.export.formats import gradescope
from grader.export.json import to_result
from grader.model import Feedback, Handin, Report, Visibility
from grader.package.contents import Order
from grader.shown.records import Shown
from grader.shown.view import shown

COURSE = """
debug_loop:
  due: 2027-01-31T23:59:00+01:00
  feedback: {full_attempts: 2, then: after_due}
  leaderboard: [val_accuracy, steps, parameters]
  checks:
    learns: {points: 5}
"""
BEFORE, AFTER = "2027-01-31T22:58:00+00:00", "2027-01-31T23:00:00+00:00"


def _told(attempt: int | None, feedback: Feedback, *, due: str = "", ran: str = BEFORE) -> Shown:
    report = samples.debug_loop()
    return shown(
        replace(
            report,
            exercise=replace(report.exercise, feedback=feedback, due=due),
            handin=Handin(attempt=attempt),
            run=replace(report.run, started=ran),
        )
    )


def test_the_first_attempts_are_told_everything() -> None:
    """So is every one where the platform doesn't tell which it is, or the course wants no less."""
    policy = Feedback(full_attempts=2)
    plain = _told(None, Feedback())
    assert plain.findings
    for attempt in (None, 1, 2):
        told = _told(attempt, policy)
        assert (told.checks, told.noticed, told.run) == (plain.checks, plain.noticed, plain.run)
        assert told.for_staff == ()


def test_later_attempts_are_told_their_points() -> None:
    """What was found is then for staff, and students read why."""
    told = _told(3, Feedback(full_attempts=2))
    plain = _told(1, Feedback())
    assert told.findings == ()
    assert [(c.status, c.score) for c in told.checks] == [(c.status, c.score) for c in plain.checks]
    assert {check.message for check in told.checks} == {""}
    assert "This is attempt 3: only the points of each check are told." in told.run.notes
    assert any("learning-rate" in finding for each in told.for_staff for finding in each.findings)
    document = json.loads(gradescope.render(told))
    said = json.dumps({key: value for key, value in document.items() if key != "extra_data"})
    assert "learning-rate" not in said
    assert "learning-rate" in json.dumps(document["extra_data"])


def test_later_attempts_wait_for_the_due_date() -> None:
    """With after_due the rest is told afterwards; Gradescope shows it then by itself."""
    policy = Feedback(full_attempts=2, then=Visibility.AFTER_DUE)
    told = _told(3, policy, due=AFTER)
    assert told.findings == ()
    waiting = [
        test
        for test in json.loads(gradescope.render(told))["tests"]
        if test["visibility"] == "after_due_date"
    ]
    assert len(waiting) == len(told.checks)
    assert _told(3, policy, due=BEFORE, ran=AFTER).findings == _told(1, policy).findings


def test_when_it_was_handed_in_is_in_the_result() -> None:
    """Late, attempt and dates stand in the result where the platform tells them."""
    report = replace(
        samples.debug_loop(), handin=Handin(attempt=3, late=True, submitted=AFTER, due=BEFORE)
    )
    facts = {"attempt": 3, "late": True, "submitted": AFTER, "due": BEFORE}
    assert to_result(report)["submission"].items() >= facts.items()
    assert json.loads(gradescope.render(shown(report)))["extra_data"].items() >= facts.items()
    assert "late" not in to_result(samples.debug_loop())["submission"]


def _ranked(report: Report, *names: str) -> Report:
    return replace(
        report,
        exercise=replace(report.exercise, leaderboard=names),
        metrics={"val_accuracy": 0.94},
        counted={"steps": 500, "parameters": 203_530},
    )


def test_a_leaderboard_is_in_gradescopes_format() -> None:
    """Accuracy is better high, steps and parameters low; what wasn't measured is left out."""
    names = ("val_accuracy", "steps", "parameters", "nothing")
    document = json.loads(gradescope.render(shown(_ranked(samples.clean_pass(), *names))))
    assert document["leaderboard"] == [
        {"name": "val accuracy", "value": 0.94, "order": "desc"},
        {"name": "steps", "value": 500, "order": "asc"},
        {"name": "parameters", "value": 203530, "order": "asc"},
    ]
    failed = json.loads(gradescope.render(shown(_ranked(samples.debug_loop(), *names))))
    assert "leaderboard" not in failed
    assert "leaderboard" not in json.loads(gradescope.render(shown(_ranked(samples.clean_pass()))))


def test_the_course_decides_and_a_package_carries_it(tmp_path: Path) -> None:
    """What a package holds of the course's decisions gives the same exercise again."""
    file = tmp_path / "course.yaml"
    file.write_text(COURSE)
    plain = bank.load("debug_loop")
    exercise = course.apply(file, plain)
    assert exercise.feedback == Feedback(full_attempts=2, then=Visibility.AFTER_DUE)
    assert exercise.leaderboard == ("val_accuracy", "steps", "parameters")
    assert decided.from_plain(json.loads(json.dumps(decided.to_plain(exercise)))) == exercise
    name = f"grade/{bank.decided_name('debug_loop')}"
    bundle = Order(exercise=exercise, platform="gradescope", limit_s=360).bundle
    assert decided.from_plain(json.loads(bundle[name].data)) == exercise
    assert bundle[name].mode == 0o600
    assert name not in Order(exercise=plain, platform="gradescope", limit_s=360).bundle


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("feedback: {full_attempts: 0}", "'full_attempts' must be a whole number above 0"),
        ("feedback: {then: hidden}", "'full_attempts' must be a whole number"),
        ("feedback: {full_attempts: 1, then: never}", "one of hidden, after_due"),
        ("feedback: {full_attempts: 1, then: after_due}", "no due date to wait for"),
        ("feedback: {full_attempts: 1, than: hidden}", "unknown key 'than'"),
        ("leaderboard: steps", "a list of texts"),
    ],
)
def test_slips_are_told(tmp_path: Path, text: str, said: str) -> None:
    """A policy that isn't one is an error with its key."""
    file = tmp_path / "course.yaml"
    file.write_text(f"debug_loop:\n  {text}\n")
    with pytest.raises(UsageError, match=said):
        course.apply(file, bank.load("debug_loop"))
