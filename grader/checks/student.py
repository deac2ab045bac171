"""The fixture ``student``: the submission as a module over the wall.

It owns the student's processes it needs. A process that dies costs the check that was running;
the next one gets a fresh process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from grader.checks.cells import CellLog
from grader.checks.outcome import RunReport
from grader.checks.program import require_sound
from grader.checks.remote import Connection, Invalid, Remote, RemoteModule, StudentRaised
from grader.checks.sight import Sight
from grader.checks.supervision import Supervision
from grader.checks.training import Training
from grader.errors import StudentFault
from grader.model import Limits, Outcome
from grader.trace.reading import Reader
from grader.trace.trace import Trace


class Student:
    """The submission as a module: its names are attributes, each a :class:`Remote`."""

    def __init__(
        self,
        supervision: Supervision,
        limits: Limits,
        report: RunReport,
        traced: Callable[[list[Any], Trace], object] = lambda _rows, _trace: None,
        trains: Callable[[int, float | None], object] = lambda _step, _loss: None,
    ) -> None:
        self._supervision = supervision
        self._limits = limits
        self._report = report
        self._traced = traced
        self._trains = trains
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
        self._connection.seed(seed)

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
        training = Training()
        kept: list[Any] = []

        def take(rows: list[Any]) -> None:
            training.take(reader.read([rows]))
            kept.extend(rows)
            self._trains(training.step, training.loss)

        result = self._ask("trace_call", [function, list(args), kwargs], take)
        trace = Trace.of_reader(reader)
        self._traced(kept, trace)
        return result, require_sound(trace)

    def trace_idle(
        self, function: Remote, *args: object, updates: int
    ) -> tuple[Remote, Trace] | None:
        """Call it under the recorder with updates that change nothing.

        None where it doesn't come to its end within so many: it waits for something to change.
        """
        self._loaded()
        reader = Reader()
        options = {"update_scale": 0.0, "stop_after_steps": updates, "facts": False}
        call = [function, list(args), {}]
        try:
            result = self._ask(
                "trace_call", call, lambda rows: reader.read([rows]), options=options
            )
        except StudentRaised:
            return None
        return result, Trace.of_reader(reader)

    def _ask(
        self,
        do: str,
        args: Any,
        on_events: Any = None,
        cells: CellLog | None = None,
        **more: Any,
    ) -> Remote:
        assert self._connection is not None
        answer = self._connection.request(
            do, args=args, limit_s=self._limits.check_s, on_events=on_events, cells=cells, **more
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
