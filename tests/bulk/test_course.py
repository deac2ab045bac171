"""``course.yaml``: a course's own points, thresholds and limits, and no slip in silence."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bulk.conftest import GOOD, WRONG, Bulk
from bulk.folders import lay
from grader import bank, decided
from grader.bulk import course, fingerprint
from grader.errors import BankError, UsageError
from grader.model import Exercise, IsolationLevel, Visibility
from grader.observation import code


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


def test_later_attempts_are_told_less(bulk: Bulk) -> None:
    """The hand-ins that the journal knows of count; the same one again is no other attempt."""
    folder = bulk.tmp / "class"
    lay(folder, {"ann.py": WRONG})
    (folder / "course.yaml").write_text("tiny: {feedback: {full_attempts: 1, then: hidden}}\n")
    for attempt in (1, 2, 2, 3):
        if attempt > 1:
            lay(folder, {"ann.py": f"{WRONG}# tried {attempt} times\n"})
        code, said = bulk()
        assert code == 0, said
        (row,) = bulk.rows()
        (message,) = (each["message"] for each in row["checks"] if each["status"] == "failed")
        page = html.unescape((bulk.out / "reports/ann.html").read_text())
        assert message.endswith("differs from the reference")  # staff read it all the same
        assert ("differs from the reference" in page) is (attempt == 1)
        note = f"This is attempt {attempt}: only the points of each check are told."
        assert (note in page) is (attempt > 1)


OWN = """from grader.checks import CheckFailed, check


@check("named")
def test_named(program):
    \"\"\"The model has a name.\"\"\"
    raise CheckFailed("it has none")
"""


def test_checks_of_ones_own_end_the_rubric(tmp_path: Path) -> None:
    """They have a file and lines, may need the others, and change what a result depends on."""
    (tmp_path / "own.py").write_text(OWN)
    text = """
debug_loop:
  extra:
    file: own.py
    checks:
      - {id: named, title: The model has a name, points: 3, needs: [learns], example: leaf}
"""
    plain, changed = bank.load("debug_loop"), _applied(tmp_path, text)
    assert isinstance(changed, Exercise)
    assert changed.max_score == plain.max_score + 3
    assert (changed.rubric[-1].id, changed.rubric[-1].needs) == ("named", ("learns",))
    assert changed.rubric[-1].hints[0].startswith("A worked example")
    before = fingerprint.of_circumstances(changed, {}), code.of(changed)
    assert before[0] != fingerprint.of_circumstances(plain, {})
    (tmp_path / "own.py").write_text(OWN.replace("none", "no name"))
    assert before[0] != fingerprint.of_circumstances(changed, {})
    other = {
        id_ for id_, digest in code.of(changed).checks.items() if digest != before[1].checks[id_]
    }
    assert other == {"named"}
    there = decided.from_plain(json.loads(json.dumps(decided.to_plain(changed))))
    assert there.extra is not None
    assert there.extra.read_text() == (tmp_path / "own.py").read_text()
    assert replace(there, extra=changed.extra) == changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{fil: own.py}", "Did you mean file"),
        ("{file: other.py, checks: []}", "'file' must be the name of a Python file"),
        (
            "{file: own.py, checks: [{id: other, title: x, points: 1}]}",
            "the check named has no line in course.yaml",
        ),
        ("{file: own.py, checks: [{id: learns, title: x, points: 1}]}", "'learns'"),
        (
            "{file: own.py, checks: [{id: named, title: x, points: 1, needs: [x]}]}",
            "must name checks",
        ),
        (
            "{file: own.py, checks: [{id: named, title: x, points: -1}]}",
            "'points' must be a number",
        ),
    ],
)
def test_a_slip_in_ones_own_checks_is_named(tmp_path: Path, text: str, said: str) -> None:
    """Before anything is graded."""
    (tmp_path / "own.py").write_text(OWN)
    with pytest.raises((UsageError, BankError), match=re.escape(said)):
        _applied(tmp_path, f"debug_loop: {{extra: {text}}}")
