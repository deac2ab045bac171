"""Whose fault it is: the code, what it gave, or the grader; the reference tells which."""

from __future__ import annotations

import json
import math
import textwrap
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from grader import cli
from grader.checks.agreement import MOST_DETAILS, MOST_TEXT, CheckFailed, Unsettled
from grader.checks.cells import CellLog
from grader.checks.clock import Clock, TooLong
from grader.checks.hostile import read_crash
from grader.checks.program import require_sound
from grader.commands import ExitCode
from grader.model import ExecutedCell, Outcome, Status
from grader.pipeline import Grader
from grader.runner.wire import WireMalformed
from grader.submission import MAX_CODE_BYTES
from grader.trace.trace import Trace
from grading import Bench, Graded, exercise, submission

HONEST = "def answer():\n    return {'b': 1}\n"
ODD = "def answer():\n    return {}\n"
CHECKS = """
import os
import re
from grader.checks import check

@check("first")
def test_first(student):
    \"\"\"There is an answer.\"\"\"
    student.answer()

@check("second")
def test_second(student):
    \"\"\"The answer is used.\"\"\"
    USE
"""


def judged(grade: Bench, use: str, source: str, *, reference: str | None = HONEST) -> Graded:
    """Grade by a check that does ``use`` with the answer; its fourteenth line is that use."""
    if reference is not None:
        (grade.folder / "solution.py").write_text(reference, encoding="utf-8")
    return grade(CHECKS.replace("USE", use), source, "first", "second")


USES = {
    "an exception": "student.answer().value['b']",
    "an exit": "student.answer().value or os._exit(3)",
    "a text without end": "student.answer().value or re.match('(a+)+$', 40 * 'a' + 'b')",
}


def test_a_check_that_only_the_submission_breaks_is_failed(grade: Bench) -> None:
    """The reference is judged by it, so the check works, and what it was given did not do."""
    graded = judged(grade, USES["an exception"], ODD)
    assert graded.report.verdict.outcome is Outcome.OK
    assert graded.report.verdict.score == 1.0
    assert graded["second"].status is Status.FAILED
    assert "could not use what your code gave" in graded["second"].message
    assert graded["second"].details == ("KeyError: 'b'",)


def test_a_check_that_the_reference_breaks_too_is_the_graders_fault(grade: Bench) -> None:
    """No score, and the line of the checks for their author."""
    graded = judged(grade, USES["an exception"], ODD, reference=ODD)
    assert graded.report.verdict.outcome is Outcome.GRADER_FAULT
    assert graded.report.verdict.score is None
    assert graded["second"].status is Status.ERROR
    assert graded["second"].details == ("checks.py, line 14", "KeyError: 'b'")


def test_without_a_reference_nobody_is_accused(grade: Bench) -> None:
    """What can't be tried otherwise stays the grader's fault."""
    graded = judged(grade, USES["an exception"], ODD, reference=None)
    assert graded.report.verdict.outcome is Outcome.GRADER_FAULT


def test_what_ends_the_judge_costs_the_checks_that_were_left(grade: Bench) -> None:
    """What had been earned stays, and a submission can't make itself unjudged."""
    graded = judged(grade, USES["an exit"], ODD)
    assert graded.report.verdict.outcome is Outcome.FORBIDDEN
    assert "with the reference solution" in graded.report.run.reason
    assert graded["first"].status is Status.PASSED
    assert graded["second"].status is Status.FAILED
    assert graded.report.verdict.score == 1.0


def test_a_judge_that_always_ends_is_the_graders_fault(grade: Bench) -> None:
    """Whatever stands in the student's place."""
    graded = judged(grade, "os._exit(3)", ODD)
    assert graded.report.verdict.outcome is Outcome.GRADER_FAULT


def test_an_answer_has_a_time_to_be_judged_in(grade: Bench) -> None:
    """A regular expression that would take hours over it ends after seconds."""
    graded = judged(grade, USES["a text without end"], ODD)
    assert graded["second"].status is Status.FAILED
    assert "seconds of the processor" in graded["second"].details[0]


def test_what_fails_beside_the_students_code_is_not_theirs(grade: Bench) -> None:
    """A loader that nothing serves is the exercise's fault, not a KeyError of the student's."""
    (grade.folder / "solution.py").write_text(HONEST, encoding="utf-8")
    checks = CHECKS.replace("USE", USES["an exception"])
    made = replace(
        exercise(grade.folder, checks, ["first", "second"]),
        data=("mnist",),
        provides=("no_such_loader",),
    )
    report = grade.grader.grade(made, submission(HONEST))
    assert report.verdict.outcome is Outcome.GRADER_FAULT
    details = [line for check in report.verdict.checks for line in check.result.details]
    assert any("in the process of the program: KeyError" in line for line in details)


