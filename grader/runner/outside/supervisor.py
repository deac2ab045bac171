"""The trusted process's side of one grading: one judge, one student's process at a time.

Theory of operation. A single loop watches every descriptor: the judge's requests and results,
the two streams that the student prints to, and the zygote's news of ended children. Every few
milliseconds it looks at the clock and at the student's limits; what passes one is killed, and
the judge learns the reason as an obituary. The judge itself is bounded too: one that doesn't
finish is a fault of the grader, and what it had reported by then is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import socket
import time
from collections.abc import Callable

from grader.errors import GraderFault
from grader.model import Outcome, Output, Progress
from grader.runner import wall
from grader.runner.outside.bench import Bench
from grader.runner.outside.desk import Desk
from grader.runner.outside.job import Job, Session, Stream
from grader.runner.outside.process import StudentProcess
from grader.runner.outside.warm import Ended, Forked, Zygote, ZygoteDied
from grader.runner.wire import SEAL_BYTES, Channel, WireError

TICK_S = 0.05
LOOK_EVERY_S = 0.1
JUDGE_GRACE_S = 90.0
"""What the judge may need after the student's time is up; its own clock keeps it below that."""
LINE_S = 30.0
"""For one message of the judge to come in whole."""
STOP_S = 2.0
"""How long a training whose time is used up has to end in order."""
MEASURE_SHARE, MEASURE_S = 0.25, 20.0
"""Of the time limit, at most so many seconds: what measuring such a training may take."""
MAX_CONTROL = 64 << 10
MAX_RESULT = 64 << 20


