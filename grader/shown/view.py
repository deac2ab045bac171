"""What of a Report is shown, decided once for every renderer.

A hidden check keeps its title, status and points and loses the rest here, so a template
can't give an answer away. Findings are chosen here too: one per cause and line, at most
three below each failed check, what is left out counted, and none explained twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import PurePath

from grader.model import (
    CellStatus,
    Crash,
    Exercise,
    Finding,
    Handin,
    Outcome,
    Place,
    Report,
    Run,
    ScoredCheck,
    Status,
    Submission,
    SubmissionKind,
    Visibility,
)
from grader.shown import words
from grader.shown.attempts import as_due, is_told_less
from grader.shown.cells import Reads, RunCell, run_cells
from grader.shown.defined import Definition, defined
from grader.shown.harmless import harmless
from grader.shown.measures import Share, measures
from grader.shown.spans import span_at
from grader.shown.standing import Standing, standing

FINDINGS_PER_CHECK = 3
FINDINGS_NOTICED = 10
OUTER_FRAMES, INNER_FRAMES = 3, 8

_REPEATING = (
    "The program raised ",
    "The program tried something that is not allowed here",
    "The file is not valid Python: ",
    "The file is not valid YAML: ",
)
_REPEATED = 200  # characters of an exception's text that a reason surely holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding with its number in this report and the student's own line."""

    number: int
    finding: Finding
    source: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of a traceback; ``times`` is how often it stands there in a row."""

    place: Place
    source: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCrash:
    """An exception at the student's own line; ``callers`` run outermost first.

    ``omitted`` counts the lines between the outer and the inner ones that are left out. ``span``
    is from which column of ``source`` to which (from 0, the second outside), where it is known.
    """

    type: str
    message: str
    explanation: str
    values: tuple[tuple[str, str], ...]
    place: Place | None
    source: str
    callers: tuple[Call, ...]
    omitted: int
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """What became of one cell of a notebook; its outputs are another matter (``outputs``)."""

    number: int
    status: CellStatus
    duration_s: float
    crash: ShownCrash | None
    why: str
    reads: tuple[Reads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCheck:
    """One check as a learner may see it. ``explained`` are findings that stand above.

    ``about``: where what it called is defined, if it failed and nothing else has a line.
    """

    id: str
    title: str
    status: Status
    score: float
    max_score: float
    visibility: Visibility
    message: str
    details: tuple[str, ...] = ()
    findings: tuple[ShownFinding, ...] = ()
    explained: tuple[ShownFinding, ...] = ()
    left_out: int = 0
    crash: ShownCrash | None = None
    hints: tuple[str, ...] = ()
    about: Definition | None = None

    @property
    def withheld(self) -> bool:
        """Whether everything but title, status and points is kept back."""
        return self.visibility is not Visibility.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What the staff may read of a check whose details a learner doesn't see.

    It goes where a platform keeps things for instructors, and nowhere else.
    """

    id: str
    title: str
    visibility: Visibility
    message: str
    details: tuple[str, ...]
    findings: tuple[str, ...]
    crash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A Report made harmless, with what must stay hidden taken out.

    ``for_staff`` holds what was taken out: no page or text of a learner's has any of it.
    """

    tool_version: str
    exercise: Exercise
    submission: Submission
    outcome: Outcome
    passed: bool
    score: float | None
    max_score: float
    reason: str
    crash: ShownCrash | None
    checks: tuple[ShownCheck, ...]
    noticed: tuple[ShownFinding, ...]
    noticed_left_out: int
    run: Run
    metrics: Mapping[str, float]
    curves: Mapping[str, tuple[float, ...]]
    reference_curves: Mapping[str, tuple[float, ...]]
    shares: tuple[Share, ...] = ()
    cells: tuple[ShownCell, ...] = ()
    handin: Handin = field(default_factory=Handin)
    standing: tuple[Standing, ...] = ()
    for_staff: tuple[Withheld, ...] = ()

    @property
    def findings(self) -> tuple[ShownFinding, ...]:
        """Every finding that is shown, in the order of its number."""
        below = [finding for check in self.checks for finding in check.findings]
        return tuple(sorted((*below, *self.noticed), key=lambda entry: entry.number))


def shown(report: Report) -> Shown:
    """Return what of ``report`` a learner sees."""
    clean = as_due(harmless(report))
    crash = None if _crash_is_hidden(clean) else clean.run.crash
    metrics = measures(clean.metrics, clean.exercise, clean.run)
    reason = "" if clean.run.crash and not crash else clean.run.reason
    checks, noticed, left_out = _Chooser(clean).choose()
    return Shown(
        tool_version=clean.tool_version,
        exercise=clean.exercise,
        submission=clean.submission,
        outcome=clean.verdict.outcome,
        passed=clean.verdict.passed,
        score=clean.verdict.score,
        max_score=clean.verdict.max_score,
        reason=_worth_saying(reason, crash),
        crash=_crash(crash, clean.submission) if crash else None,
        checks=checks,
        noticed=noticed,
        noticed_left_out=left_out,
        run=replace(clean.run, crash=crash, reason=reason),
        metrics=metrics.numbers,
        shares=metrics.shares,
        curves=clean.curves,
        reference_curves=clean.reference_curves,
        cells=_cells(report, clean, crash),
        handin=clean.handin,
        standing=standing(clean),
        for_staff=_for_staff(clean),
    )


def headline(show: Shown) -> str:
    """Return how it went in words; without checks (a diagnosis), how much was found."""
    if show.checks or show.outcome is Outcome.GRADER_FAULT:
        failed = sum(cell.crash is not None for cell in show.cells)
        return words.outcome(show.outcome, [check.status for check in show.checks], failed)
    count = len(show.noticed) + show.noticed_left_out
    found = f"{count} {words.plural(count, 'finding')}" if count else "nothing was found"
    return found if show.outcome is Outcome.OK else f"{words.outcome(show.outcome, ())}; {found}"


def source_line(submission: Submission, place: Place | None) -> str:
    """Return the student's own line at ``place``, or nothing if there is no such line."""
    if place is None:
        return ""
    lines = _text_at(submission, place).split("\n")
    return lines[place.line - 1] if 1 <= place.line <= len(lines) else ""


