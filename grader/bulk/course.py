"""What a course decides over an exercise's own rubric: ``course.yaml``.

::

    perceptron:                       # an exercise's id
      due: 2027-01-31T23:59:00+01:00
      isolation: full                 # the least that is accepted
      limits: {wall_s: 60}
      late: {deduct: 10 %, per: day, grace: 15 minutes, cap: 50 %}
      checks:
        boundary: {points: 3, visibility: hidden}
        accuracy: {settings: {threshold: 0.9}}
      extra:                          # checks of the course's own
        file: our_checks.py
        checks: [{id: names, title: Names tell what they hold, points: 1}]

What isn't named stays as the exercise has it. Every name is checked: a slip must not pass in
silence as a wish that nobody grants.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from grader import bank
from grader.bulk import policy
from grader.errors import UnknownName, UsageError
from grader.model import Exercise, IsolationLevel, LatePolicy, Limits, Rubric, Visibility
from grader.strict import Table, read_table

FILE = "course.yaml"
_OF_AN_EXERCISE = (
    "due", "late", "isolation", "limits", "checks", "extra", "feedback", "leaderboard",
)  # fmt: skip
_OF_EXTRA = ("file", "checks")
_OF_A_CHECK = ("title", "points", "visibility", "hints", "settings")
_OF_LATE = ("deduct", "per", "grace", "cap")
_UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(minute|hour|day|week)s?")
_SHARE = re.compile(r"(\d+(?:\.\d+)?) ?%")


def apply(path: Path, exercise: Exercise) -> Exercise:
    """The exercise as the course wants it.

    Raises:
        UsageError, BankError: the file can't be read, or names something that isn't there.
    """
    table = read_table(path, path.name, UsageError)
    for name in table.items():
        if name not in bank.all_ids():
            raise UnknownName(f"exercise (in {path.name})", str(name), bank.all_ids())
    return _revised(exercise, table.table(exercise.id), path.parent)


def _revised(exercise: Exercise, table: Table, folder: Path) -> Exercise:
    unknown = [key for key in table.items() if key not in _OF_AN_EXERCISE]
    if unknown:
        raise UnknownName(f"key (in {table.where})", str(unknown[0]), _OF_AN_EXERCISE)
    limits = table.table("limits").items()
    wrong = [key for key in limits if key not in {item.name for item in fields(Limits)}]
    if wrong:
        known = [item.name for item in fields(Limits)]
        raise UnknownName(f"limit (in {table.where})", str(wrong[0]), known)
    due = table.moment("due") or exercise.due
    levels = [level.value for level in IsolationLevel]
    isolation = IsolationLevel(table.choice("isolation", levels, exercise.isolation.value))
    late = _late(table.table("late")) if "late" in table.items() else exercise.late
    if late is not None and not due:
        raise table.fail("due", "given, as late hand-ins lose points: late after when?")
    checks = table.table("checks")
    lines = tuple(_lines(exercise.rubric, checks, table.where))
    file, more = _extra(table, folder, lines)
    lines += more
    exercise = policy.decided(exercise, table, due)
    table.close()
    if not any(line.points for line in lines):
        raise UsageError(f"{table.where}: expected points above 0 for some check; all have 0.")
    if not due and any(line.visibility is Visibility.AFTER_DUE for line in lines):
        raise table.fail("due", "given, as a check waits for it: after_due promises a date")
    merged = Table({**asdict(exercise.limits), **limits}, f"{table.where}, limits", UsageError)
    return replace(
        exercise,
        limits=bank.read_limits(merged),
        due=due,
        late=late,
        isolation=isolation,
        rubric=lines,
        extra=file,
    )


def _extra(
    table: Table, folder: Path, lines: tuple[Rubric, ...]
) -> tuple[Path | None, tuple[Rubric, ...]]:
    """The file of the course's own checks, and their lines, which may need the others."""
    if "extra" not in table.items():
        return None, ()
    extra = table.table("extra")
    unknown = [key for key in extra.items() if key not in _OF_EXTRA]
    if unknown:
        raise UnknownName(f"key (in {extra.where})", str(unknown[0]), _OF_EXTRA)
    file = (folder / extra.text("file")).resolve()
    if not file.is_file() or file.suffix != ".py":
        raise extra.fail("file", f"the name of a Python file beside {FILE}", extra.text("file"))
    homes = bank.roots()  # a worked example may be any root's
    more = tuple(bank.read_line(each, homes) for each in extra.tables("checks"))
    every = Counter(line.id for line in (*lines, *more))
    twice = next((name for name, count in every.items() if count > 1), None)
    if twice is not None:
        raise extra.fail("checks", "ids that no other check of the exercise has", twice)
    bank.require_checks(file.name, file, more, FILE)
    bank.check_needs(extra.where, (*lines, *more))
    return file, more


def _late(table: Table) -> LatePolicy:
    """What a late hand-in costs: points, or a share of those earned, for each unit begun."""
    unknown = [key for key in table.items() if key not in _OF_LATE]
    if unknown:
        raise UnknownName(f"key (in {table.where})", str(unknown[0]), _OF_LATE)
    deduct = table.get("deduct", "points, or a share such as 10 %")
    share, points = 0.0, 0.0
    if isinstance(deduct, str):
        share = _share(table, "deduct", deduct)
    else:
        points = table.number("deduct", above=True)
    unit = _UNITS[table.choice("per", list(_UNITS), "day")]
    grace = table.get("grace", "a span of time, such as 15 minutes", "0 minutes")
    cap = _share(table, "cap", table.get("cap", "a share, such as 50 %", "100 %"))
    return LatePolicy(share=share, points=points, unit=unit, grace=_span(table, grace), cap=cap)


def _share(table: Table, key: str, value: object) -> float:
    found = _SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not 0 < float(found[1]) <= 100:  # noqa: PLR2004  # per cent
        raise table.fail(key, "a share above 0, at most 100 %, such as 10 %", value)
    return float(found[1]) / 100


def _span(table: Table, value: object) -> float:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise table.fail("grace", "a span of time, such as 15 minutes or 2 hours", value)
    return float(found[1]) * _UNITS[found[2]]


def _lines(rubric: tuple[Rubric, ...], checks: Table, where: str) -> Iterator[Rubric]:
    known = [line.id for line in rubric]
    for name in checks.items():
        if name not in known:
            raise UnknownName(f"check (in {where})", str(name), known)
    for line in rubric:
        wanted = checks.table(line.id).items()
        inside = f"{where}, {line.id}"
        unknown = [key for key in wanted if key not in _OF_A_CHECK]
        if unknown:
            raise UnknownName(f"key (in {inside})", str(unknown[0]), _OF_A_CHECK)
        yield bank.read_line(Table(_merged(line, wanted, inside), inside, UsageError))


def _merged(line: Rubric, wanted: Mapping[Any, Any], where: str) -> dict[str, Any]:
    """A rubric's line as its file would have it, with the course's values in it."""
    settings = wanted.get("settings", {})
    if isinstance(settings, dict):
        for name in settings:
            if name not in line.settings:
                raise UnknownName(f"setting (in {where})", str(name), line.settings)
        settings = {**line.settings, **settings}
    own = {
        "id": line.id,
        "title": line.title,
        "points": line.points,
        "visibility": line.visibility.value,
        "needs": list(line.needs),
        "hints": list(line.hints),
    }
    return {**own, **wanted, "settings": settings}
