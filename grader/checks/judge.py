"""The judge's process: pytest over the checks of one exercise, for one submission.

Forked from the zygote like a student, so that torch costs nothing, but on the trusted side: it
reads the checks, the reference and the held-out labels, and no byte of the submission is ever
run in it. Its job comes over its own socket and not by way of the zygote, whose memory every
student inherits.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from grader.checks.agreement import MOST_FINDINGS
from grader.checks.clock import Clock
from grader.checks.forms import Audit
from grader.checks.keeping import KeptRun, NoStudent, kept
from grader.checks.outcome import RunReport
from grader.checks.plugin import GradePlugin, MakeProgram, Sitting
from grader.checks.program import Program
from grader.checks.running import PROGRESS_S, Programs
from grader.checks.student import Student
from grader.checks.supervision import Supervision
from grader.model import CheckResult, ExecutedCell, Finding, Limits, Progress
from grader.observation.record import Call, Kept, Training
from grader.observation.traces import advice, findings_of
from grader.plain import read, to_plain
from grader.runner.devices import Device, settings
from grader.runner.outside.job import Told
from grader.runner.seeds import seed_everything
from grader.runner.wire import Channel
from grader.schema.rows import Update
from grader.trace.trace import Trace

PYTEST_OPTIONS = (
    "-q", "--capture=no", "--import-mode=importlib", "--noconftest", "--strict-markers",
    "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:logging", "-p", "no:doctest",
    "-p", "no:junitxml", "-p", "no:pastebin", "-p", "no:unraisableexception",
    "-p", "no:threadexception", "-p", "pytest_timeout", "-W", "ignore",
)  # fmt: skip

MAX_JOB = 64 << 20
"""Of what the judge is told: a kept training may be in it."""
MOST_KEPT = 48 << 20
"""Of what is kept of one grading, as JSON."""
GRACE_S = 60.0
"""Beyond the student's own limit: what the judge's own work may take before it is a fault."""


def main(argument: dict[str, Any], descriptors: list[int]) -> None:
    """Entry point of the forked child. Descriptors: the supervisor's line, and the results."""
    del argument
    judge, job = called(descriptors)
    settle(job)
    judge.run(Checks(job))
    judge.end()


def called(descriptors: list[int]) -> tuple[Judge, dict[str, Any]]:
    """The judge of the job that comes over these two sockets, and the job."""
    control, results = (socket.socket(fileno=fd) for fd in descriptors)
    channel = Channel(results, max_json=MAX_JOB)
    job: dict[str, Any] = channel.receive()[0]["job"]
    clock = Clock()
    supervision = NoStudent(clock) if "kept" in job else Supervision(control, clock)
    return Judge(job, supervision, channel), job