def _span(submission: Submission, finding: Finding) -> tuple[int, int] | None:
    place = finding.place
    if place is None:
        return None
    return span_at(_text_at(submission, place), place.line, finding.rule)


def _text_at(submission: Submission, place: Place) -> str:
    """The student's file or cell that a place is in, empty for another file."""
    if not same_file(submission, place):
        return ""
    wanted = place.cell if submission.kind is SubmissionKind.NOTEBOOK else 0
    return next((cell.source for cell in submission.cells if cell.number == wanted), "")


def same_file(submission: Submission, place: Place) -> bool:
    """Whether ``place`` speaks of the file that was handed in, whatever folder it names."""
    return PurePath(place.file).name == PurePath(submission.name).name


def _worth_saying(reason: str, crash: Crash | None) -> str:
    """Drop a reason that only repeats the exception, which is shown with its line."""
    if not crash:
        return reason
    same = {str(crash), crash.message, crash.type}
    repeats = reason.startswith(_REPEATING) and crash.message[:_REPEATED] in reason
    return "" if reason in same or repeats else reason


def _cells(report: Report, clean: Report, known: Crash | None) -> tuple[ShownCell, ...]:
    cells = []
    for cell in run_cells(report, clean):
        crash = _better_told(cell, known)
        cells.append(
            ShownCell(
                number=cell.number,
                status=cell.status,
                duration_s=cell.duration_s,
                crash=_crash(crash, clean.submission) if crash else None,
                why=cell.why,
                reads=cell.reads,
            )
        )
    return tuple(cells)


