"""``grade bulk`` as a process: what it writes, says, and ends with."""

from __future__ import annotations

import csv
import json
import signal
import sqlite3
import time
from pathlib import Path

import jsonschema
import pytest

from bulk.conftest import CRASHES, ENDLESS, GOOD, HOSTILE, WRONG, Bulk
from bulk.folders import lay, zipped
from grader.export.json import SCHEMA_FILE

MIXED: dict[str, str | bytes] = {
    "ann.py": GOOD,
    "ben/solution.py": WRONG,
    "ben/notes.pdf": b"x",
    "cleo.py": CRASHES,
    "dan.zip": zipped({"hw/tiny.py": GOOD, "hw/helper.py": WRONG}),
    "eve.py": HOSTILE,
    "fay.py": "",
    "gil.py": b"\0\0\0",
    "hal.py": ENDLESS,
    "ida/": "",
    "jon.zip": b"no zip",
    "kim 🦊\u202e.py": GOOD,
    "-rf.py": GOOD,
    "a\nb.py": "print('" + "x" * 100_000 + "')\n" + GOOD,
    "=cmd|' C calc'!A0.py": WRONG,
    "readme.txt": "x",
    ".DS_Store": b"x",
}


def test_a_mixed_class(bulk: Bulk) -> None:
    """Everyone has one row that the schema accepts; what is no submission is named."""
    lay(bulk.tmp / "class", MIXED)
    code, said = bulk("--timeout", "25")
    assert code == 0, said
    rows = bulk.rows()
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    for row in rows:
        validator.validate(row)
        assert set(row["submission"]) >= {"student", "path", "late", "attempt", "members"}
    outcomes = bulk.outcomes()
    assert outcomes.pop("eve") in ("forbidden", "crashed")  # as the wall of this machine has it
    assert outcomes == {
        "ann": "ok", "ben": "ok", "cleo": "crashed", "dan": "ok",
        "fay": "invalid", "gil": "invalid", "hal": "timed_out", "ida": "invalid",
        "jon": "invalid", "kim 🦊": "ok", "-rf": "ok", "a b": "ok", "=cmd|' C calc'!A0": "ok",
    }  # fmt: skip
    passed = {row["submission"]["student"]["name"] for row in rows if row["passed"]}
    assert passed == {"ann", "dan", "kim 🦊", "-rf", "a b"}
    dan = next(row for row in rows if row["submission"]["student"]["name"] == "dan")
    assert dan["submission"]["path"] == "dan.zip/hw/tiny.py"
    assert any("not graded: hw/helper.py" in note for note in dan["run"]["notes"])
    assert (
        "passed over: .DS_Store (it is made by a system, an editor or an installer), readme.txt ("
        in said
    )
    assert bulk.leftovers() == []
    _check_tables(bulk.out, len(rows))

    finished = _finished(bulk.out)
    (bulk.out / "results.jsonl").unlink()
    code, said = bulk("--timeout", "25")
    assert (code, _finished(bulk.out)) == (0, finished)  # nothing was graded a second time
    assert f"{len(rows)} of them graded before" in said
    assert bulk.rows() == rows

    (bulk.tmp / "class/ben/solution.py").write_text(GOOD)
    assert bulk("--timeout", "25")[0] == 0
    changed = {key for key, when in _finished(bulk.out).items() if finished.get(key) != when}
    assert len(changed) == 1  # a new submission, and no other


def _check_tables(out: Path, count: int) -> None:
    grades = list(csv.DictReader((out / "grades.csv").open(newline="")))
    assert len(grades) == count
    assert {row["name"] for row in grades} >= {"'-rf", "'=cmd|' C calc'!A0", "a b"}
    for row in grades:
        assert (out / row["report"].lstrip("'")).is_file()
    checks = list(csv.DictReader((out / "checks.csv").open(newline="")))
    assert len(checks) == 2 * count
    for row in grades + checks:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def _finished(out: Path) -> dict[str, str]:
    with sqlite3.connect(out / "journal.sqlite") as database:
        return dict(database.execute("SELECT key, finished FROM result"))


