"""Tables for LMSs: what their importers make of them is what the class earned, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bulk import importers
from bulk.test_journal import graded, hand_in
from grader import bank
from grader.bulk import lms, roster, salvage
from grader.bulk.hand_in import Class, HandIn, Student

SCORES: dict[str, float | None] = {"Jane Doe": 1.0, "Ric Roe": 0.5, "Set Aside": None}


def _write(
    tmp: Path, hand_ins: tuple[HandIn, ...], layout: str, text: str = ""
) -> tuple[list[str], Path]:
    """The tables for these hand-ins, which have the scores of their students' names."""
    known = None
    if text:
        (tmp / "roster.csv").write_text(text, encoding="utf-8")
        known = roster.read(tmp / "roster.csv")
    with salvage.opened(tmp / "j.sqlite", "perceptron", print) as journal:
        for number, each in enumerate(hand_ins):
            score = SCORES.get(each.student.name, 0.25)
            outcome = "grader_fault" if score is None else "ok"
            journal.put(f"k{number}", graded(score, outcome))
        keys = {number: f"k{number}" for number in range(len(hand_ins))}
        journal.set_class(Class(hand_ins=hand_ins), keys, "latest")
        exercise = bank.load("perceptron")
        return lms.write(journal, tmp, exercise, known, frozenset({layout})), tmp


def _people(ids: Mapping[str, str | None]) -> tuple[HandIn, ...]:
    return tuple(
        HandIn(identity=name, student=Student(name=name, id=id_), path=name, name="a.py",
               file=None, stem=name)
        for name, id_ in ids.items()
    )  # fmt: skip


GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,{title},Other (7),Current Score\n"
    "    Points Possible,,,,,{points},5,\n"
    '"Doe, Jane",101,u1,jdoe,S1,,5,90\n"Roe, Ric",102,u2,rroe,S1,9,4,80\n'
    '"Aside, Set",103,u3,saside,S1,,3,70\n"Away, Al",104,u4,aaway,S1,7,3,70\n'
)
NAMES = {"101": "Doe, Jane", "102": "Roe, Ric", "103": "Aside, Set", "104": "Away, Al"}


@pytest.mark.parametrize("title", ["{title} (55)", "Perceptron (55)", "Something else (55)"])
def test_a_canvas_gradebook_comes_back_with_its_own_column(tmp_path: Path, title: str) -> None:
    """Only this exercise changes, only for those with a score; who had a grade keeps it."""
    exercise = bank.load("perceptron")
    column = title.format(title=exercise.title)
    text = GRADEBOOK.format(title=column, points=10)
    people = _people({"Jane Doe": None, "Ric Roe": "102", "Set Aside": None})
    notes, out = _write(tmp_path, people, "canvas", text)
    changes = importers.canvas(out / "canvas.csv", NAMES)
    if "else" in title:  # Canvas would make a new column of it
        assert changes == {("101", exercise.title): 1.0, ("102", exercise.title): 0.5}
    else:
        assert changes == {("101", column): 1.0, ("102", column): 0.5, ("104", column): 7.0}
        assert exercise.max_score == 10 or "Canvas counts" in notes[0]


def test_canvas_without_a_roster(tmp_path: Path) -> None:
    """The ids of the downloads are enough; who has none is left out."""
    people = _people({"Jane Doe": "101", "Ric Roe": "102", "anon_x": None})
    _, out = _write(tmp_path, people, "canvas")
    title = bank.load("perceptron").title
    assert importers.canvas(out / "canvas.csv", NAMES) == {
        ("101", title): 1.0,
        ("102", title): 0.5,
    }


MOODLE = (
    "First name,Last name,ID number,Email address\n"
    "Jane,Doe,u1,jdoe@uni.edu\nRic,Roe,u2,\nSet,Aside,u3,s@uni.edu\nEve,Evil,=u4,\n"
)


