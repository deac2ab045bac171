"""The report as a terminal shows it first: a line for each check, and the one place to start.

In the manner of rustc: the sentence, the place as an editor opens it, three lines of code with
the span underlined, what was measured, what to do. Everything else is a command away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.model import CellStatus, IsolationLevel, Outcome, Place, Status
from grader.report.full import headline_of, isolation, of_cell
from grader.report.lines import BLUE, BOLD, LEVEL_COLOURS, RED, STATUS_COLOURS, Ink
from grader.shown import words
from grader.shown.blocks import TICKS
from grader.shown.focus import Focus, ended, focus, is_follow_up, lines_around, span
from grader.shown.harmless import columns, cut, one_line, within
from grader.shown.records import Shown, ShownCheck, ShownCrash, ShownFinding
from grader.shown.view import headline

_ID_WIDTH = 24
_ROOM = 30  # columns that a message needs to be worth a place on the check's own line
_SENTENCE = 600
_FACTS, _DETAILS, _VALUES, _NOTICED, _CELLS, _NOTES, _PRINTED = 2, 4, 3, 3, 3, 3, 3
_LIMITS = frozenset(
    (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.OUTPUT_LIMIT, Outcome.FORBIDDEN)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief(Ink):
    """The short form; ``hints`` is how many levels of hints are told where one starts.

    ``terminal``: whether more is told by the command's options; a notebook has none but hints.
    """

    hints: int = 0
    terminal: bool = True

    def lines(self, show: Shown) -> Iterator[str]:
        """Tell how it went, each check in a line, and where to start."""
        first = focus(show)
        yield from self._header(show)
        if show.checks:
            yield ""
            yield from self._checks(show)
        if first is not None:
            yield ""
            yield from self._start(first, show)
        yield from self._others(show, first)
        yield from self._unusual(show, first)
        yield from self._more(show, first)

    def check(self, show: Shown, wanted: str) -> Iterator[str]:
        """Tell one check with all that explains it."""
        (check,) = (check for check in show.checks if check.id == wanted)
        yield from self._line(check, show, len(check.id), 0, "")
        for detail in _lines(check.details):
            yield from self.flow("    ", detail, hang=6, gap="")
        if check.crash is not None:
            yield ""
            yield from self._crash(check.crash, show, len(check.crash.values))
        for entry in (*check.findings, *check.explained):
            yield ""
            yield from self._finding(entry, show, len(entry.finding.evidence))
        if check.left_out:
            yield f"and {check.left_out} more {words.plural(check.left_out, 'finding')}"
        yield from self._hints(check, self.hints)
        if len(check.hints) > self.hints:
            yield from self.dim(f"More: {self._option('hints', self.hints + 1)} for a hint")

    # --- top ----------------------------------------------------------------------------

    def _header(self, show: Shown) -> Iterator[str]:
        parts = [show.exercise.id, one_line(show.submission.name, max(self.width - 40, 16))]
        if show.checks:
            parts.append(words.score(show.score, show.max_score))
        yield from self.flow("   ".join(parts), _headline(show), paint=BOLD)
        fault = show.outcome is Outcome.GRADER_FAULT
        if show.reason:
            yield from self.flow("  ", show.reason, hang=2, gap="")
        if fault:
            yield from self.flow("  ", words.FAULT_ADVICE, hang=2, gap="")

    def _checks(self, show: Shown) -> Iterator[str]:
        name = max(min(len(check.id), _ID_WIDTH) for check in show.checks)
        mark = max(len(_mark(check)) for check in show.checks)
        said = ended(show)
        for check in show.checks:
            yield from self._line(check, show, name, mark, said)
            if is_follow_up(check, show):
                said = ""  # said once

    def _line(
        self, check: ShownCheck, show: Shown, name_width: int, mark_width: int, said: str
    ) -> Iterator[str]:
        follows = is_follow_up(check, show)
        status = Status.SKIPPED if follows else check.status
        text = ": ".join(filter(None, ("not judged", said))) if follows else headline_of(check)
        name = one_line(check.id, _ID_WIDTH).ljust(name_width)
        mark = "" if status is Status.SKIPPED and not check.withheld else _mark(check)
        head = f"{words.SYMBOLS[status]} {name}  {mark.ljust(mark_width)}   "
        room = self.width - columns(head)
        alone = not said and not mark_width  # the only one that is told is told in full
        if room < _ROOM or alone:
            yield from self.flow(head.rstrip(), text, paint=STATUS_COLOURS[status])
        else:
            gap = " " * (columns(head) - columns(head.rstrip()))
            fitted = shortened(TICKS.sub(r"\1", text), room)
            yield self.paint(STATUS_COLOURS[status], head.rstrip()) + gap + fitted

    # --- where to start -------------------------------------------------------------------

    def _start(self, first: Focus, show: Shown) -> Iterator[str]:
        title = "Start here:"
        if first.finding is not None:
            yield from self._finding(first.finding, show, _FACTS, title, first)
        elif first.crash is not None:
            yield from self._crash(first.crash, show, _VALUES, title)
        elif first.failed is not None:
            yield from self._message(first.failed, title)
            yield from self._code(first, show)
        hinted = first.failed or next((check for check in show.checks if check.hints), None)
        if hinted is not None:
            yield from self._hints(hinted, self._told(first))

    def _message(self, check: ShownCheck, title: str) -> Iterator[str]:
        """A check that has nothing but its message and details."""
        text = f"{check.id}: {headline_of(check)}"
        yield from self.flow(title, text, paint=BOLD, hang=2, gap=" ")
        details = _lines(check.details)
        for detail in details[:_DETAILS]:
            yield from self.flow("  ", detail, hang=4, gap="")
        if len(details) > _DETAILS:
            more = f"  … and {len(details) - _DETAILS} more lines" + self._by(f"--check {check.id}")
            yield from self.dim(more, 4)

    def _told(self, first: Focus) -> int:
        """How many hints are told: where nothing says what to do, the first one does."""
        says = first.finding is not None and bool(first.finding.finding.fix)
        return self.hints or int(first.failed is not None and not says)

    def _finding(
        self,
        entry: ShownFinding,
        show: Shown,
        facts: int,
        title: str = "",
        place: Focus | None = None,
    ) -> Iterator[str]:
        finding = entry.finding
        head = title or f"{finding.level} {finding.rule}:"
        paint = BOLD if title else LEVEL_COLOURS[finding.level]
        yield from self.flow(head, cut(finding.what, _SENTENCE), paint=paint, hang=2, gap=" ")
        yield from self._code(place or Focus(finding=entry), show)
        for fact in finding.evidence[:facts]:
            text = one_line(words.told(fact), _SENTENCE)
            yield from self.flow("   =", text, paint=BLUE, hang=5, gap=" ")
        if finding.fix:
            yield from self.flow("fix:", cut(finding.fix, _SENTENCE), paint=BOLD, hang=5, gap=" ")
        yield from self.dim(f"why: grade explain {finding.rule}", 5)

    def _crash(self, crash: ShownCrash, show: Shown, values: int, title: str = "") -> Iterator[str]:
        head = title or f"{one_line(crash.type, 80)}:"
        text = crash.message if not title else f"{crash.type}: {crash.message}".rstrip(": ")
        said = one_line(text, _SENTENCE)
        yield from self.flow(head, said, paint=BOLD if title else RED, hang=2, gap=" ")
        yield from self._code(Focus(crash=crash), show)
        for name, value in crash.values[:values]:
            known = f"{one_line(name, 80)}: {one_line(value, 200)}"
            yield from self.flow("   =", known, paint=BLUE, hang=5, gap=" ")
        if crash.callers:
            call = crash.callers[-1]
            text = f"called from {self.at(call.place)}"
            yield from self.flow("   =", one_line(text, _SENTENCE), paint=BLUE, hang=5, gap=" ")
        if crash.explanation:
            yield from self.flow("", cut(crash.explanation, _SENTENCE), hang=0, gap="")

    def _code(self, first: Focus, show: Shown) -> Iterator[str]:
        """Three lines of code, the middle one underlined where it matters."""
        place = first.place
        if place is None:
            return
        marked = span(first)
        room = self.width - 6
        where = self.at(place, marked[0] + 1 if marked else None)
        # Never broken, however narrow the terminal is: an editor opens what stands in one line.
        yield self.paint(BLUE, "  -->") + " " + (where if self.path else one_line(where, room))
        lines = lines_around(show, place)
        if not lines and first.source:
            lines = [(place.line, first.source.rstrip())]
        margin = len(str(lines[-1][0])) if lines else 0
        for number, text in lines:
            shown, under = self._fitted(text, marked if number == place.line else None, margin)
            yield self.paint(BLUE, f"{number:>{margin}} |") + (f" {shown}" if shown else "")
            if under:
                yield self.paint(BLUE, f"{'':{margin}} | ") + self.paint(RED, under)

    def _fitted(self, text: str, marked: tuple[int, int] | None, margin: int) -> tuple[str, str]:
        """A line of code within the width, its marked part in view, and the line below it."""
        room = self.width - margin - 3
        start, end = marked or (0, 0)
        if columns(text[:end]) > room:
            fits = room if text.isascii() else room // 2
            left = min(max(end - fits + 1, 0), start)
            text, start, end = "…" + text[left + 1 :], start - left, end - left
        shown = text if columns(text) <= room else within(text, room - 1) + "…"
        under = " " * columns(text[:start]) + "^" * max(columns(text[start:end]), 1)
        return shown, within(under, room).rstrip() if marked else ""

    def _hints(self, check: ShownCheck, wanted: int) -> Iterator[str]:
        for level, hint in enumerate(check.hints[:wanted], 1):
            yield from self.hint(f"hint {level}:", hint, hang=8)

    # --- what else there is ---------------------------------------------------------------

    def _others(self, show: Shown, first: Focus | None) -> Iterator[str]:
        """Name the other places, in a line or two."""
        told = first.check if first else ""
        then = [
            check
            for check in show.checks
            if check.status is Status.FAILED and check.id != told and not is_follow_up(check, show)
        ]
        named = [_with_lines(check) for check in then if check.findings or check.crash]
        if named:
            yield ""
            yield from self.flow("Then:", ", ".join(named), hang=6, gap=" ")
        rest = [each for each in show.noticed if first is None or each is not first.finding]
        if rest:
            yield ""
            yield self.paint(BOLD, "Also noticed" if show.checks or first is None else "And")
        for entry in rest[:_NOTICED]:
            yield from self._in_a_line(entry)
        left = len(rest) - _NOTICED + show.noticed_left_out
        if rest and left > 0:
            yield f"  and {left} more" + self._by("--full")

    def _in_a_line(self, entry: ShownFinding) -> Iterator[str]:
        finding = entry.finding
        head = f"  {finding.level} {finding.rule}:"
        where = f" ({self.at(finding.place)})" if finding.place else ""
        text = one_line(finding.what, _SENTENCE) + where
        yield from self.flow(head, text, paint=LEVEL_COLOURS[finding.level], gap=" ")

    def _unusual(self, show: Shown, first: Focus | None) -> Iterator[str]:
        """Say what is not as it mostly is: cells, the last output, notes, isolation, limits."""
        lines = [*self._cells(show, first), *self._printed(show)]
        notes = [*show.run.notes[:_NOTES]]
        if len(show.run.notes) > _NOTES:
            notes.append(f"{len(show.run.notes) - _NOTES} more notes" + self._by("--full"))
        for note in notes:
            lines.extend(self.quiet("Note", one_line(note, _SENTENCE)))
        for share in show.shares:
            lines.extend(self.quiet("Measured", f"{share.name} {share.said}"))
        if words.ran(show.run) and show.run.isolation.level is not IsolationLevel.FULL:
            lines.extend(self.quiet("Isolation", isolation(show)))
        if show.outcome in _LIMITS:
            lines.extend(self.quiet("Limits", words.limits(show.exercise.limits)))
        if lines:
            yield ""
            yield from lines

    def _cells(self, show: Shown, first: Focus | None) -> Iterator[str]:
        told = first.place if first else None
        bad = (CellStatus.FAILED, CellStatus.TIMED_OUT)
        cells = [cell for cell in show.cells if cell.status in bad]
        cells = [cell for cell in cells if told is None or cell.number != told.cell]
        for cell in cells[:_CELLS]:
            symbol, said = of_cell(cell)
            head = f"{symbol} cell {cell.number}"
            yield from self.flow(head, one_line(said, _SENTENCE), paint=RED, hang=4)
        missed = sum(cell.status is CellStatus.NOT_RUN for cell in show.cells)
        rest = [f"{len(cells) - _CELLS} more cells failed"] if len(cells) > _CELLS else []
        rest += [f"{missed} {words.plural(missed, 'cell')} not run"] if missed else []
        if rest:
            yield from self.dim(f"  {', '.join(rest)}" + self._by("--full"))

    def _printed(self, show: Shown) -> Iterator[str]:
        """Show the last lines that were printed before the program was ended."""
        if show.outcome in {Outcome.OK, Outcome.INVALID, Outcome.CRASHED}:
            return
        output = show.run.output
        printed = [line for line in (output.stdout or output.stderr).split("\n") if line.strip()]
        if printed:
            yield from self.dim("The last lines that it printed:")
        for line in printed[-_PRINTED:]:
            yield "  | " + within(line.rstrip(), self.width - 4)

    def _more(self, show: Shown, first: Focus | None) -> Iterator[str]:
        """Name the options that tell more, as far as there is more."""
        ways = []
        if any(check.findings or check.details or check.crash for check in show.checks):
            ways += ["--check ID"] if self.terminal else []
        failed = first.failed if first else None
        told = self._told(first) if first else 0
        if failed is not None and len(failed.hints) > told:
            ways.append(self._option("hints", told + 1))
        ways += ["--full", "--report FILE.html"] if self.terminal else []
        if not ways:
            return
        yield ""
        yield from self.dim("More: " + " · ".join(ways), 6)

    def _by(self, option: str) -> str:
        return f": {option}" if self.terminal else ""

    def _option(self, name: str, value: int) -> str:
        return f"--{name} {value}" if self.terminal else f"{name}={value}"


def shortened(text: str, room: int) -> str:
    """Return the text within so many columns, ended after a whole word where it is cut."""
    if columns(text) <= room:
        return text
    head, _, _ = within(text, room - 1).rpartition(" ")
    return (head or within(text, room - 2)).rstrip(" ,;:") + " …"


def _headline(show: Shown) -> str:
    """How it went, with what was not judged counted as that."""
    follow = [check for check in show.checks if is_follow_up(check, show)]
    if not follow:
        return headline(show)
    judged = [check.status for check in show.checks if check not in follow]
    if set(judged) <= {Status.SKIPPED}:
        return f"{words.ENDINGS.get(show.outcome, '')}; nothing could be judged"
    return f"{words.ENDINGS.get(show.outcome, '')}; of those judged before, {words.tally(judged)}"


def _mark(check: ShownCheck) -> str:
    if check.status is Status.ERROR:
        return f"– of {words.points(check.max_score)}"
    return words.score(check.score, check.max_score)


def _with_lines(check: ShownCheck) -> str:
    """A check's id with the lines that explain its failure."""
    places: Iterable[Place | None] = [each.finding.place for each in check.findings]
    if check.crash is not None:
        places = [check.crash.place]
    spots = list(dict.fromkeys(_spot(place) for place in places if place))
    return f"{check.id} ({', '.join(spots)})" if spots else check.id


def _spot(place: Place) -> str:
    return f"line {place.line}" if place.cell is None else f"cell {place.cell}, line {place.line}"


def _lines(details: Sequence[str]) -> list[str]:
    lines = "\n".join(details).split("\n")
    return [cut(line.rstrip(), _SENTENCE) for line in lines if line.strip()]
