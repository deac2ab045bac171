"""The report as terminal text: one block a check, its findings right below it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import wcwidth

from grader.model import (
    CellStatus,
    IsolationLevel,
    Level,
    Outcome,
    Place,
    Report,
    Status,
    Visibility,
)
from grader.shown import words
from grader.shown.harmless import columns, cut, one_line, within
from grader.shown.view import (
    OUTER_FRAMES,
    Shown,
    ShownCell,
    ShownCheck,
    ShownCrash,
    ShownFinding,
    headline,
    shown,
)

_NARROWEST, _WIDTH, _WIDEST = 60, 100, 120
_ID_WIDTH = 24
_MESSAGE_LIMIT = 600
_DETAIL_LINES = 12
_OUTPUT_LINES = 8

_BOLD, _DIM, _RED, _GREEN, _YELLOW = "1", "2", "31", "32", "33"
_STATUS_COLOURS = {
    Status.PASSED: _GREEN,
    Status.FAILED: _RED,
    Status.SKIPPED: _DIM,
    Status.ERROR: _YELLOW,
}
_LEVEL_COLOURS = {Level.ERROR: _RED, Level.WARNING: _YELLOW, Level.NOTE: _DIM}
_WITHHELD = {
    Visibility.HIDDEN: "(hidden check: its details are not shown)",
    Visibility.AFTER_DUE: "(details are shown after the due date)",
}


def render_text(report: Report, *, color: bool, width: int, hints: int = 0) -> str:
    """Return the report as text that is safe on any terminal and ends with a newline.

    ``width`` is the terminal's width in columns; ``color`` adds ANSI colours, which carry
    nothing that the words don't say. ``hints`` is how many levels of hints are told.
    """
    return tell(shown(report), color=color, width=width, hints=hints)


def tell(show: Shown, *, color: bool = False, width: int = _WIDTH, hints: int = 0) -> str:
    """Return the same text of what is shown of a report."""
    page = _Page(color=color, width=max(_NARROWEST, min(width, _WIDEST)), hints=hints)
    return "\n".join(page.lines(show)) + "\n"


def tell_check(check: ShownCheck, *, width: int = _WIDTH) -> str:
    """Return what stands below a check's line: its message and all that explains it."""
    page = _Page(color=False, width=width, hints=0)
    return "\n".join([_headline(check), *page.below(check)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A width and a way to paint; each method yields finished lines."""

    color: bool
    width: int
    hints: int

    def lines(self, show: Shown) -> Iterator[str]:
        yield from self._header(show)
        names = [min(len(check.id), _ID_WIDTH) for check in show.checks]
        marks = [len(words.score(check.score, check.max_score)) for check in show.checks]
        for check in show.checks:
            yield from self._check(check, max(names), max(marks))
        yield from self._noticed(show)
        yield from self._cells(show)
        yield from self._printed(show)
        yield from self._footer(show)

    # --- top and bottom ---------------------------------------------------------------

    def _header(self, show: Shown) -> Iterator[str]:
        parts = [show.exercise.id, one_line(show.submission.name, min(60, self.width - 30))]
        if show.checks:
            parts.append(words.score(show.score, show.max_score))
        yield from self._flow("   ".join(parts), headline(show), paint=_BOLD)
        fault = show.outcome is Outcome.GRADER_FAULT
        if show.reason:
            yield from self._flow("  ", show.reason, hang=2, gap="")
        if fault:
            yield from self._flow("  ", words.FAULT_ADVICE, hang=2, gap="")
        if show.crash:
            yield ""
            yield from self._crash(show.crash, indent=2)
        yield ""

    def _noticed(self, show: Shown) -> Iterator[str]:
        if show.noticed:
            if show.checks:
                yield ""
                yield self._paint(_BOLD, "Also noticed")
            for entry in show.noticed:
                yield from self._finding(entry)
            yield from self._left_out(show.noticed_left_out)

    def _cells(self, show: Shown) -> Iterator[str]:
        """Tell each cell of a notebook that did not simply run, one line each."""
        troubled = [cell for cell in show.cells if cell.status is not CellStatus.OK or cell.reads]
        if not troubled:
            return
        ran = sum(cell.status is CellStatus.OK for cell in show.cells)
        yield ""
        yield self._paint(_BOLD, f"Cells ({ran} of {len(show.cells)} ran)")
        for (symbol, said), same in groupby(troubled, _told):
            numbers = [cell.number for cell in same]
            span = f"cell {numbers[0]}"
            if len(numbers) > 1:
                span = f"cells {numbers[0]} to {numbers[-1]}"
            colour = _RED if symbol == "✗" else _DIM
            text = one_line(said, _MESSAGE_LIMIT)
            yield from self._flow(f"{symbol} {span}", text, paint=colour, hang=4)

    def _printed(self, show: Shown) -> Iterator[str]:
        """Show the last lines that the program printed where it didn't end well."""
        if show.outcome in {Outcome.OK, Outcome.INVALID}:
            return
        for name, stream in (
            ("output", show.run.output.stdout),
            ("stderr", show.run.output.stderr),
        ):
            printed = [line for line in stream.split("\n") if line.strip()]
            if not printed:
                continue
            yield ""
            last = printed[-_OUTPUT_LINES:]
            more = f"the last {len(last)} lines" if len(printed) > len(last) else "all of it"
            yield self._paint(_BOLD, f"The program's {name} ({more})")
            for line in last:
                yield "  | " + within(line.rstrip(), self.width - 4)

    def _footer(self, show: Shown) -> Iterator[str]:
        run = show.run
        yield ""
        hinted = [check.id for check in show.checks if len(check.hints) > self.hints]
        if hinted:
            more = "more " if self.hints else ""
            where = f"--hints {self.hints + 1}, or step by step in the HTML report (--report)"
            yield from self._quiet("Hints", f"{more}for {', '.join(hinted)}: {where}")
        for note in run.notes:
            yield from self._quiet("Note", one_line(note, _MESSAGE_LIMIT))
        pairs = [f"{share.name} {share.said}" for share in show.shares]
        pairs += [f"{name} {words.number(value)}" for name, value in show.metrics.items()]
        if pairs:
            yield from self._quiet("Measured", ", ".join(pairs))
        if data := words.data(run, show.exercise):
            yield from self._quiet("Data", data)
        yield from self._quiet("Isolation", _isolation(show))
        yield from self._quiet("Limits", words.limits(show.exercise.limits))
        yield from self._quiet(
            "Run",
            f"{words.seconds(run.wall_s)} on {run.device}, seed {run.seed}, "
            f"{show.exercise.id} {show.exercise.version}, grade {show.tool_version}",
        )

    # --- a check and what stands below it -----------------------------------------------

    def _check(self, check: ShownCheck, name_width: int, mark_width: int) -> Iterator[str]:
        symbol = words.SYMBOLS[check.status]
        name = one_line(check.id, _ID_WIDTH).ljust(name_width)
        mark = words.score(check.score, check.max_score)
        if check.status is Status.SKIPPED and not check.withheld:
            mark = ""
        elif check.status is Status.ERROR:
            mark = f"– of {words.points(check.max_score)}"
        head = f"{symbol} {name}  {mark.ljust(mark_width)}" if mark else f"{symbol} {name}"
        gap = "   " if mark else "  "
        colour = _STATUS_COLOURS[check.status]
        yield from self._flow(head, _headline(check), paint=colour, hang=4, gap=gap)
        yield from self.below(check)

    def below(self, check: ShownCheck) -> Iterator[str]:
        details = "\n".join(check.details).split("\n") if check.details else []
        for detail in details[:_DETAIL_LINES]:
            yield from self._flow("    ", cut(detail.rstrip(), _MESSAGE_LIMIT), hang=6, gap="")
        if len(details) > _DETAIL_LINES:
            yield f"    … and {len(details) - _DETAIL_LINES} more lines"
        if check.crash:
            yield from self._crash(check.crash, indent=4)
        for entry in check.findings:
            yield from self._finding(entry)
        for entry in check.explained:
            place = f" at {entry.finding.place}" if entry.finding.place else ""
            rule = f"  {entry.finding.level} {entry.finding.rule}{place}"
            yield from self._flow(rule, "(explained above)", gap=" ")
        yield from self._left_out(check.left_out)
        for level, hint in enumerate(check.hints[: self.hints], 1):
            head = f"    hint {level}:"
            yield from self._flow(head, one_line(hint, _MESSAGE_LIMIT), hang=12, gap=" ")

    def _finding(self, entry: ShownFinding) -> Iterator[str]:
        finding = entry.finding
        head = f"  {finding.level} {finding.rule}:"
        what = one_line(finding.what, _MESSAGE_LIMIT)
        yield from self._flow(head, what, paint=_LEVEL_COLOURS[finding.level], gap=" ")
        if finding.place:
            yield self._source(finding.place, entry.source, indent=4)
        for fact in finding.evidence:
            text = f"expected {fact.expected}, found {fact.actual}"
            head = f"    {one_line(fact.label, 80)}:"
            yield from self._flow(head, one_line(text, _MESSAGE_LIMIT), hang=6, gap=" ")
        if finding.fix:
            yield from self._flow(
                "    fix:", one_line(finding.fix, _MESSAGE_LIMIT), hang=9, gap=" "
            )
        yield self._paint(_DIM, f"    more: grade explain {finding.rule}")

    def _left_out(self, count: int) -> Iterator[str]:
        if count:
            verb = "is" if count == 1 else "are"
            yield f"  and {count} more {words.plural(count, 'finding')} {verb} not shown"

    def _crash(self, crash: ShownCrash, *, indent: int) -> Iterator[str]:
        pad = " " * indent
        if crash.place:
            yield self._source(crash.place, crash.source, indent=indent)
        if crash.explanation:
            said = one_line(crash.explanation, _MESSAGE_LIMIT)
            yield from self._flow(pad, said, hang=indent, gap="")
        for name, value in crash.values:
            known = f"{one_line(name, 80)}: {one_line(value, 200)}"
            for line in self._flow(pad, known, hang=indent + 2, gap=""):
                yield self._paint(_DIM, line)
        text = one_line(crash.message, _MESSAGE_LIMIT)
        head = f"{pad}{one_line(crash.type, 80)}" + (":" if text else "")
        yield from self._flow(head, text, paint=_RED, hang=indent + 2, gap=" ")
        for number, call in enumerate(reversed(crash.callers)):
            if crash.omitted and number == len(crash.callers) - OUTER_FRAMES:
                yield f"{pad}  … {crash.omitted} more {words.plural(crash.omitted, 'call')}"
            times = f"{call.times:,} times " if call.times > 1 else ""
            yield self._source(
                call.place, call.source, indent=indent + 2, head=f"called {times}from "
            )

    # --- lines ------------------------------------------------------------------------

    def _source(self, place: Place, source: str, *, indent: int, head: str = "") -> str:
        where = " " * indent + head + one_line(str(place), self.width - indent - len(head))
        room = self.width - columns(where) - 3
        line = one_line(source.strip(), room) if room > 0 else ""
        return self._paint(_DIM, where) + ("   " + line if line else "")

    def _quiet(self, head: str, text: str) -> Iterator[str]:
        yield from (
            self._paint(_DIM, line) for line in self._flow(head.ljust(9), text, hang=11, gap="  ")
        )

    def _flow(
        self, head: str, text: str, *, paint: str = "", hang: int = 4, gap: str = "   "
    ) -> Iterator[str]:
        """Wrap ``head`` and ``text`` with a hanging indent, painting only the head."""
        if columns(head) > self.width * 2 // 3 and text:  # a line of its own leaves room to read
            yield self._paint(paint, head)
            head, gap = " " * hang, ""
        start = head + gap if text else head
        lines = _wrap(text, self.width, initial_indent=start, subsequent_indent=" " * hang)
        first, *rest = lines or [head.rstrip()]
        head = head if first.startswith(head) else ""
        yield self._paint(paint, head) + first[len(head) :] if paint else first
        yield from rest

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code and text else text


_FILL = "\ufdd0"  # no character: a text that was cleaned holds none


def _wrap(text: str, width: int, **options: Any) -> list[str]:
    """As ``textwrap.wrap``, by columns: each letter that takes two is given a companion meanwhile.

    (``wcwidth.wrap`` does the same, and takes thirty times as long.)
    """
    start = str(options["initial_indent"])
    if columns(start + text) == len(start + text):
        return textwrap.wrap(text, width, break_on_hyphens=False, **options)
    options["initial_indent"], text = _filled(start), _filled(text)
    lines = textwrap.wrap(text, width - 1, break_on_hyphens=False, **options)
    return [line.replace(_FILL, "") for line in lines]


def _filled(text: str) -> str:
    return "".join(char + _FILL if wcwidth.wcwidth(char) > 1 else char for char in text)


def _told(cell: ShownCell) -> tuple[str, str]:
    """A cell's sign and what happened there."""
    parts = []
    if cell.crash:
        text = f": {cell.crash.message}" if cell.crash.message else ""
        line = f"line {cell.crash.place.line}, " if cell.crash.place else ""
        parts.append(f"{line}{cell.crash.type}{text}")
    elif cell.why or cell.status is not CellStatus.OK:
        parts.append(cell.why or words.CELL_WORDS[cell.status])
    for each in cell.reads:
        what = f"reads {words.either(each.names)} from" if each.names else "rests on"
        parts.append(f"{what} cell {each.cell}, which failed")
    symbol = "!" if cell.status is CellStatus.OK else words.CELL_SYMBOLS[cell.status]
    return symbol, "; ".join(parts)


def _headline(check: ShownCheck) -> str:
    if check.withheld:
        return f"{one_line(check.title, 120)} {_WITHHELD[check.visibility]}"
    text = check.message or check.title
    return one_line(text, _MESSAGE_LIMIT)


def _isolation(show: Shown) -> str:
    wall = show.run.isolation
    if not words.ran(show.run):
        return words.isolation(show.run)
    names = ", ".join(layer.partition(":")[0] for layer in wall.missing)
    missing = f" (missing: {names})" if wall.level is IsolationLevel.PARTIAL and names else ""
    return f"{wall.level}: {words.isolation(show.run)}{missing}"