def test_one_grading_says_the_same(bulk: Bulk) -> None:
    """A row is the result that grading the file alone gives, but for clock and machine."""
    from grader.cli import main

    lay(bulk.tmp / "class", {"ann.py": WRONG})
    bulk()
    (row,) = bulk.rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADE_BANK", bulk.env["GRADE_BANK"])
        words = ["--exercise", "tiny", "--format", "json", "--output", str(bulk.tmp / "one.json")]
        assert main([str(bulk.tmp / "class/ann.py"), *words]) == 1
    one = json.loads((bulk.tmp / "one.json").read_text())
    for each in (row, one):
        del each["run"]
        each["submission"] = {name: each["submission"][name] for name in one["submission"]}
        for check in each["checks"]:
            del check["duration_s"]
    assert row == one


def test_attempts(bulk: Bulk) -> None:
    """The latest counts, unless the best is to; then all are graded."""
    early, late = "doe_1_10_tiny.py", "doe_1_20_tiny-1.py"
    lay(bulk.tmp / "class", {early: GOOD, late: WRONG})
    bulk()
    (row,) = bulk.rows()
    assert (row["submission"]["path"], row["submission"]["attempt"]) == (late, 2)
    assert any(early in note for note in row["run"]["notes"])
    bulk("--only", "best")
    (row,) = bulk.rows()
    assert (row["submission"]["path"], row["submission"]["attempt"]) == (early, 1)
    bulk()
    (row,) = bulk.rows()
    assert row["submission"]["path"] == late


def test_what_the_grader_fails_on_is_set_aside(bulk: Bulk) -> None:
    """After three tries there is no score, and a person is asked; once mended it is graded."""
    checks = bulk.tmp / "bank/reference/tiny/checks.py"
    sound = checks.read_text()
    checks.write_text(
        f"import os\n{sound}".replace("    x = draw", "    os._exit(1)\n    x = draw")
    )
    lay(bulk.tmp / "class", {"ann.py": GOOD, "ben.py": ""})
    code, said = bulk("--jobs", "1")
    assert code == 3
    assert bulk.outcomes() == {"ann": "grader_fault", "ben": "invalid"}, said
    ann = next(row for row in bulk.rows() if row["outcome"] == "grader_fault")
    assert ann["score"] is None
    assert any("failed 3 times" in note for note in ann["run"]["notes"])
    assert "set aside for a person: ann: The process that judges ended" in said
    checks.write_text(sound)
    assert bulk()[0] == 0
    assert bulk.outcomes() == {"ann": "ok", "ben": "invalid"}


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c(bulk: Bulk, presses: int) -> None:
    """Once: what runs is kept. Twice: at once. The command that goes on is said, and goes on."""
    slow = "import time\ntime.sleep(2)\n" + GOOD
    lay(bulk.tmp / "class", {f"s{number}.py": slow + f"# {number}\n" for number in range(6)})
    process = bulk.start()
    _wait_for(bulk, lambda: len(bulk.leftovers()) == 1 and _running(bulk))
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, out + err
    assert "to go on where it stopped: grade bulk class --exercise tiny" in err
    assert bulk.leftovers() == []
    kept = len(bulk.rows())
    assert kept == 2 if presses == 1 else kept < 2
    assert bulk()[0] == 0
    assert len(bulk.rows()) == 6


def test_sigterm_ends_at_once_and_cleans_up(bulk: Bulk) -> None:
    """As when a container is stopped; what was in the journal stays, and the next start goes on."""
    lay(bulk.tmp / "class", {"ann.py": "import time\ntime.sleep(60)\n" + GOOD})
    process = bulk.start("--jobs", "1")
    _wait_for(bulk, lambda: list((bulk.tmp / "tmp").glob("*/grade-*")))
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert bulk.leftovers() == []


def _running(bulk: Bulk) -> bool:
    """Whether two submissions have their working folders."""
    return len(list((bulk.tmp / "tmp").glob("*/grade-*"))) == 2


def _wait_for(bulk: Bulk, what: object) -> None:
    deadline = time.monotonic() + 120
    while not what():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_commands_on_one_output(bulk: Bulk) -> None:
    """The second says who holds it and leaves; the first doesn't notice."""
    slow = "import time\ntime.sleep(3)\n" + GOOD
    lay(bulk.tmp / "class", {"ann.py": slow})
    first = bulk.start()
    _wait_for(bulk, lambda: (bulk.out / ".lock").exists() and bulk.leftovers())
    code, said = bulk()
    assert code == 2
    assert f"in use by another grade bulk (process {first.pid} on " in said
    first.communicate(timeout=120)
    assert first.returncode == 0


