"""The journal: one result for each key, whatever happens to the file it is in."""

from __future__ import annotations

import random
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import bank
from grader.bulk import outputs, salvage, tables
from grader.bulk.graded import Graded
from grader.bulk.hand_in import Class, HandIn, Student
from grader.bulk.journal import SCHEMA, Journal
from grader.errors import UsageError


def graded(score: float | None = 1.0, outcome: str = "ok", text: str = "page") -> Graded:
    result: dict[str, Any] = {
        "outcome": outcome,
        "passed": score == 1.0,
        "score": score,
        "max_score": 1.0,
        "submission": {"name": "a.py", "sha256": "0" * 64, "kind": "module"},
        "checks": [],
        "findings": [],
        "run": {"notes": [], "reason": "", "crash": None},
    }
    return Graded(result=result, page=zlib.compress(text.encode()), excerpts=[[(1, "x = 1")]])


def hand_in(name: str, **facts: Any) -> HandIn:
    return HandIn(
        identity=f"name:{name}",
        student=Student(name=name),
        path=f"{name}.py",
        name="a.py",
        file=None,
        stem=facts.pop("stem", name),
        **facts,
    )


def filled(path: Path, count: int) -> list[str]:
    """A journal with so many results; what was said when it was opened."""
    said: list[str] = []
    with salvage.opened(path, "tiny", said.append) as journal:
        for number in range(count):
            journal.put(f"key {number}", graded(text=random.Random(number).randbytes(4000).hex()))
    return said


def test_a_key_has_one_result(tmp_path: Path) -> None:
    """What is graded again takes the place of what was there."""
    with salvage.opened(tmp_path / "j.sqlite", "tiny", print) as journal:
        journal.put("k", graded(0.0))
        journal.put("k", graded(1.0))
        journal.set_class(Class(hand_ins=(hand_in("ann"),)), {0: "k"}, "latest")
        assert [row.result["score"] for row in journal.rows()] == [1.0]
        assert journal.settled() == {"k"}


def test_a_fault_is_tried_again(tmp_path: Path) -> None:
    """It has a row, and yet isn't settled: a full disk is no reason to have no score for ever."""
    with salvage.opened(tmp_path / "j.sqlite", "tiny", print) as journal:
        journal.put("k", graded(None, "grader_fault"))
        journal.set_class(Class(hand_ins=(hand_in("ann"),)), {0: "k"}, "latest")
        assert journal.settled() == set()
        assert [row.result["score"] for row in journal.rows()] == [None]


def test_two_students_can_share_a_result(tmp_path: Path) -> None:
    """The same content under the same name is graded once, and each has a row and a report."""
    with salvage.opened(tmp_path / "j.sqlite", "tiny", print) as journal:
        journal.put("k", graded())
        both = Class(hand_ins=(hand_in("ann"), hand_in("ben")))
        journal.set_class(both, {0: "k", 1: "k"}, "latest")
        outputs.write_all(journal, tmp_path, bank.load("perceptron"))
        assert [row.student.name for row in journal.rows()] == ["ann", "ben"]
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {"ann.html", "ben.html"}


def test_the_best_attempt(tmp_path: Path) -> None:
    """A fault of the grader is worth less than any score; of two equal ones the later counts."""
    attempts = [(1, 0.5), (2, None), (3, 0.5), (4, 0.0)]
    hand_ins = tuple(hand_in("ann", attempt=n, counts=n == 4) for n, _ in attempts)
    with salvage.opened(tmp_path / "j.sqlite", "tiny", print) as journal:
        for number, score in attempts:
            journal.put(f"k{number}", graded(score, "ok" if score is not None else "grader_fault"))
        keys = {number - 1: f"k{number}" for number, _ in attempts}
        journal.set_class(Class(hand_ins=hand_ins), keys, "best")
        assert [row.attempt for row in journal.rows()] == [3]
        journal.set_class(Class(hand_ins=hand_ins), keys, "latest")
        assert [row.attempt for row in journal.rows()] == [4]


def test_reports_of_those_who_left_go(tmp_path: Path) -> None:
    """The folder of reports is the class as it is now."""
    with salvage.opened(tmp_path / "j.sqlite", "tiny", print) as journal:
        journal.put("k", graded())
        for name in ("ann", "ben"):
            journal.set_class(Class(hand_ins=(hand_in(name),)), {0: "k"}, "latest")
            outputs.write_all(journal, tmp_path, bank.load("perceptron"))
            assert [path.stem for path in (tmp_path / "reports").iterdir()] == [name]


