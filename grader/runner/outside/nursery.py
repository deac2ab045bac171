"""Several zygotes for the price of one: the first imports torch, the others are its forks.

Theory of operation. A nursery holds one warm zygote that never runs a submission, and forks a
:class:`Twin` for each worker. A twin that dies is replaced by another fork, within milliseconds;
if it is the first that died, a new one is started, and the twins that live don't notice.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from grader.errors import GraderFault
from grader.runner.outside.warm import Branch, Forked, Zygote, ZygoteDied


class Nursery:
    """One warm zygote and the twins forked from it. Threads may share it; a context manager.

    ``announce`` is told the process of each first zygote that is started: while one imports, it
    doesn't notice that whoever started it is gone. ``preload`` are modules that all will want.
    """

    def __init__(
        self, announce: Callable[[int], None] = lambda _: None, preload: Sequence[str] = ()
    ) -> None:
        self._announce = announce
        self._preload = preload
        self._first = Zygote(often=True)
        self._lock = threading.Lock()
        self._twins: set[Twin] = set()
        self._closed = False

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def twin(self) -> Twin:
        """A zygote that starts as a fork of the first one."""
        return Twin(self)

    def fork(self, twin: Twin, control: socket.socket) -> Forked:
        """Fork a zygote that serves ``control``.

        Raises:
            GraderFault: the first one can't start, or all of it has been closed.
        """
        with self._lock:
            if self._closed:
                raise GraderFault("The grading was stopped.")
            try:
                forked = self._fork(control)
            except ZygoteDied:
                self._first.close()
                self._start()
                forked = self._fork(control)
            self._twins.add(twin)
            return forked

    def _start(self) -> None:
        self._announce(self._first.start())

    def _fork(self, control: socket.socket) -> Forked:
        return self._first.fork("grader.runner.twin", {}, [control.fileno()], self._preload)

    def close(self) -> None:
        """End all of them at once, with whatever they run; nothing can be forked afterwards."""
        with self._lock:
            self._closed = True
            for twin in self._twins:
                twin.kill()
            self._first.close()


class Twin(Branch):
    """A zygote that is forked from a nursery's first one whenever it has to start."""

    def __init__(self, nursery: Nursery) -> None:
        super().__init__()
        self._nursery = nursery

    def grow(self, theirs: socket.socket) -> Forked:
        """Fork it from the first zygote, for which this waits if it still imports."""
        return self._nursery.fork(self, theirs)

    def start(self) -> int:
        """Fork it; what it serves with is imported already."""
        pid = super().start()
        self._ready = True
        return pid
