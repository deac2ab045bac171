"""Records as plain JSON values, and back: the classes themselves are the one schema.

`to_plain` writes any frozen record of :mod:`grader.model`; `read` builds it again and refuses
whatever the class doesn't say: an unknown key, a missing one, another type, a number that JSON
doesn't have, a text or a list beyond all bounds. `json_schema` says the same to other programs.
A float may be one of the words "nan", "inf" and "-inf", as in the public result.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from enum import StrEnum
from typing import Any, TypeVar, Union, cast

Record = TypeVar("Record")
_Read = Callable[[Any], Any]

MOST_TEXT = 32 << 20
"""Characters of one text: more than all outputs of a notebook's cells together."""
MOST_ENTRIES = 2_000_000
"""Of one list or table: more than the rows of any training that is recorded."""
_BIGGEST = 1 << 63
_SHOWN = 60

WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class Malformed(ValueError):
    """A plain value is not what its class says; the message begins with where."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(f"{where.lstrip('.')}: {what}" if where else what)
        self._what = what
        self._where = where

    def inside(self, key: str) -> Malformed:
        """The same, seen from one level further out."""
        return Malformed(self._what, key + self._where)


# --- to plain values ------------------------------------------------------------------


def to_plain(value: Any) -> Any:
    """A record as values that a strict JSON writer takes."""
    if value is None or isinstance(value, bool | int | StrEnum):
        return value
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {to_plain(str(name)): to_plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return {name: to_plain(getattr(value, name)) for name in _fields(cast("Hashable", type(value)))}


@functools.cache
def _fields(kind: Any) -> dict[str, Any]:
    """A record's fields by name, with their types."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@functools.cache
def _required(kind: Any) -> frozenset[str]:
    missing = dataclasses.MISSING
    return frozenset(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is missing and field.default_factory is missing
    )


# --- and back -------------------------------------------------------------------------


def read(kind: type[Record], value: object) -> Record:
    """The record of this class that a plain value stands for.

    Raises:
        Malformed: it stands for none.
    """
    reader: Callable[[object], Record] = _reader(cast("Hashable", kind))
    return reader(value)


