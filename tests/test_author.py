"""`grade verify`: every way in which an exercise can fail to prove itself is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from course import MARKED, Stub, course, finding, graded, only, prove, sound
from grader import author, cli
from grader.author import Crew, gradings, verify
from grader.errors import UnknownName
from grader.model import Exercise, Level, Outcome, Place, Report, Status, Submission

Lay = Callable[..., Path]
RATE = "learning-rate-too-high"


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Lays a course with the exercise ``sums``; a mapping of names to texts replaces files."""
    return course(tmp_path / "course", monkeypatch)


# --- what is graded -------------------------------------------------------------------


def test_a_sound_exercise_is_proved(lay: Lay) -> None:
    """The reference on three seeds, the starter and the cases on one; no problem."""
    lay()
    stub = Stub(sound)
    proof = verify(["sums"], crew=Crew(make_grader=stub.make))
    assert [str(problem) for problem in proof.problems] == []
    first, *others = author.SEEDS
    assert len(others) == 2
    assert sorted(stub.graded) == sorted(
        [(first, name) for name in ("solution.py", "starter.py", "ok_other.py", "bad_all.py")]
        + [(seed, "solution.py") for seed in others]
    )
    assert proof.trials == 6
    assert stub.started == stub.closed == 1


@pytest.mark.parametrize("jobs", [2, 4, 9])
def test_workers_share_the_gradings(lay: Lay, jobs: int) -> None:
    """Each grading happens once, problems come in the same order, every grader is closed."""
    lay()

    def faulty(exercise: Exercise, _given: Submission) -> Report:
        return graded(exercise, Status.FAILED, Status.PASSED)

    alone = prove(faulty)
    stub = Stub(faulty)
    assert verify(["sums"], crew=Crew(jobs=jobs, make_grader=stub.make)).problems == alone.problems
    assert len(stub.graded) == len(set(stub.graded)) == 6
    assert 1 <= stub.started == stub.closed <= jobs


def test_an_unknown_exercise_is_the_callers_mistake(lay: Lay) -> None:
    """Before anything is graded."""
    lay()
    stub = Stub(sound)
    with pytest.raises(UnknownName, match="Did you mean sums"):
        verify(["sum"], crew=Crew(make_grader=stub.make))
    assert stub.started == 0


# --- what comes out -------------------------------------------------------------------


def test_a_reference_that_fails_is_a_problem_on_each_seed(lay: Lay) -> None:
    """A reference that passes on one seed only is luck."""
    lay()

    def unlucky(exercise: Exercise, given: Submission) -> Report:
        if given.name == "solution.py":
            return graded(exercise, Status.PASSED, Status.FAILED)
        return sound(exercise, given)

    problems = prove(unlucky).problems
    assert [str(problem) for problem in problems] == [
        f"reference/sums/solution.py: check learns (seed {seed}): expected passed, "
        "got failed: said so"
        for seed in author.SEEDS
    ]


def test_a_reference_with_a_finding_is_a_problem(lay: Lay) -> None:
    """Rules must be silent about the solution, even when every check passes."""
    lay()

    def loud(exercise: Exercise, given: Submission) -> Report:
        if given.name != "ok_other.py":
            return sound(exercise, given)
        found = finding("dead-relu", Place("ok_other.py", 2))
        return graded(exercise, Status.PASSED, Status.PASSED, found)

    problem = only(prove(loud))
    assert problem.file == "reference/sums/cases/ok_other.py"
    assert problem.expected == "none of this rule"
    assert problem.actual == "dead-relu (ok_other.py:2)"


def test_a_starter_that_passes_is_a_problem(lay: Lay) -> None:
    """There would be nothing to do."""
    lay({"exercises/sums/starter.py": "solution\n"})
    assert "the starter passes" in str(only(prove()))


@pytest.mark.parametrize("name", ["starter.py", "bad_all.py"])
def test_a_fault_of_the_grader_is_a_problem(lay: Lay, name: str) -> None:
    """Also for a starter, which may fail, but not break the grader."""
    lay()

    def broken(exercise: Exercise, given: Submission) -> Report:
        if given.name == name:
            return graded(exercise, Status.ERROR, Status.FAILED)
        return sound(exercise, given)

    problem = only(prove(broken))
    assert "the grader failed" in problem.what
    assert problem.actual == "because; adds: said so"


