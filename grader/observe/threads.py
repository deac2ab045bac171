"""The one thread whose training is recorded.

Runs in the student's process. The state of a training is one sequence of events, so one
thread is followed at a time. Another one takes its place only where the one that is
followed has ended or waits: ``thread.join()``, ``future.result()``, ``time.sleep(…)``.
"""

from __future__ import annotations

import dis
import threading
from collections.abc import Callable
from sys import _current_frames
from time import sleep
from types import CodeType, FrameType

WAITING = frozenset(
    ("threading", "queue", "selectors", "concurrent.futures.thread", "concurrent.futures._base")
)
"""Modules of the standard library that run only where a thread waits."""
FIRST_TRIES = 10
PATIENCE_SECONDS = 0.001


class Thread:
    """Which thread is followed. ``is_busy`` tells of a torch call that has not returned."""

    def __init__(self) -> None:
        self.current = threading.get_ident
        self.ident = self.current()
        self.is_busy: Callable[[], bool] = lambda: False
        self._met: set[int] = set()
        self._sleeps: dict[tuple[CodeType, int], bool] = {}

    def takes_over(self) -> bool:
        """Follow the calling thread from now on, if the other one can't do anything."""
        tries = 1
        if self.current() not in self._met:  # just started: the other may be on its way to join()
            self._met.add(self.current())
            tries = FIRST_TRIES
        for left in reversed(range(tries)):
            frame = self.frame()
            if not self.is_busy() and (frame is None or self._waits(frame)):
                self.ident = self.current()
                return True
            if left:
                sleep(PATIENCE_SECONDS)
        return False

    def frame(self) -> FrameType | None:
        """What the thread that is followed runs at this moment; None if it has ended."""
        return _current_frames().get(self.ident)

    def _waits(self, frame: FrameType) -> bool:
        if frame.f_globals.get("__name__") in WAITING:
            return not _is_starting(frame)
        key = (frame.f_code, frame.f_lineno)
        if key not in self._sleeps:
            self._sleeps[key] = _names_sleep(*key)
        return self._sleeps[key]


def _is_starting(frame: FrameType | None) -> bool:
    """Whether a thread waits only until another one that it starts is running."""
    while frame is not None and frame.f_globals.get("__name__") in WAITING:
        if frame.f_code.co_name == "start":
            return True
        frame = frame.f_back
    return False


def _names_sleep(code: CodeType, line: int) -> bool:
    """Whether a line of code calls something named ``sleep``."""
    return "sleep" in code.co_names and any(
        step.argval == "sleep" and step.positions is not None and step.positions.lineno == line
        for step in dis.get_instructions(code)
    )
