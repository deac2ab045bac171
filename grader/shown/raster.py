"""The size of a picture as its header states it; nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable

MAX_PIXELS = 30_000_000

_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


def size(mime: str, raw: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels; None if the bytes are no picture of this type."""
    read = _READERS.get(mime)
    return read(raw) if read else None


def _png(raw: bytes) -> tuple[int, int] | None:
    if raw[:8] != b"\x89PNG\r\n\x1a\n" or raw[12:16] != b"IHDR" or len(raw) < 33:
        return None
    width, height = struct.unpack(">II", raw[16:24])
    return width, height


def _gif(raw: bytes) -> tuple[int, int] | None:
    if raw[:6] not in (b"GIF87a", b"GIF89a") or len(raw) < 13:
        return None
    width, height = struct.unpack("<HH", raw[6:10])
    return width, height


def _jpeg(raw: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the one that states the size (ISO 10918-1, annex B)."""
    if raw[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            return width, height
        alone = marker in _JPEG_ALONE
        at += 1 if marker == 0xFF else 2 if alone else 2 + _length(raw, at)
    return None


def _length(raw: bytes, at: int) -> int:
    # A length counts its own two bytes; a smaller one would never move on.
    return max(int.from_bytes(raw[at + 2 : at + 4], "big"), 2)


def _webp(raw: bytes) -> tuple[int, int] | None:
    """Each of the three forms keeps its size in another way (RFC 9649)."""
    if raw[:4] != b"RIFF" or raw[8:12] != b"WEBP" or len(raw) < 30:
        return None
    form = raw[12:16]
    if form == b"VP8X":
        return int.from_bytes(raw[24:27], "little") + 1, int.from_bytes(raw[27:30], "little") + 1
    if form == b"VP8L" and raw[20] == 0x2F:
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and raw[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", raw[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


_READERS: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
TYPES = tuple(_READERS)
