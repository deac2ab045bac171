"""Where to look first: one place of the report, with its lines of code and what to do there.

Also which checks were not judged because the program had ended: these repeat its error, and are
no places to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.model import Level, Outcome, Place, Status, SubmissionKind
from grader.shown.defined import Definition
from grader.shown.lines import same_file
from grader.shown.records import Shown, ShownCheck, ShownCrash, ShownFinding

AROUND = 1
"""Lines of code before and after the one that is shown."""

_RATE = re.compile(r"\b(?:lr|learning_rate|alpha|eta|step_size)\s*=\s*[^,()=]+")
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')""")
_ASSIGNED = re.compile(r"^\s*[\w., \t\[\]*:]+?(?<![=!<>])=(?!=)\s*(?=\S)")
_STOPPED = ("not reached: ", "the program stopped before")


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """What to repair first: a finding, an exception, or a check that has nothing but its message.

    ``check`` is the id of the check that it belongs to, empty for the run as a whole.
    """

    check: str = ""
    finding: ShownFinding | None = None
    crash: ShownCrash | None = None
    failed: ShownCheck | None = None

    @property
    def place(self) -> Place | None:
        """The line, where one is known."""
        if self.finding is not None:
            return self.finding.finding.place
        if self.crash is not None:
            return self.crash.place
        return self._about.place if self._about is not None else None

    @property
    def source(self) -> str:
        """What stands in that line."""
        if self.finding is not None:
            return self.finding.source
        if self.crash is not None:
            return self.crash.source
        return self._about.source if self._about is not None else ""

    @property
    def _about(self) -> Definition | None:
        return self.failed.about if self.failed is not None else None


def focus(show: Shown) -> Focus | None:
    """Return where to look first; None where nothing is to be repaired, or nothing can be told."""
    if show.outcome is Outcome.GRADER_FAULT:
        return None
    first = next(_candidates(show), None)
    if show.crash is not None and not (first and _costs_nothing(show)):
        return Focus(crash=show.crash)
    return first


def _costs_nothing(show: Shown) -> bool:
    """Whether the exception ended a cell of a notebook alone: what costs points is elsewhere."""
    return bool(show.cells) and not any(is_follow_up(check, show) for check in show.checks)


def _candidates(show: Shown) -> Iterator[Focus]:
    """Places to look at, the most telling first."""
    failed = [check for check in show.checks if _open(check) and not is_follow_up(check, show)]
    pairs = [(entry, check) for check in failed for entry in check.findings]
    for entry, check in sorted(pairs, key=lambda pair: pair[0].number):  # the order of repair
        if entry.finding.level is not Level.NOTE:
            yield Focus(check=check.id, finding=entry, failed=check)
    if failed or not show.checks:
        wrong = (entry for entry in show.noticed if entry.finding.level is Level.ERROR)
        yield from (Focus(finding=entry) for entry in wrong)
    yield from (Focus(check=check.id, crash=check.crash, failed=check) for check in failed)
    if not show.checks:
        yield from (Focus(finding=entry) for entry in show.noticed)


def _open(check: ShownCheck) -> bool:
    return check.status is Status.FAILED and not check.withheld


def is_follow_up(check: ShownCheck, show: Shown) -> bool:
    """Whether a check failed for no other reason than that the program had ended before it."""
    if check.status is not Status.FAILED or check.withheld or check.findings or check.crash:
        return False
    if show.outcome in {Outcome.OK, Outcome.GRADER_FAULT}:
        return False
    if show.outcome is Outcome.INVALID or check.message.startswith(_STOPPED):
        return True
    return show.crash is not None and f"raised {show.crash.type}" in check.message


def ended(show: Shown) -> str:
    """Return why no more was judged: ``the program stopped at line 9``."""
    if show.outcome is Outcome.INVALID:
        return "the file can't be run"
    place = show.crash.place if show.crash else None
    if place is None:
        return "the program was ended before"
    cell = f"cell {place.cell}, " if place.cell is not None else ""
    file = "" if same_file(show.submission, place) else f" of {place.file}"
    return f"the program stopped at {cell}line {place.line}{file}"


def lines_around(show: Shown, place: Place | None) -> list[tuple[int, str]]:
    """Return the student's line with its neighbours, numbered; blank ones at the ends left out."""
    if place is None or not same_file(show.submission, place):
        return []
    wanted = place.cell if show.submission.kind is SubmissionKind.NOTEBOOK else 0
    for cell in show.submission.cells:
        if cell.number == wanted:
            return _window(cell.source.split("\n"), place.line)
    return []


def _window(lines: list[str], line: int) -> list[tuple[int, str]]:
    if not 1 <= line <= len(lines):
        return []
    first, last = max(line - AROUND, 1), min(line + AROUND, len(lines))
    window = [(number, lines[number - 1].rstrip()) for number in range(first, last + 1)]
    return [(number, text) for number, text in window if text or number == line]


def span(place: Focus) -> tuple[int, int] | None:
    """Return from which column of the line to which the trouble goes (from 0, end outside)."""
    line = place.source.rstrip()
    if not line:
        return None
    if place.crash is not None and place.crash.span and place.finding is None:
        start, end = place.crash.span
        return (start, min(end, max(len(line), start + 1))) if start <= len(line) else None
    if place.finding is None and place.crash is None and place.failed and place.failed.about:
        return place.failed.about.span
    if place.finding is None:
        return _code(line)
    known = place.finding.span
    return known if known and known[1] <= len(line) else _of_rule(line, place.finding.finding.rule)


def _of_rule(line: str, rule: str) -> tuple[int, int]:
    """Where the text has no syntax tree: as such lines are mostly written."""
    if rule.startswith("learning-rate") and (found := _RATE.search(line)):
        return found.start(), found.end() - len(found[0]) + len(found[0].rstrip())
    start, end = _code(line)
    assigned = _ASSIGNED.match(_masked(line))
    return (assigned.end(), end) if assigned and assigned.end() < end else (start, end)


def _code(line: str) -> tuple[int, int]:
    """The line without its indentation and without the comment at its end."""
    code = _masked(line).partition("#")[0].rstrip()
    start = len(line) - len(line.lstrip())
    return (start, len(code)) if len(code) > start else (start, len(line))


def _masked(line: str) -> str:
    """The line with what is quoted in it blotted out, of the same length."""
    return "".join("_" * len(part) if number % 2 else part for number, part in _split(line))


def _split(line: str) -> Iterator[tuple[int, str]]:
    return enumerate(_QUOTED.split(line))
