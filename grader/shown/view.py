"""What of a Report is shown, decided once for every renderer.

A hidden check keeps its title, status and points and loses the rest here, so a template
can't give an answer away. Which findings stand below it is chosen in ``choosing``.
"""

from __future__ import annotations

from dataclasses import replace

from grader.model import Crash, Outcome, Report
from grader.shown import words
from grader.shown.attempts import as_due
from grader.shown.cells import RunCell, run_cells
from grader.shown.choosing import Chooser, is_public
from grader.shown.harmless import harmless
from grader.shown.lines import shown_crash
from grader.shown.measures import measures
from grader.shown.records import Shown, ShownCell, Withheld
from grader.shown.standing import standing

_REPEATING = (
    "The program raised ",
    "The program tried something that is not allowed here",
    "The file is not valid Python: ",
    "The file is not valid YAML: ",
)
_REPEATED = 200  # characters of an exception's text that a reason surely holds


def shown(report: Report) -> Shown:
    """Return what of ``report`` a learner sees."""
    clean = as_due(harmless(report))
    crash = None if _crash_is_hidden(clean) else clean.run.crash
    metrics = measures(clean.metrics, clean.exercise, clean.run)
    reason = "" if clean.run.crash and not crash else clean.run.reason
    checks, noticed, left_out = Chooser(clean).choose()
    return Shown(
        tool_version=clean.tool_version,
        exercise=clean.exercise,
        submission=clean.submission,
        outcome=clean.verdict.outcome,
        passed=clean.verdict.passed,
        score=clean.verdict.score,
        max_score=clean.verdict.max_score,
        reason=_worth_saying(reason, crash),
        crash=shown_crash(crash, clean.submission) if crash else None,
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
        layers=clean.layers,
    )


def headline(show: Shown) -> str:
    """Return how it went in words; without checks (a diagnosis), how much was found."""
    if show.checks or show.outcome is Outcome.GRADER_FAULT:
        failed = sum(cell.crash is not None for cell in show.cells)
        return words.outcome(show.outcome, [check.status for check in show.checks], failed)
    count = len(show.noticed) + show.noticed_left_out
    found = f"{count} {words.plural(count, 'finding')}" if count else "nothing was found"
    return found if show.outcome is Outcome.OK else f"{words.outcome(show.outcome, ())}; {found}"


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
                crash=shown_crash(crash, clean.submission) if crash else None,
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
        if not is_public(check)
    )


def _crash_is_hidden(report: Report) -> bool:
    """Whether only hidden checks met the crash: its message could tell what they ask."""
    met = [c for c in report.verdict.checks if report.run.crash and c.result.crash]
    met = [check for check in met if check.result.crash == report.run.crash]
    return bool(met) and not any(is_public(check) for check in met)
