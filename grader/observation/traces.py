"""Kept rows, read again: as strictly as those of a program that runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from grader.model import Finding, Level
from grader.observation.record import Training
from grader.rules import find_all
from grader.schema.fields import TraceMalformed
from grader.trace.reading import Reader
from grader.trace.trace import Trace

MOST_FINDINGS = 100


def trace_of(training: Training) -> Trace:
    """The trace of a kept training.

    Raises:
        TraceMalformed: its rows are not what a recorder writes.
    """
    trace = of_rows(training.rows)
    for replay in training.replays:
        trace = trace.with_replay(replay.request, of_rows(replay.rows))
    return trace


def of_rows(rows: Iterable[Any]) -> Trace:
    """The trace that rows tell of.

    Raises:
        TraceMalformed: they are not what a recorder writes.
    """
    reader = Reader()
    reader.read([list(rows)])
    return Trace.of_reader(reader)


def findings_of(trace: Trace) -> tuple[Finding, ...]:
    """What today's rules find in a trace; nothing in one that nothing may be concluded from."""
    return find_all(trace)[:MOST_FINDINGS] if trace.is_sound else ()


def advice(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is worth telling of a call that a check made with models and data of its own.

    No check asked for it, and what it was called with may have a part in it: so it is a note,
    which costs nothing, and only where it points to a line of the student's.
    """
    return tuple(
        replace(finding, level=Level.NOTE)
        for finding in findings
        if finding.level is not Level.NOTE and finding.place is not None
    )


def require_readable(training: Training) -> None:
    """Read a training's rows, those that were damaged when they came excepted.

    Raises:
        TraceMalformed: they are not what a recorder writes.
    """
    if not training.damage:
        trace_of(training)


__all__ = ["TraceMalformed", "advice", "findings_of", "of_rows", "require_readable", "trace_of"]
