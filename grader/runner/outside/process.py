"""One student's process, from outside: started, walled in, watched, ended, cleaned up after.

Theory of operation. The process is forked from the zygote with the ends of two pipes and of
one socket. It reports which layers of its wall stand and gets the submission only then. While
it lives, its owner drains the pipes and asks :meth:`StudentProcess.over_limit` every few
milliseconds; what passes a limit is killed without a warning, by the strongest means at hand.
At the end nothing of it is left: no process, no folder, no control group.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.errors import GraderFault, IsolationRefused
from grader.model import Isolation, IsolationLevel, IsolationPolicy, Limits, Outcome
from grader.runner import wall
from grader.runner.agreed import STOP_SIGNAL
from grader.runner.outside.cleanup import disk_usage, remove_tree
from grader.runner.outside.job import Job, Stream
from grader.runner.outside.warm import Ended, Zygote
from grader.runner.wall import cgroup
from grader.runner.wall.rlimits import cpu_limit
from grader.runner.wire import Channel, WireError

STUDENT = "grader.runner.inside.student"
"""What the forked process runs: the other side, by its name only."""

HANDSHAKE_S = 20.0
HANGUP_S = 1.0
PAUSE_S = 0.002
CHUNK = 1 << 20

_NUMBERS = itertools.count(1)


class StudentProcess:
    """One student's process. ``pipes`` are to be watched and drained by the owner."""

    def __init__(self, zygote: Zygote, job: Job, streams: tuple[Stream, Stream]) -> None:
        self._job = job
        self._limits = job.exercise.limits
        self._folder = Path(tempfile.mkdtemp(prefix="grade-", dir=job.scratch))
        walled = job.policy is not IsolationPolicy.NONE
        self._uid = wall.submission_uid() if walled else None
        self._group = self._make_group() if walled else None
        if self._uid is not None:
            os.chown(self._folder, self._uid, self._uid)
        self.end: Ended | None = None
        self.outcome: Outcome | None = None
        self.reason = ""
        self.pipes: dict[int, Stream] = {}
        self._printed = 0
        self._taken_before = 0
        self._resident_before = 0
        self._limits_before: tuple[str, ...] = ()
        self._kills_before = wall.kernel_kills()
        self.left = ""
        self._fork(zygote, streams)

    @property
    def pid(self) -> int:
        """Its number, as long as it lives."""
        return self._process.pid

    def _fork(self, zygote: Zygote, streams: tuple[Stream, Stream]) -> None:
        self._socket, theirs = socket.socketpair()
        (out, out_theirs), (err, err_theirs) = os.pipe(), os.pipe()
        data = [os.open(path, os.O_RDONLY) for path in self._job.data_files]
        given = [out_theirs, err_theirs, theirs.fileno(), *data]
        try:
            argument = {"plan": self._plan(), "device": asdict(self._job.device)}
            self._process = zygote.fork(STUDENT, argument, given, self._job.preload)
        finally:
            for fd in (out_theirs, err_theirs, *data):
                os.close(fd)
            theirs.close()
        self.pipes = dict(zip((out, err), streams, strict=True))
        for fd in self.pipes:
            os.set_blocking(fd, False)

    def _plan(self) -> dict[str, Any]:
        return {
            "workdir": str(self._folder),
            "readable": [str(path) for path in self._job.readable],
            "limits": asdict(self._limits),
            "policy": self._job.policy,
            "uid": self._uid,
            "allow_processes": False,
            "forbidden": [str(path) for path in self._job.forbidden],
            "gpu_files": list(self._job.device.files),
        }

    # --- its wall ---------------------------------------------------------------------------

    def shake_hands(self, seal: bytes) -> tuple[Isolation, socket.socket]:
        """Hear which layers stand, and give it the submission; the wall and the socket to it.

        Raises:
            IsolationRefused: the exercise or the user demands more than stands.
            GraderFault: the wall could not be put up.
        """
        channel = Channel(self._socket)
        try:
            hello, _ = channel.receive(time.monotonic() + HANDSHAKE_S)
            told = hello["isolation"]
        except (WireError, KeyError) as error:
            raise GraderFault(f"The student's process has no wall. {self._last_words()}") from error
        if hello.get("device"):
            raise GraderFault(
                f"The GPU can't be used from behind the wall: {hello['device']}. Use --device cpu; "
                "docs/gpu.md says what the driver needs, and how to find out what it lacks."
            )
        if self._job.device.files:  # what the driver took, before the submission took anything
            self._taken_before = wall.private_memory(self.pid)
        isolation = Isolation(
            level=IsolationLevel(told["level"]),
            layers=(*told["layers"], *self._join_group()),
            missing=tuple(told["missing"]),
        )
        demanded = self._job.exercise.isolation
        if self._job.policy is IsolationPolicy.REQUIRE:
            demanded = IsolationLevel.FULL
        if not isolation.level.holds(demanded):
            raise IsolationRefused(
                f"This grading demands {demanded} isolation, but has {isolation.level} isolation "
                f"here: it lacks {'; '.join(isolation.missing) or 'every layer'}. Nothing was run. "
                "See what this machine gives with grade doctor."
            )
        self._resident_before = wall.resident_memory(self.pid)
        self._limits_before = wall.limits_of(self.pid)
        try:
            channel.send({"seal": seal.hex(), "job": self._job.to_student()})
        except WireError as error:
            raise GraderFault(
                f"The student's process took no submission. {self._last_words()}"
            ) from error
        return isolation, self._socket

    def _make_group(self) -> cgroup.Group | None:
        """A control group for this one process, where the machine lets us make one."""
        name = f"grade-{os.getpid()}-{next(_NUMBERS)}"
        with contextlib.suppress(wall.Missing, OSError):
            return cgroup.make(
                name, memory_bytes=self._limits.memory_bytes, tasks=self._limits.threads
            )
        return None

    def _join_group(self) -> tuple[str, ...]:
        """Move the process into its group; the layer's name, if it became one."""
        if self._group is None:
            return ()
        try:
            self._group.attach(self.pid)
        except OSError:  # a tree that can be written to and yet takes no process
            return ()
        return ("cgroup",)

    def _last_words(self) -> str:
        for fd in self.pipes:
            self.drain(fd)
        return " ".join(stream.text(2000) for stream in self.pipes.values()).strip()

    @property
    def limited_itself(self) -> bool:
        """Whether it changed its limits: what struck then may be none of the grader's."""
        before = self._limits_before
        return self.end is not None and bool(before) and self.end.limits != before

    # --- watching -----------------------------------------------------------------------------

    def drain(self, fd: int) -> bool:
        """Take what it printed; whether the pipe is still open."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return True
        self.pipes[fd].add(data, self._limits.kept_output_bytes)
        self._printed += len(data)
        return bool(data)

    def over_limit(self) -> tuple[Outcome, str] | None:
        """The limit that it has passed, with a sentence for the result."""
        limits = self._limits
        if self._printed > limits.output_bytes:
            mib = limits.output_bytes >> 20
            return Outcome.OUTPUT_LIMIT, f"The program printed more than {mib} MiB."
        if wall.private_memory(self.pid) - self._taken_before > limits.memory_bytes:
            return self._starved()
        size, files = disk_usage(self._folder)
        if size > limits.disk_bytes:
            mib = limits.disk_bytes >> 20
            return Outcome.FORBIDDEN, f"The program wrote more than {mib} MiB of files."
        if files > limits.disk_files:
            return Outcome.FORBIDDEN, f"The program made more than {limits.disk_files:,} files."
        return None

    def _starved(self) -> tuple[Outcome, str]:
        limit = self._limits.memory_bytes / (1 << 30)
        return Outcome.OUT_OF_MEMORY, f"The program used more memory than its {limit:.1f} GiB."

    # --- its end --------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether it has ended or been ended."""
        return self.end is not None or self.outcome is not None

    def ask_to_stop(self) -> None:
        """Ask it to end its training at the next step. A program may not obey; time goes on."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process.pidfd, STOP_SIGNAL)

    def kill(self, outcome: Outcome, reason: str) -> bool:
        """End it for a reason that stands in the result; False if it had one before."""
        if self.outcome is not None:
            return False
        self.outcome, self.reason = outcome, reason
        wall.kill_everything(self._process.pidfd, self._uid)
        return True

    def obituary(self, hear: Callable[[], None]) -> tuple[Outcome, str]:
        """Why it ended. ``hear`` fetches the zygote's news, which set :attr:`end`."""
        self._wait(hear)
        if self.outcome is None:
            self.outcome, self.reason = self._explain_end()
        return self.outcome, self.reason

    def _explain_end(self) -> tuple[Outcome, str]:
        if self._group is not None and self._group.out_of_memory() > 0:
            return self._starved()
        taken = 0
        if self.end is not None:
            taken = max((self.end.peak_rss_kb << 10) - self._resident_before, 0)
        return explain_end(
            self.end,
            self._limits,
            taken=taken,
            kernel_killed=wall.kernel_kills() > self._kills_before,
        )

    def bury(self, hear: Callable[[], None]) -> None:
        """Kill what may be left, read what it printed last, and remove all that was its own."""
        wall.kill_everything(self._process.pidfd, self._uid)
        with contextlib.suppress(GraderFault):  # without a zygote nobody tells of the end
            self._wait(hear)
        for fd in self.pipes:
            self.drain(fd)
            os.close(fd)
        os.close(self._process.pidfd)
        self._socket.close()
        self._remove_folder()
        if self._group is not None:
            self._group.kill()
            self._group.remove()

    def _remove_folder(self) -> None:
        """Remove its folder; one that can't be, as without a wall, costs nobody a result."""
        try:
            remove_tree(self._folder)
        except OSError as error:
            self.left = (
                f"The program's folder {self._folder} could not be removed "
                f"({error.strerror or error}); it is left for you to remove."
            )

    def _wait(self, hear: Callable[[], None]) -> None:
        """Wait shortly for a process that hung up; kill one that lives on without its socket."""
        patience = time.monotonic() + HANGUP_S
        while self.end is None:
            if time.monotonic() > patience:
                wall.kill_everything(self._process.pidfd, self._uid)
            for fd in self.pipes:
                self.drain(fd)
            hear()
            time.sleep(PAUSE_S)


