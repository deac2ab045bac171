"""A notebook as a program: its cells one after the other, each with what it showed.

Runs in the student's process. A cell that fails doesn't stop the next ones, one that runs
over its limit is interrupted, and each cell is told to the other side when it is over: what
was told before a process dies is not lost.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from IPython.utils.capture import capture_output

from grader.model import CellStatus
from grader.observe.opaque import opaque
from grader.observe.patching import StopReplay
from grader.runner.inside.magics import Magic, magic_of
from grader.runner.inside.names import Dependence, names_of
from grader.runner.inside.outputs import CellStream, Outputs
from grader.runner.inside.program import Program
from grader.runner.inside.shell import Shell
from grader.runner.inside.timer import Timer

MAX_LIVE = 1 << 20
MAX_LIVE_IN_ALL = 8 << 20
"""Characters of a running cell's outputs that are told before it is over: once, and in all."""


@dataclass
class Notebook(Program):
    """A submission of many cells.

    ``counts`` are the execution numbers stored in the file, by cell; ``limit_s`` the seconds
    that one cell may run. ``tell`` takes each cell as plain data when it starts, now and then
    while it runs, and when it is over; ``between`` is called after each. While ``is_busy`` an
    interrupt waits a little.
    """

    counts: dict[int, int | None] = field(default_factory=dict)
    limit_s: float = 90.0
    tell: Callable[[dict[str, Any]], object] = lambda _: None
    between: Callable[[], object] = lambda: None
    is_busy: Callable[[], bool] = lambda: False

    def filename(self, number: int) -> str:
        """The file name that cell ``number`` compiles under."""
        return f"{self.name}#cell{number}"

    def prepare(self, provided: dict[str, Any]) -> None:
        """Lay the cells' texts, the namespace and the shell."""
        self.files.update({self.filename(n): (self.name, n) for n, _ in self.cells})
        self._settle(provided)
        sys.path.insert(0, "")  # what %%writefile has written can be imported
        self._outputs = Outputs()
        self._depends = Dependence()
        self._live_left = MAX_LIVE_IN_ALL
        self._timer: Timer | None = None
        self._stopped = False
        # The program can name the shell: it must not lead it to us.
        note, describe = opaque(self._note), opaque(self._describe_in_cell)
        self._shell = Shell.of(self.module, self._outputs, note, describe)
        self._shell.wrote = opaque(self._knows)

    def run(self) -> dict[str, Any] | None:
        """Run every cell in order; the first exception as a plain crash, or None.

        ``exit`` and ``sys.exit`` end the notebook and are no crash. A cell that ran over its
        limit is told as such and is none either.
        """
        crash: dict[str, Any] | None = None
        with self._streams():
            for number, source in self.cells:
                if self._stopped:
                    break
                error = self._run_cell(number, source)
                if error is not None and not isinstance(error, SystemExit):
                    crash = crash or self._crash(number, error)
                if isinstance(error, StopReplay):
                    break
                if self._shell.exit_now or isinstance(error, SystemExit):
                    self._say_ended(number, error)
                    break
        self._shell.keep_figures()
        return crash

    def stop(self) -> None:
        """Interrupt the running cell and run no other: the time in all is used up."""
        self._stopped = True
        if self._timer is not None:
            self._timer.expire()

    # --- one cell -----------------------------------------------------------------------

    def _run_cell(self, number: int, source: str) -> BaseException | None:
        """Run it and tell of it; what it raised, except where its limit did."""
        self._shell.compile.filename = self.filename(number)
        self._outputs.begin()
        self.tell(self._told(number, "running", []))
        timer = self._timer = Timer(
            self.limit_s, self.files, self.is_busy, lambda: self._tell_live(number)
        )
        error: BaseException | None = None
        status = CellStatus.OK
        try:
            with timer:
                error = self._execute(source)
        except _Skipped:
            status = CellStatus.SKIPPED
        except BaseException as raised:  # noqa: BLE001 - an interrupt outside of the cell's lines
            error = raised
        failed_at = None
        if error is not None and not isinstance(error, SystemExit):
            status, failed_at = CellStatus.FAILED, self._line_of(number, error)
        owed = self._depends.after(number, lambda: self._python(source), failed_at)
        if not owed:
            self._explain_order(number, error)
        if timer.struck:
            status, error = CellStatus.TIMED_OUT, None
        self._timer = None
        self.between()
        self.tell({**self._told(number, status, self._outputs.end()),
                   "after_failure": list(owed)})  # fmt: skip
        return error

    def _execute(self, source: str) -> BaseException | None:
        """Run the text of a cell, by the magic in its first line if there is one."""
        magic = magic_of(source)
        if magic is not None and magic.is_foreign:
            self._note(f"%%{magic.name[:40]} cells are for another program and were skipped.")
            raise _Skipped
        if magic is None or self._is_shown(magic):
            result = self._shell.run_cell(source, store_history=True)
            raised: BaseException | None = result.error_before_exec or result.error_in_exec
            return raised
        if magic.name == "capture":
            return self._capture(magic)
        started = time.perf_counter()
        error = self._execute(magic.body)
        if magic.name in ("time", "timeit") and error is None:
            print(f"Wall time: {time.perf_counter() - started:.3g} s")
        return error

    def _is_shown(self, magic: Magic) -> bool:
        """Whether IPython can do what the magic asks: the cell's text is no program then."""
        return not magic.is_around and self._shell.has_cell_magic(magic.name)

    def _capture(self, magic: Magic) -> BaseException | None:
        with self._shell.display_trap, capture_output() as captured:
            error = self._execute(magic.body)
        name = next((word for word in magic.rest.split() if word.isidentifier()), None)
        if name is not None:
            self.module.__dict__[name] = captured
        return error

    # --- what is told -------------------------------------------------------------------

    def _told(self, number: int, status: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "number": number,
            "status": str(status),
            "outputs": outputs,
            "after_failure": [],
        }

    def _tell_live(self, number: int) -> None:
        """Tell what a running cell has shown so far, as long as there is little of it."""
        outputs = self._outputs.plain()
        size = sum(len(text) for output in outputs for text in output["data"].values())
        if 0 < size <= min(MAX_LIVE, self._live_left):
            self._live_left -= size
            self.tell(self._told(number, "running", outputs))

    def _crash(self, number: int, error: BaseException) -> dict[str, Any]:
        if isinstance(error, SyntaxError) and error.filename == self.filename(number):
            return self._describe_syntax(error, number)
        return self.describe(error)

    def _describe_in_cell(self, error: BaseException) -> dict[str, Any]:
        for number, _ in self.cells:
            if isinstance(error, SyntaxError) and error.filename == self.filename(number):
                return self._describe_syntax(error, number)
        return self.describe(error)

    def _line_of(self, number: int, error: BaseException | None) -> int:
        """The line of the cell itself at which it failed; 1 when it never began."""
        traceback = None if error is None else error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self.filename(number):
                return traceback.tb_lineno
            traceback = traceback.tb_next
        return 1

    # --- what is noted ------------------------------------------------------------------

    def _explain_order(self, number: int, error: BaseException | None) -> None:
        """Say so when a name is missing that only a later cell binds."""
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        if not isinstance(name, str):
            return
        later = [n for n, source in self.cells
                 if n > number and name in names_of(self._python(source)).binds]  # fmt: skip
        if not later:
            return
        mine, theirs = self.counts.get(number), self.counts.get(later[0])
        was = ""
        if mine is not None and theirs is not None and theirs < mine:
            was = f" In the notebook as saved, cell {later[0]} had been run first."
        self._note(
            f"Cell {number} reads {name[:40]}, which cell {later[0]} defines; cells are run from "
            f"top to bottom.{was}"
        )

    def _say_ended(self, number: int, error: BaseException | None) -> None:
        said = error.args[:1] if isinstance(error, SystemExit) else ()
        words = f", saying {said[0][:200]!r}" if said and type(said[0]) is str else ""
        if number != self.cells[-1][0]:
            self._note(
                f"Cell {number} ended the notebook by an exit{words}; no later cell was run."
            )

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    # --- the rest -----------------------------------------------------------------------

    def _python(self, source: str) -> str:
        """The cell as Python, to be read for its names; empty for one that is none."""
        magic = magic_of(source)
        if magic is not None:
            is_python = not (magic.is_foreign or self._is_shown(magic))
            return self._python(magic.body) if is_python else ""
        try:
            return str(self._shell.input_transformer_manager.transform_cell(source))
        except Exception:  # noqa: BLE001 - whatever broken text does to the transformers
            return ""

    def _knows(self, path: str) -> None:
        """A module that the notebook wrote: its lines are the author's own too."""
        name = os.path.basename(path)
        self.files[os.path.join(os.getcwd(), path)] = (name, None)

    @contextlib.contextmanager
    def _streams(self) -> Iterator[None]:
        """What is printed goes into the cell's outputs too."""
        real = sys.stdout, sys.stderr
        sys.stdout = CellStream("stdout", real[0], self._outputs)
        sys.stderr = CellStream("stderr", real[1], self._outputs)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = real


class _Skipped(Exception):
    """The cell is no Python."""