def settle(job: dict[str, Any]) -> None:
    """Nothing of this process may reach the terminal, and no cache is written."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    device = Device.of(job["device"])
    settings.announce(device)
    settings.settle(device)  # where it fails, the student's process has said so
    seed_everything(job["seed"])


class Checks:
    """The checks of an exercise under pytest: collected once, run for one submission or for many.

    ``plugin`` is what one submission is judged with, and is told whose that is before the first
    check is run.
    """

    def __init__(self, job: dict[str, Any]) -> None:
        self.plugin = GradePlugin(
            rubric=job["rubric"],
            seed=job["seed"],
            files={"reference": job["reference"], "heldout": job["heldout"]},
            data=job.get("data", {}),
            device=Device.of(job["device"]),
        )
        self._between: _Between | None = None
        self._files = [file for file in (job["checks"], job.get("extra")) if file]
        self._timeout_s = Limits(**job["limits"]).wall_s + GRACE_S

    def collect(self, then: Then) -> None:
        """Collect them, call ``then``, and run them unless it says by True that they were run."""
        self._between = _Between(then)
        pytest.main(
            [*self._files, f"--timeout={self._timeout_s:g}", "--timeout-method=signal",
             f"--rootdir={Path(self._files[0]).parent}", "-c", os.devnull, *PYTEST_OPTIONS],
            plugins=[self.plugin, self._between],
        )  # fmt: skip

    def run(self, session: pytest.Session) -> None:
        """Run them in a fork that was made in ``then``."""
        session.config.pluginmanager.unregister(self._between)
        with contextlib.suppress(session.Interrupted):  # some could not be collected: that is told
            session.config.hook.pytest_runtestloop(session=session)


Then = Callable[[pytest.Session], bool | None]


class _Between:
    """A plugin that calls back between the collection and the first test."""

    def __init__(self, then: Then) -> None:
        self._then = then

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """As pytest has it: True says that the tests were run."""
        return self._then(session)


class Judge:
    """Judges one submission by an exercise's checks, and reports message by message."""

    def __init__(self, job: dict[str, Any], supervision: Supervision, results: Channel) -> None:
        self._job = job
        self._supervision = supervision
        self._results = results
        self._limits = Limits(**job["limits"])
        self._report = RunReport(on_cell=self._send_cell)
        self._keep = bool(job.get("keep"))
        self._calls: list[Call] = []
        self._advice: list[Finding] = []
        self._doing = ""
        self._told_at = 0.0

    def run(self, checks: Checks) -> None:
        """Collect and run every check, and report the run as a whole at the end."""
        checks.collect(lambda _session: checks.plugin.begin(self.sitting()))
        self.report(checks.plugin)

    def sitting(self) -> Sitting:
        """The submission, as the checks meet it."""
        return Sitting(
            student=Student(
                self._supervision, self._limits, self._report, self._traced, self._trains
            ),
            make_program=self._make_program(),
            report=self._report,
            reported=self._send_check,
            clock=self._supervision.clock,
            audit=Audit() if self._job.get("proves") else None,
            began=self._began,
        )

    def end(self) -> None:
        """Say that nothing more will come."""
        self._results.send({"done": True})

    def _make_program(self) -> MakeProgram:
        """What gives the training run: a run of the submission, or the one that was kept."""
        if "kept" in self._job:
            plain = self._job["kept"]
            return KeptRun(None if plain is None else read(Training, plain))
        return Programs(
            supervision=self._supervision,
            limits=self._limits,
            progress=self._tell,
            keep=self._keep,
        ).run

    def _tell(self, progress: Progress) -> None:
        self._results.send({"progress": asdict(progress)})

    def _began(self, doing: str) -> None:
        """A check is under way; one of several tests is told once."""
        if doing != self._doing:
            self._doing = doing
            self._tell(Progress(doing=doing))

    def _trains(self, step: int, loss: float | None) -> None:
        """A check has the student's own training run: its step and loss, now and then."""
        now = time.monotonic()
        if step and now - self._told_at > PROGRESS_S:
            self._told_at = now
            self._tell(Progress(doing=self._doing, step=step, loss=loss))

    def _traced(self, rows: list[Any], trace: Trace) -> None:
        """All rules look at what a check had called; what it doesn't ask for is advice."""
        found = findings_of(trace)
        self._advice += advice(found)
        if self._keep:
            self._calls.append(Call(rows=tuple(rows), findings=found))

    def _send_kept(self, program: Program | None) -> None:
        """What the verdict was made from, beside what was sent, unless it is beyond all measure."""
        training = None if program is None else kept(program.ran)
        message = {"kept": to_plain(Kept(training=training, calls=tuple(self._calls)))}
        if len(json.dumps(message)) <= MOST_KEPT:
            self._results.send(message)

    def _send_cell(self, cell: ExecutedCell) -> None:
        self._results.send({"cell": to_plain(cell)})

    def _send_check(self, result: CheckResult) -> None:
        self._results.send({"check": to_plain(result)})

    def report(self, plugin: GradePlugin) -> None:
        """Report the run as a whole, when all checks are done."""
        for broken in plugin.broken:
            self._results.send({"broken": broken})
        program = plugin.training
        report = self._report
        told = Told(
            outcome=report.outcome,
            reason=report.reason,
            crash=report.crash,
            notes=tuple(report.notes),
            metrics=plugin.metrics,
            findings=(*plugin.findings, *self._advice[:MOST_FINDINGS]),
            curves={} if program is None else curves(program.ran.recorded),
            counted={} if program is None else counted(program.ran.recorded),
        )
        self._results.send({"run": to_plain(told)})
        if self._keep:
            self._send_kept(program)


def curves(trace: Trace) -> dict[str, tuple[float, ...]]:
    """What the report plots, one value a step: losses, gradient norms, update ratios.

    Norms and ratios are measured at every one of the first steps and then now and then; a
    step in between repeats the last one measured, so that all curves share one axis.
    """
    updates = list(trace.of(Update))
    norms = _filled([update.grad_norm for update in updates])
    ratios = _filled([update.ratio for update in updates])
    named = {"loss": trace.losses, "gradient_norm": norms, "update_ratio": ratios}
    return {name: tuple(values) for name, values in named.items() if values}


def counted(trace: Trace) -> dict[str, int]:
    """The steps that were made, and the parameters of the largest model."""
    sizes = [model.parameters for model in trace.models if model.is_module]
    steps = sum(1 for _ in trace.of(Update))
    return {"steps": steps, "parameters": max(sizes)} if steps and sizes else {}


def _filled(values: list[float | None]) -> list[float]:
    filled: list[float] = []
    for value in values:
        if value is not None:
            filled.append(value)
        elif filled:
            filled.append(filled[-1])
    return filled
