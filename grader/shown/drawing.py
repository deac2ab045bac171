"""Whether an SVG drawing of a stranger may be shown as an image.

As an image it can neither run a script nor load a file: browsers see to that. What is left
is harm to the reader's machine: entities and references that multiply (a few lines can stand
for a billion shapes), filters of any size, animations without an end.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from typing import Any
from xml.parsers import expat

from grader.shown import raster

_MAX_ELEMENTS = 50_000
_MAX_DRAWN = 200_000
_MAX_DEPTH = 32
_DATA_URI = re.compile(r"data:(image/[a-z]{3,5});base64,(.*)", re.DOTALL)
_REFUSED = {
    "animate": "is animated",
    "animatecolor": "is animated",
    "animatemotion": "is animated",
    "animatetransform": "is animated",
    "set": "is animated",
    "script": "holds a script",
    "foreignobject": "holds a page",
    "filter": "holds a filter",
}


class _Refused(Exception):
    """What is wrong with it, as the end of a sentence about the drawing."""


def problem(source: bytes) -> str:
    """Return why the drawing isn't shown, as a phrase (``is not XML``); empty if it may be."""
    reader = _Reader()
    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(source, True)
        reader.finish()
    except expat.ExpatError:
        return "is not well-formed"
    except _Refused as refused:
        return str(refused)
    return ""


def _is_small_picture(address: str) -> bool:
    """Whether an address holds the picture itself (a plot of an image does), of a usual size."""
    found = _DATA_URI.match(address)
    try:
        size = raster.size(found[1], base64.b64decode(found[2])) if found else None
    except ValueError:
        return False
    return size is not None and size[0] * size[1] <= raster.MAX_PIXELS


class _Reader:
    """Counts what each element with an id draws, itself and by reference."""

    def __init__(self) -> None:
        self._path: list[str] = []  # the id of each open element, or "" without one
        self._root = ""
        self._elements = 0
        self._own: Counter[str] = Counter()
        self._uses: dict[str, Counter[str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2].lower()
        if name in _REFUSED:
            raise _Refused(_REFUSED[name])
        self._root = self._root or name
        self._elements += 1
        if self._elements > _MAX_ELEMENTS or len(self._path) >= _MAX_DEPTH:
            raise _Refused("has more parts than a page can hold")
        self._path.append(attributes.get("id", ""))
        # "" stands for the drawing as a whole, so that shapes without an id count as well.
        holders = {"", *self._path}
        target = attributes.get("xlink:href") or attributes.get("href") or ""
        if name == "image" and not _is_small_picture(target):
            raise _Refused("holds a picture that can't be shown")
        for holder in holders:
            self._own[holder] += 1
            if target.startswith("#"):
                self._uses.setdefault(holder, Counter())[target[1:]] += 1

    def end(self, _tag: str) -> None:
        self._path.pop()

    def entity(self, *_: Any) -> None:
        raise _Refused("declares entities")

    def finish(self) -> None:
        if self._root != "svg":
            raise _Refused("is not SVG")
        if self._drawn("", {}, 0) > _MAX_DRAWN:
            raise _Refused("draws more parts than a page can hold")

    def _drawn(self, holder: str, known: dict[str, int], depth: int) -> int:
        if depth > _MAX_DEPTH:  # references that go round, or as good as that
            raise _Refused("refers to itself")
        if holder not in known:
            inner = sum(
                times * self._drawn(target, known, depth + 1)
                for target, times in self._uses.get(holder, Counter()).items()
            )
            known[holder] = self._own[holder] + inner
        return known[holder]
