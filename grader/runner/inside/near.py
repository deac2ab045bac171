"""The name that was most likely meant, where a program used one that isn't there.

Runs in the student's process, after the student's code has raised. Names are read where classes,
objects and frames keep them; no code of the student's runs for it.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from torch import nn

ALIKE = 0.85
"""How like a name must be: ``backwards`` and ``backward`` are, ``fc1`` and ``fc2`` are not."""
MOST_NAMES = 5000
SHORTEST = 4
STORES = ("_parameters", "_buffers", "_modules")

_mro = type.__dict__["__mro__"].__get__
_class_dict = type.__dict__["__dict__"].__get__


def near_name(error: BaseException, innermost: types.TracebackType | None) -> str:
    """A name nearly the one that ``error`` is about, which is there; empty if there is none."""
    if type(error) is AttributeError:
        return _nearest(error.name, _names_of(error.obj))
    if type(error) is NameError:
        return _nearest(error.name, _names_in(innermost))
    if type(error) is NotImplementedError:
        return _nearest("forward", _names_of(_called(innermost)))
    return ""


def _nearest(name: object, names: Iterable[object]) -> str:
    if type(name) is not str or not SHORTEST <= len(name) <= 60:  # noqa: PLR2004
        return ""
    known = [each for each in islice(names, MOST_NAMES) if type(each) is str and each != name]
    found = difflib.get_close_matches(name, known, 1, ALIKE)
    return found[0] if found else ""


def _names_of(value: Any) -> Iterator[object]:
    """The names of an object's attributes: its own, and those of its classes."""
    if isinstance(type(value), type) and issubclass(type(value), type):
        kinds = _mro(value)
    else:
        kinds = _mro(type(value))
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        held = {}
    if type(held) is dict:
        yield from list(held)
        for store in STORES if issubclass(type(value), nn.Module) else ():
            yield from list(dict.keys(held.get(store, {})))
    for kind in kinds:
        yield from list(_class_dict(kind))


def _names_in(traceback: types.TracebackType | None) -> Iterator[object]:
    """The names that the line that raised could have used."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is not None and type(traceback.tb_frame.f_globals) is dict:
        yield from list(traceback.tb_frame.f_locals)
        yield from list(traceback.tb_frame.f_globals)


def _called(traceback: types.TracebackType | None) -> object:
    """The module that was called, by the innermost frame that has one."""
    found: object = None
    while traceback is not None:
        owner = traceback.tb_frame.f_locals.get("self")
        if issubclass(type(owner), nn.Module):
            found = owner
        traceback = traceback.tb_next
    return found
