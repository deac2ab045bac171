"""The zygote: a fresh interpreter that imports torch once and forks on request.

Theory of operation. The supervisor execs this module with a clean environment, so nothing of
the trusted process (references, labels, points) is in its memory or that of its children. It
imports, and then waits; it runs no tensor operation and starts no thread, because a fork
copies only the forking thread: one large matrix product in the parent and half of the forked
programs hang for ever on a lock that nobody holds. It sees no submission either, only sealed
descriptors that it passes on, so a child finds nothing of another student in its memory.

Requests and answers are single JSON datagrams on one SOCK_SEQPACKET socket:

    {"entry": "package.module", "argument": {...}, "preload": [...]} + descriptors
                                               ->  {"pid": 4711} + a pidfd
                            (when it ends)     ->  {"ended": 4711, ...}

``preload`` are modules that this child and likely its successors want (``preloads``): torchvision
takes as long as torch itself, and only the first submission that needs it pays. The entry's
``main(argument, descriptors)`` runs in the child, which then leaves by ``_exit``.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from grader.runner import pages
from grader.runner.wall import limits_of

Entry = Callable[[dict[str, Any], list[int]], object]
"""What a forked child does with its request and its descriptors."""

MAX_REQUEST = 64 << 10
MAX_FDS = 8

PRELOADED = (
    "numpy",
    "numpy.ctypeslib",
    "torch",
    "torch.utils.data",
    "safetensors.torch",
    "pytest",
    "_pytest.assertion.rewrite",
    "grader.checks.judge",
    "grader.runner.inside.student",
)


def preload() -> None:
    """Import what judges and students need; their forks share it."""
    for name in PRELOADED:
        importlib.import_module(name)
    _settle()


def _import(names: Sequence[str]) -> None:
    for name in names:
        with contextlib.suppress(ImportError):  # the child finds out by itself
            importlib.import_module(name)
    _settle()


def _settle() -> None:
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, shared pages


def enter(request: dict[str, Any], descriptors: list[int]) -> None:
    """Run the entry that a request names."""
    importlib.import_module(request["entry"]).main(request["argument"], descriptors)


def serve(control: socket.socket, entry: Entry = enter) -> None:
    """Fork on request and report every child's end, until the supervisor hangs up.

    Then the children end too: whoever was to judge them is gone, however it went. Each child runs
    ``entry``.
    """
    pidfds: dict[int, int] = {}
    try:
        _serve(control, pidfds, entry)
    finally:
        for pidfd in pidfds:
            with contextlib.suppress(OSError):  # one that ended by itself just now
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _serve(control: socket.socket, pidfds: dict[int, int], entry: Entry) -> None:
    poll = select.poll()
    poll.register(control, select.POLLIN)
    known = set(sys.modules)
    while True:
        for fd, _ in poll.poll():
            if fd != control.fileno():
                poll.unregister(fd)
                _report_end(control, pidfds.pop(fd))
                os.close(fd)
                continue
            try:
                request, descriptors = _receive(control)
            except ConnectionError:
                return
            if request is None:
                return
            wanted = [name for name in request["preload"] if name not in known]
            if wanted:
                known.update(wanted)
                _import(wanted)
            pid, pidfd = _fork(request, descriptors, control, entry)
            pidfds[pidfd] = pid
            poll.register(pidfd, select.POLLIN)
            socket.send_fds(control, [json.dumps({"pid": pid}).encode()], [pidfd])


def _receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    data, descriptors, _, _ = socket.recv_fds(control, MAX_REQUEST, MAX_FDS)
    return (json.loads(data) if data else None), list(descriptors)


def _report_end(control: socket.socket, pid: int) -> None:
    limits = limits_of(pid)  # while it is still in the table of processes
    _, status, usage = os.wait4(pid, 0)
    end = {
        "ended": pid,
        "exit": os.waitstatus_to_exitcode(status),
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_rss_kb": usage.ru_maxrss,
        "limits": limits,
    }
    with contextlib.suppress(OSError):  # a supervisor that is gone needs no report
        control.send(json.dumps(end).encode())


def _fork(
    request: dict[str, Any], descriptors: list[int], control: socket.socket, entry: Entry
) -> tuple[int, int]:
    threads = os.listdir("/proc/self/task") if os.path.isdir("/proc/self/task") else [""]
    if len(threads) != 1:
        sys.exit(f"The zygote has {len(threads)} threads; forking it could hang its children.")
    pid = os.fork()
    if pid == 0:
        _run_child(request, descriptors, control, entry)
    for fd in descriptors:
        os.close(fd)
    return pid, os.pidfd_open(pid)


def _run_child(
    request: dict[str, Any], descriptors: list[int], control: socket.socket, entry: Entry
) -> NoReturn:
    code = 70
    try:
        control.close()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        entry(request, descriptors)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing may unwind into the zygote's own loop
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def main(control_fd: int, often: str = "") -> None:
    """Entry point of the exec'd interpreter. One that will fork ``often`` has its memory for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when to stop
    control = socket.socket(fileno=control_fd)
    try:
        preload()
        if often:
            pages.collapse()
    except Exception as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        raise
    control.send(json.dumps({"ready": os.getpid()}).encode())
    serve(control)