def finite(value: object) -> Any:
    """A plain value of any form, within the bounds.

    Raises:
        Malformed: a number is not finite, or something is no JSON value or too large.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [finite(item) for item in _bounded(value)]
    if isinstance(value, dict):
        return {_text(name): finite(item) for name, item in _bounded(value).items()}
    raise Malformed(f"expected a plain value; found {_shown(value)}")


@functools.cache
def _reader(kind: Any) -> _Read:  # noqa: PLR0911 - one for each form of a type
    """What reads values of this type."""
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        return _one_of([_reader(each) for each in inner if each is not types.NoneType])
    if origin is tuple and inner[-1] is Ellipsis:
        return _many(_reader(inner[0]))
    if origin is tuple:
        return _row([_reader(each) for each in inner])
    if origin is not None and issubclass(origin, Mapping):
        return _table(_reader(inner[1]))
    if issubclass(kind, StrEnum):
        return _word(kind)
    return _record(kind)


def _one_of(readers: list[_Read]) -> _Read:
    """Null, or what the only other alternative reads."""
    (only,) = readers
    return lambda value: None if value is None else only(value)


def _many(item: _Read) -> _Read:
    def read_all(value: Any) -> tuple[Any, ...]:
        return tuple(_inside(f"[{n}]", item, each) for n, each in enumerate(_list(value)))

    return read_all


def _row(items: list[_Read]) -> _Read:
    def read_row(value: Any) -> tuple[Any, ...]:
        if len(_list(value)) != len(items):
            raise Malformed(f"expected {len(items)} values; found {len(value)}")
        pairs = zip(items, value, strict=True)
        return tuple(_inside(f"[{n}]", item, each) for n, (item, each) in enumerate(pairs))

    return read_row


def _table(item: _Read) -> _Read:
    def read_table(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Malformed(f"expected a table; found {_shown(value)}")
        entries = _bounded(value).items()
        return {_text(name): _inside(f".{name:.40}", item, each) for name, each in entries}

    return read_table


def _word(kind: type[StrEnum]) -> _Read:
    known = {str(word): word for word in kind}

    def read_word(value: Any) -> StrEnum:
        if not isinstance(value, str) or value not in known:
            raise Malformed(f"expected one of {', '.join(known)}; found {_shown(value)}")
        return known[value]

    return read_word


def _record(kind: Any) -> _Read:
    fields = {name: _reader(hint) for name, hint in _fields(kind).items()}
    required = _required(kind)

    def read_record(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Malformed(f"expected a table of {', '.join(fields)}; found {_shown(value)}")
        if not required <= value.keys():
            raise Malformed(f"{min(required - value.keys())!r} is missing")
        if not value.keys() <= fields.keys():
            raise Malformed(f"there is no {_shown(next(iter(value.keys() - fields.keys())))}")
        return kind(**{
            name: _inside(f".{name}", fields[name], item) for name, item in value.items()
        })  # fmt: skip

    return read_record


def _inside(key: str, reader: _Read, value: Any) -> Any:
    try:
        return reader(value)
    except Malformed as problem:
        raise problem.inside(key) from None


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Malformed(f"expected true or false; found {_shown(value)}")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not -_BIGGEST <= value < _BIGGEST:
        raise Malformed(f"expected a whole number; found {_shown(value)}")
    return value


def _number(value: Any) -> float:
    if type(value) is float and math.isfinite(value):
        return value
    if type(value) is int and -_BIGGEST <= value < _BIGGEST:
        return value
    if type(value) is str and value in WORDS:
        return WORDS[value]
    raise Malformed(f"expected a finite number; found {_shown(value)}")


def _text(value: Any) -> str:
    if type(value) is not str or len(value) > MOST_TEXT:
        raise Malformed(f"expected a text of at most {MOST_TEXT:,} characters")
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Malformed(f"expected a list; found {_shown(value)}")
    found: list[Any] = _bounded(value)
    return found


def _bounded(value: Any) -> Any:
    if len(value) > MOST_ENTRIES:
        raise Malformed(f"expected at most {MOST_ENTRIES:,} entries; found {len(value):,}")
    return value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


_SIMPLE: dict[Any, _Read] = {bool: _flag, int: _whole, float: _number, str: _text, Any: finite}


# --- for other programs ---------------------------------------------------------------


def json_schema(kind: type, identifier: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of what `read` takes for this class."""
    definitions: dict[str, Any] = {}
    _schema_of(kind, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": identifier,
        "$ref": f"#/$defs/{kind.__name__}",
        "$defs": dict(sorted(definitions.items())),
    }


def _schema_of(kind: Any, known: dict[str, Any]) -> dict[str, Any]:  # noqa: PLR0911
    if kind in _SCHEMAS:
        return json.loads(_SCHEMAS[kind])  # type: ignore[no-any-return]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        only = next(each for each in inner if each is not types.NoneType)
        return {"anyOf": [_schema_of(only, known), {"type": "null"}]}
    if origin is tuple and inner[-1] is Ellipsis:
        items = _schema_of(inner[0], known)
        return {"type": "array", "items": items, "maxItems": MOST_ENTRIES}
    if origin is tuple:
        rows = [_schema_of(each, known) for each in inner]
        return {"type": "array", "prefixItems": rows, "items": False, "minItems": len(rows)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema_of(inner[1], known)}
    if issubclass(kind, StrEnum):
        return {"enum": [str(word) for word in kind]}
    if kind.__name__ not in known:
        known[kind.__name__] = {}
        known[kind.__name__] = {
            "type": "object",
            "description": (kind.__doc__ or "").partition("\n")[0],
            "properties": {
                name: _schema_of(hint, known) for name, hint in _fields(kind).items()
            },
            "required": sorted(_required(kind)),
            "additionalProperties": False,
        }  # fmt: skip
    return {"$ref": f"#/$defs/{kind.__name__}"}


_SCHEMAS = {
    bool: '{"type": "boolean"}',
    int: '{"type": "integer"}',
    float: '{"anyOf": [{"type": "number"}, {"enum": ["nan", "inf", "-inf"]}]}',
    str: f'{{"type": "string", "maxLength": {MOST_TEXT}}}',
    Any: "{}",
}
