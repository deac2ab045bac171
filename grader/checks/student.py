"""The fixtures ``student`` and ``program``: the submission as a module, and as a training run.

Both own the student's processes they need. A process that dies costs the check that was
running; the next one gets a fresh process.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch

from grader.checks.agreement import CheckFailed, NotJudged, Unsettled
from grader.checks.cells import CellLog
from grader.checks.outcome import RunReport
from grader.checks.remote import (
    Connection,
    Invalid,
    Remote,
    RemoteModule,
    StudentRaised,
    Supervision,
    read_crash,
)
from grader.checks.sight import Sight
from grader.checks.training import Training
from grader.errors import GraderFault, StudentFault
from grader.model import Crash, Limits, Outcome, Progress
from grader.schema.fields import TraceMalformed
from grader.trace.learning import next_replay
from grader.trace.reading import Reader
from grader.trace.trace import ReplayRequest, Trace

Tell = Callable[[Progress], None]

REPLAY_LIMIT_S = 20.0
"""Or as long as the run itself took: its first steps need no longer, however busy the machine."""
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
TAMPERED = "The program replaced parts of torch by which its training is watched."


def require_sound(trace: Trace) -> Trace:
    """The same trace.

    Raises:
        CheckFailed: the program took the recorder's hooks away.
        Unsettled: the recorder could not follow the program.
        NotJudged: it made steps that the recorder could not see.
    """
    if trace.is_tampered:
        raise CheckFailed(TAMPERED)
    if trace.faults:  # what it missed could be what a finding, or a pass, rests on
        raise Unsettled(
            "the training could not be followed, and this rests on its record; please show it to "
            f"whoever runs the course ({'; '.join(trace.faults[:3])})"
        )
    if trace.unseen:
        raise NotJudged(
            f"{trace.unseen} steps of the training were made where they can't be seen, beside the "
            f"{trace.updates} that were: gradients that neither backward() nor "
            "torch.autograd.grad computed, weights that no optimizer's step changed, a training "
            "in two threads at once, or steps while torch was told that it is compiling"
        )
    return trace


class Student:
    """The submission as a module: its names are attributes, each a :class:`Remote`."""

    def __init__(self, supervision: Supervision, limits: Limits, report: RunReport) -> None:
        self._supervision = supervision
        self._limits = limits
        self._report = report
        self._sight = Sight()
        self._connection: Connection | None = None
        self._module: RemoteModule | None = None
        self._helpers: RemoteModule | None = None

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
        if self._helpers is None:
            self._helpers = RemoteModule(self._ask("props", None))
        return self._helpers

    def put(self, value: object) -> Remote:
        """Keep a value over there and get a handle on it; a tensor keeps ``requires_grad``."""
        self._loaded()
        return self._ask("put", [value])

    def trace(self, function: Remote, *args: object, **kwargs: object) -> tuple[Remote, Trace]:
        """Call a function of the student's under the recorder: its result, and what was seen.

        Raises as :attr:`Program.trace` does where the record is damaged.
        """
        self._loaded()
        reader = Reader()
        result = self._ask(
            "trace_call", [function, list(args), kwargs], lambda rows: reader.read([rows])
        )
        return result, require_sound(Trace.of_reader(reader))

    def _ask(
        self, do: str, args: Any, on_events: Any = None, cells: CellLog | None = None
    ) -> Remote:
        assert self._connection is not None
        answer = self._connection.request(
            do, args=args, limit_s=self._limits.check_s, on_events=on_events, cells=cells
        )
        if not isinstance(answer, Remote):
            raise StudentFault(Outcome.FORBIDDEN, "The student's process answered with no object.")
        return answer

    @contextlib.contextmanager
    def watching(self) -> Iterator[set[str]]:
        """A context whose set holds, at its end, the torch functions and modules that calls ran.

        Functions are named as in ``torch.overrides`` (``torch.Tensor.matmul``), operators as in
        ``torch.ops`` (``torch.ops.aten.mm``, also those that compiled code runs), modules by their
        class (``torch.nn.Linear``), steps of a backward pass ``torch.autograd.engine.…``.
        Contexts may be nested, and a process that dies in one costs nothing that was seen.

        Raises CheckFailed at the end, if the program has ended the watch over there.
        """
        with self._sight.watching() as used:
            yield used
        self._sight.require_whole(used)

    def watch(self) -> contextlib.AbstractContextManager[set[str]]:
        """As ``watching``, and raises nothing: ``seen`` does, for whoever judges by it."""
        return self._sight.watching()

    def look(self, **objects: object) -> dict[str, Any]:
        """What a call could change about these objects, and about the process over there.

        By name: the numbers of tensors, their gradients and hooks; the modes, settings, parameters
        and buffers of modules and of all that they hold; default dtype, gradient mode, seeds.
        """
        self._loaded()
        assert self._connection is not None
        limit_s = self._limits.check_s
        facts = self._connection.request("look", args=[dict(objects)], limit_s=limit_s)
        return facts if isinstance(facts, dict) else {}

    @property
    def seen(self) -> frozenset[str]:
        """What calls ran in all these contexts so far, under the same names.

        Raises CheckFailed, if the program has ended the watch over there.
        """
        self._sight.require_whole(self._sight.everything)
        return frozenset(self._sight.everything)

    def _loaded(self) -> RemoteModule:
        if self._module is None or self._connection is None or not self._connection.alive:
            self._module = self._helpers = None
            self._connection = Connection(
                self._supervision,
                max_blob=self._limits.answer_bytes,
                limit_s=self._limits.check_s,
                sight=self._sight,
            )
            cells = self._report.cells(self._limits)
            try:
                self._module = RemoteModule(self._ask("load", None, cells=cells))
                self._report.interrupted(cells, self._limits)
                if self._connection.crash is not None:
                    self._report.crashed(self._connection.crash)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What a finished program is asked while its process lives, beside its last model's outputs.

    Both are names of functions in the exercise's ``props.py``, which get the program's main
    module. ``model`` gives the network whose outputs count, None for the one trained last;
    ``seen`` gives plain data, which ``program.seen`` holds. ``before`` is called before the
    program starts, with the values that stand behind its name. ``names`` calls the classes of all
    labels by other names.
    """

    model: str = ""
    seen: str = ""
    before: tuple[str, *tuple[Any, ...]] | None = None
    names: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """How much of a training is looked at: a diagnosis does not wait for the end of a long one.

    ``steps`` ends it after so many updates, None never. ``replays_s`` are the seconds that all
    replays may take together, None as long as each needs. ``calls``: a file that trains nothing by
    itself has its main function called.
    """

    steps: int | None = None
    replays_s: float | None = None
    calls: bool = True


