"""Names of the student's code: what they stand for now, and the lines that bind them.

Runs in the student's process. Lines are found in the code that runs, for facts that are known
already: they say where to point, and nothing more.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType, FunctionType
from typing import Any

from grader.observe.log import Log
from grader.observe.looking import (
    first_argument,
    in_class,
    is_a,
    items_of,
    locals_of,
    own,
)

STORES = ("STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_DEREF", "STORE_ATTR")
LOADS = ("LOAD_NAME", "LOAD_FAST", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_ATTR", "LOAD_METHOD")
ADDS = ("append", "extend")
CALLERS = 2
"""So many of the student's functions around a moment are looked through for names."""
MOST = 200
"""Functions of a program that are looked through."""


def constructor_of(kind: type) -> CodeType | None:
    """The code of a class's ``__init__``, if it is Python's."""
    function = in_class(kind, "__init__")
    return function.__code__ if type(function) is FunctionType else None


def program_of(frame: FrameType | None, log: Log) -> list[CodeType]:
    """The code that runs, that of its callers, and all functions that stand in these."""
    found: dict[int, CodeType] = {}
    while frame is not None:
        if log.is_student(frame.f_code):
            waiting = [frame.f_code]
            while waiting and len(found) < MOST:
                code = waiting.pop(0)
                found[id(code)] = code
                waiting += [one for one in code.co_consts if type(one) is CodeType]
        frame = frame.f_back
    return list(found.values())


def stores(code: CodeType, name: str) -> int | None:
    """The first line on which code binds a name, as a variable or an attribute."""
    lines = (line for line, does, what in _named(code) if what == name and does in STORES)
    return next(lines, None)


def stores_last(code: CodeType, name: str, before: int) -> int | None:
    """The last line before another one on which code binds a name."""
    lines = [line for line, does, what in _named(code) if what == name and does in STORES]
    return max((line for line in lines if line < before), default=None)


def grows(code: CodeType, name: str, *, listed: bool = False) -> int | None:
    """The first line on which code makes a new value of a name from its old one, or appends.

    ``listed``: the name is a list's, so that what appends to it is looked for first.
    """
    uses: dict[int, set[str]] = {}
    for line, does, what in _named(code):
        kind = "store" if does in STORES else "load"
        if what == name:
            uses.setdefault(line, set()).add(kind)
        elif what in ADDS and kind == "load":
            uses.setdefault(line, set()).add("add")
    wanted = [{"store", "load"}, {"load", "add"}]
    if listed:
        wanted.reverse()  # what is appended may be a name with a value of its own
    return next((line for each in wanted for line, found in uses.items() if each <= found), None)


def _named(code: CodeType) -> Iterator[tuple[int, str, str]]:
    """What code does with names: line, instruction, name."""
    for one in dis.get_instructions(code):
        line = one.positions.lineno if one.positions is not None else None
        if line is None or (one.opname not in STORES and not one.opname.startswith(LOADS)):
            continue
        names = one.argval if type(one.argval) is tuple else (one.argval,)
        for name in names:
            if type(name) is str:
                yield line, "STORE_NAME" if one.opname in STORES else "LOAD_NAME", name


def names_around(frame: FrameType | None) -> Iterator[tuple[str, Any]]:
    """The names around a moment: variables, and what the object of a method holds.

    A name that several functions have is told once, as the innermost of them has it.
    """
    places: list[Mapping[str, Any]] = []
    around: list[Mapping[str, Any]] = [] if frame is None else [frame.f_globals]
    for _ in range(CALLERS):
        if frame is not None:
            places += [locals_of(frame), own(first_argument(frame))]
            frame = frame.f_back
    seen: set[str] = set()
    for place in places + around:
        for name, value in items_of(place if is_a(place, dict) else dict(place)):
            if type(name) is str and name not in seen:
                seen.add(name)
                yield name, value
