"""Seeing which torch functions and modules run while the student's code runs.

An exercise about writing cross-entropy by hand asks whether the built-in was called. Looking
at what runs, and not at the text, finds it under any name, and doesn't mind an honest use
elsewhere in the file. Runs in the student's process.
"""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import torch
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode, resolve_name

MAX_NAMES = 400

_STARTERS = ("_start_new_thread", "_start_joinable_thread")
"""How ``threading`` calls what starts a thread: before Python 3.13, and since."""


class Watch:
    """A context in which every torch function and module that runs is noted by its name.

    Functions are named as ``torch.overrides.resolve_name`` does (``torch.Tensor.matmul``,
    ``torch.nn.functional.cross_entropy``), modules by their class (``torch.nn.Linear``).
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._mode = _Notes(self.note)

    def __enter__(self) -> Self:
        self._hook = register_module_forward_pre_hook(self._module)
        self._mode.__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._mode.__exit__(kind, error, traceback)  # type: ignore[no-untyped-call]
        self._hook.remove()

    def note(self, function: Any) -> None:
        """Keep the name of a torch function that was called.

        Torch's own are always kept: names that a program makes up must not crowd them out.
        """
        name = resolve_name(function)
        if name is not None:
            self.names.add(name)
        elif len(self.names) < MAX_NAMES:
            self.names.add(str(getattr(function, "__name__", "unnamed"))[:80])

    def _module(self, module: torch.nn.Module, _: Any) -> None:
        kind = type(module)
        is_torchs = getattr(torch.nn, kind.__name__, None) is kind
        if is_torchs or (kind.__module__.startswith("torch.nn.") and len(self.names) < MAX_NAMES):
            self.names.add(f"torch.nn.{kind.__name__}")


class _Notes(TorchFunctionMode):
    def __init__(self, note: Callable[[Any], None]) -> None:
        super().__init__()
        self._note = note

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        self._note(func)
        return func(*args, **(kwargs or {}))


def threads_are_watched(current: Callable[[], Watch | None]) -> None:
    """From here on each new thread notes its calls in the watch that is running, if any.

    torch keeps its modes for each thread by itself: what a thread calls would not be seen.
    """

    def note(function: Any) -> None:
        watch = current()
        if watch is not None:
            watch.note(function)

    def watching(start: Callable[..., Any]) -> Callable[..., Any]:
        def start_watched(function: Callable[..., Any], *rest: Any, **options: Any) -> Any:
            def run(*args: Any, **kwargs: Any) -> Any:
                with _Notes(note):
                    return function(*args, **kwargs)

            return start(run, *rest, **options)

        return start_watched

    for owner, names in ((threading, _STARTERS), (_thread, ("start_new_thread", "start_new"))):
        for name in names:
            if hasattr(owner, name):
                setattr(owner, name, watching(getattr(owner, name)))
