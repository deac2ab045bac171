"""The report as a review of code: what leads, what stands below which line, and what is left.

Each finding stands once. What is explained at a line of the student's is told there; what has no
line is told in the box at the top if it leads, or in a list of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import Outcome, Place, Status, Visibility
from grader.report.listing import Note, anchor
from grader.shown import words
from grader.shown.focus import Focus, focus, is_follow_up, lines_around, span
from grader.shown.lines import same_file
from grader.shown.measures import Share
from grader.shown.records import Shown, ShownCheck, ShownCrash, ShownFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A check in the strip; ``where`` says in a word or two what to know of it."""

    check: ShownCheck
    state: str
    symbol: str
    name: str
    score: str
    where: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A line of a frame of code, with the part of it that is meant, if any."""

    number: int
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What the template draws beside the listing, the charts and the facts of the run.

    ``lead`` is where to start; ``frame`` its lines of code. ``loose`` are notes that have no line
    in the page. ``learning`` is the check that stands on a measured share, told beside the curve;
    ``missed`` counts the checks that were not reached.
    """

    chips: tuple[Chip, ...]
    lead: Focus | None
    frame: tuple[Code, ...]
    loose: tuple[Note, ...]
    learning: ShownCheck | None
    share: Share | None
    missed: int
    places: int


def review(show: Shown, anchors: frozenset[str]) -> Review:
    """Return how the page is laid out, given the lines that it shows."""
    missed = frozenset(_missed(show))
    lead = focus(show)
    if lead and lead.failed and lead.failed.id in missed and not lead.place:
        lead = None
    learning = _learning(show, missed)
    loose = tuple(_loose(show, anchors, lead, missed, learning.id if learning else ""))
    return Review(
        chips=tuple(_chip(check, show, anchors, lead, learning, missed) for check in show.checks),
        lead=lead,
        frame=tuple(_frame(show, lead)) if lead else (),
        loose=loose,
        learning=learning,
        share=show.shares[0] if learning else None,
        missed=len(missed),
        places=len({each.finding.place for each in show.findings if _in_page(show, each, anchors)}),
    )


def _missed(show: Shown) -> Iterator[str]:
    """The checks that failed only because the program had ended: several that say the same."""
    bare = [
        check
        for check in show.checks
        if check.status is Status.FAILED and not (check.findings or check.crash or check.details)
    ]
    messages = Counter(check.message for check in bare)
    ended = show.outcome not in {Outcome.OK, Outcome.GRADER_FAULT}
    for check in bare:
        if is_follow_up(check, show) or (ended and messages[check.message] > 1):
            yield check.id


def head(text: str) -> str:
    """The first clause of a sentence: what a heading says."""
    return text.partition("; ")[0].rstrip(".")


def rest(text: str) -> str:
    """What the sentence says beyond its first clause, as a sentence; empty if nothing."""
    return text.partition("; ")[2]


def where(place: Place) -> str:
    """A place within the one file that was handed in."""
    return f"line {place.line}" if place.cell is None else f"cell {place.cell}, line {place.line}"


# --- the strip ----------------------------------------------------------------------------


def _chip(
    check: ShownCheck,
    show: Shown,
    anchors: frozenset[str],
    lead: Focus | None,
    learning: ShownCheck | None,
    missed: frozenset[str],
) -> Chip:
    status = Status.SKIPPED if check.id in missed else check.status
    told, target = _told(check, show, anchors, lead, learning)
    return Chip(
        check=check,
        state=str(status),
        symbol=words.SYMBOLS[status],
        name=words.short(check.id),
        score=f"{words.points(check.score)}/{words.points(check.max_score)}",
        where="not reached" if check.id in missed else told,
        target="" if check.id in missed else target,
    )


