"""Which findings are told below which check.

One per cause and line, at most three below each failed check, what is left out counted, and none
explained twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader.model import Crash, Finding, Outcome, Place, Report, ScoredCheck, Status, Visibility
from grader.shown import words
from grader.shown.attempts import is_told_less
from grader.shown.defined import Definition, defined
from grader.shown.lines import shown_crash, source_line, span_of
from grader.shown.records import ShownCheck, ShownCrash, ShownFinding

FINDINGS_PER_CHECK = 3
FINDINGS_NOTICED = 10


def is_public(check: ScoredCheck) -> bool:
    """Whether all that a check says may be told."""
    return check.rubric.visibility is Visibility.PUBLIC


class Chooser:
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
            if not is_public(check) or check.result.status is not Status.PASSED
            for finding in check.result.findings
        }
        rest = [finding for finding in verdict.findings if _cause(finding) not in claimed]
        if is_told_less(self._report) and not any(map(is_public, verdict.checks)):
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
        if not is_public(check):
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
        return shown_crash(crash, self._report.submission)

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
            span=span_of(self._report.submission, finding),
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