def test_a_full_disk_keeps_what_there_is(bulk: Bulk) -> None:
    """Exit code 3, a sentence, and nothing lost: with room again it goes on."""
    files = {f"s{number}.py": GOOD + f"# {number}\n" for number in range(12)}
    lay(bulk.tmp / "class", files)
    code, said = bulk(file_bytes=200_000)
    assert code == 3, said
    assert "can't be written" in said
    with sqlite3.connect(bulk.out / "journal.sqlite") as database:
        (kept,) = database.execute("SELECT count(*) FROM result").fetchone()
    code, said = bulk()
    assert code == 0
    assert kept == 0 or f"{kept} of them graded before" in said
    assert len(bulk.rows()) == 12


def test_a_submission_that_disappears_is_no_students_fault(bulk: Bulk) -> None:
    """It has a row without a score, and a person is asked."""
    slow = "import time\ntime.sleep(3)\n" + GOOD
    lay(bulk.tmp / "class", {"ann.py": slow, "ben.py": slow + "#\n", "zoe.py": GOOD})
    process = bulk.start("--jobs", "2")
    _wait_for(bulk, lambda: _running(bulk))
    (bulk.tmp / "class/zoe.py").unlink()
    _, said = process.communicate(timeout=120)
    assert process.returncode == 3
    assert bulk.outcomes() == {"ann": "ok", "ben": "ok", "zoe": "grader_fault"}
    assert "zoe.py is gone since the run began" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--exercise", "tinny"], "There is no exercise named 'tinny'"),
        (["--roster", "none.csv"], "The roster none.csv can't be read"),
        (["--course", "none.yaml"], "none.yaml: expected a readable file"),
        (["--isolation", "require", "--device", "cuda"], "--device cuda can't be had"),
    ],
)
def test_bad_usage(bulk: Bulk, words: list[str], said: str) -> None:
    """Exit code 2 and a sentence, before anything is graded."""
    lay(bulk.tmp / "class", {"ann.py": GOOD})
    code, heard = bulk(*words)
    assert (code, said in heard) == (2, True), heard
    if "--isolation" not in words:
        assert not bulk.out.exists()


def test_an_empty_folder_leaves_nothing_behind(bulk: Bulk) -> None:
    """Not even an output folder."""
    (bulk.tmp / "class").mkdir()
    code, said = bulk()
    assert (code, "it is empty" in said) == (2, True), said
    assert not bulk.out.exists()


def test_an_output_that_cannot_be_one(bulk: Bulk) -> None:
    """A file, a place that can't be made, and results of another exercise."""
    lay(bulk.tmp / "class", {"ann.py": ""})
    (bulk.tmp / "out").write_text("x")
    code, said = bulk()
    assert (code, "it is a file" in said) == (2, True), said
    (bulk.tmp / "out").unlink()
    assert bulk()[0] == 0
    code, said = bulk("--exercise", "perceptron")
    assert (code, "holds results of tiny, and perceptron is to be graded" in said) == (2, True), (
        said
    )


OWN = """from grader.checks import CheckFailed, check


@check("no_loop")
def test_no_loop(student):
    \"\"\"It says that it is done.\"\"\"
    if student.done.value is not True:
        raise CheckFailed("done is not True")
"""


def test_a_course_has_checks_of_its_own(bulk: Bulk) -> None:
    """Beside the submissions, and no submission: no student's program can read them."""
    place = bulk.tmp / "class/own.py"
    peeks = f"try:\n    print(open({str(place)!r}).read())\nexcept OSError:\n    done = True\n"
    course = "tiny: {extra: {file: own.py, checks: [{id: no_loop, title: It is done, points: 2}]}}"
    files: dict[str, str | bytes] = {
        "ann.py": GOOD + "done = True\n", "ben.py": GOOD + "done = 1\n", "cy.py": GOOD + peeks,
        "own.py": OWN, "course.yaml": course,
    }  # fmt: skip
    lay(bulk.tmp / "class", files)
    code, said = bulk()
    assert code == 0, said
    found = {row["submission"]["student"]["name"]: row["checks"][-1] for row in bulk.rows()}
    assert {name: check["status"] for name, check in found.items()} == {
        "ann": "passed", "ben": "failed", "cy": "passed",
    }  # fmt: skip
    assert (found["ben"]["id"], found["ben"]["message"]) == ("no_loop", "done is not True")
    assert found["ann"]["score"] == 2
