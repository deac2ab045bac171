"""Running a submission as a training program: from a fresh process to one frozen record.

The program is run once under the recorder. Its trained model is asked at once, because a later
process of the student ends this one; then the first steps are run again, as long as the trace
leaves a question that other step sizes would answer.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from grader.checks.cells import CellLog
from grader.checks.hostile import read_crash
from grader.checks.outcome import RunReport
from grader.checks.program import TAMPERED, Box, Program, Questions, Ran
from grader.checks.remote import Connection, Invalid, Remote, StudentRaised
from grader.checks.supervision import Supervision
from grader.checks.training import Training
from grader.errors import GraderFault, StudentFault
from grader.model import Crash, Limits, Outcome, Progress
from grader.observation.record import KeptReplay
from grader.schema.fields import Row, TraceMalformed
from grader.trace.descent import options_of
from grader.trace.failures import explained
from grader.trace.learning import next_replay
from grader.trace.reading import Reader
from grader.trace.trace import ReplayRequest, Trace

Tell = Callable[[Progress], None]

REPLAY_LIMIT_S = 20.0
"""Or as long as the run itself took: its first steps need no longer, however busy the machine."""
PATIENCE = 3.0
"""So many times as long a replay gets that was cut short, once."""
PROGRESS_S = 0.2
LATE_S = 10.0
"""Beyond the run's own limit, which is the supervisor's to watch: it asks before it ends."""
TOO_FEW_REPLAYS = (
    "Not everything that could be asked about the size of the steps was asked: each question is "
    "a run of the program's first steps, and they had taken their share of the time. With a "
    "longer --timeout, or less to do before the first step, there is time for more."
)
STOPPED = "StopReplay"
"""The class of the exception by which the recorder ends a training."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Runs one submission as a training program, as often as it is asked to.

    ``box`` says how much of it is looked at; ``keep``: the rows of the first run are kept as they
    come, to be read again.
    """

    supervision: Supervision
    limits: Limits
    progress: Tell
    keep: bool = False
    box: Box = field(default_factory=Box)

    def run(
        self,
        report: RunReport,
        images: torch.Tensor | None,
        seed: int,
        *,
        quiet: bool,
        questions: Questions,
    ) -> Program:
        """The finished run from this seed, asked about these images: uint8 (N, 28, 28).

        ``quiet`` drops what it prints and makes no replays.

        Raises:
            Invalid: the submission doesn't compile.
            StudentFault, StudentRaised: what came instead of the preparation that was asked for.
        """
        ran = _Running(self, report, seed, quiet=quiet, questions=questions).run(images)

        def again(others: Questions) -> Program:
            return self.run(RunReport(), None, seed, quiet=True, questions=others)

        return Program(ran, again)


@dataclass
class _Rows:
    """Rows on their way in: read strictly as they come, and kept as they came if asked for."""

    keep: bool
    reader: Reader = field(default_factory=Reader)
    kept: list[Any] = field(default_factory=list)

    def take(self, rows: list[Any]) -> list[Row]:
        read = self.reader.read([rows])
        if self.keep:
            self.kept.extend(rows)
        return read

    @property
    def trace(self) -> Trace:
        return Trace.of_reader(self.reader)


class _Running:
    """One run under way."""

    def __init__(
        self, by: Programs, report: RunReport, seed: int, *, quiet: bool, questions: Questions
    ) -> None:
        self._supervision = by.supervision
        self._limits = by.limits
        self._progress = by.progress
        self._keep = by.keep and not quiet
        self._box = by.box
        self._report = report
        self._seed = seed
        self._quiet = quiet
        self._questions = questions
        self._training = Training()
        self._gave_up: str | None = None
        self._damage: TraceMalformed | None = None
        self._ended = ""
        self._has_failed = False
        self._asked: Remote | None = None

    def run(self, images: torch.Tensor | None) -> Ran:
        """The run, from its process's first breath to the last replay."""
        connection = self._connect(quiet=self._quiet)
        if self._questions.before is not None:
            name, *values = self._questions.before
            self._props(connection).get(name)(*values)
        started = time.monotonic()
        rows = self._train(connection)
        replay_s = max(REPLAY_LIMIT_S, time.monotonic() - started)
        outputs: object = None if images is None else self._evaluate(connection, images)
        is_first, start = False, None
        if images is not None and isinstance(outputs, torch.Tensor):
            is_first, start = self._evaluate_start(connection, images)
        ran = Ran(
            ended=self._ended,
            recorded=rows.trace,
            rows=tuple(rows.kept),
            damage=self._damage,
            outputs=outputs,
            start=start,
            is_first=is_first,
            seen=self._look(connection),
            gave_up=self._has_failed,
        )
        connection.close()
        return ran if self._quiet else self._replayed(ran, replay_s)

    # --- the training -------------------------------------------------------------------------

    def _train(self, connection: Connection) -> _Rows:
        rows = _Rows(self._keep)
        cells = self._report.cells(self._limits)
        try:
            self._training = Training(self._hopeless(connection))
            limit_s = self._limits.wall_s + (0.0 if self._quiet else LATE_S)
            answer = self._trace(connection, rows, None, limit_s, cells=cells)
            self._read_answer(answer, cells, rows.reader)
        except Invalid as error:
            self._report.invalid(error.crash)
            raise
        except StudentRaised as error:  # raised outside the submission's own run
            self._crashed(error.crash)
        except StudentFault as fault:  # the process is gone; what it told stays
            self._damage = fault if isinstance(fault, TraceMalformed) else None
            self._cut_short(fault)
        finally:
            self._report.note(connection.notes)
        if rows.trace.is_tampered:
            self._ended = TAMPERED
            self._report.faulted(StudentFault(Outcome.FORBIDDEN, self._ended))
        return rows

    def _hopeless(self, connection: Connection) -> list[int]:
        """The lines whose training may be ended once it is lost; none in a run that only counts."""
        if self._quiet:
            return []
        lines = connection.request("outlook", limit_s=self._limits.check_s)
        return [line for line in lines if type(line) is int] if isinstance(lines, list) else []

    def _cut_short(self, fault: StudentFault) -> None:
        """Tell how far a run came whose process was ended, or whose time was up."""
        reached = self._training.reached
        self._ended = f"{fault.reason.rstrip('.')}; {reached}." if reached else fault.reason
        self._report.faulted(StudentFault(fault.outcome, self._ended))

    # --- questions ----------------------------------------------------------------------------

    def _evaluate(self, connection: Connection, images: torch.Tensor) -> object:
        if not connection.alive:
            return StudentFault(
                Outcome.CRASHED, "The program's process had ended, and its model with it."
            )
        self._progress(Progress(doing="measuring the trained model"))
        limit_s = self._limits.check_s
        try:
            self._asked = self._ask(connection, self._questions.model)
            outputs = connection.request("evaluate", args=[images, self._asked], limit_s=limit_s)
        except (StudentFault, StudentRaised, GraderFault) as error:
            return error
        if not isinstance(outputs, torch.Tensor) or not outputs.is_floating_point():
            return StudentFault(Outcome.FORBIDDEN, "The program answered with no model's outputs.")
        return outputs

    def _evaluate_start(
        self, connection: Connection, images: torch.Tensor
    ) -> tuple[bool, torch.Tensor | None]:
        """Whether nothing else had been trained before, and what the model gave at its start."""
        if not connection.alive:
            return False, None
        half = images[: len(images) // 2]
        try:
            outputs = connection.request(
                "evaluate_start", args=[half, self._asked], limit_s=self._limits.check_s
            )
        except (StudentFault, StudentRaised, GraderFault):
            return False, None
        told = outputs if isinstance(outputs, dict) else {}
        start = told.get("outputs")
        return told.get("is_first") is True, start if isinstance(start, torch.Tensor) else None

    def _look(self, connection: Connection) -> Any:
        if not connection.alive:
            return StudentFault(Outcome.CRASHED, "The program's process had ended.")
        try:
            found = self._ask(connection, self._questions.seen)
            seen = None if found is None else found.value
        except (StudentFault, StudentRaised, GraderFault) as error:
            return error
        return seen

    def _ask(self, connection: Connection, function: str) -> Remote | None:
        """What a function of ``props.py`` gives for the program's main module."""
        if not function:
            return None
        main = connection.request("main", limit_s=self._limits.check_s)
        return self._props(connection).get(function)(main)

    def _props(self, connection: Connection) -> Remote:
        """The exercise's own helpers, over there."""
        props = connection.request("props", limit_s=self._limits.check_s)
        if not isinstance(props, Remote):
            raise StudentFault(Outcome.FORBIDDEN, "The student's process answered with no object.")
        return props

    def _read_answer(self, answer: object, cells: CellLog | None, reader: Reader) -> None:
        told = answer if isinstance(answer, dict) else {}
        called, self._has_failed = told.get("called"), told.get("gave_up") is True
        if isinstance(called, str):
            self._report.note(
                (f"The file trains nothing by itself, so its {called[:80]}() was called.",)
            )
        late = None if self._quiet else self._supervision.trained()
        if late is not None:
            self._cut_short(late)
        else:
            self._ended = self._report.interrupted(cells, self._limits) or self._ended
        if told.get("crash") is None:
            return
        crash = explained(read_crash(told["crash"]), reader.events)
        ended = self._gave_up or self._boxed()
        if crash.type != STOPPED or (late is None and ended is None):
            self._crashed(crash)
        elif late is None and ended is not None:
            self._ended = ended
            self._report.note((self._ended,))

    def _boxed(self) -> str | None:
        """Why the run was ended that has made as many steps as were asked for."""
        steps = self._box.steps
        if steps is None or self._training.step < steps:
            return None
        return f"The training was ended after {steps:,} steps, as many as were asked for."

    def _give_up(self) -> None:
        """End a training that nothing can save, and say so; all else goes on as if it had run."""
        lost = self._training.lost
        if lost is None or self._gave_up is not None:
            return
        self._supervision.stop()
        # Told when it has obeyed: it may have come to its own end meanwhile.
        self._gave_up = (
            f"The training was ended after step {self._training.step:,}: its loss has been nan "
            f"since step {lost.step:,}, and no later step can bring it back."
        )

    def _crashed(self, crash: Crash) -> None:
        self._report.crashed(crash)
        self._ended = f"The program raised {crash.type} at {crash.place or 'an unknown line'}."

    # --- replays ------------------------------------------------------------------------------

    def _replayed(self, ran: Ran, limit_s: float) -> Ran:
        """The run, with its first steps run again at other sizes as long as its trace asks."""
        if ran.damage is not None or not ran.recorded.is_sound:
            return ran
        until = time.monotonic() + (math.inf if (box := self._box.replays_s) is None else box)
        while (request := next_replay(ran.recorded)) is not None:
            left_s = min(limit_s, until - time.monotonic())
            if left_s <= 0:
                self._report.note((TOO_FEW_REPLAYS,))
                return ran
            rows = self._rows_of(request, left_s)
            if rows.trace.end is None:  # a machine may have become busy since the run itself
                rows = self._rows_of(request, min(PATIENCE * left_s, until - time.monotonic()))
            if time.monotonic() >= until:  # cut short, it shows nothing
                continue
            ran = replace(
                ran,
                recorded=ran.recorded.with_replay(request, rows.trace),
                replays=(*ran.replays, KeptReplay(request=request, rows=tuple(rows.kept))),
            )
        return ran

    def _rows_of(self, request: ReplayRequest, limit_s: float) -> _Rows:
        doing = f"replaying the first steps at {request.update_scale:g} times the step size"
        rows = _Rows(self._keep)
        # What was recorded until it ended, however it ended, is what the replay shows.
        with contextlib.suppress(StudentFault, StudentRaised):
            connection = self._connect(quiet=True)
            try:
                self._trace(connection, rows, request, limit_s, doing)
            finally:
                connection.close()
        return rows

    # --- the wire -----------------------------------------------------------------------------

    def _connect(self, *, quiet: bool) -> Connection:
        return Connection(
            self._supervision,
            max_blob=self._limits.answer_bytes,
            limit_s=self._limits.check_s,
            quiet=quiet,
            trains=not quiet,
        )

    def _trace(
        self,
        connection: Connection,
        rows: _Rows,
        replay: ReplayRequest | None,
        limit_s: float,
        doing: str = "training",
        cells: CellLog | None = None,
    ) -> Any:
        box = {"stop_after_steps": self._box.steps}
        options = {
            "seed": self._seed,
            "names": self._questions.names,
            "calls": self._box.calls,
            **(box if replay is None else options_of(replay)),
        }
        training = self._training if replay is None else Training()
        steps = self._box.steps if replay is None else replay.stop_after_steps
        said = time.monotonic()
        self._progress(Progress(doing=doing))

        def take(events: list[Any]) -> None:
            nonlocal said
            training.take(rows.take(events))
            self._give_up()
            if time.monotonic() - said > PROGRESS_S:
                said = time.monotonic()
                step = training.step or None
                self._progress(Progress(doing=doing, step=step, loss=training.loss, of=steps))

        return connection.request(
            "trace", options=options, limit_s=limit_s, on_events=take, cells=cells
        )
