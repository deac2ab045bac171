"""A notebook graded behind the wall: its cells in the run, whatever becomes of its process."""

from __future__ import annotations

import hashlib
import json
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.model import (
    Cell,
    CellStatus,
    ExecutedCell,
    Limits,
    Outcome,
    Report,
    Status,
    Submission,
    SubmissionKind,
)
from grader.pipeline import Grader
from grading import exercise

LOADS = """
from grader.checks import check

@check("adds")
def test_adds(student):
    '''It adds.'''
    assert student.add(1, 2).value == 3

@check("again")
def test_again(student):
    '''It adds once more.'''
    assert student.add(2, 2).value == 4
"""

RUNS = """
from grader.checks import check

@check("ran")
def test_ran(program):
    '''It ran.'''
    assert program.trace is not None
"""

ADD = "def add(a, b): return a + b"
LIMITS = Limits(wall_s=30.0, check_s=15.0, cell_s=10.0)


@dataclass(frozen=True)
class Books:
    """Grades cells."""

    grader: Grader
    folder: Path

    def __call__(self, *cells: str, checks: str = RUNS, limits: Limits = LIMITS) -> Report:
        names = ["ran"] if checks == RUNS else ["adds", "again"]
        given = Submission(
            name="nb.ipynb",
            sha256=hashlib.sha256(json.dumps(cells).encode()).hexdigest(),
            kind=SubmissionKind.NOTEBOOK,
            cells=tuple(
                Cell(number=number, source=textwrap.dedent(source))
                for number, source in enumerate(cells, 1)
            ),
        )
        return self.grader.grade(exercise(self.folder, checks, names, limits), given)


@pytest.fixture
def run(warm_grader: Grader, tmp_path: Path) -> Books:
    return Books(warm_grader, tmp_path)


def ends(report: Report) -> list[str]:
    return [str(cell.status) for cell in report.run.cells]


def text(cell: ExecutedCell) -> str:
    return "".join(output.data.get("text/plain", "") for output in cell.outputs)


def test_a_notebook_may_be_handed_in_as_a_module(run: Books) -> None:
    """A cell that fails costs what it would have defined, and not the other cells' names."""
    report = run("print('hi')", ADD, "1 / 0", checks=LOADS)
    assert report.run.outcome is Outcome.CRASHED
    assert report.verdict.score == 2
    assert ends(report) == ["ok", "ok", "failed"]
    assert text(report.run.cells[0]) == "hi\n"
    assert report.run.crash is not None
    assert str(report.run.crash.place) == "nb.ipynb, cell 3, line 1"


def test_a_module_whose_needed_cell_fails_says_where(run: Books) -> None:
    """The run is a crash with its place, and the checks fail."""
    report = run("1 / 0\n" + ADD, "x = 1", checks=LOADS)
    assert report.run.outcome is Outcome.CRASHED
    assert report.verdict.score == 0
    assert {c.result.status for c in report.verdict.checks} == {Status.FAILED}


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("import os; os._exit(0)", Outcome.CRASHED),
        ("import ctypes; ctypes.string_at(0)", Outcome.CRASHED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Outcome.CRASHED),
        ("while True: print('x' * 10_000)", Outcome.OUTPUT_LIMIT),
        ("x = []\nwhile True: x.append(bytearray(1 << 24))", Outcome.OUT_OF_MEMORY),
    ],
)
def test_a_dead_process_keeps_the_cells_before(run: Books, cell: str, outcome: Outcome) -> None:
    """What they showed was told when they were over."""
    limits = Limits(wall_s=30.0, cell_s=10.0, memory_bytes=1 << 30)
    report = run("print('first'); 5", cell, "y = 1", limits=limits)
    assert report.run.outcome is outcome, report.run.reason
    assert ends(report)[:2] == ["ok", "failed"]
    first = report.run.cells[0]
    assert [output.kind for output in first.outputs] == ["stream", "execute_result"]
    assert text(first) == "first\n5"


