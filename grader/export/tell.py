"""What the formats have in common: strict JSON, text below a check, and keeping within a size."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from grader.export.json import handed_in, strict
from grader.model import Outcome, Status
from grader.report import text
from grader.shown import words
from grader.shown.harmless import cut
from grader.shown.records import Shown, ShownCheck
from grader.shown.view import headline

_FINEST = 1000
"""Points are scaled to whole numbers as far as thousandths."""
_COMMAND = re.compile(r"^(\s*:)(?=:)|(##)(?=\[)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Room:
    """How many characters one text may have."""

    characters: int

    def cut(self, said: str) -> str:
        """The text, or its beginning and how much is missing."""
        return cut(said, self.characters)


ROOMS = tuple(map(Room, (20_000, 4_000, 1_000, 300, 80)))


def within(limit: int, make: Callable[[Room], str]) -> str:
    """The fullest form of a document that has at most ``limit`` bytes, else its barest."""
    document = ""
    for room in ROOMS:
        document = make(room)
        if len(document.encode("utf-8", "replace")) <= limit:
            break
    return document


def as_json(value: Any, *, indent: int | None = 2) -> str:
    """Strict JSON: no NaN, no lone surrogate; a newline at the end."""
    document = json.dumps(strict(value), ensure_ascii=False, allow_nan=False, indent=indent)
    return document + "\n"


def summary(shown: Shown) -> str:
    """How it went, in one or two sentences."""
    said = [headline(shown)[:1].upper() + headline(shown)[1:] + "."]
    if shown.reason:
        said.append(shown.reason)
    if shown.outcome is Outcome.GRADER_FAULT:
        said.append(words.FAULT_ADVICE)
    return " ".join(said)


def whole(shown: Shown) -> str:
    """The report as the terminal shows it, without colours."""
    return text.tell(shown).rstrip("\n")


def below(check: ShownCheck) -> str:
    """What is said of one check: message, details, crash and findings."""
    return text.tell_check(check)


def staff(shown: Shown) -> list[dict[str, Any]]:
    """What only staff may read, as plain values: what hidden checks said."""
    return [
        {
            "id": each.id,
            "title": each.title,
            "visibility": each.visibility.value,
            "message": each.message,
            "details": list(each.details),
            "findings": list(each.findings),
            "crash": each.crash,
        }
        for each in shown.for_staff
    ]


def origin(shown: Shown) -> dict[str, Any]:
    """Which exercise, file, seed and version a result is of."""
    return {
        "tool": f"grade {shown.tool_version}",
        "exercise": shown.exercise.id,
        "version": shown.exercise.version,
        "submission": shown.submission.name,
        "sha256": shown.submission.sha256,
        "outcome": shown.outcome.value,
        "seed": shown.run.seed,
        "isolation": shown.run.isolation.level.value,
        **handed_in(shown.handin),
    }


def fraction(shown: Shown) -> float | None:
    """The share of the points that was earned, from 0 to 1; None without a score.

    An exercise of no points is all or nothing.
    """
    if shown.score is None:
        return None
    if shown.max_score <= 0:
        return 1.0 if shown.passed else 0.0
    return min(max(shown.score / shown.max_score, 0.0), 1.0)


def scored(check: ShownCheck) -> bool:
    """Whether the check was judged: one that the grader could not judge has no points."""
    return check.status is not Status.ERROR


def whole_number_scale(points: Iterable[float]) -> int:
    """The least factor that makes all points whole numbers (10 for halves and fifths)."""
    parts = [Fraction(each).limit_denominator(_FINEST) for each in points]
    scale = lcm(*(part.denominator for part in parts)) if parts else 1
    while scale > _FINEST:  # thirds beside sevenths and the like: nobody wants 21,000 points
        scale //= max(gcd(scale, 2), gcd(scale, 3), gcd(scale, 5), gcd(scale, 7), 2)
    return scale


def no_commands(said: str) -> str:
    """Text in which no runner finds a command: ``::notice::`` at a line's start, ``##[group]``.

    A zero-width space inside the sign is seen by nobody and ends its meaning.
    """
    return _COMMAND.sub(lambda found: f"{found[0]}\u200b", said.replace("\r", "\n"))


def tidy(shown: Shown, room: Room) -> Shown:
    """The same with the texts of its checks cut to a room."""
    checks = tuple(
        replace(
            check,
            message=room.cut(check.message),
            details=tuple(map(room.cut, check.details)),
        )
        for check in shown.checks
    )
    return replace(shown, checks=checks)
