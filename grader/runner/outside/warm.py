"""The supervisor's end of the zygote: start it, ask it for forks, hear of their ends."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderFault
from grader.runner.zygote import MAX_REQUEST

_ROOT = str(Path(__file__).parents[3])
START_TIMEOUT_S = 180.0
FORK_TIMEOUT_S = 30.0

_BOOT = (
    "import sys; root = sys.argv[1]; sys.path.insert(0, root); import grader.runner.zygote as z; "
    "sys.path.remove(root); z.main(int(sys.argv[2]), *sys.argv[3:])"
)
"""The checkout's root must not stay importable: ``import reference`` would find a folder there."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a forked process ended.

    ``exit`` is its code, or minus the signal's number; ``limits`` are its resource limits then,
    as :func:`grader.runner.wall.outside.limits_of` words them.
    """

    pid: int
    exit: int
    cpu_s: float
    peak_rss_kb: int
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forked:
    """A process forked from the zygote; ``pidfd`` names it without a race."""

    pid: int
    pidfd: int


class Zygote:
    """One warm zygote process. Not thread-safe: one supervisor, one zygote.

    One that will fork ``often`` takes some tenths of a second longer to start (`runner.pages`).
    """

    def __init__(self, *, often: bool = False) -> None:
        self._often = often
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._ended: list[Ended] = []

    @property
    def is_ready(self) -> bool:
        """Whether its imports are known to be done."""
        return self._ready

    @property
    def control(self) -> socket.socket:
        """The socket to watch for ends; starts the zygote when it isn't running."""
        if self._control is None:
            self.start()
        assert self._control is not None
        return self._control

    def start(self) -> int:
        """Exec the interpreter; returns its process's number at once, while it imports."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = ["often"] if self._often else []
        self._process = subprocess.Popen(
            # No -E: it would also drop the hash seed, and with it the order of sets.
            [sys.executable, "-P", "-B", "-c", _BOOT, _ROOT, str(theirs.fileno()), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("GRADE_DEBUG") else subprocess.DEVNULL,
            env=clean_environment(),
            pass_fds=(theirs.fileno(),),
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        self._control = ours
        self._ready = False
        self._ended = []  # of a zygote before this one
        return self._process.pid

    def wait_ready(self) -> None:
        """Wait until the imports are done. Raises GraderFault with the import's error."""
        control = self.control
        if self._ready:
            return
        control.settimeout(START_TIMEOUT_S)
        answer = self._receive()[0]
        if "ready" not in answer:
            raise GraderFault(
                f"The process that runs submissions could not start "
                f"({answer.get('failed', answer)}). Check that torch and torchvision import in "
                "this environment: grade doctor"
            )
        self._ready = True

    def fork(
        self,
        entry: str,
        argument: dict[str, Any],
        descriptors: Sequence[int],
        preload: Sequence[str] = (),
    ) -> Forked:
        """Fork a child that runs ``entry.main(argument, descriptors)``.

        Modules to ``preload`` are imported before, once in the zygote's life.
        """
        self.wait_ready()
        request = json.dumps(
            {"entry": entry, "argument": argument, "preload": list(preload)}
        ).encode()
        if len(request) > MAX_REQUEST:
            raise GraderFault(
                f"A fork request has {len(request)} bytes; {MAX_REQUEST} are allowed."
            )
        try:
            socket.send_fds(self.control, [request], list(descriptors))
        except OSError as error:
            raise ZygoteDied from error
        self.control.settimeout(FORK_TIMEOUT_S)
        while True:
            answer, fds = self._receive()
            if "pid" in answer:
                return Forked(answer["pid"], fds[0])
            self._note_end(answer)

    def ends(self) -> list[Ended]:
        """The children that have ended since the last call; never waits."""
        self.control.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._note_end(self._receive()[0])
        ended, self._ended = self._ended, []
        return ended

    def close(self) -> None:
        """Hang up; the zygote leaves by itself, and is killed if it doesn't.

        Asked for anything afterwards, it starts anew.
        """
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(timeout=1.0 if self._ready else 0.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _note_end(self, answer: dict[str, Any]) -> None:
        self._ended.append(
            Ended(
                pid=answer["ended"],
                exit=answer["exit"],
                cpu_s=answer["cpu_s"],
                peak_rss_kb=answer["peak_rss_kb"],
                limits=tuple(answer["limits"]),
            )
        )

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        try:
            data, fds, _, _ = socket.recv_fds(self.control, MAX_REQUEST, 1)
        except TimeoutError as error:
            raise ZygoteDied from error
        except ConnectionError as error:
            raise ZygoteDied from error
        if not data:
            raise ZygoteDied
        return json.loads(data), list(fds)


class Branch(Zygote):
    """A zygote that is a fork of another one, and forks on in the state that it was brought to."""

    def __init__(self) -> None:
        super().__init__()
        self._forked: Forked | None = None

    def grow(self, theirs: socket.socket) -> Forked:
        """Fork it; ``theirs`` is the socket that it is to serve, and is closed here afterwards."""
        raise NotImplementedError

    def start(self) -> int:
        """Fork it; it gets ready meanwhile."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._forked = self.grow(theirs)
        self._control, self._ready, self._ended = ours, False, []
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


class ZygoteDied(GraderFault):
    """The zygote is gone; what it was asked for can be asked of a new one."""

    def __init__(self) -> None:
        super().__init__(
            "The process that runs submissions ended by itself or stopped answering; "
            "the machine may be out of memory."
        )


def clean_environment() -> dict[str, str]:
    """The environment of the zygote and so of every student: nothing of the caller's but the path.

    One thread per process and two malloc arenas: a fork of a process with OpenMP workers can
    hang, and each further arena reserves 64 MiB of the address space that is limited.
    """
    one_thread = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    )
    kept = {
        name: os.environ[name]
        # Where the dynamic linker and the CPU's own libraries look; they hold no secret.
        for name in ("PATH", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TZ")
        if name in os.environ
    }
    return {
        **kept,
        **one_thread,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "MALLOC_ARENA_MAX": "2",
        "MPLBACKEND": "Agg",
        "CUDA_VISIBLE_DEVICES": "",
    }