def test_the_longest_file_is_graded_in_any_alphabet(grade: Bench) -> None:
    """On its way a character of another alphabet takes six bytes, and a small picture twelve."""
    comment = "# " + 100 * "\N{GRINNING FACE}" + "\n"
    graded = judged(grade, "pass", HONEST + comment * (MAX_CODE_BYTES // len(comment.encode())))
    assert graded.report.verdict.passed, graded.report.run


@pytest.mark.parametrize("text", ["x", "x" * MOST_TEXT])
def test_a_message_of_usual_length_is_kept(text: str) -> None:
    """Nothing is cut off that a reader could read."""
    assert CheckFailed(text, details=[text]).message == text


def test_a_message_is_cut_where_it_is_made() -> None:
    """A check may quote what its student wrote, and that has no bounds."""
    failed = CheckFailed("x" * 10**7, details=["y" * 10**7] * 50)
    assert len(failed.message) == len(str(failed)) <= MOST_TEXT
    assert len(failed.details) == MOST_DETAILS
    assert all(len(detail) <= MOST_TEXT for detail in failed.details)
    assert failed.message.endswith("more characters)")


def test_the_clock_counts_the_time_between_two_answers() -> None:
    """Each answer gives the whole time again, and all of it together has its bound."""
    clock = Clock(answer_s=0.2, all_s=0.5)
    with pytest.raises(TooLong), clock.running():
        spend(10.0)
    with clock.running():
        for _ in range(2):
            clock.answered()
            spend(0.1)
    with pytest.raises(TooLong), clock.running():
        spend(0.15)  # all of it is used up


def test_a_page_that_can_not_be_made_is_a_note_beside_the_result(
    warm_grader: Grader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The exit code is the result's, and the result is written."""

    def broken(_: object) -> str:
        raise OverflowError("no such number")

    monkeypatch.setattr("grader.report.html.render_html", broken)
    monkeypatch.setattr("grader.commands.grade.Grader", lambda _: nullcontext(warm_grader))
    file, result = tmp_path / "activations.py", tmp_path / "result.json"
    file.write_text("def relu(x):\n    return x\n")
    asked = [str(file), "--exercise", "activations", "--format", "json", "--no-progress"]
    code = cli.main([*asked, "--output", str(result), "--report", str(tmp_path / "report.html")])
    assert code == ExitCode.NOT_PASSED
    assert "OverflowError: no such number" in json.loads(result.read_text())["run"]["notes"][-1]
    assert "could not be made" in capsys.readouterr().err


def test_nothing_is_concluded_from_a_damaged_record() -> None:
    """Neither that something was found nor that nothing was."""
    assert require_sound(Trace()) == Trace()
    with pytest.raises(Unsettled, match="could not be followed"):
        require_sound(Trace(faults=("forwards: TypeError",)))
    with pytest.raises(CheckFailed, match="replaced parts of torch"):
        require_sound(Trace(end={"lost": ["Tensor.backward"]}))


def test_the_time_of_a_cell_is_taken_by_the_judge() -> None:
    """What a program does to its own clock changes nothing."""
    done: list[ExecutedCell] = []
    log = CellLog(10.0, done.append)
    told = {"number": 1, "status": "running", "outputs": [], "after_failure": []}
    log.take({**told, "duration_s": 10**400})
    log.take({**told, "status": "ok", "duration_s": math.inf})
    log.take({**told, "number": 2, "status": "skipped"})
    assert 0 < done[0].duration_s < 5
    assert done[1].duration_s == 0.0


def spend(seconds: float) -> None:
    """Use so much of the processor."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_the_uses_stand_where_the_tests_say() -> None:
    """The line that the details name is that of the use."""
    lines = textwrap.dedent(CHECKS).split("\n")
    assert lines[13].strip() == "USE"


@pytest.mark.parametrize(
    ("line", "cell"),
    [(10**400, None), (-1, None), (1, 10**400), (True, None)],
    ids=["a line beyond all files", "no line", "a cell beyond all notebooks", "a yes"],
)
def test_a_place_is_a_place(line: int, cell: int | None) -> None:
    """Numbers that nothing could be found by are no place of an exception."""
    frame = ["s.py", line, cell, "x"]
    with pytest.raises(WireMalformed):
        read_crash({"type": "ValueError", "message": "", "frames": [frame]})


def test_the_text_of_an_exception_can_be_written_down() -> None:
    """Half a character of two is replaced where it enters, in names, lines and values."""
    half = "a\ud800"
    crash = read_crash({
        "type": half, "message": half, "frames": [[half, 1, None, half]], "values": [[half, half]],
    })  # fmt: skip
    assert "?" in repr(crash)
    repr(crash).encode()
