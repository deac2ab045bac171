"""What is said of the cells of a notebook: how they failed, and what rests on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.model import Cell, CellStatus, ExecutedCell, Outcome, Place, Report
from grader.shown.records import ShownCell
from grader.shown.view import headline, shown
from ran_notebook import executed, failed

Sample = Callable[[str], Report]


def told(report: Report, number: int) -> ShownCell:
    return next(cell for cell in shown(report).cells if cell.number == number)


def of_cells(*cells: ExecutedCell, sources: tuple[str, ...] = ()) -> Report:
    base: Report = executed()
    written = tuple(Cell(number=n, source=text) for n, text in enumerate(sources, 1))
    return replace(
        base,
        submission=replace(base.submission, cells=written or base.submission.cells),
        run=replace(base.run, cells=cells, crash=None, outcome=Outcome.OK),
    )


def test_an_error_is_read_with_the_authors_own_frames() -> None:
    """From the text that the run left: where it was called, where it was raised, and what."""
    frames = "cell 2, line 7\n    run(x)\nhelper.py, line 3\n    return 1 / 0\n"
    text = f"{frames}ZeroDivisionError: by 0\nyes"
    cell = ExecutedCell(
        number=2, status=CellStatus.FAILED, outputs=(failed(text, "ZeroDivisionError"),)
    )
    crash = told(of_cells(cell), 2).crash
    assert crash is not None
    assert (crash.type, crash.message) == ("ZeroDivisionError", "by 0\nyes")
    assert crash.place == Place("helper.py", 3)
    assert [call.place for call in crash.callers] == [Place("digits.ipynb", 7, 2)]


@pytest.mark.parametrize(
    "text", ["", "no frames here", "cell 1, line x\n    y\n", "cell 1, line 2"]
)
def test_an_error_without_frames_is_its_text(text: str) -> None:
    """Nothing is made up, and nothing is lost."""
    cell = ExecutedCell(number=1, status=CellStatus.FAILED, outputs=(failed(text, ""),))
    crash = told(of_cells(cell), 1).crash
    assert crash is not None
    assert (crash.type, crash.message, crash.place) == ("Error", text.strip(), None)


def test_the_runs_own_explanation_stands_at_its_cell() -> None:
    """The crash that ended up in the run is told at its cell with all that is known of it."""
    crash = told(executed(), 7).crash
    assert crash is not None
    assert crash.explanation == "label was never given a value; labels was."


@pytest.mark.parametrize(
    ("status", "outcome", "why"),
    [
        (CellStatus.OK, Outcome.OK, ""),
        (CellStatus.FAILED, Outcome.OUT_OF_MEMORY, "stopped at its memory limit"),
        (CellStatus.FAILED, Outcome.CRASHED, "It ended the program"),
        (CellStatus.TIMED_OUT, Outcome.OK, "It was stopped at its time limit"),
        (CellStatus.SKIPPED, Outcome.OK, "it is not Python"),
        (CellStatus.NOT_RUN, Outcome.TIMED_OUT, "the program was stopped at its time limit"),
        (CellStatus.NOT_RUN, Outcome.CRASHED, "the program had ended before"),
        (CellStatus.NOT_RUN, Outcome.OK, "the program had ended before"),
    ],
)
def test_a_cell_without_a_result_says_why(status: CellStatus, outcome: Outcome, why: str) -> None:
    """Whatever kept it from its end."""
    base = of_cells(ExecutedCell(number=1, status=status))
    cell = told(replace(base, run=replace(base.run, outcome=outcome)), 1)
    assert why in cell.why
    assert bool(cell.why) == bool(why)


@pytest.mark.parametrize(
    ("failing", "reader", "names"),
    [
        ("model = Net()", "model(x)", ("model",)),
        ("def f(a):\n    b = a\n\nx, y = f(1)", "print(y, x)", ("x", "y")),
        ("class Net: pass\nimport numpy as np", "Net(np)", ("Net", "np")),
        ("h: int = 3", "h + 1", ("h",)),
        ("a == b", "a", ()),
        ("print(x)", "print(x)", ()),
        ("obj.model = 1", "model", ()),
    ],
)
def test_names_that_a_failed_cell_would_have_bound_are_named(
    failing: str, reader: str, names: tuple[str, ...]
) -> None:
    """Those that the other cell uses, and no others."""
    cells = (
        ExecutedCell(number=1, status=CellStatus.FAILED),
        ExecutedCell(number=2, status=CellStatus.OK, after_failure=(1,)),
    )
    (reads,) = told(of_cells(*cells, sources=(failing, reader)), 2).reads
    assert (reads.cell, reads.names) == (1, names)


def test_names_bound_before_the_failing_line_are_there() -> None:
    """Only what comes from that line on is missing."""
    error = failed("cell 1, line 2\n    b = boom()\nNameError: boom")
    cells = (
        ExecutedCell(number=1, status=CellStatus.FAILED, outputs=(error,)),
        ExecutedCell(number=2, status=CellStatus.OK, after_failure=(1,)),
    )
    given = of_cells(*cells, sources=("a = 1\nb = boom()\nc = 2", "a + b + c"))
    assert told(given, 2).reads[0].names == ("b", "c")


def test_a_notebook_that_went_on_did_not_stop() -> None:
    """The headline counts the cells that failed; the checks may have passed all the same."""
    report = executed()
    ran = replace(report.run, outcome=Outcome.CRASHED)
    verdict = replace(report.verdict, outcome=Outcome.CRASHED)
    show = shown(replace(report, run=ran, verdict=verdict))
    assert headline(show) == "2 cells failed; 1 of 3 checks passed, 2 failed"


@pytest.mark.parametrize("source", ["a, " * 300_000, "as " * 300_000, "a " * 300_000 + "="])
def test_hostile_cells_are_read_once(source: str) -> None:
    """No pattern goes over a long line again and again."""
    cells = (
        ExecutedCell(number=1, status=CellStatus.FAILED),
        ExecutedCell(number=2, status=CellStatus.OK, after_failure=(1, 77)),
    )
    reads = told(of_cells(*cells, sources=(source, source)), 2).reads
    assert [each.cell for each in reads] == [1, 77]


def test_no_output_is_left_in_what_every_renderer_gets(sample: Sample) -> None:
    """Neither pictures nor pages of a stranger: these are made fit where they are shown."""
    show = shown(sample("executed"))
    assert all(not cell.outputs for cell in show.run.cells)
    assert len(show.cells) == 11
