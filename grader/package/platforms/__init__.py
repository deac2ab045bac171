"""The platforms: one file each, found by its name.

A file of this folder has ``PLATFORM``, which says how grading goes there, and
``files(order) -> dict[str, Entry]``: what the package holds, by its path in the archive.
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from grader.errors import UnknownName
from grader.found import module_name, names_in
from grader.package.contents import Entry, Order
from grader.package.platform import Platform


class Packager(Protocol):
    """What a file of this folder offers."""

    PLATFORM: Platform

    def files(self, order: Order) -> dict[str, Entry]:
        """The whole package, without what ``order.bundle`` holds if it doesn't ask for it."""
        ...


def names() -> tuple[str, ...]:
    """Every platform's name, sorted; nothing is imported for it."""
    return names_in(__path__)


def find(name: str) -> Packager:
    """The platform of that name.

    Raises:
        UnknownName: there is none; the message names the nearest.
    """
    if name not in names():
        raise UnknownName("platform", name, names())
    return cast("Packager", importlib.import_module(module_name(__name__, name)))