class Supervisor:
    """Runs one :class:`Job`. The zygote is the caller's and outlives it.

    Its judge is a fork of the ``bench`` and its student's process one of the ``desk``, where there
    is one for this job; else they are forks of the zygote.
    """

    def __init__(
        self,
        zygote: Zygote,
        job: Job,
        progress: Callable[[Progress], None] | None = None,
        bench: Bench | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._zygote = zygote
        self._for_judge: Zygote = bench or zygote
        self._for_student: Zygote = desk or zygote
        self._job = job
        self._limits = job.exercise.limits
        self._progress = progress
        self._session = Session()
        self._streams = (Stream(), Stream())
        self._selector = selectors.DefaultSelector()
        self._student: StudentProcess | None = None
        self._student_is_quiet = False
        self._student_trains = False
        self._asked_to_stop_at: float | None = None
        self._judge: Forked | None = None
        self._done = False
        self._next_look = 0.0

    def run(self) -> Session:
        """Grade; always returns what there is, also when the grader itself failed.

        Raises ZygoteDied, after which the same job can be run with a new zygote, and
        IsolationRefused before a byte of the submission was read.
        """
        for each in self._forkers():  # their imports are not the student's time
            each.wait_ready()
        started = time.monotonic()
        self._deadline = started + self._limits.wall_s
        session = self._session
        try:
            self._start_judge()
            self._loop()
        except ZygoteDied:
            raise
        except GraderFault as fault:  # what was earned before stays to be seen
            session.outcome, session.reason = Outcome.GRADER_FAULT, str(fault)
        except (WireError, ConnectionError):  # a line of ours broke: nobody reads at its other end
            session.outcome, session.reason = Outcome.GRADER_FAULT, "A process of the grader ended."
        finally:
            self._close()
        session.wall_s = time.monotonic() - started
        cap = self._limits.kept_output_bytes
        out, err = self._streams
        session.output = Output(
            stdout=out.text(cap), stderr=err.text(cap), truncated=max(out.total, err.total) > cap
        )
        return session

    # --- the loop and the judge ---------------------------------------------------------------

    def _loop(self) -> None:
        for each in self._forkers():
            self._selector.register(each.control, selectors.EVENT_READ, self._hear_of_ends)
        while not self._done:
            for key, _ in self._selector.select(TICK_S):
                if key.fileobj in self._selector.get_map():  # an earlier event may have closed it
                    key.data()
            self._look_at_limits()

    def _forkers(self) -> tuple[Zygote, ...]:
        """Whose children take part, and what they are forked from, which is told of their ends."""
        return tuple(dict.fromkeys((self._zygote, self._for_judge, self._for_student)))

    def _start_judge(self) -> None:
        control, control_theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        results, results_theirs = socket.socketpair()
        with control_theirs, results_theirs:
            given = [control_theirs.fileno(), results_theirs.fileno()]
            self._judge = self._for_judge.fork(self._job.entry, {}, given, self._job.preload)
        self._control = control
        self._results = Channel(results, max_json=MAX_RESULT)  # it quotes the student
        # Not by way of the zygote: what it has read could be found in a student's memory.
        self._results.send({"job": self._job.judge})
        self._selector.register(control, selectors.EVENT_READ, self._serve_judge)
        self._selector.register(self._results, selectors.EVENT_READ, self._take_result)

    def _take_result(self) -> None:
        try:
            message, _ = self._results.receive(time.monotonic() + LINE_S)
        except WireError as error:
            raise GraderFault("The process that judges ended before it was done.") from error
        if "progress" in message:
            if self._progress is not None:
                self._progress(Progress(**message["progress"]))
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
        match request["do"]:
            case "student":
                self._answer_student(quiet=request["quiet"], trains=request["trains"])
            case "kill":
                self._kill(Outcome(request["outcome"]), request["reason"])
                self._answer()
            case "stop":
                if self._student is not None and not self._student.is_over:
                    self._student.ask_to_stop()
                self._answer()
            case "trained":
                self._answer(*self._trained())
            case _:
                self._answer(*self._obituary())

    def _answer(self, outcome: Outcome = Outcome.OK, reason: str = "") -> None:
        self._control.send(json.dumps({"outcome": outcome, "reason": reason}).encode())

    def _trained(self) -> tuple[Outcome, str]:
        """A training has ended: whether because its time was up, and then time to measure it."""
        self._student_trains = False
        now, replays_s = time.monotonic(), self._job.replays_s
        self._deadline = max(self._deadline, now + replays_s)
        if self._asked_to_stop_at is None:
            return Outcome.OK, ""
        self._asked_to_stop_at = None
        outcome, reason = self._out_of_time()
        self._remember(outcome, reason)
        measuring_s = min(MEASURE_S, MEASURE_SHARE * self._limits.wall_s)
        self._deadline = now + max(measuring_s, replays_s)
        return outcome, reason

    def _answer_student(self, *, quiet: bool, trains: bool) -> None:
        """Start a student's process for the judge, and hand the socket to it over."""
        self._bury()
        if time.monotonic() > self._deadline:
            outcome, reason = self._out_of_time()
            self._session.remember(outcome, reason)
            self._answer(outcome, reason)
            return
        streams = (Stream(), Stream()) if quiet else self._streams
        student = self._student = StudentProcess(self._for_student, self._job, streams)
        self._student_is_quiet, self._student_trains = quiet, trains
        self._asked_to_stop_at = None
        for fd in student.pipes:
            self._selector.register(fd, selectors.EVENT_READ, lambda fd=fd: self._drain(fd))
        seal = secrets.token_bytes(SEAL_BYTES)
        self._session.isolation, to_student = student.shake_hands(seal)
        answer = json.dumps({"seal": seal.hex()}).encode()
        socket.send_fds(self._control, [answer], [to_student.fileno()])
        to_student.close()

    # --- the student ------------------------------------------------------------------------

    def _drain(self, fd: int) -> None:
        if self._student is not None and not self._student.drain(fd):
            self._selector.unregister(fd)

    def _look_at_limits(self) -> None:
        now = time.monotonic()
        if now > self._deadline + JUDGE_GRACE_S:
            self._session.is_late = True
            raise GraderFault("The process that judges did not finish in time.")
        student = self._student
        if student is None or student.is_over:
            return
        if now > self._deadline and not self._may_end_in_order(student, now):
            self._kill(*self._out_of_time())
        elif now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            passed = student.over_limit()
            if passed is not None:
                self._kill(*passed)

    def _may_end_in_order(self, student: StudentProcess, now: float) -> bool:
        """A training is asked to end before it is ended: what it recorded is complete then."""
        if not self._student_trains:
            return False
        if self._asked_to_stop_at is None:
            self._asked_to_stop_at = now
            student.ask_to_stop()
        return now < self._asked_to_stop_at + STOP_S

    def _out_of_time(self) -> tuple[Outcome, str]:
        limit = self._limits.wall_s
        return (
            Outcome.TIMED_OUT,
            f"The program was ended after {limit:g} seconds, its limit in all.",
        )

    def _kill(self, outcome: Outcome, reason: str) -> None:
        if self._student is not None and self._student.kill(outcome, reason):
            self._remember(outcome, reason)

    def _obituary(self) -> tuple[Outcome, str]:
        if self._student is None:
            return Outcome.CRASHED, "The program has ended."
        outcome, reason = self._student.obituary(self._hear_of_ends)
        if self._asked_to_stop_at is not None:  # however it ended after that
            outcome, reason = self._out_of_time()
        self._remember(outcome, reason)
        return outcome, reason

    def _remember(self, outcome: Outcome, reason: str) -> None:
        if not self._student_is_quiet:
            self._session.remember(outcome, reason)

    def _hear_of_ends(self) -> None:
        ends = {end.pid: end for each in self._forkers() for end in each.ends()}
        if self._student is not None and (end := ends.get(self._student.pid)) is not None:
            self._student.end = end
            self._session.cpu_s += end.cpu_s
            peak = self._session.peak_rss_mb
            self._session.peak_rss_mb = max(peak, end.peak_rss_kb / 1024)
        if self._judge is not None and (end := ends.get(self._judge.pid)) is not None:
            self._judge_ended(end)  # last, as it may raise: nobody tells of the others again

    def _judge_ended(self, end: Ended) -> None:
        with contextlib.suppress(GraderFault):
            while not self._done:  # what it said last may still be under way
                self._take_result()
        if not self._done:
            raise GraderFault(f"The process that judges ended by itself (exit {end.exit}).")

    def _bury(self) -> None:
        student = self._student
        if student is None:
            return
        for fd in student.pipes:
            with contextlib.suppress(KeyError):  # its end may have been seen before
                self._selector.unregister(fd)
        student.bury(self._hear_of_ends)
        self._session.limited_itself |= student.limited_itself
        if student.left:
            self._session.left.append(student.left)
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
