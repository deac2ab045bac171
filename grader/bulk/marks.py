"""Marks that no grading gives: set by hand, changed by another rubric, lowered for being late.

All of it is in the journal beside the results. Overrides belong to a student and a check, so they
stay whatever is graded again; every change of a mark is a row that is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.adjusting import Override, number
from grader.bulk.journal import Journal
from grader.model import Rubric

_WIDEST = 4
"""Of a rubric's changes, how many are named in the cause of a changed mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A mark that was changed: when (UTC, ISO 8601), whose, from what to what, and why."""

    at: str
    identity: str
    student: str
    before: float | None
    after: float | None
    cause: str

    def __str__(self) -> str:
        was, now = _mark(self.before), _mark(self.after)
        return f"The mark was changed from {was} to {now} on {self.at[:10]}: {self.cause}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What counts for a student at a moment."""

    student: str
    score: float | None
    sha256: str


def now() -> str:
    """This moment, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def marks(journal: Journal) -> dict[str, Mark]:
    """Each student's mark as it counts, by identity."""
    return {
        row.identity: Mark(
            student=row.student.name,
            score=None if row.score < 0 else row.score,
            sha256=row.result["submission"]["sha256"],
        )
        for row in journal.rows()
    }


def note_changes(
    journal: Journal, before: Mapping[str, Mark], after: Mapping[str, Mark], cause: str
) -> list[Change]:
    """Keep what has changed of the marks of the same hand-ins; another hand-in is no change."""
    changes = [
        Change(
            at=now(),
            identity=identity,
            student=mark.student,
            before=old.score,
            after=mark.score,
            cause=cause,
        )
        for identity, mark in after.items()
        if (old := before.get(identity)) is not None
        and old.sha256 == mark.sha256
        and old.score != mark.score
    ]
    with journal.transaction():
        journal.db.executemany(
            "INSERT INTO change (at, identity, student, before, after, cause) VALUES (?,?,?,?,?,?)",
            [(c.at, c.identity, c.student, c.before, c.after, c.cause) for c in changes],
        )
    return changes


def remember(journal: Journal) -> None:
    """Keep what every hand-in that is graded was, for the day when another one takes its place."""
    rows = [
        (
            row.identity,
            row.attempt,
            row.result["submission"]["sha256"],
            now(),
            row.result["score"],
            json.dumps(sorted({f["rule"] for f in row.result["findings"] if f["level"] != "note"})),
        )
        for row in journal.rows()
    ]
    with journal.transaction():
        journal.db.executemany(
            "INSERT INTO history VALUES (?,?,?,?,?,?) ON CONFLICT (identity, sha256) "
            "DO UPDATE SET score=excluded.score, rules=excluded.rules",
            rows,
        )


def changes(journal: Journal) -> dict[str, list[Change]]:
    """All changes so far, by identity, the oldest first."""
    found: dict[str, list[Change]] = {}
    for at, identity, student, before, after, cause in journal.db.execute(
        "SELECT at, identity, student, before, after, cause FROM change ORDER BY number"
    ):
        change = Change(
            at=at, identity=identity, student=student, before=before, after=after, cause=cause
        )
        found.setdefault(identity, []).append(change)
    return found


def overrides(journal: Journal) -> dict[str, dict[str, Override]]:
    """What was set by hand, by identity and check."""
    found: dict[str, dict[str, Override]] = {}
    for identity, check, points, why, by, at in journal.db.execute("SELECT * FROM override"):
        override = Override(check=check, points=points, why=why, by=by, at=at)
        found.setdefault(identity, {})[check] = override
    return found


def set_override(journal: Journal, identity: str, override: Override) -> None:
    """Keep a mark that was set by hand; one that was there for the same check is replaced."""
    with journal.transaction():
        journal.db.execute(
            "INSERT OR REPLACE INTO override VALUES (?,?,?,?,?,?)",
            (
                identity,
                override.check,
                override.points,
                override.why,
                override.by,
                override.at,
            ),
        )


def rubric_text(rubric: Iterable[Rubric]) -> str:
    """A rubric as it is kept, to be compared with a later one."""
    return json.dumps(
        [
            {
                "id": line.id,
                "title": line.title,
                "points": line.points,
                "visibility": line.visibility,
                "needs": line.needs,
                "settings": dict(line.settings),
            }
            for line in rubric
        ]
    )


def difference(old: str, new: str) -> str:
    """What a rubric has that an older one didn't have, in words; empty where that isn't known."""
    if not old:
        return ""
    before, after = ({line["id"]: line for line in json.loads(text)} for text in (old, new))
    said = [f"{name} is new" for name in after if name not in before]
    said += [f"{name} is gone" for name in before if name not in after]
    for name in after.keys() & before.keys():
        was, now_ = _flat(before[name]), _flat(after[name])
        said += [
            f"{key} of {name} {_short(was.get(key))} → {_short(now_.get(key))}"
            for key in dict.fromkeys((*was, *now_))
            if was.get(key) != now_.get(key) and key != "title"
        ]
    more = f"; {len(said) - _WIDEST} more changes" if len(said) > _WIDEST else ""
    return "; ".join(said[:_WIDEST]) + more


def _flat(line: dict[str, object]) -> dict[str, object]:
    settings = line["settings"]
    assert isinstance(settings, dict)
    return {**{key: value for key, value in line.items() if key != "settings"}, **settings}


def _short(value: object) -> str:
    text = "none" if value is None else json.dumps(value).strip('"')
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004  # of a sentence


def _mark(score: float | None) -> str:
    return "no score" if score is None else number(score)