def _told(
    check: ShownCheck,
    show: Shown,
    anchors: frozenset[str],
    lead: Focus | None,
    learning: ShownCheck | None,
) -> tuple[str, str]:
    """What the strip says of a check, and where more of it stands."""
    if check.withheld:
        return ("hidden" if check.visibility is Visibility.HIDDEN else "after the due date"), ""
    if check.status is not Status.FAILED:
        listed = check.status is Status.ERROR and show.outcome is not Outcome.GRADER_FAULT
        said = "" if check.status is Status.PASSED else words.STATUS_WORDS[check.status]
        return said, f"check-{check.id}" if listed else ""
    places = [(entry.finding.place, f"f{entry.number}") for entry in _entries(show, check, anchors)]
    if check.crash and check.crash.place and not _unplaced_crash(check, show, anchors):
        places.append((check.crash.place, anchor(check.crash.place)))
    if learning and check.id == learning.id:
        places, said, target = [], _share(show.shares[0]), "curves"
    elif lead and lead.failed and lead.failed.id == check.id:
        said, target = "start here", "start"
    else:
        said, target = "see below", f"check-{check.id}"
    return next(((where(place), to) for place, to in places if place), (said, target))


def _entries(show: Shown, check: ShownCheck, anchors: frozenset[str]) -> list[ShownFinding]:
    """The findings behind a check that stand at a line, the first to repair first."""
    entries = [
        each for each in (*check.findings, *check.explained) if _in_page(show, each, anchors)
    ]
    return sorted(entries, key=lambda entry: entry.number)


def _share(share: Share) -> str:
    needed = f" of {words.percent(share.needed)}" if share.needed is not None else ""
    return words.percent(share.value) + needed


def _in_page(show: Shown, entry: ShownFinding, anchors: frozenset[str]) -> bool:
    place = entry.finding.place
    return place is not None and same_file(show.submission, place) and anchor(place) in anchors


# --- what leads, and what is left ---------------------------------------------------------


def _frame(show: Shown, lead: Focus) -> Iterator[Code]:
    marked = span(lead) or (0, 0)
    lines = lines_around(show, lead.place)
    indent = min((len(text) - len(text.lstrip()) for _, text in lines if text), default=0)
    for number, line in lines:
        text = line[indent:]
        start, end = (max(column - indent, 0) for column in marked)
        if lead.place is None or number != lead.place.line:
            start = end = len(text)
        yield Code(
            number=number, before=text[:start], marked=text[start:end], after=text[max(end, start):]
        )  # fmt: skip


def _learning(show: Shown, missed: frozenset[str]) -> ShownCheck | None:
    """The failed check that stands on a measured share, where it is clear which one that is."""
    lines = [line.id for line in show.exercise.rubric if "threshold" in line.settings]
    found = [check for check in show.checks if check.id in lines and not check.withheld]
    failed = [check for check in found if check.status is Status.FAILED and not check.findings]
    clear = len(lines) == 1 and len(show.shares) == 1 and show.outcome is not Outcome.INVALID
    return failed[0] if failed and clear and failed[0].id not in missed else None


def _loose(
    show: Shown, anchors: frozenset[str], lead: Focus | None, missed: frozenset[str], learned: str
) -> Iterator[Note]:
    """What is told neither at a line nor in the box at the top nor beside the curve."""
    told = {learned, *missed}
    if lead and lead.failed and not lead.finding:
        told.add(lead.failed.id)
    for check in show.checks:
        if check.withheld:
            continue
        entries = _unplaced(check.findings, show, anchors, lead)
        here = [entry for entry in check.findings if entry not in entries]
        if entries:
            yield Note(check=check, findings=entries, first=not here)
        elif check.status is Status.ERROR and show.outcome is not Outcome.GRADER_FAULT:
            yield Note(check=check)
        elif check.status is Status.FAILED and not here and check.id not in told:
            crash = _unplaced_crash(check, show, anchors)
            if crash is not None or check.crash is None:  # else it is told at its line
                yield Note(check=check, crash=crash)
    for entry in _unplaced(show.noticed, show, anchors, lead):
        yield Note(findings=(entry,))


def _unplaced(
    entries: Sequence[ShownFinding], show: Shown, anchors: frozenset[str], lead: Focus | None
) -> tuple[ShownFinding, ...]:
    leading = lead.finding.number if lead and lead.finding else 0
    return tuple(
        each for each in entries if not _in_page(show, each, anchors) and each.number != leading
    )


def _unplaced_crash(check: ShownCheck, show: Shown, anchors: frozenset[str]) -> ShownCrash | None:
    crash = check.crash
    if crash is None or crash.place is None:
        return crash
    inside = same_file(show.submission, crash.place) and anchor(crash.place) in anchors
    return None if inside else crash
