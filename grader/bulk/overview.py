"""What a teacher wants to know of a class, counted from the journal's rows in one pass."""

from __future__ import annotations

import re
import statistics
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from grader.bulk import closer, marks, teaching
from grader.bulk.hand_in import Student
from grader.bulk.journal import Journal, Row
from grader.bulk.similar import Pair
from grader.bulk.teaching import Mended
from grader.model import Outcome
from grader.shown.harmless import cut, visible

BINS = 10
_MOST_CAUSES = 12
_MOST_NAMED = 40
_LONGEST = 600
_NUMBERS = re.compile(r"-?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One student in the table. ``points`` are those of each check, in the rubric's order."""

    number: int
    identity: str
    student: Student
    members: tuple[Student, ...]
    report: str
    outcome: str
    score: float | None
    points: tuple[float, ...]
    rules: tuple[str, ...]
    late: bool | None
    attempt: int


@dataclass(slots=True, kw_only=True)
class CheckCount:
    """How a check went in the class."""

    id: str
    title: str
    passed: int = 0
    failed: int = 0
    other: int = 0

    @property
    def share(self) -> float:
        """The share of the class that passed it."""
        return self.passed / max(self.passed + self.failed + self.other, 1)


@dataclass(slots=True, kw_only=True)
class Cause:
    """Something that went wrong for several: a finding, a crash, or a check's message.

    The example is of the student to whom the fewest other things happened: it shows this one best.
    """

    kind: str
    name: str
    what: str
    more: str = ""
    students: list[int] = field(default_factory=list)
    example: int = 0
    place: str = ""
    lines: tuple[tuple[int, str], ...] = ()
    marked: int | None = None
    others: int = 0


@dataclass(slots=True, kw_only=True)
class Overview:
    """The class page's contents."""

    title: str
    exercise: str
    max_score: float = 0.0
    lines: list[Line] = field(default_factory=list)
    checks: dict[str, CheckCount] = field(default_factory=dict)
    causes: list[Cause] = field(default_factory=list)
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    set_aside: list[tuple[int, str]] = field(default_factory=list)
    ended: list[tuple[int, str]] = field(default_factory=list)
    alike: list[list[int]] = field(default_factory=list)
    similar: list[Pair] = field(default_factory=list)
    near: list[tuple[int, str]] = field(default_factory=list)
    by_hand: list[tuple[int, str]] = field(default_factory=list)
    changed: list[tuple[int, str]] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)
    missing: list[Student] = field(default_factory=list)
    unknown: list[Student] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)

    @property
    def scores(self) -> list[float]:
        """The scores there are."""
        return [line.score for line in self.lines if line.score is not None]

    @property
    def median(self) -> float:
        """The middle score; 0 where there is none."""
        return statistics.median(self.scores) if self.scores else 0.0

    @property
    def mean(self) -> float:
        """The mean score; 0 where there is none."""
        return statistics.fmean(self.scores) if self.scores else 0.0

    @property
    def full(self) -> int:
        """How many have every point."""
        return sum(score >= self.max_score for score in self.scores)


def _rank(cause: Cause) -> tuple[bool, int, str]:
    """The most frequent first; what a check alone says last, as it tells no cause."""
    return cause.kind == "check", -len(cause.students), cause.name


def _told(text: str) -> str:
    """A text of a student's run, made fit to be shown."""
    return visible(cut(text, _LONGEST))


def overview(journal: Journal, title: str, exercise_id: str) -> Overview:
    """Counts a class."""
    found = Overview(title=title, exercise=exercise_id)
    causes: dict[tuple[str, str], Cause] = {}
    same: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(journal.rows()):
        _count(found, number, row)
        met = {(cause.kind, cause.name): cause for cause in _causes(row, number)}
        for key, cause in met.items():
            cause.others = len(met) - 1
            known = causes.get(key)
            if known is not None:
                cause.students = [*known.students, number]
            if known is None or cause.others < known.others:
                causes[key] = cause
            else:
                known.students = cause.students
        sha256 = row.result["submission"]["sha256"]
        if row.result["outcome"] != Outcome.INVALID:
            same[sha256].append(number)
    ranked = sorted(causes.values(), key=_rank)
    found.causes = ranked[:_MOST_CAUSES]
    found.alike = [numbers for numbers in same.values() if len(numbers) > 1]
    found.mended = teaching.mended(journal)
    found.changed = _changed(journal, found)
    found.missing = journal.students("missing")
    found.unknown = journal.students("unknown")
    found.passed_over = journal.passed_over()[:_MOST_NAMED]
    return found


