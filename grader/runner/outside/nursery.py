"""Several zygotes for the price of one: the first imports torch, the others are its forks.

Theory of operation. A nursery holds one warm zygote that never runs a submission, and forks a
:class:`Twin` for each worker. A twin that dies is replaced by another fork, within milliseconds;
if it is the first that died, a new one is started, and the twins that live don't notice.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from grader.errors import GraderFault
from grader.runner.outside.warm import Forked, Zygote, ZygoteDied


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
        self._first = Zygote()
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


class Twin(Zygote):
    """A zygote that is forked from a nursery's first one whenever it has to start."""

    def __init__(self, nursery: Nursery) -> None:
        super().__init__()
        self._nursery = nursery
        self._forked: Forked | None = None

    def start(self) -> int:
        """Fork it from the first zygote, for which this waits if it still imports."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._forked = self._nursery.fork(self, theirs)
        self._control = ours
        self._ready = True
        self._ended = []
        return self._forked.pid

    def kill(self) -> None:
        """End it at once; from any thread."""
        forked = self._forked
        if forked is not None:
            with contextlib.suppress(OSError):  # it may be closed by its own thread meanwhile
                signal.pidfd_send_signal(forked.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Hang up, and see that it leaves. Asked for anything afterwards, it starts anew."""
        super().close()
        forked, self._forked = self._forked, None
        if forked is None:
            return
        if not select.select([forked.pidfd], [], [], 1.0)[0]:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(forked.pidfd, signal.SIGKILL)
        os.close(forked.pidfd)