def _better_told(cell: RunCell, known: Crash | None) -> Crash | None:
    """The run's own crash where it is the cell's: it carries the explanation."""
    same = (
        cell.crash
        and known
        and known.place
        and (known.place.cell, known.type) == (cell.number, cell.crash.type)
    )
    return known if same else cell.crash


def _for_staff(report: Report) -> tuple[Withheld, ...]:
    return tuple(
        Withheld(
            id=check.rubric.id,
            title=check.rubric.title or check.result.title,
            visibility=check.rubric.visibility,
            message=check.result.message,
            details=check.result.details,
            findings=tuple(f"{f.rule}: {f.what}" for f in check.result.findings),
            crash=str(check.result.crash) if check.result.crash else "",
        )
        for check in report.verdict.checks
        if not _public(check)
    )


def _public(check: ScoredCheck) -> bool:
    return check.rubric.visibility is Visibility.PUBLIC


def _crash_is_hidden(report: Report) -> bool:
    """Whether only hidden checks met the crash: its message could tell what they ask."""
    met = [c for c in report.verdict.checks if report.run.crash and c.result.crash]
    met = [check for check in met if check.result.crash == report.run.crash]
    return bool(met) and not any(_public(check) for check in met)


def _crash(crash: Crash, submission: Submission) -> ShownCrash:
    *frames, last = crash.frames or [(None, "")]
    callers = [
        Call(
            place=place,
            source=source_line(submission, place) or text,
            times=len(list(same)),
        )
        for (place, text), same in groupby(frames)
        if place
    ]
    omitted = max(len(callers) - OUTER_FRAMES - INNER_FRAMES, 0)
    if omitted:
        callers = [*callers[:OUTER_FRAMES], *callers[-INNER_FRAMES:]]
    return ShownCrash(
        type=crash.type,
        message=crash.message,
        explanation=crash.explanation,
        values=crash.values,
        place=last[0],
        source=source_line(submission, last[0]) or last[1],
        callers=tuple(callers),
        omitted=omitted,
        span=crash.span,
    )