def test_a_cell_that_ignores_its_interrupt_ends_the_program(run: Books) -> None:
    """The judge waits a few seconds longer, and no more."""
    deaf = """
        import signal
        signal.setitimer(signal.ITIMER_REAL, 0)
        print('deaf')
        while True: pass
    """
    report = run("x = 1", deaf, "y = 1", limits=Limits(wall_s=60.0, cell_s=0.5))
    assert report.run.outcome is Outcome.TIMED_OUT
    assert "Cell 2" in report.run.reason
    assert ends(report) == ["ok", "timed_out", "not_run"]


def test_the_time_in_all_ends_the_notebook_in_order(run: Books) -> None:
    """The running cell is interrupted, no other is started, and what was shown is kept."""
    wait = "import time\nprint('on')\ntime.sleep(2.5)"
    report = run("x = 1", wait, wait, wait, "y = 1", limits=Limits(wall_s=6.0))
    assert report.run.outcome is Outcome.TIMED_OUT
    assert "its limit in all" in report.run.reason
    assert ends(report)[-1] == "not_run"
    assert CellStatus.TIMED_OUT in [cell.status for cell in report.run.cells]
    assert text(report.run.cells[1]) == "on\n"


def test_what_cells_show_is_bounded_in_all(run: Books) -> None:
    """Forty cells of a megabyte each are no overflow of anything."""
    picture = (
        "class P:\n    def _repr_png_(self): return bytes(range(256)) * 4000\n"
        "    def __repr__(self): return 'P'"
    )
    report = run(picture, *["P()"] * 40)
    assert report.run.outcome is Outcome.OK
    assert set(ends(report)) == {"ok"}
    sizes = [sum(map(len, o.data.values())) for cell in report.run.cells for o in cell.outputs]
    assert sum(sizes) < 20 << 20
    assert "was left out" in text(report.run.cells[-1])


@pytest.mark.parametrize(
    "forged",
    [
        {"number": 2, "status": "ok", "outputs": [], "after_failure": []},
        {"number": "2", "status": "ok"},
        {"number": 2, "status": "ok", "outputs": [{"kind": "stream"}], "after_failure": []},
        [1],
    ],
)
def test_a_forged_message_about_a_cell_is_refused(run: Books, forged: object) -> None:
    """Frames written to whatever descriptors there are have no seal; the run ends there."""
    attack = f"""
        import json, os, socket, struct
        text = json.dumps({{"cell": {forged!r}}}).encode()
        for fd in range(3, 30):
            try:
                os.write(fd, struct.pack(">16sII", bytes(16), len(text), 0) + text)
            except OSError:
                pass
    """
    report = run("print('real')", attack, "z = 1")
    assert report.run.outcome is Outcome.FORBIDDEN
    assert text(report.run.cells[0]) == "real\n"


def test_the_same_seed_shows_the_same(run: Books) -> None:
    """Numbers, texts and pictures."""
    cells = (
        "import random, numpy, torch\nimport matplotlib.pyplot as plt",
        "random.random(), numpy.random.rand(2), torch.rand(2)",
        "plt.scatter(*numpy.random.rand(2, 20)); plt.show()",
        "hash('x'), {'b', 'a', 'c'}",
    )
    one, two = (run(*cells).run.cells for _ in range(2))
    assert [cell.outputs for cell in one] == [cell.outputs for cell in two]
    assert "image/png" in one[2].outputs[0].data


def test_no_startup_file_and_no_history(run: Books) -> None:
    """Files where IPython would look are not read, and none is written."""
    plant = """
        import os, pathlib
        for base in (pathlib.Path.home() / ".ipython", pathlib.Path(".ipython")):
            folder = base / "profile_default" / "startup"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "evil.py").write_text("print('evil')")
            (folder.parent / "ipython_config.py").write_text("print('evil')")
    """
    listing = "sorted(str(p) for p in pathlib.Path.home().rglob('*.sqlite'))"
    report = run(plant, "1", listing)
    assert report.run.outcome is Outcome.OK
    assert "evil" not in report.run.output.stdout
    assert text(report.run.cells[2]) == "[]"
