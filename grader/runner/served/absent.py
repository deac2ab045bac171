"""Stand-ins for packages of other places: Colab's own, and widgets where none are installed.

They are found only when a submission imports them and nothing else of their name is there.
So ``"google.colab" in sys.modules``, by which notebooks ask where they are, stays false.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Self

from grader.runner.served.quiet import Note

COLAB_NOTE = "google.colab is not there; its drive and files calls did nothing."
WIDGETS_NOTE = "ipywidgets is not there; interact() ran its function once, at the first values."


def serve(note: Note) -> None:
    """Let the stand-ins be found after everything else."""
    sys.meta_path.append(_Absent(note))


class _Absent(MetaPathFinder, Loader):
    """Finds and fills the modules that stand in."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The stand-in of this name, if there is one."""
        del path, target
        if fullname == "google" or fullname.startswith(("google.colab", "ipywidgets")):
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Give it a name for everything that may be asked for."""
        if module.__name__ == "google.colab":
            module.__getattr__ = _part_of(module.__name__)  # type: ignore[method-assign]
        elif module.__name__.startswith("google.colab."):
            module.__getattr__ = self._colab  # type: ignore[method-assign]
        elif module.__name__.startswith("ipywidgets"):
            module.__getattr__ = self._widgets  # type: ignore[method-assign]

    def _colab(self, name: str) -> Any:
        _refuse_dunder(name)

        def nothing(*_: object, **__: object) -> Any:
            self._note(COLAB_NOTE)
            return "" if name == "get" else {}

        return nothing

    def _widgets(self, name: str) -> Any:
        _refuse_dunder(name)
        self._note(WIDGETS_NOTE)
        if name == "interact":
            return interact
        if name == "widgets":
            return importlib.import_module("ipywidgets.widgets")
        return type(name, (Widget,), {})


def _part_of(package: str) -> Callable[[str], ModuleType]:
    def part(name: str) -> ModuleType:
        _refuse_dunder(name)
        return importlib.import_module(f"{package}.{name}")

    return part


def _refuse_dunder(name: str) -> None:
    """Importers and inspectors ask for these, and mean nothing by it."""
    if name.startswith("__"):
        raise AttributeError(name)


class Widget:
    """A widget that nobody moves: it keeps its values, and its callbacks are never called."""

    def __init__(self, *args: Any, **values: Any) -> None:
        self.children = args[0] if args and isinstance(args[0], list | tuple) else ()
        if args and not self.children:
            values.setdefault("value", args[0])
        if "value" not in values:
            options = list(values.get("options") or [values.get("min", 0)])
            values["value"] = options[0]
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        _refuse_dunder(name)
        return lambda *_, **__: None

    def __enter__(self) -> Self:
        """What is printed within an ``Output`` is printed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held back."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(value={self.value!r})"


def interact(function: Any = None, **abbreviations: Any) -> Any:
    """Call the function once with the value that each control starts with."""
    if function is None:
        return lambda decorated: interact(decorated, **abbreviations)
    function(**{name: _start(control) for name, control in abbreviations.items()})
    return function


def _start(control: Any) -> Any:
    """The value that ipywidgets' control for an abbreviation starts with."""
    if isinstance(control, Widget):
        return control.value
    if isinstance(control, tuple) and len(control) > 1:
        low, high = control[:2]
        middle = low + (high - low) / 2
        return int(middle) if isinstance(low, int) and isinstance(high, int) else middle
    if isinstance(control, list | tuple):
        return control[0]
    return next(iter(control.values())) if isinstance(control, dict) else control