class _Chooser:
    """Walks the checks in order, numbering findings and explaining each cause once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._by_cause: dict[tuple[str, Place | None], ShownFinding] = {}
        self._crashes = {report.run.crash} if report.run.crash else set()

    def choose(self) -> tuple[tuple[ShownCheck, ...], tuple[ShownFinding, ...], int]:
        """Return the checks, what else was noticed, and how much of that is left out."""
        verdict = self._report.verdict
        checks = tuple(self._check(check) for check in verdict.checks)
        claimed = {
            _cause(finding)
            for check in verdict.checks
            if not _public(check) or check.result.status is not Status.PASSED
            for finding in check.result.findings
        }
        rest = [finding for finding in verdict.findings if _cause(finding) not in claimed]
        if is_told_less(self._report) and not any(map(_public, verdict.checks)):
            rest = []  # what no check claims is told with the rest, or not at all
        noticed, _, left_out = self._take(rest, FINDINGS_NOTICED)
        return *self._in_order_of_repair(checks, noticed), left_out

    def _in_order_of_repair(
        self, checks: tuple[ShownCheck, ...], noticed: tuple[ShownFinding, ...]
    ) -> tuple[tuple[ShownCheck, ...], tuple[ShownFinding, ...]]:
        """Number what was chosen anew: what costs points first, and causes before effects."""
        below = [entry for check in checks for entry in check.findings]
        ordered = [*sorted(below, key=_repair), *sorted(noticed, key=_repair)]
        at = {_cause(entry.finding): number for number, entry in enumerate(ordered, 1)}

        def renumbered(entries: tuple[ShownFinding, ...]) -> tuple[ShownFinding, ...]:
            return tuple(replace(each, number=at[_cause(each.finding)]) for each in entries)

        checks = tuple(
            replace(
                check, findings=renumbered(check.findings), explained=renumbered(check.explained)
            )
            for check in checks
        )
        return checks, renumbered(noticed)

    def _check(self, check: ScoredCheck) -> ShownCheck:
        result, rubric = check.result, check.rubric
        bare = ShownCheck(
            id=rubric.id,
            title=rubric.title or result.title,
            status=result.status,
            score=check.score,
            max_score=rubric.points,
            visibility=rubric.visibility,
            message="",
        )
        if not _public(check):
            return bare
        details = tuple(map(words.in_style, result.details))
        if result.status is Status.PASSED:
            return replace(bare, message=words.in_style(result.message), details=details)
        findings, explained, left_out = self._take(result.findings, FINDINGS_PER_CHECK)
        return replace(
            bare,
            message=words.in_style(self._message(check)),
            details=details,
            findings=findings,
            explained=explained,
            left_out=left_out,
            crash=self._first_time(result.crash),
            hints=rubric.hints if self._hints_help(result.status) else (),
            about=self._about(check) if self._hints_help(result.status) else None,
        )

    def _about(self, check: ScoredCheck) -> Definition | None:
        """What a check is about whose failure stands at no line."""
        result = check.result
        if result.findings or result.crash is not None:
            return None
        title = check.rubric.title or result.title
        return defined(self._report.submission, self._report.exercise, result.message, title)

    def _message(self, check: ScoredCheck) -> str:
        message = check.result.message
        if check.result.status is Status.SKIPPED and not message.startswith("skipped"):
            needs = "needs " + ", ".join(check.rubric.needs) if check.rubric.needs else ""
            return ", ".join(["skipped", message or needs]).rstrip(", ")
        if check.result.status is Status.ERROR and words.FAULT not in message.lower():
            return f"{words.FAULT}: {message}".rstrip(": ")
        return message

    def _hints_help(self, status: Status) -> bool:
        """Hints speak of a failed check, not of a file that doesn't parse."""
        return status is Status.FAILED and self._report.run.outcome is not Outcome.INVALID

    def _first_time(self, crash: Crash | None) -> ShownCrash | None:
        """Explain a crash below the first check that met it, unless it stands on top."""
        if crash is None or crash in self._crashes:
            return None
        self._crashes.add(crash)
        return _crash(crash, self._report.submission)

    def _take(
        self, findings: Iterable[Finding], limit: int
    ) -> tuple[tuple[ShownFinding, ...], tuple[ShownFinding, ...], int]:
        """Split into new ones, ones explained above, and the count of what is left out."""
        ordered = sorted(findings, key=lambda finding: words.LEVEL_ORDER[finding.level])
        explained = {
            _cause(f): self._by_cause[_cause(f)] for f in ordered if _cause(f) in self._by_cause
        }
        new: list[ShownFinding] = []
        left_out = 0
        for finding in ordered:
            if _cause(finding) in explained:
                continue
            if _cause(finding) in self._by_cause or len(new) == limit:
                left_out += 1
                continue
            new.append(self._number(finding))
        return tuple(new), tuple(explained.values()), left_out

    def _number(self, finding: Finding) -> ShownFinding:
        entry = ShownFinding(
            number=len(self._by_cause) + 1,
            finding=words.finding_in_style(finding),
            source=source_line(self._report.submission, finding.place),
            span=_span(self._report.submission, finding),
        )
        self._by_cause[_cause(finding)] = entry
        return entry


def _repair(entry: ShownFinding) -> tuple[int, int, Place]:
    """What to repair first: the gravest, then what happened earliest, then the upper line.

    What no step is named for (a call that torch refuses) comes before the first step.
    """
    finding = entry.finding
    place = finding.place or Place("", 0)
    known = replace(place, cell=place.cell or 0)
    return words.LEVEL_ORDER[finding.level], finding.step or 0, known


def _cause(finding: Finding) -> tuple[str, Place | None]:
    return finding.rule, finding.place
