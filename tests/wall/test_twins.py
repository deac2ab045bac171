"""Every hostile program of the suite against the impossible twin of its exercise: none passes.

By default those that try to speak in the grader's name; `GRADE_TWINS=all` tries all of them.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import bank
from grader.model import Exercise, Outcome, Report, Status
from grader.pipeline import Grader
from grader.runner.wall.programs import Program, forgeries
from grading import submission
from hiding import BUGGED
from twins import made_impossible, twin_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's")

FAULTS = Path(__file__).parents[1] / "faults"
ALL = os.environ.get("GRADE_TWINS") == "all"
REACHING = ("frames_through_ctypes", "forged_frames", "frames_to_descriptors", "seal_from_memory")
"""Those that try to speak in the grader's name: the sample that is tried by default."""
HOSTILE = [
    program
    for program in forgeries()
    if program.graded == "script" and (ALL or program.name.endswith(REACHING))
]
SHOWN = [
    path
    for path in sorted((FAULTS / "shown").glob("*.py"))
    if "should: passed=false" in path.read_text(encoding="utf-8", errors="replace")
    and (ALL or "channel.send" in path.read_text(encoding="utf-8", errors="replace"))
]

Run = Callable[[str, str], Report]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Exercise]:
    """The twin of an exercise by its id, made once."""

    @functools.cache
    def made(exercise_id: str) -> Exercise:
        twin = twin_of(exercise_id, tmp_path_factory.mktemp("twin"))
        return replace(twin, limits=replace(twin.limits, wall_s=min(40.0, twin.limits.wall_s)))

    return made


@pytest.fixture
def run(warm_grader: Grader, twins: Callable[[str], Exercise]) -> Run:
    """Grade a submission by the twin of an exercise."""

    def grade(exercise_id: str, source: str) -> Report:
        twin = twins(exercise_id)
        return warm_grader.grade(twin, submission(source, kind=twin.submit))

    return grade


def require_nothing(report: Report) -> None:
    """No check passed, no point was given, and the fault is not the grader's."""
    told = [(c.rubric.id, c.result.status, c.result.message) for c in report.verdict.checks]
    assert not any(c.result.status is Status.PASSED for c in report.verdict.checks), told
    assert report.verdict.outcome is not Outcome.GRADER_FAULT, told
    assert not report.verdict.passed
    assert report.verdict.score == 0


@pytest.mark.parametrize("exercise_id", ["cross_entropy", "dropout"])
def test_the_reference_fails_its_twin(run: Run, exercise_id: str) -> None:
    """What earns every point of an exercise earns nothing of its twin."""
    reference = bank.load(exercise_id).reference / "solution.py"
    require_nothing(run(exercise_id, reference.read_text(encoding="utf-8")))


@pytest.mark.parametrize("exercise_id", bank.all_ids())
def test_every_exercise_has_a_twin(exercise_id: str) -> None:
    """Its checks stay a program, with the change made before the first check."""
    source = (bank.load(exercise_id).reference / "checks.py").read_text(encoding="utf-8")
    twin = made_impossible(source)
    compile(twin, "checks.py", "exec")
    assert twin.index("check = _impossible(check)") < twin.index("@check(")


@pytest.mark.parametrize("program", HOSTILE, ids=lambda program: program.name)
def test_no_forgery_passes_the_twin(run: Run, program: Program) -> None:
    """The hostile trainings of the conformance suite can't do what nobody can."""
    planted = {"sound_loop": BUGGED, "bugged_loop": BUGGED, "published_labels": "{}"}
    require_nothing(run("debug_loop", program.render(planted)))


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_no_fault_that_was_shown_passes_the_twin(run: Run, path: Path) -> None:
    """Nor can those on which the grader was once wrong."""
    source = path.read_text(encoding="utf-8")
    (exercise_id,) = re.findall(r"^# exercise: (\w+)", source, re.MULTILINE)
    require_nothing(run(exercise_id, source))
