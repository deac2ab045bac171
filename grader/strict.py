"""YAML read strictly: unknown keys, duplicate keys and wrong types are errors.

A key that nobody reads is a wish that nobody grants: ``point: 4`` beside ``points: 2`` must
not pass in silence. Each error names the file, the key and what was expected.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from grader.errors import GraderError

_MAX_BYTES = 1 << 20
_NO_DEFAULT: Any = object()

# The C parser reads a bank of thirty exercises in a tenth of the time, where it is built in.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen when the module loads
    """A safe loader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # the signature is PyYAML's
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable):
                if key in seen:
                    problem = f"the key {key!r} stands here a second time"
                    raise yaml.constructor.ConstructorError(
                        None, None, problem, key_node.start_mark
                    )
                seen.add(key)
        result: dict[Any, Any] = super().construct_mapping(node, deep)
        return result


# YAML 1.1 takes ``1e-3`` for a string; nobody who writes it means one.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


class Table:
    """One mapping of a YAML file, read key by key; ``close`` complains about what is left.

    Args:
        data: the mapping.
        where: what errors call it, for example ``rubrics/x.yaml, check 'learns'``.
        error: the class of the errors raised; who wrote the file decides it.
    """

    def __init__(self, data: Mapping[Any, Any], where: str, error: type[GraderError]) -> None:
        self.where = where
        self.error = error
        self._data = data
        self._read: set[str] = set()

    def fail(self, key: str, expected: str, value: object = _NO_DEFAULT) -> GraderError:
        """The error for one key: where, what was expected, what stands there."""
        found = "it is missing" if value is _NO_DEFAULT else f"found {_shown(value)}"
        return self.error(f"{self.where}: {key!r} must be {expected}; {found}.")

    def get(self, key: str, expected: str, default: Any = _NO_DEFAULT) -> Any:
        """The raw value of a key. Raises ``error`` if it is missing and has no default."""
        self._read.add(key)
        value = self._data.get(key)
        if value is None:
            if key in self._data:
                raise self.fail(key, expected, None)
            if default is _NO_DEFAULT:
                raise self.fail(key, expected)
            return default
        return value

    def text(self, key: str) -> str:
        """A text with something in it."""
        expected = "a text (in quotes if it looks like a number or a date)"
        value = self.get(key, expected)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, expected, value)
        return value.strip()

    def number(self, key: str, default: Any = _NO_DEFAULT, *, above: bool = False) -> float:
        """A finite number, 0 or more (``above``: more than 0)."""
        expected = "a number above 0" if above else "a number, 0 or more"
        value = self.get(key, expected, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(key, expected, value)
        if not math.isfinite(value) or value < 0 or (above and value == 0):
            raise self.fail(key, expected, value)
        return value

    def whole(self, key: str, default: Any = _NO_DEFAULT) -> int:
        """A whole number above 0."""
        value = self.get(key, "a whole number above 0", default)
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise self.fail(key, "a whole number above 0", value)
        return value

    def flag(self, key: str) -> bool:
        """``true`` or ``false``; false where the key is absent."""
        value = self.get(key, "true or false", False)
        if not isinstance(value, bool):
            raise self.fail(key, "true or false", value)
        return value

    def moment(self, key: str) -> str:
        """A time with its offset from UTC, in the form of ISO 8601; empty if the key is missing."""
        expected = "a time with its offset from UTC, such as 2027-01-31T23:59:00+01:00"
        value = self.get(key, expected, "")
        if isinstance(value, str) and value:
            with contextlib.suppress(ValueError):
                value = datetime.fromisoformat(value)
        if value and (not isinstance(value, datetime) or value.tzinfo is None):
            raise self.fail(key, expected, str(value))
        return value.isoformat() if value else ""

    def choice(self, key: str, words: Sequence[str], default: Any = _NO_DEFAULT) -> str:
        """One of some words."""
        expected = "one of " + ", ".join(words)
        value = self.get(key, expected, default)
        if not isinstance(value, str) or value not in words:
            raise self.fail(key, expected, value)
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them empty or given twice; no list if the key is missing."""
        expected = "a list of texts, each given once"
        value = self.get(key, expected, [])
        if not isinstance(value, list) or len(set(map(str, value))) < len(value):
            raise self.fail(key, expected, value)
        if not all(isinstance(item, str) and item.strip() for item in value):
            raise self.fail(key, expected, value)
        return tuple(item.strip() for item in value)

    def table(self, key: str) -> Table:
        """A mapping; an empty one if the key is missing."""
        value = self.get(key, "a mapping of names to values", {})
        if not isinstance(value, dict):
            raise self.fail(key, "a mapping of names to values", value)
        return Table(value, f"{self.where}, {key}", self.error)

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of one or more mappings."""
        expected = "a list of mappings, one or more"
        value = self.get(key, expected)
        if not isinstance(value, list) or not value:
            raise self.fail(key, expected, value)
        if not all(isinstance(item, dict) for item in value):
            raise self.fail(key, expected, value)
        return tuple(
            Table(item, f"{self.where}, {key}[{index}]", self.error)
            for index, item in enumerate(value)
        )

    def items(self) -> Mapping[Any, Any]:
        """Every key and value, for a mapping whose names are the file's own."""
        self._read.update(key for key in self._data if isinstance(key, str))
        return dict(self._data)

    def close(self) -> None:
        """Raises ``error`` if a key was never read."""
        unknown = [key for key in self._data if key not in self._read]
        if unknown:
            names = ", ".join(map(_shown, unknown))
            known = ", ".join(sorted(self._read))
            raise self.error(f"{self.where}: unknown key {names}; expected only {known}.")


def read_table(path: Path, where: str, error: type[GraderError]) -> Table:
    """Reads a YAML file that holds one mapping.

    Raises:
        error: the file is missing, unreadable, too large, not YAML, or not a mapping.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise error(f"{where}: expected a readable file at {path}; {reason}.") from None
    if len(raw) > _MAX_BYTES:
        raise error(f"{where}: expected at most {_MAX_BYTES} bytes; the file has more.")
    try:
        data = yaml.load(raw, Loader=_Loader)  # noqa: S506  # _Loader is a safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        raise error(f"{where}: expected valid YAML; {_yaml_problem(problem)}.") from None
    if not isinstance(data, dict):
        raise error(f"{where}: expected a mapping of keys to values; found {_shown(data)}.")
    return Table(data, where, error)


def _yaml_problem(problem: Exception) -> str:
    """What PyYAML objects to, in one line with its place."""
    mark = getattr(problem, "problem_mark", None)
    text = getattr(problem, "problem", None) or str(problem).partition("\n")[0]
    return f"line {mark.line + 1}: {text}" if mark else str(text or type(problem).__name__)


def _shown(value: object, limit: int = 60) -> str:
    """A value as an error shows it: short, on one line."""
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
