"""Names of students and files, as they may stand in results, tables and file names.

A name comes from an LMS, a file system or a zip: it may hold a newline, half a character, or a
mark that turns the reading order around. What is shown is one line. What is compared is compared
without case; what may be spelled in several ways also without spaces and punctuation, and then
counts only where it can mean just one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_UNSAFE = re.compile(r"[^\w.\-]+")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_MAX_FILE_BYTES = 80
_TURNS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def as_text(raw: str) -> str:
    r"""A file's name or path as UTF-8 can hold it: bytes that are none are written ``\xNN``."""
    escaped = raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return escaped.encode("utf-8", "backslashreplace").decode("utf-8")


def one_line(raw: str) -> str:
    """The same as one line without control characters, for a person to read."""
    if raw.isprintable():
        return " ".join(raw.split())
    text = "".join(
        "" if char in _TURNS else " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
        for char in as_text(raw)
    )
    return " ".join(text.split())


def identity(raw: str) -> str:
    """A name as it tells files apart: letter by letter, but for two encodings of one letter."""
    return unicodedata.normalize("NFC", as_text(raw))


def exact(raw: str) -> str:
    """A name as it is compared where each letter counts: one line, without case, in one form."""
    return unicodedata.normalize("NFC", one_line(raw)).casefold()


def folded(raw: str) -> str:
    """What two spellings of one name share: no case, no spaces or punctuation, one form."""
    text = unicodedata.normalize("NFKC", one_line(raw)).casefold()
    return "".join(char for char in text if char.isalnum()) or text


def file_stem(name: str, identity: str, taken: set[str]) -> str:
    """A file name without its ending, for a student's report: safe on every system, and unique.

    Args:
        name: what it is made from, so that a person finds it.
        identity: what tells this student from all others; decides what is added where two names
            come out alike, so that it doesn't depend on their order.
        taken: the names given before, without case; the new one is added.
    """
    stem = _UNSAFE.sub("_", unicodedata.normalize("NFC", one_line(name))).strip("._-")
    stem = stem.encode()[:_MAX_FILE_BYTES].decode("utf-8", "ignore")
    mark = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if not stem or _RESERVED.fullmatch(stem):
        stem = f"student_{stem or mark}"
    if stem.casefold() in taken:
        stem = f"{stem}-{mark}"
    taken.add(stem.casefold())
    return stem
