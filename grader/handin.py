"""What the platform says of a hand-in: Gradescope's metadata, Classroom 50's environment, or ours.

All of it is optional. A file that can't be read costs the facts that it held, never a result:
the reader says what was wrong, and grading goes on without them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.model import Handin

MOST_BYTES = 4 << 20
MOST_EARLIER = 10_000
LONGEST = 200
NAMES = (
    "ASSIGNMENT", "ASSIGNMENT_TYPE", "CLASSROOM", "COMMIT_URL", "OWNER", "RELEASE_URL",
    "REVIEW_URL", "SUBMISSION_TAG", "USERNAME",
)  # fmt: skip
"""What Classroom 50's runner tells in its environment."""


class UnreadableHandin(Exception):
    """The file is missing or is no table of facts; the message is a sentence."""


def from_environment(environ: Mapping[str, str]) -> Handin:
    """What the environment tells, where it is Classroom 50's; nothing elsewhere."""
    if "CLASSROOM" not in environ:
        return Handin()
    names = {name: environ[name][:LONGEST] for name in NAMES if name in environ}
    return Handin(student=names.get("USERNAME", ""), names=names)


def read(path: Path) -> Handin:
    """Read Gradescope's ``submission_metadata.json``, or a table of :class:`Handin`'s fields.

    Raises:
        UnreadableHandin: there is no such file, or it isn't such a table.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        table = json.loads(text) if len(text) <= MOST_BYTES else None
    except OSError as problem:
        raise UnreadableHandin(f"{path.name} can't be read ({problem.strerror}).") from None
    except (ValueError, RecursionError):
        raise UnreadableHandin(f"{path.name} is no JSON.") from None
    if not isinstance(table, dict):
        raise UnreadableHandin(f"{path.name} is no table of facts about a hand-in.")
    return _gradescope(table) if "assignment" in table else _ours(table)


def _ours(table: Mapping[str, Any]) -> Handin:
    names = table.get("names")
    pairs = names.items() if isinstance(names, dict) else ()
    return Handin(
        student=_text(table.get("student")),
        attempt=_count(table.get("attempt")),
        late=table["late"] if isinstance(table.get("late"), bool) else None,
        submitted=_moment(table.get("submitted")),
        due=_moment(table.get("due")),
        earlier=_scores(table.get("earlier")),
        names={_text(key): _text(value) for key, value in pairs},
    )


def _gradescope(table: Mapping[str, Any]) -> Handin:
    """Earlier hand-ins on which the autograder itself failed are no attempts."""
    assignment, users = _table(table.get("assignment")), table.get("users")
    first = _table(users[0]) if isinstance(users, list) and users else {}
    before = table.get("previous_submissions")
    listed = before[:MOST_EARLIER] if isinstance(before, list) else []
    earlier = [each for each in map(_table, listed) if each.get("autograder_error") is not True]
    submitted, due = _moment(table.get("created_at")), _moment(assignment.get("due_date"))
    return Handin(
        student=_text(first.get("id")),
        attempt=len(earlier) + 1,
        late=_later(submitted, due),
        submitted=submitted,
        due=due,
        earlier=_scores([each.get("score") for each in earlier]),
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """A short text; Gradescope's ids are numbers, its points are strings."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:LONGEST] if isinstance(value, str) or abs(value) < 1 << 62 else ""


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 < value < 1 << 31 else None


def _moment(value: Any) -> str:
    """ISO 8601 with an offset, as it stands; empty for anything else."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return ""
    return str(value)[:LONGEST] if moment.tzinfo is not None else ""


def _later(one: str, other: str) -> bool | None:
    if not one or not other:
        return None
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


def _scores(value: Any) -> tuple[float, ...]:
    found = []
    for each in value[:MOST_EARLIER] if isinstance(value, list) else []:
        try:
            score = float(each)
        except (TypeError, ValueError, OverflowError):
            continue
        if math.isfinite(score) and not isinstance(each, bool):
            found.append(score)
    return tuple(found)
