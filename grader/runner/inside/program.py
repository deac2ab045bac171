"""The submission as something to run: compiled, executed, and its exceptions told in its own lines.

Runs in the student's process. Nothing of the submission is parsed before it gets here: a file
that breaks the parser breaks this process and no other.
"""

from __future__ import annotations

import builtins
import inspect
import linecache
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.runner import spans
from grader.runner.inside.exported import magic_lines, without_magics
from grader.runner.inside.values import at_hand, meant

MAX_FRAMES = 30
MAX_MESSAGE = 4000


class InvalidProgram(Exception):
    """The text doesn't compile. ``crash`` is the plain form of its syntax error."""

    def __init__(self, crash: dict[str, Any]) -> None:
        super().__init__(crash["message"])
        self.crash = crash


@dataclass
class Program:
    """One submission: its cells, the file names they compile under, and its namespace.

    This is a script or a module, which has one cell; a notebook is
    :class:`.notebook.Notebook`. ``files`` has the compiled file name of each cell,
    and for each the name to show and the cell's number; it may grow while the program runs.
    ``arguments`` are what stands behind the script's name on its command line; None where a
    program is started without any, whatever it asks for.
    """

    name: str
    cells: list[tuple[int, str]]
    module: types.ModuleType = field(default_factory=lambda: types.ModuleType("__main__"))
    notes: list[str] = field(default_factory=list)
    files: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    arguments: tuple[str, ...] | None = None
    gave_up: bool = False
    """Whether it ended itself with a code, or a word, that says that it failed."""

    def filename(self, number: int) -> str:
        """The file name that cell ``number`` compiles under."""
        del number
        return str(Path.cwd() / self.name)

    def prepare(self, provided: dict[str, Any]) -> None:
        """Lay the file and the namespace: what a script finds when it starts."""
        (_, source), *_ = self.cells
        Path(self.name).write_text(source, encoding="utf-8", errors="surrogatepass")
        self.module.__file__ = self.filename(0)
        self.files[self.filename(0)] = (self.name, None)
        self._settle(provided)

    def _settle(self, provided: dict[str, Any]) -> None:
        """Lay the source of each cell, and the names that are there when it starts."""
        for number, source in self.cells:
            # Without a file time, linecache never drops the entry: inspect finds cells by it.
            linecache.cache[self.filename(number)] = (
                len(source), None, [line + "\n" for line in source.split("\n")],
                self.filename(number))  # fmt: skip
        self.module.__dict__.update(provided)
        sys.modules[self.module.__name__] = self.module
        sys.argv = [self.name, *(self.arguments or ())]

    def run(self) -> dict[str, Any] | None:
        """Run it; what it raised as a plain crash, or None.

        ``sys.exit`` ends the program and is no crash, but a note says where.
        Raises :class:`InvalidProgram` when it doesn't compile.
        """
        ((number, source),) = self.cells
        try:
            exec(self._compile(number, source), self.module.__dict__)  # noqa: S102
        except InvalidProgram:
            raise
        except SystemExit as end:
            self.say_ended(end)
            return None
        except BaseException as error:  # noqa: BLE001 - whatever a student may raise
            return self.describe(error)
        return None

    def _compile(self, number: int, source: str) -> types.CodeType:
        try:
            code: types.CodeType = compile(source, self.filename(number), "exec", dont_inherit=True)
        except SyntaxError as error:
            return self._compile_exported(number, source, error)
        except (ValueError, OverflowError, RecursionError, MemoryError) as error:
            message = str(error) or "the text is nested too deeply to be parsed"
            crash = {"type": "SyntaxError", "message": message, "line": 1, "frames": []}
            raise InvalidProgram(crash) from None
        return code

    def _compile_exported(self, number: int, source: str, error: SyntaxError) -> types.CodeType:
        """A file that was exported from a notebook, without its magics; any other has its error."""
        try:
            made = without_magics(source)
        except Exception:  # noqa: BLE001 - whatever a broken text does to the transformers
            made = None
        if made is None:
            raise InvalidProgram(self._describe_syntax(error, number)) from None
        try:
            code: types.CodeType = compile(made, self.filename(number), "exec", dont_inherit=True)
        except SyntaxError as another:
            raise InvalidProgram(self._describe_syntax(another, number)) from None
        lines = magic_lines(source, made)
        self.notes.append(
            f"{words_of_lines(lines)} for a notebook and no Python (such as !pip install or "
            "%matplotlib): no command and no magic was carried out."
        )
        return code

    def say_ended(self, end: SystemExit) -> None:
        """Note that the program ended itself, where, and with which words."""
        place, is_last = self._place_of(end)
        code = type.__dict__["__dict__"].__get__(SystemExit)["code"].__get__(end)
        said = f", saying {code[:200]!r}" if type(code) is str else ""
        self.gave_up |= code is not None and not (type(code) is int and code == 0)
        if type(code) is str:
            print(code, file=sys.stderr)  # as Python does at such an end
        if is_last and (code is None or (type(code) is int and code == 0)):
            return
        number = f" with exit code {code}" if type(code) is int else ""
        note = f"The program ended itself{place}{number}{said}; nothing after that was run."
        if "argparse" in _modules_of(end):
            note += _OF_ARGUMENTS[self.arguments is not None]
        if note not in self.notes:
            self.notes.append(note)

    def _place_of(self, end: BaseException) -> tuple[str, bool]:
        """The line that led to the end, in words, and whether the text ends there too."""
        place, is_last, traceback = "", False, end.__traceback__
        while traceback is not None:
            filename = traceback.tb_frame.f_code.co_filename
            if filename in self.files:
                line = traceback.tb_lineno
                source = linecache.getline(filename, line).strip()[:120]
                place = f" at line {line} ({source})"
                below = linecache.getlines(filename)[line:]
                inside = traceback.tb_frame.f_code.co_name != "<module>"  # of a function
                is_last = not inside and not any(map(str.strip, below))
            traceback = traceback.tb_next
        return place, is_last

    def _describe_syntax(self, error: SyntaxError, number: int) -> dict[str, Any]:
        line = error.lineno or 1
        _, cell = self.files[self.filename(number)]
        text = error.text or linecache.getline(self.filename(number), line)
        return {
            "type": type(error).__name__,
            "message": error.msg or "invalid syntax",
            "line": line,
            "frames": [[self.name, line, cell, text.rstrip("\n")[:200]]],
            "span": spans.of_syntax(error, text.rstrip("\n")),
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
        frames, span = [], None
        kind = type.__dict__["__name__"].__get__(type(error))
        innermost = traceback = BaseException.__dict__["__traceback__"].__get__(error)
        while traceback is not None:
            shown = files.get(traceback.tb_frame.f_code.co_filename)
            if shown is not None:
                filename = traceback.tb_frame.f_code.co_filename
                source = linecache.getline(filename, traceback.tb_lineno).rstrip("\n")[:200]
                frames.append([shown[0], traceback.tb_lineno, shown[1], source])
                span = spans.of_traceback(traceback, source)
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
            "span": span,
            "values": at_hand(innermost, files) + meant(error, innermost),
        }

    def entry_point(self) -> tuple[str, Any] | None:
        """A function of the student's own that looks like the program: name and function."""
        for name in ENTRY_POINTS:
            value = self.module.__dict__.get(name)
            if inspect.isfunction(value) and value.__module__ == self.module.__name__:
                return name, value
        return None


