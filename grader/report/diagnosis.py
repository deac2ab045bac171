"""A diagnosis as terminal text: a line for each finding, as compilers write theirs.

    train.py:12:1: error: step 2 adds its gradients to those of step 1 [gradients-not-cleared]

That line is never broken, so that editors find the place (docs/diagnose.md has the patterns for
them); what explains it stands below, indented.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.model import Level, Outcome, Place, Report
from grader.shown import words
from grader.shown.harmless import one_line
from grader.shown.records import Shown, ShownCrash, ShownFinding
from grader.shown.view import shown

NARROWEST, WIDEST = 60, 120
LONGEST = 600
CRASH = "crash"
BOLD, DIM, RED, YELLOW = "1", "2", "31", "33"
COLOURS = {Level.ERROR: RED, Level.WARNING: YELLOW, Level.NOTE: DIM}


def render_text(
    report: Report, sources: Mapping[str, str], *, color: bool = False, width: int = 100
) -> str:
    """Return the diagnosis as text that is safe on any terminal and ends with a newline.

    ``sources`` are the texts of the files that a finding may lie in; ``width`` is the terminal's
    in columns.
    """
    page = _Page(sources, color=color, width=max(NARROWEST, min(width, WIDEST)))
    return "\n".join(page.lines(shown(report))) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    sources: Mapping[str, str]
    color: bool
    width: int

    def lines(self, show: Shown) -> Iterator[str]:
        if show.crash is not None:
            yield from self._crash(show.crash)
        for entry in show.findings:
            yield from self._finding(entry)
        if show.noticed_left_out:
            yield f"… and {show.noticed_left_out} more"
        yield self._paint(BOLD, _headline(show))
        yield from self._sentences(show)

    def _finding(self, entry: ShownFinding) -> Iterator[str]:
        finding = entry.finding
        line = entry.source or _line(self.sources, finding.place)
        where = _where(finding.place, line, entry.span)
        head = f"{where}{finding.level}: {one_line(finding.what, LONGEST)}"
        yield self._paint(COLOURS[finding.level], f"{head} [{finding.rule}]")
        yield from self._source(line)
        for fact in finding.evidence:
            told = f"{fact.label}: expected {fact.expected}, found {fact.actual}"
            yield from self._below(fact.sentence or told)
        if finding.fix:
            yield from self._below(f"fix: {finding.fix}")
        yield self._paint(DIM, f"    more: grade explain {finding.rule}")
        yield ""

    def _crash(self, crash: ShownCrash) -> Iterator[str]:
        said = one_line(f"{crash.type}: {crash.message}".rstrip(": "), LONGEST)
        line = crash.source or _line(self.sources, crash.place)
        where = _where(crash.place, line, crash.span)
        yield self._paint(RED, f"{where}error: {said} [{CRASH}]")
        yield from self._source(line)
        if crash.explanation:
            yield from self._below(crash.explanation)
        if crash.values:
            pairs = ", ".join(f"{name} = {value}" for name, value in crash.values)
            yield from self._below(f"there: {pairs}")
        for call in reversed(crash.callers):
            yield from self._below(f"called from {call.place}: {call.source.strip()}")
        yield ""

    def _sentences(self, show: Shown) -> Iterator[str]:
        """How it ran, in whole sentences."""
        reason = show.reason if show.outcome is not Outcome.OK else ""
        for said in filter(None, (reason, *show.run.notes)):
            yield from self._below(said, indent=2)
        if show.run.isolation.missing and show.run.isolation.layers:
            missing = ", ".join(name.partition(":")[0] for name in show.run.isolation.missing)
            yield from self._below(f"{words.isolation(show.run)} (missing: {missing})", indent=2)
        for name, stream in (("printed", show.run.output.stdout), ("said", show.run.output.stderr)):
            last = [line for line in stream.split("\n") if line.strip()][-4:]
            if last and show.outcome not in (Outcome.OK, Outcome.TIMED_OUT):
                yield self._paint(DIM, f"  What it {name} last:")
                yield from (f"  | {one_line(line, self.width - 4)}" for line in last)

    def _source(self, line: str) -> Iterator[str]:
        if line.strip():
            yield f"    {one_line(line.strip(), self.width - 4)}"

    def _below(self, text: str, indent: int = 4) -> Iterator[str]:
        pad = " " * indent
        yield from textwrap.wrap(
            one_line(text, LONGEST),
            self.width,
            initial_indent=pad,
            subsequent_indent=pad + "  ",
            break_long_words=False,
        )

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text


def _where(place: Place | None, line: str, span: tuple[int, int] | None) -> str:
    """The place as compilers say it; a notebook's cell follows the file's name.

    Columns count from 1. Editors underline from there: what the finding is about, else the code.
    """
    if place is None:
        return ""
    cell = "" if place.cell is None else f"#cell{place.cell}"
    indent = len(line) - len(line.lstrip()) if line.strip() else 0
    start = span[0] if span else indent
    return f"{one_line(place.file, LONGEST)}{cell}:{place.line}:{start + 1}: "


def _line(sources: Mapping[str, str], place: Place | None) -> str:
    if place is None or place.cell is not None:
        return ""
    lines = sources.get(place.file, "").split("\n")
    return lines[place.line - 1] if 1 <= place.line <= len(lines) else ""


def _headline(show: Shown) -> str:
    """How much was found, in how long a training, and how it ended."""
    counts = [
        (sum(entry.finding.level is level for entry in show.findings), level.value)
        for level in Level
    ]
    found = ", ".join(f"{count} {words.plural(count, word)}" for count, word in counts if count)
    steps = show.metrics.get("steps")
    of = f" in {steps:,.0f} steps" if steps else ""
    said = f"{one_line(show.submission.name, 60)}: {found or 'nothing was found'}{of}"
    how = "" if show.outcome is Outcome.OK else f"; {words.outcome(show.outcome, ())}"
    return f"{said}{how} ({words.seconds(show.run.wall_s)}, seed {show.run.seed})"
