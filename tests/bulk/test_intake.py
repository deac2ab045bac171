"""A folder into a class: whose each file is, and which is graded."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from bulk.folders import CODE, by_name, lay, taken, zipped
from grader.bulk import roster
from grader.bulk.names import as_text
from grader.errors import UsageError


def test_a_file_each(tmp_path: Path) -> None:
    """In a flat folder a student is called like the file."""
    found = by_name(taken(lay(tmp_path, {"ann.py": CODE, "ben.ipynb": "{}", "-rf.py": CODE})))
    assert {name: each.path for name, each in found.items()} == {
        "ann": "ann.py",
        "ben": "ben.ipynb",
        "-rf": "-rf.py",
    }
    assert [each.late for each in found.values()] == [None] * 3


def test_names_that_differ_in_anything_are_two_students(tmp_path: Path) -> None:
    """Nobody's hand-in disappears behind that of a student with a similar name."""
    names = ["user_1_1.py", "user_11.py", "user-11.py", "Ann.py", "ann.py", "a  b.py", "a b.py"]
    found = taken(lay(tmp_path, dict.fromkeys(names, CODE)))
    assert len(found.hand_ins) == len(names)
    assert len({each.stem.casefold() for each in found.hand_ins}) == len(names)


def test_a_folder_or_zip_each(tmp_path: Path) -> None:
    """A folder or a zip at the top is a student; a wrapped folder in a zip is looked into."""
    top = lay(
        tmp_path,
        {
            "ann/hw/solution.py": CODE,
            "ben.zip": zipped({"ben/solution.py": CODE, "__MACOSX/ben/._solution.py": "x"}),
            "cleo/notes.txt": "hm",
            "dora/": "",
        },
    )
    found = by_name(taken(top))
    assert found["ann"].path == "ann/hw/solution.py"
    assert found["ben"].path == "ben.zip/ben/solution.py"
    assert "it was notes.txt" in found["cleo"].problem
    assert "the folder is empty" in found["dora"].problem


def test_canvas(tmp_path: Path) -> None:
    """Name, LATE and user come from the file's name; of resubmissions the latest counts."""
    top = lay(
        tmp_path,
        {
            "doejane_101_9001_solution.py": CODE,
            "doejane_101_9050_solution-1.py": CODE,
            "roeric_LATE_102_9002_solution.ipynb": "{}",
            "poe_103_9003_essay.pdf": "x",
            "moe_104_text.html": "x",
            "anon_aB3xY_9004_solution.py": CODE,
        },
    )
    found = by_name(taken(top))
    assert (found["doejane"].student.id, found["doejane"].attempt) == ("101", 2)
    assert found["doejane"].path == "doejane_101_9050_solution-1.py"
    assert found["doejane"].name == "solution.py"
    assert "earlier: doejane_101_9001_solution.py" in found["doejane"].remarks[0]
    assert (found["roeric"].late, found["doejane"].late) == (True, False)
    assert "it was essay.pdf" in found["poe"].problem
    assert "it was text.html" in found["moe"].problem
    assert found["anon_aB3xY"].name == "solution.py"


def test_numbers_in_names_are_no_canvas(tmp_path: Path) -> None:
    """Names that share the numbers which Canvas would give once each are names of students."""
    found = by_name(taken(lay(tmp_path, {"lab_1_2_ann.py": CODE, "lab_1_2_ben.py": CODE})))
    assert set(found) == {"lab_1_2_ann", "lab_1_2_ben"}


def test_moodle(tmp_path: Path) -> None:
    """Folders with and without a last underscore, flat names, teams, and texts beside files."""
    top = lay(
        tmp_path,
        {
            "Jane Doe_11_assignsubmission_file/solution.py": CODE,
            "Jane Doe_11_assignsubmission_onlinetext/onlinetext.html": "x",
            "Jane Doe_12_assignsubmission_file_/solution.py": CODE,
            "Ric Roe_13_assignsubmission_file_solution.py": CODE,
            "Team A_assignsubmission_file/solution.py": CODE,
            "Poe_14_assignsubmission_onlinetext/onlinetext.html": "x",
        },
    )
    found = taken(top)
    assert {(each.student.name, each.student.id) for each in found.hand_ins} == {
        ("Jane Doe", "11"),
        ("Jane Doe", "12"),
        ("Ric Roe", "13"),
        ("Poe", "14"),
        ("Team A", None),
    }
    assert len({each.stem for each in found.hand_ins}) == 5
    assert [each.path for each in found.hand_ins if each.problem] == [
        "Poe_14_assignsubmission_onlinetext/onlinetext.html"
    ]


