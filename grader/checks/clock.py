"""How long the judge may think about one answer: by its processor's time, whoever else is busy.

What an answer holds decides how long a check takes over it: a regular expression may go back and
forth over a long text for hours. So the time between two answers is bounded, and all of it
together. What is over its time ends as any other exception of a check does, and whether that is
the exercise's fault is found out as for any other (docs/design/022-whose-fault.md).
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

ANSWER_S = 4.0
"""Seconds of the processor between two answers. The shipped exercises need 0.09 at most ..."""
ALL_S = 30.0
"""... and 0.2 in all. Beyond this every further check ends at once."""
LEAST_S = 0.05


class TooLong(BaseException):
    """A check took too long over what it was given; no ``except Exception`` of a check holds it."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"judging it took more than {limit_s:g} seconds of the processor")


class Clock:
    """One for each judge, in its main thread; :meth:`running` is what it bounds."""

    def __init__(self, answer_s: float = ANSWER_S, all_s: float = ALL_S) -> None:
        self._answer_s = answer_s
        self._all_s = all_s
        self._used = 0.0
        self._since = 0.0
        self._is_on = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within it, what takes too long raises :class:`TooLong`."""
        before = signal.signal(signal.SIGPROF, self._strike)
        self._is_on = True
        self.answered()
        try:
            yield
        finally:
            self._is_on = False
            signal.setitimer(signal.ITIMER_PROF, 0.0)
            self._count()
            signal.signal(signal.SIGPROF, before)

    def answered(self) -> None:
        """An answer has come: the time over it begins."""
        if not self._is_on:
            return
        self._count()
        left = max(LEAST_S, min(self._answer_s, self._all_s - self._used))
        # Again and again: the first may fall into a destructor, which swallows it.
        signal.setitimer(signal.ITIMER_PROF, left, max(LEAST_S, left / 10))

    def _count(self) -> None:
        now = time.process_time()
        self._used += now - self._since if self._since else 0.0
        self._since = now if self._is_on else 0.0

    def _strike(self, *_: object) -> None:
        raise TooLong(self._answer_s)
