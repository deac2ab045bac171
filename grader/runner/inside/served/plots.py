"""Plots without a window: whatever backend a program asks for, figures are drawn into memory.

Matplotlib is not imported for it: a program that plots brings it, and is met on the way in.
"""

from __future__ import annotations

import functools
import importlib
import sys
from types import ModuleType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from grader.runner.inside.served.imports import when_imported
from grader.runner.inside.served.quiet import Note

IN_MEMORY = "agg"
IN_A_CELL = "module://matplotlib_inline.backend_inline"
NOTE = "The window backend {name} of matplotlib was served by drawing into memory."


def serve_plots(note: Note) -> None:
    """Let every window backend be one that draws into memory, or into a notebook's cell."""
    when_imported("matplotlib.pyplot", lambda pyplot: _serve_switching(pyplot, note))
    when_imported("matplotlib.backend_bases", _serve_windows)


def _serve_switching(pyplot: ModuleType, note: Note) -> None:
    """Every way to a backend ends in ``pyplot.switch_backend``: ``use``, rcParams, MPLBACKEND."""
    genuine = pyplot.switch_backend
    windows = {name.lower() for name in _window_backends()}

    @functools.wraps(genuine)
    def switch_backend(newbackend: Any) -> None:
        if isinstance(newbackend, str) and newbackend.lower() in windows:
            note(NOTE.format(name=newbackend[:40]))
            newbackend = _drawn_into()
        try:
            genuine(newbackend)
        except ImportError:  # a widget's package that isn't there
            if not str(newbackend).startswith("module://"):
                raise
            note(NOTE.format(name=str(newbackend)[:40]))
            genuine(_drawn_into())

    pyplot.switch_backend = switch_backend  # type: ignore[attr-defined]


def _drawn_into() -> str:
    return IN_A_CELL if InteractiveShell.initialized() else IN_MEMORY


def _window_backends() -> list[str]:
    """The names of the backends that open windows, pages of a browser or widgets."""
    try:
        registry: Any = importlib.import_module("matplotlib.backends.registry")
    except ImportError:  # before matplotlib 3.9
        return list(sys.modules["matplotlib"].rcsetup.interactive_bk)
    known = registry.backend_registry.list_builtin(registry.BackendFilter.INTERACTIVE)
    return [*known, "notebook", "widget", "ipympl"]


def _serve_windows(bases: ModuleType) -> None:
    """What is done to a window does nothing, and nobody is waited for."""
    manager, canvas = bases.FigureManagerBase, bases.FigureCanvasBase
    manager.window = manager.frame = Window()
    genuine = canvas.start_event_loop

    @functools.wraps(genuine)
    def start_event_loop(self: Any, timeout: float = 0) -> None:
        if timeout > 0:  # without a time it waits for a key or a click, for ever
            genuine(self, timeout)

    canvas.start_event_loop = start_event_loop


class Window:
    """A window that isn't there: every call on it does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: self
