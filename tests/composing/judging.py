"""Runs a composed program under the recorder in a fork, and says what the rules found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.checks.diagnosing import outside_of_lessons
from grader.rules import find_all
from grader.trace.descent import options_of
from grader.trace.learning import next_replay
from grader.trace.trace import Trace
from recording import CRASH, MARK, run

NAME = "program.py"


@dataclass(frozen=True)
class Judged:
    """What came of one program: rule, level and line of each finding, or why there are none."""

    found: tuple[tuple[str, str, int], ...]
    problem: str = ""
    updates: int = 0


def judged(source: str) -> Judged:
    """Run it with all its replays, and let all rules look."""
    trace, crash = recorded(source)
    while (request := next_replay(trace)) is not None:
        replayed, _ = recorded(source, **options_of(request))
        trace = trace.with_replay(request, replayed)
    found = tuple(
        (finding.rule, str(finding.level), finding.place.line if finding.place else 0)
        for finding in outside_of_lessons(find_all(trace))
    )
    return Judged(found, crash or problem_of(trace), trace.updates)


def recorded(source: str, **options: Any) -> tuple[Trace, str]:
    """The trace, and the exception that ended the program, if one did."""
    batches, crash = run(source, NAME, given=dict, then=_crash, **options)
    return Trace.from_plain(batches), str(crash or "")


def _crash(recorder: object, namespace: dict[str, object]) -> str:
    del recorder
    return str(namespace.get(CRASH, ""))


def problem_of(trace: Trace) -> str:
    """What keeps anything from being concluded."""
    if trace.end is None:
        return "the program's process ended"
    if trace.faults:
        return f"the recorder failed: {trace.faults[0]}"
    if trace.is_tampered:
        return "the recorder's hooks are gone"
    return f"{trace.unseen} steps were not seen" if trace.unseen else ""


def expected_in(source: str) -> set[tuple[str, int]]:
    """What the lines of a program announce: rule and line."""
    return {
        (rule.strip(), number)
        for number, line in enumerate(source.splitlines(), 1)
        for match in MARK.finditer(line)
        for rule in match[1].split(",")
    }
