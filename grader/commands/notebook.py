"""What ``grade`` does in a notebook's kernel: gather, grade behind the wall, show.

The kernel keeps one warm process for all its gradings and lets go of it when it ends. Code of the
student is run in this kernel by the student alone; what is graded runs in processes of their own.
"""

from __future__ import annotations

import argparse
import atexit
import hashlib
import importlib.util
import shlex
import sys
import time
from dataclasses import dataclass
from typing import Any

from grader import bank
from grader.commands.curve import Curve
from grader.commands.gathered import gathered, names_in
from grader.errors import GraderError
from grader.model import Cell, Exercise, Outcome, Progress, Report, Submission, SubmissionKind
from grader.pipeline import Grader, Options
from grader.report.brief import Brief
from grader.report.inline import inline
from grader.report.lines import WIDTH
from grader.shown.view import shown

NAME = "notebook.ipynb"
_SHOW_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Checked:
    """A result that a notebook shows: as a page if it can, else as text."""

    text: str
    html: str = ""
    report: Report | None = None

    @property
    def passed(self) -> bool | None:
        """Whether every public check passed; None where nothing was graded."""
        return None if self.report is None else self.report.verdict.passed

    @property
    def score(self) -> float | None:
        """The points of the public checks; None where nothing was graded."""
        return None if self.report is None else self.report.verdict.score

    @property
    def max_score(self) -> float | None:
        """The points that the public checks can give."""
        return None if self.report is None else self.report.verdict.max_score

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str | None:
        return self.html or None


@dataclass(frozen=True, slots=True)
class _How:
    """How many levels of hints are told, and how long the code may take."""

    hints: int
    timeout_s: float | None


def check(exercise_id: str, hints: int = 0, timeout_s: float | None = None) -> Checked:
    """Grade what the cells that ran so far define."""
    return _guarded(lambda: _check(_shell(), exercise_id, _How(hints, timeout_s)))


def check_cell(line: str, cell: str) -> Checked:
    """Grade one cell, and run it here too if it ran there."""
    return _guarded(lambda: _check_cell(_shell(), line, cell))


def close() -> None:
    """End the warm process, if there is one."""
    _warm.close()


def _guarded(work: Any) -> Checked:
    """A mistake of usage is a sentence, not a traceback of ours."""
    try:
        if importlib.util.find_spec("torch") is None:
            return Checked(
                f"PyTorch is not installed for this kernel's Python ({sys.executable}), and "
                "nothing can be graded without it. Install it (%pip install torch torchvision), "
                "or choose another kernel."
            )
        checked: Checked = work()
    except GraderError as problem:
        return Checked(f"grade: {problem}")
    return checked


def _shell() -> Any:
    from IPython import get_ipython  # noqa: PLC0415  # typed in part only

    shell = get_ipython()
    if shell is None:
        raise GraderError("There is no notebook here. In a terminal: grade FILE --exercise ID.")
    return shell


# --- what is graded -----------------------------------------------------------------------


def _check(shell: Any, exercise_id: str, how: _How) -> Checked:
    exercise = bank.load(exercise_id)
    wanted = [name for name in _asked(exercise) if name in shell.user_ns]
    if exercise.submit is not SubmissionKind.MODULE:
        return Checked(
            f"{exercise.id} is about a whole program. Put it into one cell that begins with "
            f"%%grade {exercise.id}, or hand the file in: grade FILE --exercise {exercise.id}."
        )
    if not wanted:
        return Checked(
            f"{exercise.id} asks for {', '.join(_asked(exercise))}, and no cell that ran has "
            "defined any of it. Run the cell with your code first."
        )
    return _graded(exercise, gathered(_cells(shell), wanted), how)


