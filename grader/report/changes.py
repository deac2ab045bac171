"""What changed from one grading of a file to the next, check by check and finding by finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from grader.model import Outcome, Status
from grader.shown import words
from grader.shown.harmless import one_line
from grader.shown.records import Shown, ShownCheck

_MOST = 8
_SENTENCE = 90


def changes(before: Shown, after: Shown) -> list[str]:
    """Return what changed, a line each; empty if nothing did."""
    lines = [*_score(before, after), *_checks(before, after), *_findings(before, after)]
    if len(lines) > _MOST:
        lines = [*lines[: _MOST - 1], f"… and {len(lines) - _MOST + 1} more changes"]
    return lines


def _score(before: Shown, after: Shown) -> Iterator[str]:
    if before.score != after.score:
        was = "not scored" if before.score is None else words.points(before.score)
        yield f"score: {was} → {words.score(after.score, after.max_score)}"
    if before.outcome is not after.outcome:
        ending = words.ENDINGS.get(after.outcome, "the program runs to its end")
        yield f"now {ending}" if after.outcome is not Outcome.OK else "now the program runs"


def _checks(before: Shown, after: Shown) -> Iterator[str]:
    known = {check.id: check for check in before.checks}
    for check in after.checks:
        old = known.get(check.id)
        if old is not None and old.status is not check.status:
            yield f"{words.SYMBOLS[check.status]} {check.id}: {_became(check)}"
        elif old is not None and check.status is Status.FAILED and old.message != check.message:
            yield f"  {check.id}: {one_line(check.message, _SENTENCE)}"


def _became(check: ShownCheck) -> str:
    return {
        Status.PASSED: "passes now",
        Status.FAILED: "fails now",
        Status.SKIPPED: "is skipped now",
        Status.ERROR: "could not be judged",
    }[check.status]


def _findings(before: Shown, after: Shown) -> Iterator[str]:
    """Rules that are found more often or less often than before: lines move when one types."""
    old, new = (Counter(each.finding.rule for each in show.findings) for show in (before, after))
    for rule in old - new:
        yield f"gone: {rule}" if rule not in new else f"gone: {rule}, once"
    for rule in new - old:
        places = [each.finding.place for each in after.findings if each.finding.rule == rule]
        where = next((f" ({place})" for place in places if place), "")
        yield f"new: {rule}{where}"
