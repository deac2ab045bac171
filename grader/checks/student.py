"""The fixtures ``student`` and ``program``: the submission as a module, and as a training run.

Both own the student's processes they need. A process that dies costs the check that was
running; the next one gets a fresh process.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import torch

from grader.checks.outcome import RunReport
from grader.checks.remote import (
    Connection,
    Invalid,
    Remote,
    StudentRaised,
    Supervision,
    read_crash,
)
from grader.errors import GraderFault, StudentFault
from grader.model import Crash, Limits, Outcome
from grader.trace.learning import next_replay
from grader.trace.trace import ReplayRequest, Trace

Progress = Callable[[str], None]

REPLAY_LIMIT_S = 20.0
PROGRESS_S = 0.5


class Student:
    """The submission as a module: its names are attributes, each a :class:`Remote`."""

    def __init__(self, supervision: Supervision, limits: Limits, report: RunReport) -> None:
        self._supervision = supervision
        self._limits = limits
        self._report = report
        self._connection: Connection | None = None
        self._module: Remote | None = None

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._loaded().get(name)

    def get(self, name: str) -> Remote:
        """The submission's global ``name``, also one that is named like a method here."""
        return self._loaded().get(name)

    def seed(self, seed: int) -> None:
        """Seed Python's, NumPy's and torch's generators over there."""
        self._loaded()
        assert self._connection is not None
        self._connection.request("seed", args=[seed], limit_s=self._limits.check_s)

    @property
    def props(self) -> Remote:
        """The exercise's own ``props.py`` as a module over there: models and data to try."""
        self._loaded()
        return self._ask("props", None)

    def put(self, value: object) -> Remote:
        """Keep a value over there and get a handle on it; a tensor keeps ``requires_grad``."""
        self._loaded()
        return self._ask("put", [value])

    def trace(self, function: Remote, *args: object, **kwargs: object) -> tuple[Remote, Trace]:
        """Call a function of the student's under the recorder: its result, and what was seen."""
        self._loaded()
        batches: list[Any] = []
        result = self._ask("trace_call", [function, list(args), kwargs], batches.append)
        return result, Trace.from_plain(batches)

    def _ask(self, do: str, args: Any, on_events: Any = None) -> Remote:
        assert self._connection is not None
        answer = self._connection.request(
            do, args=args, limit_s=self._limits.check_s, on_events=on_events
        )
        if not isinstance(answer, Remote):
            raise StudentFault(Outcome.FORBIDDEN, "The student's process answered with no object.")
        return answer

    @contextlib.contextmanager
    def watching(self) -> Iterator[set[str]]:
        """A context whose set holds, at its end, the torch functions and modules that calls ran.

        Functions are named as in ``torch.overrides`` (``torch.Tensor.matmul``), modules by
        their class (``torch.nn.Linear``).
        """
        used: set[str] = set()
        self._loaded()
        self._ask_watch(start=True)
        yield used
        used.update(self._ask_watch(start=False))

    def _ask_watch(self, *, start: bool) -> list[str]:
        assert self._connection is not None
        names = self._connection.request("watch", args=[start], limit_s=self._limits.check_s)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise StudentFault(Outcome.FORBIDDEN, "The student's process hid what it ran.")
        return names

    def _loaded(self) -> Remote:
        if self._module is None or self._connection is None or not self._connection.alive:
            self._connection = Connection(
                self._supervision,
                max_blob=self._limits.answer_bytes,
                limit_s=self._limits.check_s,
            )
            try:
                self._module = self._connection.request("load", limit_s=self._limits.check_s)
            except StudentRaised as error:
                self._connection.close()
                self._report.crashed(error.crash)
                raise
            except Invalid as error:
                self._report.invalid(error.crash)
                raise
            finally:
                self._report.note(self._connection.notes)
        assert self._module is not None
        return self._module