def _check_cell(shell: Any, line: str, cell: str) -> Checked:
    words = _words(line)
    exercise = bank.load(words.id)
    number = len(shell.history_manager.input_hist_raw) - 1  # execution_count may be ahead of it
    own = "\n" + cell  # the line of the magic is the first
    cells = {**_cells(shell), number: own}
    how = _How(words.hints, words.timeout)
    checked = _graded(exercise, gathered(cells, (), whole=number), how)
    ran = checked.report is not None and checked.report.run.outcome is Outcome.OK
    if ran and exercise.submit is SubmissionKind.MODULE:
        shell.run_cell(cell, store_history=False)
    return checked


def _words(line: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="%%grade", exit_on_error=False, add_help=False)
    parser.add_argument("id")
    parser.add_argument("--hints", type=int, default=0)
    parser.add_argument("--timeout", type=float)
    try:
        return parser.parse_args(shlex.split(line))
    except (argparse.ArgumentError, ValueError, SystemExit):
        raise GraderError(
            "Expected %%grade ID, with --hints N or --timeout S after it if you like."
        ) from None


def _asked(exercise: Exercise) -> tuple[str, ...]:
    """The functions and classes of the starter: these are to be written."""
    return names_in(exercise.starter.read_text(encoding="utf-8"))


def _cells(shell: Any) -> dict[int, str]:
    """The text of each cell that ran, by its number; of ``%%grade`` and its like the body."""
    history = shell.history_manager.input_hist_raw
    found = {}
    for number, raw in enumerate(history):
        text = str(raw)
        if text.lstrip().startswith(("%%grade", "%%time", "%%capture")):
            text = "\n" + text.lstrip().partition("\n")[2]
        if number and text.strip():
            found[number] = text
    return found


def _graded(exercise: Exercise, cells: tuple[Cell, ...], how: _How) -> Checked:
    whole = "\n".join(cell.source for cell in cells)
    given = Submission(
        name=NAME,
        sha256=hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest(),
        kind=SubmissionKind.NOTEBOOK,
        cells=cells,
        problem="" if whole.strip() else "The cell is empty; Python code was expected.",
    )
    report = _warm.grade(exercise, given, how.timeout_s)
    show = shown(report)
    text = "\n".join(Brief(color=False, width=WIDTH, hints=how.hints, terminal=False).lines(show))
    return Checked(text, inline(show, hints=how.hints), report)


# --- the warm process -----------------------------------------------------------------------


class _Warm:
    """One grader for all that this kernel grades; it starts with the first and ends with it."""

    def __init__(self) -> None:
        self._grader: Grader | None = None

    def grade(self, exercise: Exercise, given: Submission, timeout_s: float | None) -> Report:
        """Grade, telling what goes on where the result will stand."""
        told = _Told(exercise.id)
        if self._grader is None:
            self._grader = Grader(Options(public_only=True)).__enter__()
            atexit.register(self.close)
        try:
            return self._grader.telling(told, timeout_s).grade(exercise, given)
        finally:
            told.end()

    def close(self) -> None:
        """Let it go; the next grading starts another one."""
        grader, self._grader = self._grader, None
        if grader is not None:
            grader.__exit__(None, None, None)


class _Told:
    """What goes on, in one line of the output that is written over; empty at the end."""

    def __init__(self, name: str) -> None:
        self._curve = Curve()
        self._next = 0.0
        self._handle: Any = None
        self._show(f"{name}: grading …")

    def __call__(self, told: Progress) -> None:
        if told.loss is not None:
            self._curve.add(told.loss)
        if time.monotonic() >= self._next:
            self._show(f"{told}  {self._curve}")

    def end(self) -> None:
        """Take the line away."""
        self._show("")

    def _show(self, text: str) -> None:
        from IPython.display import display  # noqa: PLC0415

        self._next = time.monotonic() + _SHOW_EVERY_S
        clean = "".join(char if char.isprintable() else " " for char in text)
        if self._handle is None:
            self._handle = display({"text/plain": clean}, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update({"text/plain": clean}, raw=True)


_warm = _Warm()
