"""A class's judges and students, forked from one process each that has all else in place."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import bank, submission
from grader.cli import main
from grader.model import Exercise, Outcome
from grader.observation.record import Observation
from grader.pipeline import Grader, Options
from grader.runner.outside.bench import Bench
from grader.runner.outside.desk import Desk
from grader.runner.outside.warm import Branch

GOOD = "def mean_square(x):\n    return (x * x).mean()\n"
FILES = {
    "good": GOOD,
    "wrong": "def mean_square(x):\n    return (x * x).sum()\n",
    "crashes": "import nothing_of_this_name\n",
    "prints": f"import torch\nprint(torch.rand(3))\n{GOOD}",
}
LEAVES = """
import builtins, gc, random, torch
builtins.left = torch.left = torch.nn.functional.left = 1
torch.set_default_dtype(torch.float64)
random.seed(0)
gc.disable()
def mean_square(x):
    return (x * x).mean()
"""
FINDS = """
import builtins, gc, torch
found = [each for each in (builtins, torch, torch.nn.functional) if hasattr(each, "left")]
assert not found and gc.isenabled() and torch.get_default_dtype() is torch.float32
def mean_square(x):
    return (x * x).mean()
"""
COUNTED = '''SEEN = []


@check({check})
def test_alone(student):
    """Nobody was here."""
    SEEN.append(1)
    assert SEEN == [1], SEEN


'''


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exercise:
    """The exercise that ``grade new`` makes."""
    assert main(["new", "tiny", "--to", str(tmp_path / "bank")]) == 0
    monkeypatch.setenv("GRADE_BANK", str(tmp_path / "bank"))
    return bank.load("tiny")


def observed(grader: Grader, exercise: Exercise, text: str) -> Observation:
    """A grading, without its clock."""
    seen = grader.observe(exercise, submission.parse(text.encode(), "s.py", exercise.submit))
    checks = tuple(replace(each, duration_s=0.0) for each in seen.checks)
    run = replace(seen.run, started="", wall_s=0.0, cpu_s=0.0, peak_rss_mb=0.0)
    return replace(seen, checks=checks, run=run)


def bench_of(grader: Grader) -> Bench:
    """Its bench."""
    bench = grader._branches._bench
    assert bench is not None
    return bench


def desk_of(grader: Grader) -> Desk:
    """Its desk."""
    (desk,) = grader._branches._desks.values()
    return desk


def lives(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_each_result_is_that_of_a_judge_by_itself(tiny: Exercise) -> None:
    """In any order, and again and again: numbers at random are the same ones too."""
    with Grader(Options(keep=True)) as alone:
        expected = {name: observed(alone, tiny, text) for name, text in FILES.items()}
    with Grader(Options(keep=True, often=True, many=True)) as many:
        for name in (*FILES, *reversed(FILES)):
            assert observed(many, tiny, FILES[name]) == expected[name], name


def test_nothing_of_one_submission_is_there_for_the_next(tiny: Exercise) -> None:
    """What the checks' own module remembers is as it was collected, for each."""
    checks = tiny.reference / "checks.py"
    text = checks.read_text()
    first = text.index("@check")
    counted = COUNTED.format(check=repr(tiny.rubric[0].id))
    checks.write_text(text[:first] + counted + text[first:])
    with Grader(Options(often=True, many=True)) as grader:
        for _ in range(3):
            assert all(
                each.status.value == "passed" for each in observed(grader, tiny, GOOD).checks
            )


def test_what_a_program_does_to_torch_is_not_there_for_the_next(tiny: Exercise) -> None:
    """Each program's process is forked from one that has never seen a submission."""
    with Grader(Options(often=True, many=True)) as grader:
        desk: set[int] = set()
        for text in (LEAVES, FINDS, LEAVES, FINDS):
            seen = observed(grader, tiny, text)
            assert seen.run.crash is None
            assert {check.status.value for check in seen.checks} == {"passed"}
            forked = desk_of(grader)._forked
            assert forked is not None
            desk.add(forked.pid)
        assert len(desk) == 1


@pytest.mark.parametrize("branch_of", [bench_of, desk_of])
def test_one_that_dies_costs_nobody_anything(
    branch_of: Callable[[Grader], Branch], tiny: Exercise
) -> None:
    """The next grading does without, and the one after has a new one."""
    with Grader(Options(often=True, many=True)) as grader:
        first = observed(grader, tiny, GOOD)
        forked = branch_of(grader)._forked
        assert forked is not None
        os.kill(forked.pid, signal.SIGKILL)
        assert observed(grader, tiny, GOOD) == first
        assert observed(grader, tiny, GOOD) == first
        again = branch_of(grader)._forked
        assert again is not None
        assert again.pid != forked.pid
    deadline = time.monotonic() + 20
    while lives(again.pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_checks_that_can_not_be_collected_are_the_graders_fault(tiny: Exercise) -> None:
    """As without a bench; and so are checks that end the process that collects them."""
    checks = tiny.reference / "checks.py"
    text = checks.read_text()
    for broken in ("import nothing_of_this_name\n", "import os\nos._exit(3)\n"):
        checks.write_text(broken + text)
        with Grader(Options(often=True, many=True)) as grader:
            assert observed(grader, tiny, GOOD).run.outcome is Outcome.GRADER_FAULT, broken