_OF_ARGUMENTS = {
    False: " It is started without arguments, so each option needs a default.",
    True: " Its own arguments stand behind two dashes: grade diagnose SCRIPT -- --epochs 1.",
}

ENTRY_POINTS = ("main", "run", "train", "fit", "train_model", "training_loop")
"""``main`` before ``train``: a file that has both calls the second from the first."""


def words_of_lines(numbers: list[int]) -> str:
    """``Line 3 is`` or ``Lines 3, 5 and 9 are``."""
    if len(numbers) == 1:
        return f"Line {numbers[0]} is"
    shown = [*map(str, numbers[:8])]
    last = f"{len(numbers) - 8} more" if len(numbers) > 8 else shown.pop()  # noqa: PLR2004 - enough
    return f"Lines {', '.join(shown)} and {last} are"


def _modules_of(error: BaseException) -> set[object]:
    """The names of the modules whose code was under way."""
    names, traceback = set(), error.__traceback__
    while traceback is not None:
        names.add(traceback.tb_frame.f_globals.get("__name__"))
        traceback = traceback.tb_next
    return names


def quiet_input(prompt: object = "") -> str:
    """``input`` of a submission: nobody is there to type."""
    print(prompt, end="")
    raise EOFError("input() was called, but nobody is there to type when a program is graded")


def names_of(program: Program) -> Iterator[str]:
    """The names that the program defined, in order."""
    hidden = set(dir(builtins))
    return (name for name in program.module.__dict__ if name not in hidden and name[:2] != "__")
