"""Quiet stand-ins for what a grader can't give: a person, a display, new processes.

Everything here keeps the genuine class and changes the one thing that can't be served.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import os
import re
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from grader.runner.inside.served.callers import IsOwn

OURS = f"{Path(__file__).parents[3]}{os.sep}"
"""Below this folder lies the grader's own code."""

Note = Callable[[str], None]
"""Takes a sentence for the report, once each."""


def serve_single_process_loading(note: Note) -> None:
    """``DataLoader(num_workers=2)`` loads in this process: it may start no other."""
    original = DataLoader.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def init(*args: Any, **kwargs: Any) -> None:
        bound = signature.bind(*args, **kwargs)
        if bound.arguments.get("num_workers"):
            note("DataLoader(num_workers=…) was served in the program's own process.")
            bound.arguments["num_workers"] = 0
            for name in ("prefetch_factor", "persistent_workers", "multiprocessing_context",
                         "worker_init_fn", "timeout"):  # fmt: skip
                bound.arguments.pop(name, None)
        original(*bound.args, **bound.kwargs)

    DataLoader.__init__ = init  # type: ignore[method-assign]


def serve_eager(note: Note) -> None:
    """``torch.compile`` gives back what it was given: a compiler would be a new process."""

    def compile_(model: Any = None, **_: Any) -> Any:
        note("torch.compile was served by running the model as it is.")
        if isinstance(model, torch.nn.Module):
            vars(model)["_orig_mod"] = model  # where a compiled model keeps the one it was made of
        return model if model is not None else lambda function: function

    def compile_in_place(_: torch.nn.Module, *__: Any, **___: Any) -> None:
        note("Module.compile was served by running the model as it is.")

    torch.compile = compile_
    torch.nn.Module.compile = compile_in_place  # type: ignore[method-assign,assignment]


def serve_breakpoints(note: Note) -> None:
    """``breakpoint()`` goes on: nobody is there to type."""

    def go_on(*_: object, **__: object) -> None:
        note("breakpoint() did nothing: nobody is there to type.")

    sys.breakpointhook = go_on


def serve_warnings(is_own: IsOwn) -> None:
    """A warning for which one of our wrappers stands points to the program's line behind it.

    ``is_own`` tells the file names that the program's own text is compiled under.
    """
    warnings.filterwarnings("ignore", message=".*joblib will operate in serial mode")
    # Beneath `showwarning`, which programs replace and `catch_warnings` restores.
    genuine = warnings._showwarnmsg  # type: ignore[attr-defined]  # noqa: SLF001

    def show(message: Any) -> None:
        if str(message.filename).startswith(OURS):
            place = _innermost(is_own)
            if place is None:
                return  # of a question of ours, at no line of theirs
            message.filename, message.lineno = place
            message.line = None
        genuine(message)

    warnings._showwarnmsg = show  # type: ignore[attr-defined]  # noqa: SLF001


def _innermost(is_own: IsOwn) -> tuple[str, int] | None:
    """File and line of the program that is being run, seen from here."""
    frame: types.FrameType | None = sys._getframe()  # noqa: SLF001 - the way to look at callers
    while frame is not None:
        if is_own(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def serve_display() -> None:
    """``display(x)`` and ``get_ipython()`` of a notebook, without IPython."""

    def display(*values: object, **_: object) -> None:
        for value in values:
            print(value)

    builtins.display = display  # type: ignore[attr-defined]
    builtins.get_ipython = _Shell  # type: ignore[attr-defined]


class _Shell:
    """What ``get_ipython()`` gives: magics and shell commands do nothing.

    But for those that run Python of the program, as an export writes them: the code of a cell
    below ``%%time`` stands in a string there.
    """

    def run_line_magic(self, name: str = "", line: str = "", *_: object, **__: object) -> None:
        """``%time statement`` runs the statement."""
        if name in RUNS_ITS_LINE:
            _run(line.lstrip() if name == "time" else _OPTIONS.sub("", line))

    def run_cell_magic(self, name: str = "", line: str = "", cell: str = "") -> None:
        """``%%time`` runs the cell."""
        del line
        if name in RUNS_ITS_CELL:
            _run(cell)

    def magic(self, line: str = "") -> None:
        """A line magic in one text, as exports once wrote it."""
        name, _, rest = line.strip().lstrip("%").partition(" ")
        if name in RUNS_ITS_LINE:
            _run(rest if name == "time" else _OPTIONS.sub("", rest))

    def getoutput(self, *_: object, **__: object) -> list[str]:
        """What a program says that isn't started."""
        return []

    def system(self, *_: object) -> None:
        """Start nothing."""


RUNS_ITS_LINE = frozenset(("time", "timeit", "prun"))
RUNS_ITS_CELL = frozenset(("time", "timeit", "prun", "capture"))
_OPTIONS = re.compile(r"^\s*(?:-[nrp]\s*\d+\s+|-[a-zA-Z]+\s+)*")


def _run(source: str) -> None:
    """Run a text as part of the program, at the line of the program that holds it."""
    caller: Any = sys._getframe()  # noqa: SLF001 - the way to look at callers
    while str(caller.f_globals.get("__name__")).startswith("grader."):
        caller = caller.f_back
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr | ast.excepthandler | ast.alias | ast.arg):
            node.lineno = node.end_lineno = caller.f_lineno
    code = compile(tree, caller.f_code.co_filename, "exec", dont_inherit=True)
    exec(code, caller.f_globals)  # noqa: S102 - the program's own text, in the program


def serve_plain_progress_bars() -> None:
    """``tqdm.notebook`` without a notebook's widgets: the plain bars of the same names."""

    def plain(name: str) -> Any:
        import tqdm.std  # noqa: PLC0415 - only where it is asked for

        return getattr(tqdm.std, {"tqdm_notebook": "tqdm", "tnrange": "trange"}.get(name, name))

    module = types.ModuleType("tqdm.notebook")
    module.__getattr__ = plain  # type: ignore[method-assign]
    sys.modules["tqdm.notebook"] = module