def _count(found: Overview, number: int, row: Row) -> None:
    result = row.result
    score, best = result["score"], result["max_score"]
    found.max_score = max(found.max_score, best)
    for check in result["checks"]:
        count = found.checks.setdefault(
            check["id"], CheckCount(id=check["id"], title=check["title"])
        )
        if check["status"] == "passed":
            count.passed += 1
        elif check["status"] == "failed":
            count.failed += 1
        else:
            count.other += 1
    if score is not None:
        share = score / best if best else 0.0
        found.bins[min(int(share * BINS), BINS - 1)] += 1
    reason = _told(result["run"]["reason"])
    if result["outcome"] == Outcome.GRADER_FAULT:
        found.set_aside.append((number, reason))
    elif result["outcome"] not in (Outcome.OK, Outcome.CRASHED):
        found.ended.append((number, reason or result["outcome"]))
    found.near += [(number, _told(text)) for text in closer.near(result)]
    adjustments = result.get("adjustments", ())
    found.by_hand += [
        (number, _told(each["text"])) for each in adjustments if each["kind"] == "override"
    ]
    found.lines.append(
        Line(
            number=number,
            identity=row.identity,
            student=row.student,
            members=row.members,
            report=row.stem,
            outcome=result["outcome"],
            score=score,
            points=tuple(check["score"] for check in result["checks"]),
            rules=tuple(dict.fromkeys(f["rule"] for f in result["findings"])),
            late=row.late,
            attempt=row.attempt,
        )
    )


def _changed(journal: Journal, found: Overview) -> list[tuple[int, str]]:
    """The marks that were changed after they had been given, the latest change of each."""
    told = marks.changes(journal)
    numbers = {line.identity: line.number for line in found.lines}
    return [
        (numbers[identity], _told(str(changes[-1])))
        for identity, changes in told.items()
        if identity in numbers
    ]


def _causes(row: Row, number: int) -> Iterable[Cause]:
    """What went wrong for one student: findings, a crash, and what checks without either said."""
    result = row.result
    for finding, lines in zip(result["findings"], row.excerpts, strict=False):
        if finding["level"] != "note":
            yield Cause(
                kind="finding",
                name=finding["rule"],
                what=_told(finding["what"]),
                more=_told(finding["why"]),
                students=[number],
                example=number,
                place=_place(finding),
                lines=_dedented(lines),
                marked=finding["line"],
            )
    crashes = [result["run"]["crash"], *(check["crash"] for check in result["checks"])]
    for crash in filter(None, crashes):
        yield _crash(crash, number)
    for check in result["checks"]:
        if check["status"] == "failed" and not check["findings"] and not check["crash"]:
            message = _told(check["message"])
            if not message.startswith("not reached"):
                name = f"{check['id']}: {_NUMBERS.sub('#', message)}"
                yield Cause(
                    kind="check", name=name, what=message, more=check["title"],
                    students=[number], example=number,
                )  # fmt: skip


def _crash(crash: dict[str, Any], number: int) -> Cause:
    last = crash["frames"][-1] if crash["frames"] else None
    message = _told(crash["message"])
    return Cause(
        kind="crash",
        name=f"{crash['type']}: {_NUMBERS.sub('#', message)[:120]}",
        what=f"{crash['type']}: {message}" if message else crash["type"],
        more=_told(crash["explanation"]),
        students=[number],
        example=number,
        place=_place(last) if last else "",
        lines=((last["line"], _told(last["source"].strip())),) if last else (),
        marked=last["line"] if last else None,
    )


def _dedented(lines: list[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    text = textwrap.dedent("\n".join(line for _, line in lines)).split("\n")
    numbers = [number for number, _ in lines]
    return tuple((n, _told(line)) for n, line in zip(numbers, text, strict=False))


def _place(where: dict[str, Any]) -> str:
    cell = f"cell {where['cell']}, " if where["cell"] is not None else ""
    return f"{cell}line {where['line']}" if where["line"] is not None else ""
