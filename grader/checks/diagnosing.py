"""The judge's process of a diagnosis: one training, no exercise, all rules.

Forked from the zygote as `grader.checks.judge` is, and as far from the program as that. There
are no checks, no reference and no labels here: what the recorder saw is all that there is.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from grader.checks.clock import Clock
from grader.checks.judge import curves
from grader.checks.outcome import RunReport
from grader.checks.program import Box, Questions, Ran
from grader.checks.remote import Invalid
from grader.checks.running import Programs
from grader.checks.supervision import Supervision
from grader.errors import GraderError, StudentFault
from grader.model import ExecutedCell, Finding, Level, Limits, Outcome
from grader.plain import to_plain
from grader.rules import find_all
from grader.runner.outside.job import Told
from grader.runner.wire import Channel
from grader.trace.layer_curves import layer_curves
from grader.trace.trace import Trace

MOST_FINDINGS = 50

NOTHING = (
    "Nothing was trained: no optimizer made a step, and no step by hand changed a weight that had "
    "a gradient. There is nothing to diagnose."
)
OF_LESSONS = frozenset(("validation-in-train-mode", "validation-tracks-gradients"))
"""Rules whose warnings are about a habit that lessons ask for, and change no number: in a script of
one's own they are notes. Where dropout did act, the first is an error, and stays one."""
GAVE_UP = "The program ended itself, and its exit code says that it failed."
IN_PART = (
    "{unseen} steps were made where they can't be seen, beside the {seen} that were: compiled "
    "training steps, gradients from elsewhere than backward() and torch.autograd.grad, or a "
    "training in two threads. Of those nothing is said."
)
MISSED = "The grader could not note everything about this run, so less may be found: {facts}."


def main(argument: dict[str, Any], descriptors: list[int]) -> None:
    """Entry point of the forked child. Descriptors: the supervisor's line, and the results."""
    del argument
    supervision = Supervision(socket.socket(fileno=descriptors[0]), Clock())
    results = Channel(socket.socket(fileno=descriptors[1]))
    job = results.receive()[0]["job"]
    sys.dont_write_bytecode = True
    Diagnoser(job, supervision, results).run()
    results.send({"done": True})


def outside_of_lessons(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings as grave as they are where no exercise asks for anything."""
    return tuple(
        replace(finding, level=Level.NOTE)
        if finding.level is Level.WARNING and finding.rule in OF_LESSONS
        else finding
        for finding in findings
    )


class Diagnoser:
    """Runs the script, lets the rules look, and says what they found."""

    def __init__(self, job: dict[str, Any], supervision: Supervision, results: Channel) -> None:
        self._job = job
        self._supervision = supervision
        self._results = results
        self._limits = Limits(**job["limits"])
        self._report = RunReport(on_cell=self._send_cell)

    def run(self) -> None:
        """Run it once, with its replays, and report."""
        trace = Trace()
        try:
            ran = self._ran()
            trace = ran.recorded
            if ran.gave_up:
                self._report.faulted(StudentFault(Outcome.CRASHED, GAVE_UP))
        except Invalid:
            pass  # the report has it
        except GraderError as fault:
            self._fail(str(fault))
        self._send(trace, self._findings(trace))

    def _ran(self) -> Ran:
        programs = Programs(
            supervision=self._supervision,
            limits=self._limits,
            progress=lambda progress: self._results.send({"progress": asdict(progress)}),
            box=Box(steps=self._job["steps"], replays_s=self._job["replays_s"], calls=False),
        )
        seed = self._job["seed"]
        return programs.run(self._report, None, seed, quiet=False, questions=Questions()).ran

    def _findings(self, trace: Trace) -> tuple[Finding, ...]:
        """What all rules found, in a record from which something may be concluded."""
        if trace.unseen:
            self._report.note((IN_PART.format(unseen=trace.unseen, seen=trace.updates),))
        if not trace.is_sound:
            self._say_unsound(trace)
            return ()
        if not trace.updates and self._report.outcome is Outcome.OK:
            self._report.note((NOTHING,))
        if trace.missed:
            self._report.note((MISSED.format(facts="; ".join(trace.missed[:3])),))
        return outside_of_lessons(find_all(trace))[:MOST_FINDINGS]

    def _say_unsound(self, trace: Trace) -> None:
        if not trace.is_tampered:  # the report has that
            faults = "; ".join(trace.faults[:3])
            self._fail(f"The training could not be followed ({faults}).")

    def _fail(self, reason: str) -> None:
        """Say that the fault is ours, whatever else is known."""
        self._report.outcome, self._report.reason = Outcome.GRADER_FAULT, reason

    def _send_cell(self, cell: ExecutedCell) -> None:
        self._results.send({"cell": to_plain(cell)})

    def _send(self, trace: Trace, findings: tuple[Finding, ...]) -> None:
        report = self._report
        told = Told(
            outcome=report.outcome,
            reason=report.reason,
            crash=report.crash,
            notes=tuple(report.notes),
            metrics={"steps": float(trace.updates)} if trace.updates else {},
            findings=findings,
            curves=curves(trace),
            layers=layer_curves(trace),
        )
        self._results.send({"run": to_plain(told)})
