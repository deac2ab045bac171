"""Widgets where none are installed: they keep their first values, and nobody moves them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Self


def part(name: str, note: Callable[[], None]) -> Any:
    """What a name of ``ipywidgets`` stands for; ``note`` is called where it is used."""
    if name.startswith("__"):
        raise AttributeError(name)
    note()
    if name == "interact":
        return interact
    if name == "widgets":
        return importlib.import_module("ipywidgets.widgets")
    return type(name, (Widget,), {})


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
        if name.startswith("__"):  # importers and inspectors ask for these
            raise AttributeError(name)
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
