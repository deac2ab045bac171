"""The trusted process's side of one grading: one judge, one student's process at a time.

Theory of operation. A single loop watches every descriptor: the judge's requests and results,
the two streams that the student prints to, and the zygote's news of ended children. It drains
what is printed, counts it, and every few milliseconds looks at the clock, the memory and the
folder of the student. Whatever passes a limit is killed at once, by the strongest means at
hand and without a warning, and the judge learns the reason as an obituary. The judge itself
is bounded too: one that doesn't finish is a fault of the grader, and what it had reported by
then is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import GraderFault, IsolationRefused
from grader.model import (
    Exercise,
    Isolation,
    IsolationLevel,
    IsolationPolicy,
    Outcome,
    Output,
    Submission,
)
from grader.runner import wall
from grader.runner.cleanup import disk_usage, remove_tree
from grader.runner.warm import Ended, Forked, Zygote, ZygoteDied
from grader.runner.wire import SEAL_BYTES, Channel, WireError

TICK_S = 0.05
HANDSHAKE_S = 20.0
JUDGE_GRACE_S = 30.0
MAX_CONTROL = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one grading needs: who is judged, by what, and within which bounds.

    ``judge`` is the argument of the judge's process. ``props`` are the exercise's own helpers,
    run in the student's process and so without a secret in them. ``data_files`` are opened here
    and handed to the student as descriptors, so that no path of them has to be readable.
    """

    exercise: Exercise
    submission: Submission
    policy: IsolationPolicy
    seed: int
    judge: dict[str, Any]
    props: str | None = None
    data_files: tuple[Path, ...] = ()