def test_moodle_gives_nobody_anothers_grade(tmp_path: Path) -> None:
    """The column is one that everyone has; no row without a user, without a grade, or a formula."""
    people = _people({"Jane Doe": None, "Ric Roe": None, "Set Aside": None, "Eve Evil": None})
    notes, out = _write(tmp_path, people, "moodle", MOODLE)
    assert importers.moodle(out / "moodle.csv", ["u1", "u2", "u3"], 10) == {"u1": 1.0, "u2": 0.5}
    assert any("left out" in note for note in notes)


def test_moodle_by_address(tmp_path: Path) -> None:
    """Who has no address in the roster is left out and counted, never a blank cell."""
    text = "Full name,Email address\nJane Doe,J.Doe@uni.edu\nRic Roe,\n"
    notes, out = _write(tmp_path, _people({"Jane Doe": None, "Ric Roe": None}), "moodle", text)
    assert importers.moodle(out / "moodle.csv", ["J.Doe@uni.edu"], 10) == {"J.Doe@uni.edu": 1.0}
    assert notes == ["moodle.csv: 1 without Email address in the roster are left out."]


def test_the_offline_worksheet_comes_back_filled(tmp_path: Path) -> None:
    """Its other columns stay as they were."""
    text = (
        "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
        "Last modified (grade),Feedback comments\n"
        "Participant 11,Jane Doe,j@x,,,10,Yes,-,\nParticipant 12,Ric Roe,r@x,,,10,Yes,-,\n"
    )
    people = _people({"Jane Doe": "11", "Ric Roe": "12"})
    _, out = _write(tmp_path, people, "moodle", text)
    assert importers.moodle_offline(out / "moodle-offline.csv") == {"11": 1.0, "12": 0.5}
    assert importers.read(out / "moodle-offline.csv")[1][:4] == [
        "Participant 11", "Jane Doe", "j@x", "",
    ]  # fmt: skip


def test_a_worksheet_without_a_roster(tmp_path: Path) -> None:
    """The participant numbers of the folders' names are enough."""
    people = _people({"Jane Doe": "11", "Ric Roe": "12", "Team A": None})
    _, out = _write(tmp_path, people, "moodle")
    assert importers.moodle_offline(out / "moodle-offline.csv") == {"11": 1.0, "12": 0.5}
    assert not (out / "moodle.csv").exists()  # a participant number is no user id


def test_nbgraders_columns(tmp_path: Path) -> None:
    """A row a student, in the columns that nbgrader exports."""
    text = "id,first_name,last_name,email\njdoe,Jane,Doe,j@x\nrroe,Ric,Roe,r@x\n"
    people = _people({"jdoe": "jdoe", "rroe": "rroe"})
    _, out = _write(tmp_path, people, "nbgrader", text)
    header, *rows = importers.read(out / "nbgrader.csv")
    assert [dict(zip(header, row, strict=True))["last_name"] for row in rows] == ["Doe", "Roe"]
    assert [row[header.index("student_id")] for row in rows] == ["jdoe", "rroe"]


def test_the_members_of_a_group_each_get_the_score(tmp_path: Path) -> None:
    """One run and one row, and a grade for everyone named."""
    members = (Student(name="Jane Doe", id="101"), Student(name="Ric Roe", id="102"))
    (team,) = _people({"Jane Doe": "101"})
    team = HandIn(identity="t", student=team.student, path="t", name="a.py", file=None, stem="t",
                  members=members)  # fmt: skip
    _, out = _write(tmp_path, (team,), "canvas", GRADEBOOK.format(title="x", points=1))
    changes = importers.canvas(out / "canvas.csv", NAMES)
    assert {user for user, _ in changes} == {"101", "102"}
    assert set(changes.values()) == {1.0}


def test_no_table_where_nothing_fits(tmp_path: Path) -> None:
    """A flat folder without a roster is for no LMS."""
    _write(tmp_path, (hand_in("ann"),), "flat")
    assert not list(tmp_path.glob("*.csv"))
