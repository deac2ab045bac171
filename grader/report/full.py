"""The whole report as text: one block a check, its findings right below it, how it ran at the end.

``brief`` has the short form that a terminal shows first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from grader.model import (
    CellStatus,
    IsolationLevel,
    Outcome,
    Place,
    Status,
    Visibility,
)
from grader.report.lines import BOLD, DIM, LEVEL_COLOURS, RED, STATUS_COLOURS, Ink
from grader.shown import words
from grader.shown.harmless import columns, cut, one_line, within
from grader.shown.lines import OUTER_FRAMES
from grader.shown.records import Shown, ShownCell, ShownCheck, ShownCrash, ShownFinding
from grader.shown.view import headline

_ID_WIDTH = 24
_MESSAGE_LIMIT = 600
_SOURCE_LIMIT = 160
_DETAIL_LINES = 12
_OUTPUT_LINES = 8

_WITHHELD = {
    Visibility.HIDDEN: "(hidden check: its details are not shown)",
    Visibility.AFTER_DUE: "(details are shown after the due date)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Ink):
    """Everything of a report; ``hints`` is how many levels of hints are told."""

    hints: int = 0

    def lines(self, show: Shown) -> Iterator[str]:
        """Tell everything."""
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
        yield from self.flow("   ".join(parts), headline(show), paint=BOLD)
        fault = show.outcome is Outcome.GRADER_FAULT
        if show.reason:
            yield from self.flow("  ", show.reason, hang=2, gap="")
        if fault:
            yield from self.flow("  ", words.FAULT_ADVICE, hang=2, gap="")
        if show.crash:
            yield ""
            yield from self._crash(show.crash, indent=2)
        yield ""

    def _noticed(self, show: Shown) -> Iterator[str]:
        if show.noticed:
            if show.checks:
                yield ""
                yield self.paint(BOLD, "Also noticed")
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
        yield self.paint(BOLD, f"Cells ({ran} of {len(show.cells)} ran)")
        for (symbol, said), same in groupby(troubled, of_cell):
            numbers = [cell.number for cell in same]
            span = f"cell {numbers[0]}"
            if len(numbers) > 1:
                span = f"cells {numbers[0]} to {numbers[-1]}"
            colour = RED if symbol == "✗" else DIM
            text = one_line(said, _MESSAGE_LIMIT)
            yield from self.flow(f"{symbol} {span}", text, paint=colour, hang=4)

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
            yield self.paint(BOLD, f"The program's {name} ({more})")
            for line in last:
                yield "  | " + within(line.rstrip(), self.width - 4)

    def _footer(self, show: Shown) -> Iterator[str]:
        run = show.run
        yield ""
        hinted = [check.id for check in show.checks if len(check.hints) > self.hints]
        if hinted:
            more = "more " if self.hints else ""
            where = f"--hints {self.hints + 1}, or step by step in the HTML report (--report)"
            yield from self.quiet("Hints", f"{more}for {', '.join(hinted)}: {where}")
        for note in run.notes:
            yield from self.quiet("Note", one_line(note, _MESSAGE_LIMIT))
        pairs = [f"{share.name} {share.said}" for share in show.shares]
        pairs += [f"{name} {words.number(value)}" for name, value in show.metrics.items()]
        if pairs:
            yield from self.quiet("Measured", ", ".join(pairs))
        if data := words.data(run, show.exercise):
            yield from self.quiet("Data", data)
        yield from self.quiet("Isolation", isolation(show))
        yield from self.quiet("Limits", words.limits(show.exercise.limits))
        yield from self.quiet(
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
        colour = STATUS_COLOURS[check.status]
        yield from self.flow(head, headline_of(check), paint=colour, hang=4, gap=gap)
        yield from self.below(check)

    def below(self, check: ShownCheck) -> Iterator[str]:
        """Tell what stands below a check's line: details, crash, findings, hints."""
        details = "\n".join(check.details).split("\n") if check.details else []
        for detail in details[:_DETAIL_LINES]:
            yield from self.flow("    ", cut(detail.rstrip(), _MESSAGE_LIMIT), hang=6, gap="")
        if len(details) > _DETAIL_LINES:
            yield f"    … and {len(details) - _DETAIL_LINES} more lines"
        if check.crash:
            yield from self._crash(check.crash, indent=4)
        for entry in check.findings:
            yield from self._finding(entry)
        for entry in check.explained:
            place = f" at {self.at(entry.finding.place)}" if entry.finding.place else ""
            rule = f"{entry.finding.level} {entry.finding.rule}{place}"
            yield from self.flow("  ", f"{rule} (explained above)", gap="")
        yield from self._left_out(check.left_out)
        for level, hint in enumerate(check.hints[: self.hints], 1):
            yield from self.hint(f"    hint {level}:", hint, hang=12)

    def _finding(self, entry: ShownFinding) -> Iterator[str]:
        finding = entry.finding
        head = f"  {finding.level} {finding.rule}:"
        what = one_line(finding.what, _MESSAGE_LIMIT)
        yield from self.flow(head, what, paint=LEVEL_COLOURS[finding.level], gap=" ")
        if finding.place:
            yield from self._source(finding.place, entry.source, indent=4)
        for fact in finding.evidence:
            text = one_line(words.told(fact), _MESSAGE_LIMIT)
            yield from self.flow("    ", text, hang=6, gap="")
        if finding.fix:
            yield from self.flow("    fix:", one_line(finding.fix, _MESSAGE_LIMIT), hang=9, gap=" ")
        yield from self.dim(f"    more: grade explain {finding.rule}", 6)

    def _left_out(self, count: int) -> Iterator[str]:
        if count:
            verb = "is" if count == 1 else "are"
            yield f"  and {count} more {words.plural(count, 'finding')} {verb} not shown"

    def _crash(self, crash: ShownCrash, *, indent: int) -> Iterator[str]:
        pad = " " * indent
        if crash.place:
            yield from self._source(crash.place, crash.source, indent=indent)
        if crash.explanation:
            said = one_line(crash.explanation, _MESSAGE_LIMIT)
            yield from self.flow(pad, said, hang=indent, gap="")
        for name, value in crash.values:
            known = f"{one_line(name, 80)}: {one_line(value, 200)}"
            for line in self.flow(pad, known, hang=indent + 2, gap=""):
                yield self.paint(DIM, line)
        text = one_line(crash.message, _MESSAGE_LIMIT)
        head = f"{pad}{one_line(crash.type, 80)}" + (":" if text else "")
        yield from self.flow(head, text, paint=RED, hang=indent + 2, gap=" ")
        for number, call in enumerate(reversed(crash.callers)):
            if crash.omitted and number == len(crash.callers) - OUTER_FRAMES:
                yield f"{pad}  … {crash.omitted} more {words.plural(crash.omitted, 'call')}"
            times = f"{call.times:,} times " if call.times > 1 else ""
            yield from self._source(
                call.place, call.source, indent=indent + 2, head=f"called {times}from "
            )

    def _source(self, place: Place, source: str, *, indent: int, head: str = "") -> Iterator[str]:
        """A place with its line of code beside it, or below it where there is no room."""
        where, start = self.at(place), " " * indent + head
        # As it was typed it is never broken: an editor opens what stands in one line.
        where = start + (where if self.path else one_line(where, self.width - len(start)))
        line = one_line(source.strip(), _SOURCE_LIMIT)
        if columns(where) + 3 + columns(line) <= self.width:
            yield self.paint(DIM, where) + ("   " + line if line else "")
        else:
            yield self.paint(DIM, where)
            yield from self.code_line(line, indent)


def of_cell(cell: ShownCell) -> tuple[str, str]:
    """Return a cell's sign and what happened there."""
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


def headline_of(check: ShownCheck) -> str:
    """Return what a check's own line says: its message, else its title."""
    if check.withheld:
        return f"{one_line(check.title, 120)} {_WITHHELD[check.visibility]}"
    text = check.message or check.title
    return one_line(text, _MESSAGE_LIMIT)


def isolation(show: Shown) -> str:
    """Return how far the program was kept apart, with what was missing."""
    wall = show.run.isolation
    if not words.ran(show.run):
        return words.isolation(show.run)
    names = ", ".join(layer.partition(":")[0] for layer in wall.missing)
    missing = f" (missing: {names})" if wall.level is IsolationLevel.PARTIAL and names else ""
    return f"{wall.level}: {words.isolation(show.run)}{missing}"
