"""``course.yaml``: a course's own points, thresholds and limits, and no slip in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulk.conftest import GOOD, WRONG, Bulk
from bulk.folders import lay
from grader import bank
from grader.bulk import course
from grader.errors import UsageError
from grader.model import IsolationLevel, Visibility


def _applied(tmp_path: Path, text: str) -> object:
    path = tmp_path / "course.yaml"
    path.write_text(text)
    return course.apply(path, bank.load("debug_loop"))


def test_what_is_not_named_stays(tmp_path: Path) -> None:
    """An empty decision, and one about another exercise, change nothing."""
    plain = bank.load("debug_loop")
    assert _applied(tmp_path, "perceptron: {limits: {wall_s: 5}}") == plain
    assert _applied(tmp_path, "debug_loop: {}") == plain


def test_what_is_named_changes(tmp_path: Path) -> None:
    """Points, visibility, thresholds, limits, the isolation demanded and the due date."""
    text = """
debug_loop:
  due: 2027-01-31T23:59:00+01:00
  isolation: full
  limits: {wall_s: 60}
  checks:
    loss_call: {points: 5, visibility: hidden}
    learns: {settings: {threshold: 0.9}}
"""
    plain, changed = bank.load("debug_loop"), _applied(tmp_path, text)
    assert changed != plain
    by_id = {line.id: line for line in changed.rubric}  # type: ignore[attr-defined]
    assert (by_id["loss_call"].points, by_id["loss_call"].visibility) == (5, Visibility.HIDDEN)
    assert by_id["learns"].settings["threshold"] == 0.9
    assert changed.limits.wall_s == 60  # type: ignore[attr-defined]
    assert changed.limits.check_s == plain.limits.check_s  # type: ignore[attr-defined]
    assert changed.isolation is IsolationLevel.FULL  # type: ignore[attr-defined]
    assert changed.due.startswith("2027-01-31")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("debug_lop: {}", "Did you mean debug_loop"),
        ("debug_loop: {check: {}}", "Did you mean checks"),
        ("debug_loop: {checks: {learn: {points: 1}}}", "Did you mean learns"),
        ("debug_loop: {checks: {learns: {point: 1}}}", "Did you mean points"),
        ("debug_loop: {checks: {learns: {points: -1}}}", "'points' must be a number"),
        ("debug_loop: {checks: {learns: {settings: {treshold: 1}}}}", "Did you mean threshold"),
        ("debug_loop: {checks: {learns: {settings: {threshold: 85}}}}", "a share above 0"),
        ("debug_loop: {checks: {learns: {settings: 3}}}", "a mapping of names"),
        ("debug_loop: {limits: {wall: 3}}", "mean wall_s"),
        ("debug_loop: {checks: {learns: {visibility: after_due}}}", "after_due promises a date"),
        ("debug_loop: 3", "a mapping of names"),
        ("- 3", "expected a mapping"),
    ],
)
def test_a_slip_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    """With the nearest name, or what was expected; exit code 2."""
    with pytest.raises(UsageError, match=said):
        _applied(tmp_path, text)


def test_a_class_gets_the_courses_points(bulk: Bulk) -> None:
    """A file beside the submissions is found, is none of them, and a change of it grades anew."""
    lay(bulk.tmp / "class", {"ann.py": GOOD, "ben.py": WRONG})
    assert bulk()[0] == 0
    before = {row["submission"]["student"]["name"]: row["max_score"] for row in bulk.rows()}
    (bulk.tmp / "class/course.yaml").write_text("tiny: {checks: {gradient: {points: 7}}}\n")
    code, said = bulk()
    assert code == 0, said
    after = {row["submission"]["student"]["name"]: row["max_score"] for row in bulk.rows()}
    assert before == {"ann": 2, "ben": 2}
    assert after == {"ann": 8, "ben": 8}
