"""The cells of a notebook as they ran: what became of each, and what that means for others.

Nothing of the outputs is here but the errors; ``outputs`` makes the rest fit to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from keyword import iskeyword

from grader.model import CellStatus, Crash, ExecutedCell, Outcome, Place, Report
from grader.shown import words
from grader.shown.harmless import printed, scrubbed

_MAX_ERROR = 256 << 10
_FRAME = re.compile(r"(?:cell (\d{1,5})|(\S[^\n]{0,200}?)), line (\d{1,7})\n    ([^\n]*)\n")
_ENDINGS: dict[Outcome, str] = {
    outcome: ending
    for outcome, ending in words.ENDINGS.items()
    if outcome not in {Outcome.CRASHED, Outcome.INVALID}
}
# Left of an equals sign, or after a word that binds what follows. Possessive: hostile lines
# would else be read again and again.
_BOUND = re.compile(
    r"^[ \t]*([A-Za-z_][\w, \t]*+)(?::[^=\n]*+)?=(?!=)"
    r"|\b(?:def|class|as|import)[ \t]+([A-Za-z_][\w, \t]*+)",
    re.MULTILINE,
)
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """A cell's use of names from one that failed; ``names`` may be empty if not known."""

    cell: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCell:
    """What became of one cell, made harmless. ``why`` explains one that did not run."""

    number: int
    status: CellStatus
    duration_s: float
    crash: Crash | None
    why: str
    reads: tuple[Reads, ...]


def run_cells(report: Report, clean: Report) -> tuple[RunCell, ...]:
    """Return each cell as it ran. ``clean`` is the same report, made harmless.

    Errors are read from the report as it came, for they may be long before they are cut.
    """
    texts = {cell.number: cell.source for cell in clean.submission.cells}
    crashes = {cell.number: _crash(cell, clean.submission.name) for cell in report.run.cells}
    lost = {number: _not_reached(text, crashes.get(number)) for number, text in texts.items()}
    return tuple(
        RunCell(
            number=cell.number,
            status=cell.status,
            duration_s=cell.duration_s,
            crash=crashes[cell.number],
            why=_why(cell, clean),
            reads=tuple(
                Reads(cell=other, names=_names(lost.get(other, ""), texts.get(cell.number, "")))
                for other in cell.after_failure
            ),
        )
        for cell in report.run.cells
    )


def _why(cell: ExecutedCell, report: Report) -> str:
    """Why a cell has no result, in a sentence without its full stop."""
    ending = _ENDINGS.get(report.run.outcome, "")
    told = any(output.kind == "error" for output in cell.outputs)
    return {
        CellStatus.OK: "",
        CellStatus.FAILED: ""
        if told
        else ": ".join(filter(None, ("It ended the program", ending))),
        CellStatus.TIMED_OUT: "It was stopped at its time limit",
        CellStatus.SKIPPED: "It was skipped: it is not Python",
        CellStatus.NOT_RUN: f"It was not run: {ending or 'the program had ended before'}",
    }[cell.status]


# --- errors -----------------------------------------------------------------------------


def _crash(cell: ExecutedCell, file: str) -> Crash | None:
    """The exception that ended a cell, as its text tells it: where, what stood there, what."""
    errors = [output for output in cell.outputs if output.kind == "error"]
    if not errors:
        return None
    text = printed(errors[-1].data.get("text/plain", "")[:_MAX_ERROR])
    frames = []
    at = 0
    while found := _FRAME.match(text, at):
        number = int(found[1]) if found[1] else None
        frames.append((Place(file if number else found[2], int(found[3]), number), found[4]))
        at = found.end()
    kind = errors[-1].name or "Error"
    message = text[at:].strip().removeprefix(kind).removeprefix(":").strip()
    clean: Crash = scrubbed(Crash(type=kind, message=message, frames=tuple(frames)))
    return clean


# --- what rests on a failed cell ----------------------------------------------------------


def _not_reached(source: str, crash: Crash | None) -> str:
    """What of a failed cell did not come to be: from the line on at which it failed."""
    if crash is None:
        return source
    own = next((place for place, _ in crash.frames if place.cell is not None), None)
    return "\n".join(source.split("\n")[own.line - 1 :]) if own else source


def _names(lost: str, reader: str) -> tuple[str, ...]:
    """The names that the lost lines would have bound and that the other cell uses."""
    used = set(_NAME.findall(reader))
    return tuple(dict.fromkeys(name for name in _bound(lost) if name in used))


def _bound(source: str) -> Iterator[str]:
    for left, named in _BOUND.findall(source):
        yield from (name for name in _NAME.findall(left or named) if not iskeyword(name))