def test_a_grader_that_raises_hides_no_other_problem(lay: Lay) -> None:
    """One case that breaks the grader is one line of the list."""
    lay()

    def broken(exercise: Exercise, given: Submission) -> Report:
        if given.name == "starter.py":
            raise ZeroDivisionError("oops")
        return sound(exercise, given)

    problem = only(prove(broken))
    assert problem.file == "exercises/sums/starter.py"
    assert problem.actual == "ZeroDivisionError: oops"


@pytest.mark.parametrize(
    ("header", "adds", "learns", "said"),
    [
        ("adds learns", "failed", "failed", None),
        (
            "adds learns",
            "failed",
            "passed",
            "expected failed, got passed",
        ),
        (
            "adds learns",
            "failed",
            "skipped",
            "expected failed, got skipped",
        ),
        ("adds", "failed", "failed", "expected passed, got failed"),
        ("adds", "failed", "passed", None),
        ("adds", "failed", "skipped", None),
        ("learns", "passed", "skipped", "expected failed, got skipped"),
        ("adds learns?", "failed", "passed", None),
        ("adds learns?", "failed", "failed", None),
        ("adds? learns", "passed", "failed", None),
    ],
)
def test_exactly_the_stated_checks_must_fail(
    lay: Lay, header: str, adds: str, learns: str, said: str | None
) -> None:
    """A check with `?` may go either way; what a failed need skips is not repeated."""
    case = f"# One thing is wrong.\n# failed: {header}\nx\n"
    lay({"reference/sums/cases/bad_one.py": case})

    def answer(exercise: Exercise, given: Submission) -> Report:
        if given.name == "bad_one.py":
            return graded(exercise, Status(adds), Status(learns))
        return sound(exercise, given)

    proof = prove(answer)
    if said is None:
        assert not proof.problems
    else:
        assert f"check learns (seed {author.SEEDS[0]}): {said}" in str(only(proof))


@pytest.mark.parametrize(("says", "wrong"), [("the sum", []), ("the mean", ["the mean"])])
def test_a_case_states_what_is_said(lay: Lay, says: str, wrong: list[str]) -> None:
    """In the message of a check that fails; each of several lines must stand in one."""
    case = f"# One thing is wrong.\n# failed: adds\n# says: it is\n# says: {says}\nx\n"
    lay({"reference/sums/cases/bad_one.py": case})

    def answer(exercise: Exercise, given: Submission) -> Report:
        if given.name != "bad_one.py":
            return sound(exercise, given)
        report = graded(exercise, Status.FAILED, Status.PASSED)
        adds, learns = report.verdict.checks
        adds = replace(adds, result=replace(adds.result, message="it is the sum"))
        return replace(report, verdict=replace(report.verdict, checks=(adds, learns)))

    problems = prove(answer).problems
    assert [problem.expected for problem in problems] == wrong
    assert all(problem.actual == "it is the sum" for problem in problems)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Place("bad_marked.py", 4), None),
        (
            Place("bad_marked.py", 5),
            "(bad_marked.py:5)",
        ),
        (Place("other.py", 4), "(other.py:4)"),
        (None, "(no line)"),
    ],
)
def test_findings_must_point_to_their_lines(
    lay: Lay, place: Place | None, said: str | None
) -> None:
    """Rule, file and line; in the header stands what points to no line."""
    lay({"reference/sums/cases/bad_marked.py": MARKED})

    def answer(exercise: Exercise, given: Submission) -> Report:
        if given.name != "bad_marked.py":
            return sound(exercise, given)
        found = [
            finding("gradients-not-cleared", place),
            finding("learning-rate-too-high", None),
        ]
        return graded(exercise, Status.FAILED, Status.PASSED, *found)

    proof = prove(answer)
    if said is None:
        assert not proof.problems
    else:
        assert f"(bad_marked.py:4), got gradients-not-cleared {said}" in str(only(proof))