@dataclass(slots=True)
class Session:
    """What a grading left behind: the judge's messages, and how the student's processes did."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    outcome: Outcome = Outcome.OK
    reason: str = ""
    output: Output = field(default_factory=Output)
    isolation: Isolation = field(default_factory=lambda: Isolation(level=IsolationLevel.NONE))
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_rss_mb: float = 0.0


@dataclass(slots=True)
class Stream:
    """One stream that the student prints to: counted in full, kept as a capped tail."""

    kept: bytearray = field(default_factory=bytearray)
    total: int = 0

    def add(self, data: bytes, cap: int) -> None:
        """Take what was printed, dropping the oldest beyond ``cap`` bytes."""
        self.total += len(data)
        self.kept += data
        if len(self.kept) > 2 * cap:
            del self.kept[:-cap]

    def text(self, cap: int) -> str:
        """The tail, at most ``cap`` bytes."""
        return bytes(self.kept[-cap:]).decode("utf-8", "replace")


@dataclass(slots=True)
class StudentProcess:
    """One forked student: its process, its pipes, its folder, and why it was ended."""

    process: Forked
    pipes: dict[int, Stream]
    folder: Path
    uid: int | None
    quiet: bool
    outcome: Outcome | None = None
    reason: str = ""
    end: Ended | None = None


class Supervisor:
    """Runs one :class:`Job`. The zygote is the caller's and outlives it."""

    def __init__(
        self, zygote: Zygote, job: Job, progress: Callable[[str], None] | None = None
    ) -> None:
        self._zygote = zygote
        self._job = job
        self._progress = progress
        self._session = Session()
        self._streams = (Stream(), Stream())
        self._selector = selectors.DefaultSelector()
        self._student: StudentProcess | None = None
        self._judge: Forked | None = None
        self._done = False
        self._next_look = 0.0

    def run(self) -> Session:
        """Grade; always returns what there is, also when the grader itself failed.

        Raises ZygoteDied, after which the same job can be run with a new zygote, and
        IsolationRefused before a byte of the submission was read.
        """
        self._zygote.wait_ready()  # its imports are not the student's time
        started = time.monotonic()
        self._deadline = started + self._job.exercise.limits.wall_s
        session = self._session
        try:
            self._start_judge()
            self._loop()
        except ZygoteDied:
            raise
        except GraderFault as fault:  # what was earned before stays to be seen
            session.outcome, session.reason = Outcome.GRADER_FAULT, str(fault)
        finally:
            self._close()
        session.wall_s = time.monotonic() - started
        cap = self._job.exercise.limits.kept_output_bytes
        out, err = self._streams
        session.output = Output(
            stdout=out.text(cap), stderr=err.text(cap), truncated=max(out.total, err.total) > cap
        )
        return session

    # --- the loop ---------------------------------------------------------------------------

    def _loop(self) -> None:
        self._selector.register(self._zygote.control, selectors.EVENT_READ, self._hear_of_ends)
        while not self._done:
            for key, _ in self._selector.select(TICK_S):
                if key.fileobj in self._selector.get_map():  # an earlier event may have closed it
                    key.data()
            self._look_at_limits()

    def _start_judge(self) -> None:
        control, control_theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        results, results_theirs = socket.socketpair()
        with control_theirs, results_theirs:
            given = [control_theirs.fileno(), results_theirs.fileno()]
            self._judge = self._zygote.fork("grader.checks.judge", {}, given)
        self._control = control
        self._results = Channel(results)
        # Not by way of the zygote: what it has read could be found in a student's memory.
        self._results.send({"job": self._job.judge})
        self._selector.register(control, selectors.EVENT_READ, self._serve_judge)
        self._selector.register(self._results, selectors.EVENT_READ, self._take_result)

    def _take_result(self) -> None:
        try:
            message, _ = self._results.receive(time.monotonic() + JUDGE_GRACE_S)
        except WireError as error:
            raise GraderFault("The process that judges ended before it was done.") from error
        if "progress" in message:
            if self._progress is not None:
                self._progress(str(message["progress"]))
        elif "done" in message:
            self._done = True
        else:
            self._session.messages.append(message)

    def _serve_judge(self) -> None:
        data = self._control.recv(MAX_CONTROL)
        if not data:
            self._selector.unregister(self._control)
            return
        request = json.loads(data)
        if request["do"] == "student":
            self._answer_student(quiet=bool(request["quiet"]))
        elif request["do"] == "kill":
            self._end_student(Outcome(request["outcome"]), request["reason"])
            self._control.send(b"{}")
        else:
            self._control.send(json.dumps(self._obituary()).encode())

    def _answer_student(self, *, quiet: bool) -> None:
        self._bury()
        if time.monotonic() > self._deadline:
            outcome, reason = self._out_of_time()
            self._remember(outcome, reason)
            self._control.send(json.dumps({"outcome": outcome, "reason": reason}).encode())
            return
        seal = secrets.token_bytes(SEAL_BYTES)
        channel = self._start_student(seal, quiet=quiet)
        answer = json.dumps({"seal": seal.hex()}).encode()
        socket.send_fds(self._control, [answer], [channel.fileno()])
        channel.close()

    # --- one student --------------------------------------------------------------------------

    def _start_student(self, seal: bytes, *, quiet: bool) -> socket.socket:
        """Fork a student, check that its wall stands, and send it the submission."""
        folder = Path(tempfile.mkdtemp(prefix="grade-"))
        uid = wall.submission_uid() if self._job.policy is not IsolationPolicy.NONE else None
        if uid is not None:
            os.chown(folder, uid, uid)
        ours, theirs = socket.socketpair()
        (out, out_theirs), (err, err_theirs) = os.pipe(), os.pipe()
        data = [os.open(path, os.O_RDONLY) for path in self._job.data_files]
        plan: dict[str, Any] = {
            "workdir": str(folder),
            "readable": [],
            "limits": asdict(self._job.exercise.limits),
            "policy": self._job.policy,
            "uid": uid,
            "allow_processes": False,
        }
        given = [out_theirs, err_theirs, theirs.fileno(), *data]
        try:
            process = self._zygote.fork("grader.runner.student", {"plan": plan}, given)
        finally:
            theirs.close()
            for fd in (out_theirs, err_theirs, *data):
                os.close(fd)
        pipes = {out: self._streams[0], err: self._streams[1]}
        if quiet:
            pipes = {out: Stream(), err: Stream()}
        self._student = StudentProcess(process, pipes, folder, uid, quiet)
        for fd in pipes:
            os.set_blocking(fd, False)
            self._selector.register(fd, selectors.EVENT_READ, lambda fd=fd: self._drain(fd))
        try:
            self._shake_hands(ours, seal)
        except BaseException:
            ours.close()
            raise
        return ours

    def _shake_hands(self, ours: socket.socket, seal: bytes) -> None:
        channel = Channel(ours)
        try:
            hello, _ = channel.receive(time.monotonic() + HANDSHAKE_S)
            told = hello["isolation"]
        except (WireError, KeyError) as error:
            self._bury()
            raise GraderFault(
                "The student's process could not put up its wall: " + self._streams[1].text(2000)
            ) from error
        isolation = Isolation(
            level=IsolationLevel(told["level"]),
            layers=tuple(told["layers"]),
            missing=tuple(told["missing"]),
        )
        self._session.isolation = isolation
        if (
            self._job.policy is IsolationPolicy.REQUIRE
            and isolation.level is not IsolationLevel.FULL
        ):
            raise IsolationRefused(
                f"Full isolation was required, but this machine gives {isolation.level} isolation: "
                f"it lacks {'; '.join(isolation.missing) or 'every layer'}. Nothing was run. See "
                "what it gives with grade doctor, or grade with --isolation best."
            )
        submission = self._job.submission
        channel.send({"seal": seal.hex(), "job": {
            "name": Path(submission.name).name,
            "kind": submission.kind,
            "cells": [[cell.number, cell.source] for cell in submission.cells],
            "seed": self._job.seed,
            "provides": list(self._job.exercise.provides),
            "props": self._job.props,
        }})  # fmt: skip

    def _drain(self, fd: int) -> None:
        student = self._student
        if student is None or fd not in student.pipes:
            return
        try:
            data = os.read(fd, 1 << 20)
        except BlockingIOError:
            return
        if not data:
            self._forget(fd)
            return
        limits = self._job.exercise.limits
        student.pipes[fd].add(data, limits.kept_output_bytes)
        if sum(stream.total for stream in student.pipes.values()) > limits.output_bytes:
            self._end_student(
                Outcome.OUTPUT_LIMIT,
                f"The program printed more than {limits.output_bytes >> 20} MiB.",
            )

    def _forget(self, fd: int) -> None:
        with contextlib.suppress(KeyError):  # its end may have been seen before
            self._selector.unregister(fd)

    def _look_at_limits(self) -> None:
        now = time.monotonic()
        if now > self._deadline + JUDGE_GRACE_S:
            raise GraderFault("The process that judges did not finish in time.")
        student = self._student
        if student is None or student.end is not None or student.outcome is not None:
            return
        if now > self._deadline:
            self._end_student(*self._out_of_time())
        elif now >= self._next_look:
            self._next_look = now + 2 * TICK_S
            self._look_at_memory(student)
            self._look_at_folder(student)

    def _look_at_memory(self, student: StudentProcess) -> None:
        limit = self._job.exercise.limits.memory_bytes
        if wall.private_memory(student.process.pid) > limit:
            self._end_student(
                Outcome.OUT_OF_MEMORY,
                f"The program used more memory than its {limit / (1 << 30):.1f} GiB.",
            )

    def _look_at_folder(self, student: StudentProcess) -> None:
        limits = self._job.exercise.limits
        size, files = disk_usage(student.folder)
        if size > limits.disk_bytes:
            reason = f"The program wrote more than {limits.disk_bytes >> 20} MiB of files."
        elif files > limits.disk_files:
            reason = f"The program made more than {limits.disk_files:,} files."
        else:
            return
        self._end_student(Outcome.FORBIDDEN, reason)

    def _out_of_time(self) -> tuple[Outcome, str]:
        limit = self._job.exercise.limits.wall_s
        return (
            Outcome.TIMED_OUT,
            f"The program was ended after {limit:g} seconds, its limit in all.",
        )

    # --- ends ----------------------------------------------------------------------------------

    def _hear_of_ends(self) -> None:
        for end in self._zygote.ends():
            if self._judge is not None and end.pid == self._judge.pid:
                self._judge_ended(end)
            elif self._student is not None and end.pid == self._student.process.pid:
                self._student.end = end
                self._session.cpu_s += end.cpu_s
                peak = self._session.peak_rss_mb
                self._session.peak_rss_mb = max(peak, end.peak_rss_kb / 1024)

    def _judge_ended(self, end: Ended) -> None:
        with contextlib.suppress(GraderFault):
            while not self._done:  # what it said last may still be under way
                self._take_result()
        if not self._done:
            raise GraderFault(f"The process that judges ended by itself (exit {end.exit}).")

    def _end_student(self, outcome: Outcome, reason: str) -> None:
        """Kill the student's process for a reason that stands in the result."""
        student = self._student
        if student is None or student.outcome is not None:
            return
        student.outcome, student.reason = outcome, reason
        self._remember(outcome, reason)
        wall.kill_everything(student.process.pidfd, student.uid)

    def _remember(self, outcome: Outcome, reason: str) -> None:
        """Keep the first thing that went wrong: later ones follow from it."""
        quiet = self._student is not None and self._student.quiet
        if self._session.outcome is Outcome.OK and not quiet:
            self._session.outcome, self._session.reason = outcome, reason

    def _obituary(self) -> dict[str, str]:
        """Why the student's process ended, for the judge that lost it."""
        student = self._student
        if student is None:
            return {"outcome": Outcome.CRASHED, "reason": "The program has ended."}
        self._wait_for_end(student)
        if student.outcome is None:
            outcome, reason = explain_end(student.end)
            student.outcome, student.reason = outcome, reason
            self._remember(outcome, reason)
        return {"outcome": student.outcome, "reason": student.reason}

    def _wait_for_end(self, student: StudentProcess) -> None:
        """Wait shortly for a process that hung up; kill one that lives on without its channel."""
        deadline = time.monotonic() + 1.0
        while student.end is None:
            if time.monotonic() > deadline:
                wall.kill_everything(student.process.pidfd, student.uid)
                deadline += 60.0
            for fd in student.pipes:
                self._drain(fd)
            self._hear_of_ends()
            time.sleep(0.002)

    def _bury(self) -> None:
        """Kill what may be left of the student, read what it printed last, remove its folder."""
        student = self._student
        if student is None:
            return
        wall.kill_everything(student.process.pidfd, student.uid)
        with contextlib.suppress(ZygoteDied):
            self._wait_for_end(student)
        for fd in student.pipes:
            self._drain(fd)
            self._forget(fd)
            os.close(fd)
        os.close(student.process.pidfd)
        remove_tree(student.folder)
        self._student = None

    def _close(self) -> None:
        self._bury()
        if self._judge is not None:
            wall.kill_everything(self._judge.pidfd, None)
            os.close(self._judge.pidfd)
        for name in ("_control", "_results"):
            if hasattr(self, name):
                getattr(self, name).close()
        self._selector.close()


def explain_end(end: Ended | None) -> tuple[Outcome, str]:
    """The outcome and the sentence for a process that ended without being told to."""
    if end is None or end.exit >= 0:
        code = 0 if end is None else end.exit
        return Outcome.CRASHED, (
            f"The program's process ended itself (exit code {code}) before it had answered; "
            "os._exit() does that, and what it says counts for nothing."
        )
    number = -end.exit
    name = signal.Signals(number).name if number in signal.valid_signals() else f"signal {number}"
    if number == signal.SIGXCPU:
        return Outcome.TIMED_OUT, "The program used up its CPU time."
    if number == signal.SIGSYS:
        return Outcome.FORBIDDEN, "The program made a system call that is not allowed here."
    if number == signal.SIGXFSZ:
        return Outcome.FORBIDDEN, "The program wrote a file that is larger than allowed."
    if number == signal.SIGKILL:
        return Outcome.OUT_OF_MEMORY, (
            "The program was killed by the system, which does that when memory runs out."
        )
    return Outcome.CRASHED, f"The program's process was ended by {name}, a crash in compiled code."