METADATA = """---
submission_1:
  :submitters:
  - :name: Jane Doe
    :sid: '0077'
    :email: jane@uni.edu
  - :name: Ric Roe
    :sid: 78
    :email: ric@uni.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-01 10:00:00.000000000 Z
  :history:
  - :id: 0
submission_2:
  :submitters:
  - :name: Poe
    :sid:
    :email: poe@uni.edu
"""


def test_gradescope(tmp_path: Path) -> None:
    """People, groups and attempts come from the metadata, also where a folder wraps the export."""
    files: dict[str, str | bytes] = {
        "submission_metadata.yml": METADATA,
        "submission_1/solution.py": CODE,
        "submission_2/solution.py": CODE,
        "submission_3/solution.py": CODE,
    }
    for top in (tmp_path / "plain", tmp_path / "wrapped"):
        lay(top / "export" if top.name == "wrapped" else top, files)
        found = by_name(taken(top))
        assert found["Jane Doe"].student.id == "0077"
        assert [member.name for member in found["Jane Doe"].members] == ["Jane Doe", "Ric Roe"]
        assert found["Jane Doe"].attempt == 2
        assert found["Poe"].student.email == "poe@uni.edu"
        assert "submission_3" in found


def test_metadata_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Without it each folder is a student, and nothing is lost."""
    files = {"submission_metadata.yml": ": : [", "submission_1/solution.py": CODE}
    found = taken(lay(tmp_path, files))
    assert set(by_name(found)) == {"submission_1"}
    assert "submission_metadata.yml can't be read" in found.notes[0]


@pytest.mark.parametrize("top", ["course/submitted", "submitted"])
def test_nbgrader(tmp_path: Path, top: str) -> None:
    """The student's folder names the student; other assignments are not this one."""
    lay(
        tmp_path / top,
        {
            "ann/perceptron/solution.ipynb": "{}",
            "ann/perceptron/timestamp.txt": "2026-11-01",
            "ann/other/solution.ipynb": "{}",
            "ben/perceptron/solution.ipynb": "{}",
            "cleo/other/solution.ipynb": "{}",
        },
    )
    found = taken(tmp_path / top.partition("/")[0])
    graded = {name: _below_submitted(each.path) for name, each in by_name(found).items()}
    assert graded == {
        "ann": "ann/perceptron/solution.ipynb",
        "ben": "ben/perceptron/solution.ipynb",
    }
    assert {_below_submitted(each.path) for each in found.passed} == {
        "ann/other/solution.ipynb",
        "cleo/other/solution.ipynb",
    }


def _below_submitted(path: str) -> str:
    return path.rpartition("submitted/")[2]


def test_assignments_of_other_names_are_asked_about(tmp_path: Path) -> None:
    """None of them is graded as an exercise that it may not be; --pick says which one is."""
    files: dict[str, str | bytes] = {"submitted/ann/ps1/a.py": CODE, "submitted/ann/ps2/a.py": CODE}
    with pytest.raises(UsageError, match="assignments ps1, ps2; none is named perceptron"):
        taken(lay(tmp_path, files))
    assert by_name(taken(tmp_path, pick="ps2/*"))["ann"].path == "submitted/ann/ps2/a.py"


def test_which_file_is_graded(tmp_path: Path) -> None:
    """The one named like the exercise, else the newest; the others are named; --pick decides."""
    top = lay(
        tmp_path,
        {
            "ann/helper.py": CODE,
            "ann/Perceptron.py": CODE,
            "ben/one.py": CODE,
            "ben/two.py": CODE,
            "cleo/.hidden.py": CODE,
            "cleo/only.py": CODE,
        },
    )
    os.utime(top / "ben/one.py", (2_000_000_000, 2_000_000_000))
    found = by_name(taken(top))
    assert found["ann"].name == "Perceptron.py"
    (note,) = found["ann"].notes
    assert note.endswith("which is named like the exercise; not graded: helper.py.")
    assert found["ben"].name == "one.py"
    assert "the newest; not graded: two.py" in found["ben"].notes[0]
    assert found["cleo"].name == "only.py"
    picked = by_name(taken(top, pick="TWO.py"))
    assert (picked["ben"].name, picked["ann"].name) == ("two.py", "Perceptron.py")