def test_a_newer_journal_is_left_alone(tmp_path: Path) -> None:
    """An older grader says so, and changes nothing in it."""
    path = tmp_path / "j.sqlite"
    filled(path, 1)
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version={SCHEMA + 1}")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is of a newer grader"), salvage.opened(path, "t", print):
        pass
    assert path.read_bytes() == before


@pytest.mark.parametrize("kept", [0, 1])
def test_a_file_that_is_no_journal_is_put_aside(tmp_path: Path, kept: int) -> None:
    """It is never deleted, and the class is graded anew."""
    path = tmp_path / "j.sqlite"
    for number in range(1, kept + 2):
        path.write_bytes(b"not a database" * 1000)
        said = filled(path, 1)
        assert f"is now j.broken-{number}.sqlite; 0 results could be saved" in said[0]
        path.unlink()


def test_of_a_torn_journal_what_is_whole_is_saved(tmp_path: Path) -> None:
    """Rows before and after the damage stay; each is checked, and the rest is graded again."""
    path = tmp_path / "j.sqlite"
    filled(path, 60)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    said: list[str] = []
    with salvage.opened(path, "tiny", said.append) as journal:
        saved = len(journal.settled())
    assert "the journal was broken" in said[0]
    assert f"{saved} results could be saved" in said[0]
    assert 20 < saved < 60


@settings(deadline=None)  # a busy machine
@given(st.integers(0, 2**31), st.binary(min_size=1, max_size=64))
def test_no_damage_stops_a_class(
    tmp_path_factory: pytest.TempPathFactory, place: int, noise: bytes
) -> None:
    """Wherever a journal is overwritten: it opens, with nothing in it that wasn't written."""
    path = tmp_path_factory.mktemp("torn", numbered=True) / "j.sqlite"
    filled(path, 8)
    data = bytearray(path.read_bytes())
    place %= len(data)
    data[place : place + len(noise)] = noise
    path.write_bytes(data[: max(len(data), 1)])
    try:
        with salvage.opened(path, "tiny", lambda _: None) as journal:
            assert journal.settled() <= {f"key {number}" for number in range(8)}
    except UsageError:  # the noise made it newer, or of another exercise
        return


def test_lines_are_whole_while_they_are_written(tmp_path: Path) -> None:
    """A reader sees the old file until the new one is complete."""
    with salvage.opened(tmp_path / "j.sqlite", "tiny", print) as journal:
        journal.put("k", graded())
        journal.set_class(Class(hand_ins=(hand_in("ann"),)), {0: "k"}, "latest")
        outputs.write_lines(journal, tmp_path)
        before = (tmp_path / outputs.RESULTS).read_text()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outputs, "as_line", _fails)
            with pytest.raises(ZeroDivisionError):
                outputs.write_lines(journal, tmp_path)
    assert (tmp_path / outputs.RESULTS).read_text() == before
    assert not list(tmp_path.glob("*.tmp"))


def _fails(_row: object) -> dict[str, Any]:
    raise ZeroDivisionError


def test_the_views_answer(tmp_path: Path) -> None:
    """Each documented view can be read with SQL alone."""
    with salvage.opened(tmp_path / "j.sqlite", "tiny", print) as journal:
        journal.put("k", graded())
        journal.set_class(Class(hand_ins=(hand_in("ann"),)), {0: "k"}, "latest")
    with sqlite3.connect(tmp_path / "j.sqlite") as database:
        assert database.execute("SELECT student_name, score FROM grades").fetchall() == [("ann", 1)]
        for view in ("checks", "findings", "set_aside"):
            assert database.execute(f"SELECT * FROM {view}").fetchall() == []


@given(st.text())
def test_no_cell_is_a_formula_or_two_lines(text: str) -> None:
    """Whatever a student is called: a spreadsheet shows it as text, in one row."""
    shown = tables.cell(text)
    assert not shown.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in shown
    assert "\r" not in shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0"), (-0.0, "0"), (1234.5, "1234.5"), (1e-9, "0"), (10, "10")]
)
def test_numbers_are_what_importers_read(value: float, shown: str) -> None:
    """No thousands separators, no powers of ten."""
    assert tables.number(value) == shown


def test_an_unusable_journal_file_is_closed(tmp_path: Path) -> None:
    """Refusing another exercise leaves no connection behind that would hold the file."""
    path = tmp_path / "j.sqlite"
    filled(path, 1)
    with pytest.raises(UsageError, match="holds results of tiny"), salvage.opened(path, "o", print):
        pass
    journal = Journal(path)
    journal.prepare("tiny")
    journal.close()
