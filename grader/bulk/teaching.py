"""What the next hand-in mended, by rule and by the levels of hints that its report told.

A finding that most students still have in their next hand-in has taught them nothing: its words are
to be written anew, whatever it found. What is counted is pairs of hand-ins that follow each other,
of one student; which of the folded hints somebody opened isn't known, only which were there.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.bulk.journal import Journal
from grader.model import Exercise, Visibility

MOST_RULES = 12
ENOUGH = 5
"""Of fewer students chance decides, not the words."""
HALF = 0.5

_HISTORY = """
    SELECT h.identity, h.rules, coalesce(json_group_object(t.rule, t.hints)
                                         FILTER (WHERE t.rule IS NOT NULL), '{}')
    FROM history h LEFT JOIN hinted t USING (identity, sha256)
    GROUP BY h.rowid ORDER BY h.identity, h.rowid"""


@dataclass(frozen=True, slots=True)
class Share:
    """Of so many students who handed in again, how many no longer have the finding.

    ``hints`` are the levels of hints that the report told with it; None for all levels together,
    those of old journals too, which don't know.
    """

    hints: int | None
    had: int
    gone: int

    @property
    def share(self) -> float:
        """The share of them."""
        return self.gone / self.had

    @property
    def is_weak(self) -> bool:
        """Whether fewer than half of enough students were helped."""
        return self.had >= ENOUGH and self.share < HALF


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of one rule's findings: in all, and for each number of levels of hints."""

    rule: str
    whole: Share
    levels: tuple[Share, ...]


def mended(journal: Journal) -> list[Mended]:
    """For each finding: of those who handed in again, how many no longer have it."""
    had: defaultdict[str, Counter[int | None]] = defaultdict(Counter)
    gone: defaultdict[str, Counter[int | None]] = defaultdict(Counter)
    who, before = "", dict[str, int | None]()
    for identity, rules, hints in journal.db.execute(_HISTORY):
        levels = json.loads(hints)
        now = {rule: levels.get(rule) for rule in json.loads(rules)}
        for rule, level in before.items() if identity == who else ():
            had[rule][level] += 1
            gone[rule][level] += rule not in now
        who, before = identity, now
    most = sorted(had, key=lambda rule: (-had[rule].total(), rule))[:MOST_RULES]
    return [_mended(rule, had[rule], gone[rule]) for rule in most]


def _mended(rule: str, had: Counter[int | None], gone: Counter[int | None]) -> Mended:
    levels = sorted(level for level in had if level is not None)
    return Mended(
        rule=rule,
        whole=Share(None, had.total(), gone.total()),
        levels=tuple(Share(level, had[level], gone[level]) for level in levels),
    )


def levels_of(result: Mapping[str, Any], exercise: Exercise) -> dict[str, int]:
    """With how many levels of hints a result's report tells of each rule that found something.

    The hints are those of the failed check that the finding belongs to, of several the most; a
    finding that costs nothing has none, nor has a check whose hints the student may not see, or
    any check of an attempt of which only the points are told.
    """
    full, attempt = exercise.feedback.full_attempts, result["submission"].get("attempt", 1)
    told = {
        line.id: len(line.hints)
        for line in exercise.rubric
        if line.visibility is Visibility.PUBLIC and (full is None or attempt <= full)
    }
    findings = result["findings"]
    levels = {each["rule"]: 0 for each in findings if each["level"] != "note"}
    for check in result["checks"]:
        for index in check["findings"] if check["status"] == "failed" else ():
            rule = findings[index]["rule"]
            if rule in levels:
                levels[rule] = max(levels[rule], told.get(check["id"], 0))
    return levels


def remember(journal: Journal, exercise: Exercise) -> None:
    """Keep the levels of what every hand-in that is graded was told first, before its next one.

    A course that writes its hints anew changes what later hand-ins are told, not what earlier were.
    """
    rows = [
        (row.identity, row.result["submission"]["sha256"], rule, hints)
        for row in journal.rows()
        for rule, hints in levels_of(row.result, exercise).items()
    ]
    with journal.transaction():
        journal.db.executemany("INSERT OR IGNORE INTO hinted VALUES (?,?,?,?)", rows)