def test_a_student_in_two_layouts_is_one(tmp_path: Path) -> None:
    """One result for each student, and both hand-ins are named."""
    top = lay(
        tmp_path,
        {
            "Jane Doe_11_assignsubmission_file/solution.py": CODE,
            "Jane Doe.py": CODE,
            "ben.py": CODE,
            "ben/solution.py": CODE,
        },
    )
    found = taken(top)
    assert len(by_name(found)) == 2
    jane = by_name(found)["Jane Doe"]
    assert jane.student.id == "11"
    assert len(by_name(found)["ben"].notes) == 1  # which of two files


def test_what_is_no_submission_is_passed_over_and_named(tmp_path: Path) -> None:
    """Pipes, sockets, links, leftovers of systems and editors, other files."""
    top = lay(
        tmp_path / "class",
        {
            "ann.py": CODE,
            ".DS_Store": "x",
            "__MACOSX/x.py": CODE,
            ".ipynb_checkpoints/ann-checkpoint.ipynb": "{}",
            "readme.txt": "x",
            "ben/real.py": CODE,
        },
    )
    (tmp_path / "secret.py").write_text(CODE)
    os.mkfifo(top / "pipe.py")
    (top / "link.py").symlink_to(tmp_path / "secret.py")
    (top / "ann2.py").symlink_to("ann.py")
    (top / "ben/out.py").symlink_to("../ann.py")
    (top / "ben/folder").symlink_to("/etc")
    (top / "ben/loop.py").symlink_to("loop.py")
    (top / "ben/beside.py").symlink_to("real.py")
    with socket.socket(socket.AF_UNIX) as sock:
        old = Path.cwd()
        os.chdir(top)  # the name of a socket may be no longer than 107 bytes
        sock.bind("socket.py")
        os.chdir(old)
    found = taken(top)
    assert set(by_name(found)) == {"ann", "ben"}
    assert {each.path for each in found.passed} == {
        ".DS_Store", "__MACOSX", ".ipynb_checkpoints", "readme.txt", "pipe.py", "link.py",
        "ann2.py", "ben/out.py", "ben/folder", "ben/loop.py", "socket.py",
    }  # fmt: skip


def test_names_of_any_kind(tmp_path: Path) -> None:
    """Emoji, right-to-left, a newline, 255 bytes, bytes that are no text: each is a student."""
    names = ["🦊.py", "דנה.py", "a\nb.py", "x" * 252 + ".py", "\u202egpj.py", " .py", "=1+1.py"]
    for name in names:
        (tmp_path / name).write_text(CODE)
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.py"))).write_text(CODE)
    found = taken(tmp_path)
    assert len(by_name(found)) == len(names) + 1
    for each in found.hand_ins:
        for text in (each.student.name, each.path, each.stem):
            text.encode()
        assert "\n" not in each.student.name
        assert len(each.stem.encode()) < 100
        assert not each.stem.startswith((".", "-"))
    assert "\\xff\\xfe" in by_name(found)
    assert as_text("\udc80") == "\\x80"


def test_the_output_is_not_the_class(tmp_path: Path) -> None:
    """Results that lie in the folder itself are not graded the next time."""
    lay(tmp_path / "class", {"ann.py": CODE, "results/reports/ann.py": CODE})
    lay(tmp_path / "class/before", {"journal.sqlite": "x", "results.jsonl": "", "a.py": CODE})
    (tmp_path / "link").symlink_to("class")
    skip = frozenset({(tmp_path / "class/results").resolve()})
    for top in ("class", "link"):
        found = taken(tmp_path / top, skip=skip)
        assert set(by_name(found)) == {"ann"}
        assert [each.path for each in found.passed] == ["before"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "it is empty"),
        ({"a.txt": "x", "b.pdf": "x"}, "it holds a.txt, b.pdf"),
    ],
)
def test_nothing_to_grade_is_said(tmp_path: Path, files: dict[str, str | bytes], said: str) -> None:
    """An empty folder, and one of nothing that can be graded."""
    with pytest.raises(UsageError, match=said):
        taken(lay(tmp_path, files))


def test_one_file_is_no_class(tmp_path: Path) -> None:
    """The sentence says how one file is graded."""
    lay(tmp_path, {"ann.py": CODE})
    with pytest.raises(UsageError, match="one file; a folder of submissions was expected"):
        taken(tmp_path / "ann.py")
    with pytest.raises(UsageError, match="There is no folder"):
        taken(tmp_path / "nowhere")


