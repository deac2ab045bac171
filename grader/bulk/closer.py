"""What a closer look at a class shows: marks that hang on little, what the next hand-in mended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.bulk.journal import Journal
from grader.comparison import is_near

NEAR = 0.05
"""A number that is no share, and so near to its threshold, is worth a look: this part of it."""
MOST_RULES = 12

_HISTORY = "SELECT identity, rules FROM history ORDER BY identity, rowid"


@dataclass(frozen=True, slots=True)
class Mended:
    """Of so many students who had a finding and handed in again, how many no longer have it."""

    rule: str
    had: int
    gone: int

    @property
    def share(self) -> float:
        """The share of them."""
        return self.gone / self.had


def near(result: Mapping[str, Any]) -> Iterator[str]:
    """The checks that a little more or less would have turned, each in a few words."""
    for check in result["checks"]:
        for made in check.get("compared", ()):
            measured, threshold = made["measured"], made["threshold"]
            if isinstance(measured, str) or isinstance(threshold, str):
                continue
            if _is_near(measured, threshold, made["count"]):
                yield (
                    f"{check['title']}: {_said(measured, made)}, asked for {made['relation']} "
                    f"{_said(threshold, made)}"
                )


def _is_near(measured: float, threshold: float, count: int) -> bool:
    if count and 0 < threshold < 1:
        return is_near(measured, threshold, count)
    return abs(measured - threshold) < NEAR * abs(threshold)


def _said(value: float, made: Mapping[str, Any]) -> str:
    return f"{100 * value:.1f} %" if made["count"] else f"{value:.4g}"


def mended(journal: Journal) -> list[Mended]:
    """For each finding: of those who handed in again, how many no longer have it."""
    had: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    who, before = "", frozenset[str]()
    for identity, text in journal.db.execute(_HISTORY):
        rules = frozenset(json.loads(text))
        if identity == who:
            had.update(before)
            gone.update(before - rules)
        who, before = identity, rules
    return [Mended(rule, count, gone[rule]) for rule, count in had.most_common(MOST_RULES)]
