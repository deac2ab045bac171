"""Running one program behind the wall and saying how it ended, for ``grade doctor`` and tests.

Theory of operation. A small supervisor for one small program: it forks, the child puts the wall
up, reports it and runs the source; the parent reads both streams up to a limit, watches the
clock, the folder and the memory from outside, kills, and removes the folder. The grader
itself has a larger supervisor, with requests and answers; this one has nothing but the wall, so
that what is tried is the wall.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import select
import signal
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import asdict, dataclass
from typing import NoReturn

from grader.model import Isolation, IsolationLevel, IsolationPolicy, Limits, Outcome
from grader.runner.outside.cleanup import disk_usage, remove_tree
from grader.runner.wall.build import Plan, apply
from grader.runner.wall.identity import fresh_uid
from grader.runner.wall.outside import kill_everything, private_memory, processes_of
from grader.runner.wall.programs import Ending

TICK_MS = 20
BROKEN = 97  # the exit code of a child whose wall did not stand
NO_MEMORY = ("MemoryError", "can't allocate memory", "not enough memory", "Cannot allocate memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a program ended, what it printed, and behind which wall."""

    ending: Ending
    stdout: bytes
    stderr: bytes
    isolation: Isolation | None
    survivors: int


@dataclass(slots=True)
class _Watch:
    """The running program as its small supervisor sees it."""

    plan: Plan
    pid: int
    pidfd: int
    pipes: dict[int, bytearray]
    started: float
    memory_before: int
    verdict: Outcome | None = None

    def run(self) -> int:
        """Watch until the program has ended and its pipes are dry; return its exit status."""
        poller = select.poll()
        for fd in (self.pidfd, *self.pipes):
            poller.register(fd, select.POLLIN)
        ended = False
        while not ended:
            for fd, _ in poller.poll(TICK_MS):
                if fd == self.pidfd:
                    ended = True
                elif not self._read(fd):
                    poller.unregister(fd)
            verdict = self._broken_limit()
            if verdict is not None and self.verdict is None:
                self.verdict = verdict
                kill_everything(self.pidfd)
        for fd in self.pipes:
            while self._read(fd):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self, fd: int) -> bool:
        try:
            data = os.read(fd, 1 << 16)
        except BlockingIOError:
            return False
        self.pipes[fd] += data[: max(0, self.plan.limits.output_bytes + 1 - len(self.pipes[fd]))]
        return bool(data)

    def _broken_limit(self) -> Outcome | None:
        limits = self.plan.limits
        if any(len(text) > limits.output_bytes for text in self.pipes.values()):
            return Outcome.OUTPUT_LIMIT
        if time.monotonic() - self.started > limits.wall_s:
            return Outcome.TIMED_OUT
        if private_memory(self.pid) - self.memory_before > limits.memory_bytes:
            return Outcome.OUT_OF_MEMORY
        usage = disk_usage(self.plan.workdir, max_files=limits.disk_files)
        if usage.bytes > limits.disk_bytes or usage.files > limits.disk_files:
            return Outcome.FORBIDDEN
        return None


def run(
    source: str,
    *,
    limits: Limits | None = None,
    policy: IsolationPolicy = IsolationPolicy.BEST,
    readable: tuple[str, ...] = (),
    forbidden: tuple[str, ...] = (),
    allow_processes: bool = False,
    gpu_files: tuple[str, ...] = (),
) -> Trial:
    """Run a program's source in a forked child behind the wall; wait for its end."""
    uid = None if policy is IsolationPolicy.NONE else fresh_uid()
    streams = [os.pipe() for _ in range(3)]  # stdout, stderr, the report of the wall
    plan = Plan(
        workdir=tempfile.mkdtemp(prefix="trial-"),
        readable=readable,
        limits=limits or Limits(wall_s=20.0),
        policy=policy,
        uid=uid,
        keep_fds=(streams[2][1],),
        allow_processes=allow_processes,
        forbidden=forbidden,
        gpu_files=gpu_files,
    )
    pid = os.fork()
    if pid == 0:
        _child(source, plan, [write for _, write in streams])
    for read, write in streams:
        os.close(write)
        os.set_blocking(read, False)
    try:
        return _watch(plan, pid, [read for read, _ in streams])
    finally:
        for read, _ in streams:
            os.close(read)
        remove_tree(plan.workdir)


def _watch(plan: Plan, pid: int, reads: list[int]) -> Trial:
    pidfd = os.pidfd_open(pid)
    pipes = {fd: bytearray() for fd in reads}
    before = private_memory(pid)
    watch = _Watch(plan, pid, pidfd, pipes, time.monotonic(), before)
    try:
        code = watch.run()
        if plan.uid is not None:
            kill_everything(pidfd, plan.uid)
    finally:
        os.close(pidfd)
    stdout, stderr, report = (bytes(pipes[fd]) for fd in reads)
    ending = Ending(watch.verdict) if watch.verdict else _ending(code, stderr)
    left = [] if plan.uid is None else list(processes_of(plan.uid))
    return Trial(
        ending=ending, stdout=stdout, stderr=stderr, isolation=_isolation(report),
        survivors=len(left),
    )  # fmt: skip


def _ending(code: int, stderr: bytes) -> Ending:
    """What an exit code and the last line of a traceback say."""
    last = stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if code == 0:
        return Ending(Outcome.OK)
    if code < 0:
        return Ending(Outcome.CRASHED, signal.Signals(-code).name)
    if code == BROKEN:
        return Ending(Outcome.GRADER_FAULT, last)
    if any(sign in last for sign in NO_MEMORY):
        return Ending(Outcome.OUT_OF_MEMORY)
    return Ending(Outcome.CRASHED, last.partition(":")[0])


def _isolation(report: bytes) -> Isolation | None:
    if not report:
        return None
    plain = json.loads(report)
    return Isolation(
        level=IsolationLevel(plain["level"]),
        layers=tuple(plain["layers"]),
        missing=tuple(plain["missing"]),
    )


def matches(ending: Ending, wanted: Ending) -> bool:
    """Whether an ending is the wanted one; an exception matches its base classes too."""
    if ending.outcome is not wanted.outcome:
        return False
    if wanted.detail in {"", ending.detail}:
        return True
    base, found = (getattr(builtins, name, None) for name in (wanted.detail, ending.detail))
    return isinstance(base, type) and isinstance(found, type) and issubclass(found, base)


def _child(source: str, plan: Plan, writes: list[int]) -> NoReturn:
    """Put up the wall, report it, run the source, and leave without unwinding further."""
    stdout, stderr, report = writes
    code = BROKEN
    try:
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        sys.stdin = os.fdopen(0, closefd=False)  # the wall puts /dev/null there
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
        isolation = apply(plan)
        os.write(report, json.dumps(asdict(isolation)).encode())
        os.close(report)
        code = 1
        exec(compile(source, "program.py", "exec"), {"__name__": "__main__"})  # noqa: S102
        threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 - as at a normal end
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException:  # noqa: BLE001 - whatever a program may raise
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