def test_the_zip_that_an_lms_hands_out(tmp_path: Path) -> None:
    """It can be named itself, or lie in the folder as it came."""
    whole = zipped(
        {
            "doejane_101_9001_solution.py": CODE,
            "roeric_102_9002_hw.zip": zipped({"hw/solution.py": CODE}),
        }
    )
    lay(tmp_path, {"class/submissions.zip": whole})
    for top in (tmp_path / "class", tmp_path / "class/submissions.zip"):
        found = by_name(taken(top))
        assert {name: each.student.id for name, each in found.items()} == {
            "doejane": "101",
            "roeric": "102",
        }


# --- the roster --------------------------------------------------------------------------

ROSTERS = {
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Perceptron (12)\n"
        "    Points Possible,,,,,10\n"
        '"Doe, Jane",101,u1,jdoe,S1,\n"Roe, Ric",102,u2,rroe,S1,\n"Student, Test",9,,x,S1,\n'
    ),
    "moodle": (
        "First name,Last name,ID number,Email address\n"
        "Jane,Doe,u1,jdoe@uni.edu\nRic,Roe,u2,rroe@uni.edu\n"
    ),
    "german": (
        "Vorname;Nachname;ID-Nummer;E-Mail-Adresse\n"
        "Jane;Doe;u1;jdoe@uni.edu\nRic;Roe;u2;rroe@uni.edu\n"
    ),
    "gradescope": "Name,SID,Email\nJane Doe,u1,jdoe@uni.edu\nRic Roe,u2,rroe@uni.edu\n",
    "nbgrader": "id,first_name,last_name,email\njdoe,Jane,Doe,j@x\nrroe,Ric,Roe,r@x\n",
}


@pytest.mark.parametrize("system", ROSTERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_roster_names_students_and_who_is_missing(
    tmp_path: Path, system: str, encoding: str
) -> None:
    """Whichever system exported it, and in whichever encoding: login, name or id find a student."""
    file = tmp_path / "roster.csv"
    file.write_bytes(ROSTERS[system].encode(encoding))
    known = roster.read(file)
    top = lay(tmp_path / "class", {"jdoe.py": CODE, "stranger.py": CODE})
    found = taken(top, roster=known)
    assert set(by_name(found)) == {"Jane Doe", "stranger"}
    assert by_name(found)["Jane Doe"].student.id
    assert [student.name for student in found.missing] == ["Ric Roe"]
    assert [student.name for student in found.unknown] == ["stranger"]


def test_two_students_of_one_name_stay_two(tmp_path: Path) -> None:
    """A name that two of the roster have decides nothing; both hand-ins have a row."""
    file = tmp_path / "roster.csv"
    file.write_text("name,id\nJane Doe,1001\nJane Doe,1002\n")
    top = lay(
        tmp_path / "class",
        {
            "Jane Doe_1001_assignsubmission_file/a.py": CODE,
            "Jane Doe_1002_assignsubmission_file/a.py": CODE,
            "Jane Doe.py": CODE,
        },
    )
    found = taken(top, roster=roster.read(file))
    assert sorted(str(each.student.id) for each in found.hand_ins) == ["1001", "1002", "None"]
    assert [student.name for student in found.unknown] == ["Jane Doe"]


def test_a_participant_number_is_nobody_elses_id(tmp_path: Path) -> None:
    """Moodle's number of a participant may be another student's id; the name decides."""
    file = tmp_path / "roster.csv"
    file.write_text("name,id\nJane Doe,1\nRic Roe,2\n")
    top = lay(tmp_path / "class", {"Jane Doe_2_assignsubmission_file/a.py": CODE})
    found = taken(top, roster=roster.read(file))
    assert by_name(found)["Jane Doe"].student.id == "1"
    assert [student.name for student in found.missing] == ["Ric Roe"]


def test_alike_names_are_nobodys(tmp_path: Path) -> None:
    """Two files that both look like one student of the roster: none becomes the other's attempt."""
    file = tmp_path / "roster.csv"
    file.write_text("name,id\nuser 11,x\n")
    top = lay(tmp_path / "class", {"user_1_1.py": CODE, "user_11.py": CODE})
    found = taken(top, roster=roster.read(file))
    assert len(by_name(found)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour,size\nred,1\n", "no column of its header tells who a student is"),
        ("", "is empty"),
        ("name,id\nJane,1\nRic,1\n", "'1' stands for Jane and Ric"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Before anything is graded, with what to do."""
    file = tmp_path / "roster.csv"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        roster.read(file)