def test_a_missing_and_an_unexpected_finding_are_two_problems(lay: Lay) -> None:
    """They have nothing to do with each other."""
    lay({"reference/sums/cases/bad_marked.py": MARKED})

    def answer(exercise: Exercise, given: Submission) -> Report:
        if given.name != "bad_marked.py":
            return sound(exercise, given)
        found = [finding("learning-rate-too-high", None), finding("dead-relu", None)]
        return graded(exercise, Status.FAILED, Status.PASSED, *found)

    missing, unexpected = prove(answer).problems
    assert missing.expected == "gradients-not-cleared (bad_marked.py:4)"
    assert missing.actual == "none of this rule"
    assert unexpected.actual == "dead-relu (no line)"


def test_a_note_that_no_case_states_is_no_difference(lay: Lay) -> None:
    """It remarks on something and lowers no mark; a case that is about one states it."""
    lay({"reference/sums/cases/bad_marked.py": MARKED})
    note = replace(finding("dead-relu", Place("any.py", 1)), level=Level.NOTE)

    def answer(exercise: Exercise, given: Submission) -> Report:
        if given.name == "bad_marked.py":
            place = Place("bad_marked.py", 4)
            stated = [
                finding("gradients-not-cleared", place),
                finding(RATE, None),
            ]
            return graded(exercise, Status.FAILED, Status.PASSED, *stated, note)
        if given.name == "ok_other.py":
            return graded(exercise, Status.PASSED, Status.PASSED, note)
        return sound(exercise, given)

    assert not prove(answer).problems


def test_findings_of_a_notebook_point_to_cell_and_line(lay: Lay) -> None:
    """Lines count within the cell, cells among code cells; the header is the first one's top."""
    sources = ["# It is a notebook.\n# failed: adds", "x\ny  # finding: dead-relu"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    lay({"reference/sums/cases/bad_book.ipynb": text})

    def answer(exercise: Exercise, given: Submission) -> Report:
        if given.name != "bad_book.ipynb":
            return sound(exercise, given)
        found = finding("dead-relu", Place("bad_book.ipynb", 2, 2))
        return graded(exercise, Status.FAILED, Status.PASSED, found)

    assert not prove(answer).problems


@pytest.mark.parametrize(("outcome", "problems"), [("crashed", 0), ("timed_out", 1), ("ok", 1)])
def test_the_outcome_must_be_the_stated_one(lay: Lay, outcome: str, problems: int) -> None:
    """A crash that should have been a time-out is another verdict."""
    case = f"# It dies.\n# failed: adds learns\n# outcome: {outcome}\nx\n"
    lay({"reference/sums/cases/bad_end.py": case})

    def answer(exercise: Exercise, given: Submission) -> Report:
        if given.name == "bad_end.py":
            ended = Outcome.CRASHED
            return graded(exercise, Status.FAILED, Status.FAILED, outcome=ended)
        return sound(exercise, given)

    proof = prove(answer)
    assert len(proof.problems) == problems
    assert all(problem.actual == "crashed (because)" for problem in proof.problems)


# --- the command ----------------------------------------------------------------------


@pytest.mark.parametrize(("starter", "code"), [("starter\n", 0), ("solution\n", 1)])
def test_the_command_prints_the_proof(
    lay: Lay,
    starter: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line for each problem and a summary; 1 if there is any; the same as JSON."""
    lay({"exercises/sums/starter.py": starter})

    def answer(exercise: Exercise, given: Submission) -> Report:
        return sound(exercise, given)

    monkeypatch.setattr(gradings, "Grader", lambda _options: Stub(answer).make())
    assert cli.main(["verify", "sums"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"sums: 6 gradings, {'1 problem' if code else 'no problem'}"
    assert len(lines) == 1 + code
    assert cli.main(["verify", "sums", "--json"]) == code
    found = json.loads(capsys.readouterr().out)
    assert found["passed"] is (code == 0)
    assert found["exercises"] == ["sums"]
    assert [item["file"] for item in found["problems"]] == ["exercises/sums/starter.py"] * code
