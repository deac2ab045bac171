"""Pictures of a notebook's outputs as data URIs, once they are known to be pictures.

Nothing is decoded here: a raster picture is believed by its first bytes and by the size that
its header states, a drawing by what its elements may do. A browser shows both as an image,
which runs no script and loads nothing. What is refused says why, in a phrase for a reader.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from grader.shown import drawing, raster, words

MAX_BYTES = 4 << 20
MAX_DRAWING = 1 << 20

SVG = "image/svg+xml"


class NotShown(Exception):
    """An output that can't be shown, with the reason as a phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture inside the page. ``width`` and ``height`` are pixels; None if not stated."""

    src: str
    alt: str
    width: int | None = None
    height: int | None = None


def picture(mime: str, data: str, alt: str) -> Picture:
    """Return a picture from a notebook's text for it: base64, or SVG's own source.

    Raises:
        NotShown: it is none, it is broken, or it is larger than a page should hold.
    """
    if mime == SVG:
        return _drawing(data, alt)
    if mime not in raster.TYPES:
        raise NotShown(f"a picture of the type {mime[:40]}")
    raw = _bytes(data)
    size = raster.size(mime, raw)
    if size is None:
        raise NotShown(f"a broken picture: what it holds is not {_name(mime)}")
    width, height = size
    if not (0 < width * height <= raster.MAX_PIXELS):
        raise NotShown(f"a picture of {width:,} × {height:,} pixels, more than a page can hold")
    # Encoded anew: the URI holds these bytes and not one character of the student's text.
    src = f"data:{mime};base64,{base64.b64encode(raw).decode()}"
    return Picture(src=src, alt=alt, width=width, height=height)


def _drawing(source: str, alt: str) -> Picture:
    if len(source) > MAX_DRAWING:
        raise NotShown(f"a drawing (SVG) of {words.size(len(source))}, more than a page can hold")
    raw = source.encode("utf-8", "replace")
    problem = drawing.problem(raw)
    if problem:
        raise NotShown(f"a drawing (SVG) that {problem}")
    return Picture(src=f"data:{SVG};base64,{base64.b64encode(raw).decode()}", alt=alt)


def _bytes(data: str) -> bytes:
    if len(data) > MAX_BYTES * 3 // 2:
        raise NotShown(f"a picture of about {words.size(len(data) * 3 / 4)}")
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotShown("a broken picture: its base64 can't be read") from None
    if len(raw) > MAX_BYTES:
        raise NotShown(f"a picture of {words.size(len(raw))}")
    return raw


def _name(mime: str) -> str:
    return mime.partition("/")[2].upper()