class Program:
    """The submission, run once as a training program under the recorder.

    ``trace`` is what the recorder saw, up to the end or to whatever ended it; ``ended`` says
    in one sentence why it ended early, or is empty. ``outputs`` is what the trained model
    gave for ``images``, raw (N, 28, 28) uint8, or the exception that came instead: it is asked
    at once, because a later process of the student ends this one.
    """

    def __init__(
        self,
        supervision: Supervision,
        limits: Limits,
        report: RunReport,
        *,
        seed: int,
        images: torch.Tensor | None,
        progress: Progress,
        quiet: bool = False,
    ) -> None:
        self._supervision = supervision
        self._limits = limits
        self._report = report
        self._seed = seed
        self._progress = progress
        self._quiet = quiet
        self.ended = ""
        connection = self._connect(quiet=quiet)
        self.trace = self._run(connection)
        self.outputs: object = None if images is None else self._evaluate(connection, images)
        connection.close()
        if not quiet:
            self._replay()

    def _run(self, connection: Connection) -> Trace:
        batches: list[Any] = []
        try:
            self._read_answer(self._trace(connection, batches, None, self._limits.wall_s))
        except Invalid as error:
            self._report.invalid(error.crash)
            raise
        except StudentRaised as error:  # raised outside the submission's own run
            self._crashed(error.crash)
        except StudentFault as fault:  # the process is gone; what it told stays
            self.ended = fault.reason
            self._report.faulted(fault)
        finally:
            self._report.note(connection.notes)
        trace = Trace.from_plain(batches)
        if trace.faults:  # what it missed could be what a finding, or a pass, rests on
            raise GraderFault(f"The recorder failed: {'; '.join(trace.faults[:3])}")
        if trace.is_tampered:
            self.ended = "The program replaced the hooks by which its training is watched."
            self._report.faulted(StudentFault(Outcome.FORBIDDEN, self.ended))
        return trace

    def _evaluate(self, connection: Connection, images: torch.Tensor) -> object:
        if not connection.alive:
            return StudentFault(
                Outcome.CRASHED, "The program's process had ended, and its model with it."
            )
        self._progress("measuring the trained model")
        try:
            outputs = connection.request("evaluate", args=[images], limit_s=self._limits.check_s)
        except (StudentFault, StudentRaised) as error:
            return error
        if not isinstance(outputs, torch.Tensor) or not outputs.is_floating_point():
            return StudentFault(Outcome.FORBIDDEN, "The program answered with no model's outputs.")
        return outputs

    def _read_answer(self, answer: object) -> None:
        told = answer if isinstance(answer, dict) else {}
        called = told.get("called")
        if isinstance(called, str):
            self._report.note(
                (f"The file trains nothing by itself, so its {called[:80]}() was called.",)
            )
        if told.get("crash") is not None:
            self._crashed(read_crash(told["crash"]))

    def _crashed(self, crash: Crash) -> None:
        self._report.crashed(crash)
        self.ended = f"The program raised {crash.type} at {crash.place or 'an unknown line'}."

    def _replay(self) -> None:
        """Run the first steps again at other step sizes, as long as the trace asks for it."""
        while (request := next_replay(self.trace)) is not None:
            self._progress(
                f"replaying the first steps at {request.update_scale:g} times the step size"
            )
            batches: list[Any] = []
            # What was recorded until it ended, however it ended, is what the replay shows.
            with contextlib.suppress(StudentFault, StudentRaised):
                connection = self._connect(quiet=True)
                try:
                    self._trace(connection, batches, request, REPLAY_LIMIT_S)
                finally:
                    connection.close()
            self.trace = self.trace.with_replay(request, Trace.from_plain(batches))

    def _connect(self, *, quiet: bool) -> Connection:
        return Connection(
            self._supervision,
            max_blob=self._limits.answer_bytes,
            limit_s=self._limits.check_s,
            quiet=quiet,
        )

    def _trace(
        self,
        connection: Connection,
        batches: list[Any],
        replay: ReplayRequest | None,
        limit_s: float,
    ) -> Any:
        changed = {} if replay is None else asdict(replay)
        options = {"seed": self._seed, **changed}
        said = time.monotonic()

        def take(events: list[Any]) -> None:
            nonlocal said
            batches.append(events)
            if replay is None and time.monotonic() - said > PROGRESS_S:
                said = time.monotonic()
                self._progress("training")

        return connection.request("trace", options=options, limit_s=limit_s, on_events=take)