class Program:
    """The submission, run once as a training program under the recorder.

    ``recorded`` is what the recorder saw, up to the end or to whatever ended it; :attr:`trace` is
    the same for whoever concludes something from it. ``ended`` says in one sentence why the
    program ended early, or is empty. ``outputs`` is what the trained model
    gave for ``images``, raw (N, 28, 28) uint8, or the exception that came instead: it is asked
    at once, because a later process of the student ends this one. ``start`` is what the model gave
    for the first half of them as it was before its first update; None where that isn't known.
    ``is_first``: nothing else had been trained by then. ``gave_up``: it ended itself and said that
    it had failed.
    """

    def __init__(  # noqa: PLR0913 - all that one run consists of
        self,
        supervision: Supervision,
        limits: Limits,
        report: RunReport,
        *,
        seed: int,
        images: torch.Tensor | None,
        progress: Tell,
        quiet: bool = False,
        questions: Questions = Questions(),
        box: Box = Box(),
    ) -> None:
        self._supervision = supervision
        self._limits = limits
        self._report = report
        self._seed = seed
        self._progress = progress
        self._quiet = quiet
        self._training = Training()
        self._gave_up: str | None = None
        self._damage: TraceMalformed | None = None
        self.ended = ""
        self._questions = questions
        self._box = box
        self._asked: Remote | None = None
        self.is_first = self.gave_up = False
        connection = self._connect(quiet=quiet)
        if questions.before is not None:
            name, *values = questions.before
            self._props(connection).get(name)(*values)
        started = time.monotonic()
        self.recorded = self._run(connection)
        self._replay_s = max(REPLAY_LIMIT_S, time.monotonic() - started)
        self.outputs: object = None if images is None else self._evaluate(connection, images)
        self.start = None if images is None else self._evaluate_start(connection, images)
        self._seen = self._look(connection)
        connection.close()
        if not quiet:
            self._replay()

    def again(self, questions: Questions) -> Program:
        """The same program, run once more from the same seed; of that run nothing is told.

        Raises:
            StudentFault, StudentRaised: what came instead of the preparation that was asked for.
        """
        return Program(
            self._supervision,
            self._limits,
            RunReport(),
            seed=self._seed,
            images=None,
            progress=self._progress,
            quiet=True,
            questions=questions,
        )

    @property
    def trace(self) -> Trace:
        """The record of the run. Nothing may be concluded from one that is damaged.

        Raises:
            CheckFailed: the program took the recorder's hooks away.
            TraceMalformed: it wrote rows of its own.
            Unsettled: the recorder could not follow the program.
        """
        if self._damage is not None:
            raise self._damage
        return require_sound(self.recorded)

    def _run(self, connection: Connection) -> Trace:
        reader = Reader()
        cells = self._report.cells(self._limits)
        try:
            self._training = Training(self._hopeless(connection))
            limit_s = self._limits.wall_s + (0.0 if self._quiet else LATE_S)
            answer = self._trace(connection, reader, None, limit_s, cells=cells)
            self._read_answer(answer, cells)
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
        trace = Trace.of_reader(reader)
        if trace.is_tampered:
            self.ended = TAMPERED
            self._report.faulted(StudentFault(Outcome.FORBIDDEN, self.ended))
        return trace

    def _hopeless(self, connection: Connection) -> list[int]:
        """The lines whose training may be ended once it is lost; none in a run that only counts."""
        if self._quiet:
            return []
        lines = connection.request("outlook", limit_s=self._limits.check_s)
        return [line for line in lines if type(line) is int] if isinstance(lines, list) else []

    def _cut_short(self, fault: StudentFault) -> None:
        """Tell how far a run came whose process was ended, or whose time was up."""
        reached = self._training.reached
        self.ended = f"{fault.reason.rstrip('.')}; {reached}." if reached else fault.reason
        self._report.faulted(StudentFault(fault.outcome, self.ended))

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

    def _evaluate_start(self, connection: Connection, images: torch.Tensor) -> torch.Tensor | None:
        if not connection.alive or not isinstance(self.outputs, torch.Tensor):
            return None
        half = images[: len(images) // 2]
        try:
            outputs = connection.request(
                "evaluate_start", args=[half, self._asked], limit_s=self._limits.check_s
            )
        except (StudentFault, StudentRaised, GraderFault):
            return None
        told = outputs if isinstance(outputs, dict) else {}
        self.is_first = told.get("is_first") is True
        start = told.get("outputs")
        return start if isinstance(start, torch.Tensor) else None

    @property
    def seen(self) -> Any:
        """What ``props.py`` told of the finished program. Raises what came instead."""
        if isinstance(self._seen, Exception):
            raise self._seen
        return self._seen

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

    def _read_answer(self, answer: object, cells: CellLog | None) -> None:
        told = answer if isinstance(answer, dict) else {}
        called, self.gave_up = told.get("called"), told.get("gave_up") is True
        if isinstance(called, str):
            self._report.note(
                (f"The file trains nothing by itself, so its {called[:80]}() was called.",)
            )
        late = None if self._quiet else self._supervision.trained()
        if late is not None:
            self._cut_short(late)
        else:
            self.ended = self._report.interrupted(cells, self._limits) or self.ended
        crash = None if told.get("crash") is None else read_crash(told["crash"])
        if crash is None:
            return
        ended = self._gave_up or self._boxed()
        if crash.type != STOPPED or (late is None and ended is None):
            self._crashed(crash)
        elif late is None and ended is not None:
            self.ended = ended
            self._report.note((self.ended,))

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
        self.ended = f"The program raised {crash.type} at {crash.place or 'an unknown line'}."

    def _replay(self) -> None:
        """Run the first steps again at other step sizes, as long as the trace asks for it."""
        if self._damage is not None or not self.recorded.is_sound:
            return
        until = time.monotonic() + (math.inf if (box := self._box.replays_s) is None else box)
        while (request := next_replay(self.recorded)) is not None:
            limit_s = min(self._replay_s, until - time.monotonic())
            if limit_s <= 0:
                self._report.note((TOO_FEW_REPLAYS,))
                return
            scale = f"{request.update_scale:g} times the step size"
            doing = f"replaying the first steps at {scale}"
            reader = Reader()
            # What was recorded until it ended, however it ended, is what the replay shows.
            with contextlib.suppress(StudentFault, StudentRaised):
                connection = self._connect(quiet=True)
                try:
                    self._trace(connection, reader, request, limit_s, doing)
                finally:
                    connection.close()
            if time.monotonic() >= until:  # cut short, it shows nothing
                continue
            self.recorded = self.recorded.with_replay(request, Trace.of_reader(reader))

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
        reader: Reader,
        replay: ReplayRequest | None,
        limit_s: float,
        doing: str = "training",
        cells: CellLog | None = None,
    ) -> Any:
        box = {"stop_after_steps": self._box.steps, "calls": self._box.calls}
        changed = box if replay is None else {**asdict(replay), "calls": self._box.calls}
        options = {"seed": self._seed, "names": self._questions.names, **changed}
        training = self._training if replay is None else Training()
        steps = self._box.steps if replay is None else replay.stop_after_steps
        said = time.monotonic()
        self._progress(Progress(doing=doing))

        def take(events: list[Any]) -> None:
            nonlocal said
            training.take(reader.read([events]))
            self._give_up()
            if time.monotonic() - said > PROGRESS_S:
                said = time.monotonic()
                step = training.step or None
                self._progress(Progress(doing=doing, step=step, loss=training.loss, of=steps))

        return connection.request(
            "trace", options=options, limit_s=limit_s, on_events=take, cells=cells
        )
