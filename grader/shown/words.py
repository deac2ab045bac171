"""Sentences and figures that both renderers use, so that they say the same."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from grader.errors import NOT_YOUR_CODE
from grader.model import (
    CellStatus,
    Evidence,
    Exercise,
    Finding,
    IsolationLevel,
    Level,
    Limits,
    Outcome,
    Run,
    Status,
)

SYMBOLS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.SKIPPED: "–", Status.ERROR: "!"}
STATUS_WORDS = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.SKIPPED: "skipped",
    Status.ERROR: "not judged",
}
CELL_WORDS = {
    CellStatus.OK: "ran",
    CellStatus.FAILED: "failed",
    CellStatus.TIMED_OUT: "timed out",
    CellStatus.SKIPPED: "skipped",
    CellStatus.NOT_RUN: "not run",
}
CELL_SYMBOLS = {
    CellStatus.OK: "✓",
    CellStatus.FAILED: "✗",
    CellStatus.TIMED_OUT: "✗",
    CellStatus.SKIPPED: "–",
    CellStatus.NOT_RUN: "–",
}
LEVEL_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
FAULT = NOT_YOUR_CODE
FAULT_ADVICE = (
    "No points were taken for this. Hand the same file in again; if it happens twice, "
    "show this report to your instructor."
)

ENDINGS = {
    Outcome.INVALID: "the file can't be read as a program",
    Outcome.CRASHED: "the program stopped with an error",
    Outcome.TIMED_OUT: "the program was stopped at its time limit",
    Outcome.OUT_OF_MEMORY: "the program was stopped at its memory limit",
    Outcome.OUTPUT_LIMIT: "the program was stopped at its output limit",
    Outcome.FORBIDDEN: "the program was stopped: it tried something that is not allowed here",
    Outcome.GRADER_FAULT: FAULT,
}

_PERCENT = re.compile(r"(?<=\d)%(?![\w(])")
_PROSE = re.compile(r"(?:a|[a-z]{2,})(?=[ ,;:]|\Z)")
_ISOLATION = {
    IsolationLevel.FULL: "your program ran fully isolated from the grader and the network",
    IsolationLevel.PARTIAL: "your program ran isolated, with less than the full protection",
    IsolationLevel.NONE: "your program ran without isolation, as one started by hand",
}


def outcome(how: Outcome, statuses: Sequence[Status], failed_cells: int = 0) -> str:
    """Return how it went in words: how the program ended, then how the checks went.

    A notebook goes on after a cell that failed; ``failed_cells`` counts them.
    """
    ending = ENDINGS.get(how)
    if how is Outcome.CRASHED and failed_cells:
        ending = "a cell failed" if failed_cells == 1 else f"{failed_cells} cells failed"
    if ending is None:
        return tally(statuses)
    if how in {Outcome.GRADER_FAULT, Outcome.INVALID} or not statuses:
        return ending
    return f"{ending}; {tally(statuses)}"


def tally(statuses: Sequence[Status]) -> str:
    """Return the checks counted by status, as in ``3 of 5 checks passed, 2 failed``."""
    counts = Counter(statuses)
    total = len(statuses)
    if total == 0:
        return "no checks"
    passed, failed = counts[Status.PASSED], counts[Status.FAILED]
    if passed == total:
        return "the only check passed" if total == 1 else f"all {total} checks passed"
    if failed == total:
        return "the only check failed" if total == 1 else f"all {total} checks failed"
    rest = [
        f"{counts[status]} {STATUS_WORDS[status]}"
        for status in (Status.FAILED, Status.SKIPPED, Status.ERROR)
        if counts[status]
    ]
    if passed == 0:
        return "no check passed: " + ", ".join(rest)
    return ", ".join([f"{passed} of {total} {plural(total, 'check')} passed", *rest])


def score(value: float | None, maximum: float) -> str:
    """Return ``3 of 4``; ``not scored`` where the grader is at fault."""
    return "not scored" if value is None else f"{points(value)} of {points(maximum)}"


def points(value: float) -> str:
    """Return points with at most two decimals and no trailing zeros."""
    return f"{round(value, 2):g}" if abs(value) < 1e6 else f"{value:.0f}"


def in_style(text: str) -> str:
    """Return a text of ours with per cent as everywhere: ``85 %`` for ``85%``."""
    return _PERCENT.sub(" %", text)


def finding_in_style(finding: Finding) -> Finding:
    """Return a finding with its own sentences as ``in_style`` has them; evidence is ``told``."""
    what, fix, why = map(in_style, (finding.what, finding.fix, finding.why))
    return replace(finding, what=what, fix=fix, why=why)


def told(fact: Evidence) -> str:
    """Return a measured fact as a sentence: the rule's own, else one made of its parts."""
    if fact.sentence:
        return in_style(fact.sentence)
    label = fact.label[:1].upper() + fact.label[1:] if named(fact.label) else fact.label
    return in_style(f"{label}: {fact.actual} (expected: {fact.expected}).")


def named(text: str) -> bool:
    """Whether a text begins with a word of prose, not with a name as it stands in code."""
    return _PROSE.match(text) is not None


def short(check: str) -> str:
    """Return a check's id as two or three words, for a place where its title is too long."""
    said = check.replace("_", " ")
    return said[:1].upper() + said[1:]


def number(value: float) -> str:
    """Return a measured number with four significant digits, nan and inf as words."""
    if not math.isfinite(value):
        return str(value)
    plain = value == int(value) or abs(value) >= 1_000
    return f"{value:,.0f}" if plain and abs(value) < 10_000_000 else f"{value:.4g}"


def percent(share: float) -> str:
    """Return a share from 0 to 1 in percent, with at most one decimal."""
    return f"{round(100 * share, 1):g} %"


def either(names: Sequence[str], most: int = 3) -> str:
    """Return names as a person lists them, the first ones if there are many."""
    told, more = list(names[:most]), len(names) - most
    if more > 0:
        told.append(f"{more} more")
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def plural(count: int, noun: str) -> str:
    """Return the noun, with an s unless there is exactly one."""
    return noun if count == 1 else f"{noun}s"


def seconds(value: float) -> str:
    """Return a duration as a person would say it."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 100:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def size(value: float) -> str:
    """Return a number of bytes in the unit that keeps it short (binary units)."""
    for unit in ("bytes", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.3g} {unit}"
        value /= 1024
    return f"{value:.3g} GiB"


def ran(run: Run) -> bool:
    """Return whether the program was started at all; a file that is no program never is."""
    return run.outcome is not Outcome.INVALID or run.wall_s > 0 or bool(run.isolation.layers)


def isolation(run: Run) -> str:
    """Return in words how far the program was kept apart from the grader."""
    if not ran(run):
        return "your program did not run"
    return _ISOLATION[run.isolation.level]


def data(run: Run, exercise: Exercise) -> str:
    """Return which data the program was given, in one phrase; empty if it needed none.

    Of a subset in the place of the full set, a note of the run tells more.
    """
    return "; ".join(
        f"{name} in full" if kind == "full" else f"a {kind} of {name}"
        for name, kind in run.data.items()
        if kind == "full" or not exercise.full_data
    )


def limits(limit: Limits) -> str:
    """Return the limits that a student may meet, in one phrase."""
    return (
        f"{seconds(limit.wall_s)} in all, {size(limit.memory_bytes)} of memory, "
        f"{size(limit.output_bytes)} printed, {size(limit.disk_bytes)} of files"
    )
