"""Seeing which torch functions, operators and modules run while the student's code runs.

An exercise about writing cross-entropy by hand asks whether the built-in was called. Looking
at what runs, and not at the text, finds it under any name, and doesn't mind an honest use
elsewhere in the file. Runs in the student's process.

Theory of operation. Two looks. One is torch's function mode and a hook on modules, which tell
names as a reader writes them, but not what compiled code calls, nor what is called while
``DisableTorchFunction`` holds. The other is torch's record of operators, kept for its profilers
by the dispatcher itself: it tells every operator, however it was reached. The record begins and
ends with words that are drawn for it. Where one is missing, somebody has ended the record.
What was seen travels with the answer of each single request, so that nothing is left here that a
later call could clear.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import torch
from torch.autograd import profiler, profiler_legacy
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode, _get_current_function_mode, resolve_name
from torch.utils._python_dispatch import TorchDispatchMode

from grader.runner.agreed import AUTOGRAD, INTERRUPTED

MAX_NAMES = 400

_STARTERS = ("_start_new_thread", "_start_joinable_thread")
"""How ``threading`` calls what starts a thread: before Python 3.13, and since."""

_C: Any = torch._C  # noqa: SLF001 - there are no public names
_CONFIG = _C._profiler.ProfilerConfig(  # noqa: SLF001
    _C._profiler.ProfilerState.CPU, False, False, False, False, False,  # noqa: SLF001
    _C._profiler._ExperimentalConfig(),  # noqa: SLF001
)  # fmt: skip
_start_record = _C._autograd._enable_profiler_legacy  # noqa: SLF001
_end_record = _C._autograd._disable_profiler_legacy  # noqa: SLF001
_Word = _C._profiler._RecordFunctionFast  # noqa: SLF001
_random = os.urandom
_OPERATOR, _STEP = "aten::", "autograd::engine::evaluate_function: "


def keep_the_record() -> None:
    """Take away what ends torch's record of operators, which no honest program uses."""
    for module in (_C._autograd, torch.autograd, profiler, profiler_legacy):  # noqa: SLF001
        for name in ("_enable_record_function", "_disable_profiler_legacy", "_clear_callbacks"):
            module.__dict__.pop(name, None)


class Watch:
    """A context in which every torch function, operator and module that runs is noted by its name.

    Functions are named as ``torch.overrides.resolve_name`` does (``torch.Tensor.matmul``,
    ``torch.nn.functional.cross_entropy``), operators as in ``torch.ops`` (``torch.ops.aten.mm``),
    modules by their class (``torch.nn.Linear``).
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._mode = _Notes(self.note)
        self._first = ""

    def __enter__(self) -> Self:
        self._hook = register_module_forward_pre_hook(self._module)
        self._mode.__enter__()  # type: ignore[no-untyped-call]
        self._first = _begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        last = _say_a_word()
        seen = _end()
        is_last = _get_current_function_mode() is self._mode  # type: ignore[no-untyped-call]
        if not (is_last and {self._first, last} <= seen):
            self.names.add(INTERRUPTED)
        if is_last:
            self._mode.__exit__(kind, error, traceback)  # type: ignore[no-untyped-call]
        self._hook.remove()
        self.add_operators(seen)

    def note(self, function: Any) -> None:
        """Keep the name of a torch function that was called.

        Torch's own are always kept: names that a program makes up must not crowd them out.
        """
        name = resolve_name(function)
        if name is not None:
            self.names.add(name)
        elif len(self.names) < MAX_NAMES:
            self.names.add(str(getattr(function, "__name__", "unnamed"))[:80])

    def add_operators(self, seen: set[str]) -> None:
        """Keep the names of operators and of steps of a backward pass, of all that was seen."""
        for name in seen:
            if name.startswith(_OPERATOR):
                self.names.add(f"torch.ops.aten.{name.removeprefix(_OPERATOR)}")
            elif name.startswith(_STEP):
                self.names.add(f"{AUTOGRAD}.{name.removeprefix(_STEP).rpartition('::')[2][:80]}")

    def _module(self, module: torch.nn.Module, _: Any) -> None:
        kind = type(module)
        is_torchs = getattr(torch.nn, kind.__name__, None) is kind
        if is_torchs or (kind.__module__.startswith("torch.nn.") and len(self.names) < MAX_NAMES):
            self.names.add(f"torch.nn.{kind.__name__}")


def _begin() -> str:
    """Start this thread's record of operators; the word that stands at its beginning."""
    with contextlib.suppress(RuntimeError):  # a profiler of the program's own runs
        _start_record(_CONFIG)
    return _say_a_word()


def _say_a_word() -> str:
    word = _random(8).hex()
    with _Word(word):
        pass
    return word


def _end() -> set[str]:
    """The names in this thread's record; nothing, where it was ended before."""
    with contextlib.suppress(RuntimeError):
        return {event.name() for events in _end_record() for event in events}
    return set()


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


class _Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Hands over a thread's record at each operator: a thread may go on when the call is over."""

    def __init__(self, hand_over: Callable[[], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._hand_over = hand_over

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        self._hand_over()
        return func(*args, **(kwargs or {}))


def threads_are_watched(current: Callable[[], Watch | None]) -> None:
    """From here on each new thread notes its calls in the watch that is running, if any.

    torch keeps its modes and its record for each thread by itself: what a thread calls would not
    be seen.
    """
    threads = _Threads(current)
    for owner, names in ((threading, _STARTERS), (_thread, ("start_new_thread", "start_new"))):
        for name in names:
            if hasattr(owner, name):
                setattr(owner, name, threads.watching(getattr(owner, name)))


class _Threads:
    def __init__(self, current: Callable[[], Watch | None]) -> None:
        self._current = current

    def watching(self, start: Callable[..., Any]) -> Callable[..., Any]:
        """A function that starts threads as ``start`` does, but watched."""

        def start_watched(function: Callable[..., Any], *rest: Any, **options: Any) -> Any:
            def run(*args: Any, **kwargs: Any) -> Any:
                with self._watched():
                    return function(*args, **kwargs)

            return start(run, *rest, **options)

        return start_watched

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        _begin()
        try:
            with _Operators(self._hand_over), _Notes(self._note):
                yield
        finally:
            self._hand_over()

    def _note(self, function: Any) -> None:
        watch = self._current()
        if watch is not None:
            watch.note(function)

    def _hand_over(self) -> None:
        seen, watch = _end(), self._current()
        if watch is not None:
            watch.add_operators(seen)
        _begin()
