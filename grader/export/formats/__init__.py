"""The formats of learning platforms and tools: one file each, found by its name.

A file ``some_name.py`` in this folder is the format ``some-name``. It has ``MEDIA_TYPE`` and
``render(shown) -> str``, which reads what may be told and nothing else; text that only staff
may read (``shown.for_staff``) goes where the platform keeps such text from students. Beside it
stands ``some_name.schema.json`` where the format is JSON.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

from grader.errors import UnknownName
from grader.found import module_name, names_in

if TYPE_CHECKING:
    from grader.shown.records import Shown


class Format(Protocol):
    """What a file of this folder offers."""

    MEDIA_TYPE: str

    def render(self, shown: Shown) -> str:
        """The whole document, ready to be written as UTF-8."""
        ...


def names() -> tuple[str, ...]:
    """Every format's name, sorted; nothing is imported for it."""
    return names_in(__path__)


def find(name: str) -> Format:
    """The format of that name.

    Raises:
        UnknownName: there is none; the message names the nearest.
    """
    if name not in names():
        raise UnknownName("format", name, names())
    return cast("Format", importlib.import_module(module_name(__name__, name)))