NEARLY = 0.75
"""Of a limit: a process that had come so far is taken to have met it."""
COMPILED = frozenset((signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT))


def explain_end(
    end: Ended | None, limits: Limits, *, taken: int = 0, kernel_killed: bool = False
) -> tuple[Outcome, str]:
    """The outcome and the sentence for a process that ended without being told to.

    A limit is blamed only if what was measured had come near it, since a program can send every
    signal to itself and lower its own limits.

    Args:
        end: how the process ended, with the CPU time that it had used.
        limits: what the grader allowed it.
        taken: the most memory in bytes that it held beyond what it began with.
        kernel_killed: whether the kernel has killed for lack of memory in its lifetime.
    """
    if end is None or end.exit >= 0:
        code = 0 if end is None else end.exit
        return Outcome.CRASHED, (
            f"The program's process ended itself (exit code {code}) before it had answered; "
            "os._exit() does that, and what it says counts for nothing."
        )
    number = -end.exit
    name = signal.Signals(number).name if number in signal.valid_signals() else f"signal {number}"
    struck: dict[int, tuple[Outcome, str]] = {
        signal.SIGSYS: (
            Outcome.FORBIDDEN, "The program made a system call that is not allowed here."),
        signal.SIGXFSZ: (
            Outcome.FORBIDDEN, "The program wrote a file that is larger than allowed."),
    }  # fmt: skip
    if end.cpu_s > NEARLY * cpu_limit(limits):
        struck[signal.SIGXCPU] = Outcome.TIMED_OUT, "The program used up its CPU time."
    if kernel_killed or taken > NEARLY * limits.memory_bytes:
        struck[signal.SIGKILL] = (
            Outcome.OUT_OF_MEMORY,
            ("The program was killed by the system, which does that when memory runs out."),
        )
    if number in struck:
        return struck[number]
    if number in COMPILED:
        return Outcome.CRASHED, (
            f"The program's process was ended by {name}, a crash in compiled code."
        )
    return Outcome.CRASHED, (
        f"The program's process was ended by {name}, and not at a limit of the grader: it had "
        f"used {taken / (1 << 30):.1f} of {limits.memory_bytes / (1 << 30):.1f} GiB of memory and "
        f"{end.cpu_s:.0f} s of CPU time. A program that sends itself this signal (os.kill, "
        "signal.alarm) or lowers its own limits (resource.setrlimit) ends so."
    )
