"""A cell's own time limit, kept from inside: an interrupt such as the author's stop button.

Runs in the student's process, on a clock signal in the only thread. A program that doesn't
react is ended from outside (grader.checks.cells). The interrupt comes between the student's own
lines; after a while also in a library below them, and never while the grader writes: half a
frame on the wire or half a record would cost the whole run.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import linecache
import signal
import sys
import time
from collections.abc import Callable, Container
from types import FrameType, TracebackType
from typing import Any, Self

from grader.observe.opaque import sealed

# Taken beforehand: what the program finds in their place knows nothing of our frames.
_set_handler = _signal.signal
_back = FrameType.__dict__["f_back"].__get__
FIRST_TICK_S, TICK_S = 0.1, 1.0
RETRY_S = 0.005
PATIENCE_S = 1.0
"""How long an interrupt waits for what a line has called to return; a call that hangs is cut then.

One that cuts a step of an optimizer or the end of a ``no_grad`` block would spoil later cells.
"""

_WIRE = "grader.runner.wire"
_WHOLE = (_WIRE, "grader.observe.")
"""Modules that an interrupt would leave half-way."""


class Timer:
    """A context within which the time of one cell runs; ``struck`` once it was over.

    ``own`` are the file names of the student's code. ``is_busy`` says whether torch is at work
    on what is recorded: a step that is cut half-way is no step. ``tick`` is called now and then,
    and after a while each second.
    """

    def __init__(
        self,
        limit_s: float,
        own: Container[str],
        is_busy: Callable[[], bool],
        tick: Callable[[], None],
    ) -> None:
        self._limit_s = limit_s
        self._own = own
        self._is_busy = is_busy
        self._tick = tick
        self._running = False
        self.struck = False

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        self._deadline = self._started + self._limit_s
        self._before = _set_handler(signal.SIGALRM, sealed(self._ring))
        self._running = True
        self._wind(min(FIRST_TICK_S, self._limit_s))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running = False
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        _set_handler(signal.SIGALRM, self._before)

    def expire(self) -> None:
        """Let the time be over now."""
        self._deadline = time.monotonic()
        self._wind(RETRY_S)

    def _wind(self, seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _ring(self, _: int, frame: FrameType | None) -> None:
        if not self._running:
            return
        now = time.monotonic()
        left = self._deadline - now
        if left > 0:
            if not _is_under(frame, (_WIRE,)):
                self._tick()
            self._wind(min(TICK_S, now - self._started, max(left, RETRY_S)))
        elif self._is_calm(frame):
            self._strike()
        elif left > -PATIENCE_S:
            self._wait_for_a_line(frame)
            self._wind(max(left + PATIENCE_S, RETRY_S))
        elif _is_under(frame, _WHOLE, self._own):
            self._wind(RETRY_S)
        else:
            self._strike()

    def _is_calm(self, frame: FrameType | None) -> bool:
        """Whether a line of the student's own runs, within nothing that must come to its end."""
        own = frame is not None and frame.f_code.co_filename in self._own
        return own and not self._is_busy() and not _closes(frame)

    def _strike(self) -> None:
        self.struck = True
        sys.settrace(None)
        self._wind(TICK_S)  # again, should the student's code swallow it
        seconds = time.monotonic() - self._started
        raise KeyboardInterrupt(f"this cell was interrupted after {seconds:.3g} s")

    def _wait_for_a_line(self, frame: FrameType | None) -> None:
        """Strike when the next line of the student's own begins."""

        def at_line(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line" and self._running and self._is_calm(frame):
                self._strike()
            return at_line

        def trace(frame: FrameType, *_: Any) -> Any:
            return at_line if frame.f_code.co_filename in self._own else None

        sys.settrace(trace)
        while frame is not None:
            if frame.f_code.co_filename in self._own:
                frame.f_trace = at_line
            frame = frame.f_back


def _closes(frame: FrameType | None) -> bool:
    """Whether this may be the end of a ``with`` block: an interrupt there would not close it."""
    if frame is None:
        return False
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return line.lstrip().startswith(("with ", "async with "))


def _is_under(frame: FrameType | None, modules: tuple[str, ...], own: Container[str] = ()) -> bool:
    """Whether one of ``modules`` runs now, called by the innermost function of ``own``."""
    while frame is not None and frame.f_code.co_filename not in own:
        if str(frame.f_globals.get("__name__", "")).startswith(modules):
            return True
        frame = _back(frame)
    return False
