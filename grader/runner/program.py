"""The submission as something to run: compiled, executed, and its exceptions told in its own lines.

Runs in the student's process. Nothing of the submission is parsed before it gets here: a file
that breaks the parser breaks this process and no other.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import inspect
import linecache
import re
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.runner.values import at_hand

MAX_FRAMES = 30
MAX_MESSAGE = 4000

SKIPPED_CELLS = frozenset(
    ("bash", "sh", "html", "HTML", "javascript", "js", "latex", "markdown", "svg", "writefile",
     "script", "cmd", "perl", "ruby", "sql", "R")
)  # fmt: skip
"""Cell magics whose cell is no Python."""

_MAGIC_LINE = re.compile(r"^\s*(?:[%!?]|[\w.]+\?{1,2}\s*$|[\w, ]+=\s*[%!])")


class InvalidProgram(Exception):
    """The text doesn't compile. ``crash`` is the plain form of its syntax error."""

    def __init__(self, crash: dict[str, Any]) -> None:
        super().__init__(crash["message"])
        self.crash = crash


@dataclass
class Program:
    """One submission: its cells, the file names they compile under, and its namespace."""

    name: str
    kind: str
    cells: list[tuple[int, str]]
    module: types.ModuleType = field(default_factory=lambda: types.ModuleType("__main__"))
    notes: list[str] = field(default_factory=list)

    @property
    def is_notebook(self) -> bool:
        """Whether the cells are those of a notebook."""
        return self.kind == "notebook"

    @property
    def files(self) -> dict[str, tuple[str, int | None]]:
        """The compiled file name of each cell -> the name to show and the cell's number."""
        return {
            self.filename(number): (self.name, number if self.is_notebook else None)
            for number, _ in self.cells
        }

    def filename(self, number: int) -> str:
        """The file name that cell ``number`` compiles under."""
        return f"{self.name}#cell{number}" if self.is_notebook else str(Path.cwd() / self.name)

    def prepare(self, provided: dict[str, Any]) -> None:
        """Lay the file and the namespace: what a script finds when it starts."""
        if not self.is_notebook:
            Path(self.name).write_text(self.cells[0][1], encoding="utf-8", errors="surrogatepass")
            self.module.__file__ = self.filename(0)
        for number, source in self.cells:
            lines = source.splitlines(keepends=True)
            # Without a file time, linecache never drops the entry: inspect finds cells by it.
            linecache.cache[self.filename(number)] = (
                len(source), None, lines, self.filename(number))  # fmt: skip
        self.module.__dict__.update(provided)
        sys.modules[self.module.__name__] = self.module
        sys.argv = [self.name]

    def run(self) -> dict[str, Any] | None:
        """Run every cell in order; the first exception as a plain crash, or None.

        A failing cell of a notebook doesn't stop the next ones, as in a notebook whose author
        runs them one after the other. ``sys.exit`` ends the program and is no crash.
        Raises :class:`InvalidProgram` when a script doesn't compile.
        """
        crash: dict[str, Any] | None = None
        for number, source in self.cells:
            try:
                code = self._compile(number, source)
                if code is not None:
                    self._execute(code)
            except InvalidProgram as error:
                if not self.is_notebook:
                    raise
                crash = crash or error.crash
            except SystemExit:
                break
            except BaseException as error:  # noqa: BLE001 - whatever a student may raise
                crash = crash or self.describe(error)
                if not self.is_notebook:
                    break
        return crash

    def _execute(self, code: types.CodeType) -> None:
        result = eval(code, self.module.__dict__)  # noqa: S307 - this is what we are for
        if inspect.iscoroutine(result):  # a notebook's top-level await
            asyncio.run(result)

    def _compile(self, number: int, source: str) -> types.CodeType | None:
        if not self.is_notebook:
            return self._compile_text(number, source, 0)
        first = source.lstrip().split("\n", 1)[0]
        if first.startswith("%%"):
            if first[2:].split(" ")[0] in SKIPPED_CELLS:
                self.notes.append(
                    f"Cell {number} ({first.split(' ')[0]}) is no Python and was skipped."
                )
                return None
            source = source.replace(first, "pass", 1)
        return self._compile_cell(number, source)

    def _compile_cell(self, number: int, source: str) -> types.CodeType:
        """Compile a cell, leaving out the magics and shell lines at which Python stops."""
        lines = source.split("\n")
        for _ in range(len(lines) + 1):
            try:
                return self._compile_text(number, "\n".join(lines), ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            except InvalidProgram as error:
                at = (error.crash["line"] or 1) - 1
                if at >= len(lines) or not _MAGIC_LINE.match(lines[at]):
                    raise
                self.notes.append(f"Skipped in cell {number}: {lines[at].strip()[:80]}")
                indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
                lines[at] = indent + "pass"
        raise AssertionError("every line of the cell was replaced once")

    def _compile_text(self, number: int, source: str, flags: int) -> types.CodeType:
        filename = self.filename(number)
        try:
            code: types.CodeType = compile(source, filename, "exec", flags=flags, dont_inherit=True)
        except SyntaxError as error:
            raise InvalidProgram(self._describe_syntax(error, number)) from None
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            message = str(error) or "the text is nested too deeply to be parsed"
            crash = {"type": "SyntaxError", "message": message, "line": 1, "frames": []}
            raise InvalidProgram(crash) from None
        return code

    def _describe_syntax(self, error: SyntaxError, number: int) -> dict[str, Any]:
        line = error.lineno or 1
        cell = number if self.is_notebook else None
        text = (error.text or "").rstrip("\n")[:200]
        return {
            "type": type(error).__name__,
            "message": error.msg or "invalid syntax",
            "line": line,
            "frames": [[self.name, line, cell, text]],
        }

    def describe(self, error: BaseException) -> dict[str, Any]:
        """An exception as plain data: the student's own frames, and the values in the last one.

        Its class may be hostile: what can't be told without it raising again is left out.
        """
        try:
            return self._describe(error)
        except BaseException:  # noqa: BLE001 - whatever a student's exception may raise
            message = "an exception that can't be shown"
            return {"type": "Exception", "message": message, "frames": [], "values": []}

    def _describe(self, error: BaseException) -> dict[str, Any]:
        files = self.files
        frames = []
        kind = type.__dict__["__name__"].__get__(type(error))
        innermost = traceback = BaseException.__dict__["__traceback__"].__get__(error)
        while traceback is not None:
            shown = files.get(traceback.tb_frame.f_code.co_filename)
            if shown is not None:
                filename = traceback.tb_frame.f_code.co_filename
                source = linecache.getline(filename, traceback.tb_lineno).rstrip("\n")[:200]
                frames.append([shown[0], traceback.tb_lineno, shown[1], source])
            traceback = traceback.tb_next
        try:
            message = str.__str__(str(error))[:MAX_MESSAGE]
        except BaseException:  # noqa: BLE001 - a __str__ of the student's own may raise
            message = ""
        half = MAX_FRAMES // 2
        if len(frames) > MAX_FRAMES:
            frames = frames[:half] + frames[-half:]
        return {
            "type": kind[:80],
            "message": message,
            "frames": frames,
            "values": at_hand(innermost, files),
        }

    def entry_point(self) -> tuple[str, Any] | None:
        """A function of the student's own that looks like the program: name and function."""
        for name in ENTRY_POINTS:
            value = self.module.__dict__.get(name)
            if inspect.isfunction(value) and value.__module__ == self.module.__name__:
                return name, value
        return None


ENTRY_POINTS = ("main", "run", "train", "fit", "train_model", "training_loop")
"""``main`` before ``train``: a file that has both calls the second from the first."""


def quiet_input(prompt: object = "") -> str:
    """``input`` of a submission: nobody is there to type."""
    print(prompt, end="")
    raise EOFError("input() was called, but nobody is there to type when a program is graded")


def names_of(program: Program) -> Iterator[str]:
    """The names that the program defined, in order."""
    hidden = set(dir(builtins))
    return (name for name in program.module.__dict__ if name not in hidden and name[:2] != "__")
