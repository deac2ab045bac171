"""``grade watch FILE``: grades at every save, over one warm process, and tells what changed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from grader import bank, submission
from grader.commands import ExitCode, console, data, finding
from grader.commands.grade import options_of
from grader.commands.saves import Saves
from grader.errors import UsageError
from grader.model import Exercise, Progress, Report
from grader.pipeline import Grader
from grader.report.brief import Brief
from grader.report.changes import changes
from grader.report.lines import NARROWEST, WIDEST
from grader.shown.records import Shown
from grader.shown.view import shown

_CLEAR = "\x1b[H\x1b[2J"


def run(arguments: argparse.Namespace) -> ExitCode:
    """Grades the file now and whenever it is saved, until Ctrl-C."""
    path = Path(arguments.submission)
    finding.check_there(path)
    exercise = bank.load(arguments.exercise or finding.exercise_of(path))
    watcher = Watcher(exercise, path, hints=arguments.hints, progress=arguments.progress)
    with console.Progress(wanted=arguments.progress) as progress:
        data.prepare(exercise, progress=progress)
    try:
        with Grader(options_of(arguments, watcher.tell)) as grader:
            watcher.watch(grader)
    except KeyboardInterrupt:
        console.say("stopped watching.")
    return ExitCode.PASSED


class Superseded(Exception):  # a signal, no error: what is being graded is old
    """The file was saved again while it was being graded."""


class Watcher:
    """One file that is graded again and again; ``put`` takes what is to be read."""

    def __init__(
        self,
        exercise: Exercise,
        path: Path,
        *,
        hints: int = 0,
        progress: bool = True,
        put: Callable[[str], None] = console.put,
    ) -> None:
        self._exercise = exercise
        self._path = path
        self._hints = hints
        self._wants_progress = progress
        self._put = put
        self._saves = Saves(path)
        self._last: Shown | None = None
        self._progress: console.Progress | None = None

    def watch(self, grader: Grader) -> None:
        """Grade now and at every save; ends by an exception alone (Ctrl-C)."""
        while True:
            self.once(grader)
            self._saves.wait()

    def once(self, grader: Grader) -> None:
        """Grade the file as it is, and anew if it is saved meanwhile."""
        while True:
            there = self._saves.take()
            try:
                self._grade(grader) if there else self._put(f"{self._path} is gone. Waiting …\n")
            except Superseded:
                continue
            except UsageError as problem:  # a folder, a link, half a notebook: the next save may do
                self._put(f"{problem}\nWaiting for the next save …\n")
            return

    def tell(self, told: Progress) -> None:
        """Show what goes on; end it where it is about an older file."""
        if self._saves.changed():
            raise Superseded
        if self._progress is not None:
            self._progress(told)

    def _grade(self, grader: Grader) -> None:
        exercise = self._exercise
        given = submission.read(self._path, exercise.submit, answers=exercise.answers)
        began = time.monotonic()
        with console.Progress(wanted=self._wants_progress) as self._progress:
            doing = "grading" if self._last else "starting PyTorch …"
            self._progress(f"{exercise.id}: {doing}")
            report = grader.grade(exercise, given)
        self._put(self._screen(report, time.monotonic() - began))

    def _screen(self, report: Report, seconds: float) -> str:
        show = shown(report)
        width = max(NARROWEST, min(console.width(), WIDEST))
        colour = console.colour(sys.stdout)
        brief = Brief(color=colour, width=width, path=str(self._path), hints=self._hints)
        lines = list(brief.lines(show))
        if self._last is not None:
            told = changes(self._last, show) or ["nothing changed"]
            lines = ["Since the last save", *(f"  {line}" for line in told), "", *lines]
        self._last = show
        now = time.strftime("%H:%M:%S")
        lines += ["", f"{now}, graded in {seconds:.1f} s. Waiting for the next save (Ctrl-C ends)."]
        return (_CLEAR if colour else "") + "\n".join(lines) + "\n"
