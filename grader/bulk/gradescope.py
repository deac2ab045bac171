"""Gradescope's ``submission_metadata.yml``: who is behind each ``submission_<id>`` folder.

The file is Ruby's YAML: keys are symbols (``:name:``), some values are tagged with Ruby classes.
Of all that only names, ids, addresses and how many submissions came before are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from grader.bulk.hand_in import Student
from grader.bulk.names import one_line

FILE = "submission_metadata.yml"
_MAX_BYTES = 256 << 20  # every result of every submission is in it
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _RubyLoader(_Base):  # type: ignore[misc]  # the base is chosen when the module loads
    """Reads tagged values as what they are without their tag, and merges nothing."""


def _untagged(loader: Any, _tag: str, node: yaml.Node) -> Any:
    match node:
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case _:
            return loader.construct_scalar(node)


_RubyLoader.add_multi_constructor("!", _untagged)
_RubyLoader.add_multi_constructor("tag:", _untagged)


@dataclass(frozen=True, slots=True)
class Submitted:
    """One submission: its submitters (several where a group handed in) and its number."""

    submitters: tuple[Student, ...]
    attempt: int
    late: bool | None
    submitted: str = ""


def read(path: Path) -> Mapping[str, Submitted]:
    """The submitters by folder name.

    Raises:
        ValueError: the file can't be read; the message is a sentence's end.
    """
    try:
        with path.open("rb") as file:
            data = yaml.load(file.read(_MAX_BYTES), Loader=_RubyLoader)  # noqa: S506  # a safe one
    except (OSError, yaml.YAMLError, RecursionError, ValueError) as problem:
        raise ValueError(str(problem).partition("\n")[0][:120]) from None
    if not isinstance(data, dict):
        raise ValueError("it holds no table of submissions")  # noqa: TRY004  # of a file's text
    found = {str(name): _submitted(value) for name, value in data.items()}
    return {name: submitted for name, submitted in found.items() if submitted is not None}


def _submitted(value: object) -> Submitted | None:
    if not isinstance(value, dict):
        return None
    people = _get(value, "submitters")
    submitters = [_student(each) for each in people] if isinstance(people, list) else []
    known = tuple(student for student in submitters if student is not None)
    history = _get(value, "history")
    late = _get(value, "late")
    return Submitted(
        submitters=known,
        attempt=1 + (len(history) if isinstance(history, list) else 0),
        late=late if isinstance(late, bool) else None,
        submitted=_moment(_get(value, "created_at")),
    )


def _moment(value: object) -> str:
    """A time with its offset in the form of ISO 8601; empty for anything else.

    Ruby writes a table of the same moment in UTC and in a zone.
    """
    if isinstance(value, dict):
        utc = _get(value, "utc")
        if isinstance(utc, datetime):
            return utc.replace(tzinfo=utc.tzinfo or UTC).isoformat()
        value = utc
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return found.isoformat() if found.tzinfo is not None else ""


def _student(value: object) -> Student | None:
    if not isinstance(value, dict):
        return None
    name, sid, email = (_word(_get(value, key)) for key in ("name", "sid", "email"))
    shown = name or email or sid
    return Student(name=shown, id=sid or None, email=email or None) if shown else None


def _get(table: Mapping[Any, Any], key: str) -> object:
    return table.get(f":{key}", table.get(key))


def _word(value: object) -> str:
    return one_line(str(value)) if isinstance(value, str | int) else ""
