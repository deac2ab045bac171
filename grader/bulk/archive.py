"""Zip files as students and LMSs make them, read without unpacking.

Theory of operation. Nothing is ever written to the disk, so no name in a zip can lead anywhere:
names are compared and shown, never opened. The listing is bounded before it is read, an entry
while it is read, by what it says and by what comes out. Only the entry that is graded is
decompressed at all.
"""

from __future__ import annotations

import functools
import io
import mmap
import os
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MAX_ENTRIES = 60_000
"""A student who hands in a whole environment with PyTorch in it stays below."""
MAX_NESTED_BYTES = 256 << 20
MAX_DEPTH = 3
"""Zips in one another: an LMS's, a student's in it, and one that a student put into that."""
MAX_RATIO = 200
_SMALL = 1 << 20  # below this, any ratio is harmless
_ENTRY_MARK = b"PK\x01\x02"
_ENCRYPTED = 0x1
_OPEN_ERRORS = (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError,
                NotImplementedError, UnicodeError)  # fmt: skip


class BadArchive(Exception):
    """A zip, or an entry of one, that can't be read; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a zip: its name there, its parts, when it was changed, and why it can't be had."""

    name: str
    parts: tuple[str, ...]
    modified: float
    refused: str = ""


def entries(path: Path, inside: tuple[str, ...]) -> list[Entry]:
    """The files in a zip, or in a zip of a zip.

    Raises:
        BadArchive: it is none, too large, or broken.
    """
    with _opened(path, inside) as archive:
        found = [_entry(info) for info in archive.infolist() if not info.is_dir()]
    return [entry for entry in found if entry.parts]


def read(path: Path, inside: tuple[str, ...], limit: int) -> bytes:
    """The bytes of one entry, at most one more than ``limit``.

    Raises:
        BadArchive: it can't be read, or unpacks to far more than it is.
    """
    *outer, name = inside
    with _opened(path, tuple(outer)) as archive:
        return _read(archive, name, limit)


@contextmanager
def _opened(path: Path, inside: tuple[str, ...]) -> Iterator[zipfile.ZipFile]:
    try:
        with path.open("rb") as file:
            _count_entries(path, os.fstat(file.fileno()).st_mtime_ns)
            stream: IO[bytes] = file
            for name in inside:
                with zipfile.ZipFile(stream) as outer:
                    stream = io.BytesIO(_read(outer, name, MAX_NESTED_BYTES))
                _bound(stream.getbuffer())
            with zipfile.ZipFile(stream) as archive:
                yield archive
    except _OPEN_ERRORS as problem:
        reason = str(problem).partition("\n")[0][:100] or type(problem).__name__
        raise BadArchive(f"it is no zip that can be read ({reason})") from None


@functools.cache
def _count_entries(path: Path, _changed: int) -> None:
    """Refuse a listing that would fill the memory: each entry begins with the same four bytes.

    A class can be one zip of gigabytes, which is looked through once.
    """
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            _bound(data)
    except ValueError:
        raise BadArchive("it is empty") from None


def _bound(data: mmap.mmap | memoryview) -> None:
    text = data if isinstance(data, mmap.mmap) else bytes(data)
    place, count = text.find(_ENTRY_MARK), 0
    while place >= 0:
        count += 1
        if count > MAX_ENTRIES:
            raise BadArchive(f"it holds more than {MAX_ENTRIES:,} files")
        place = text.find(_ENTRY_MARK, place + 4)


def _entry(info: zipfile.ZipInfo) -> Entry:
    parts = tuple(info.filename.replace("\\", "/").split("/"))
    refused = ""
    if any(part in ("", "..") for part in parts) or parts[0].endswith(":"):
        refused = "its name leads out of the zip"
    elif stat.S_ISLNK(info.external_attr >> 16):
        refused = "it is a link"
    elif info.flag_bits & _ENCRYPTED:
        refused = "it is encrypted"
    kept = tuple(part for part in parts if part not in ("", ".", ".."))
    return Entry(info.filename, kept, _seconds(info), refused)


def _seconds(info: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    info = archive.getinfo(name)  # of two with one name the last, as unpacking would leave it
    if info.flag_bits & _ENCRYPTED:
        raise BadArchive("it is encrypted")
    if info.file_size > max(_SMALL, MAX_RATIO * info.compress_size):
        raise BadArchive(
            f"{info.file_size:,} bytes were packed into {info.compress_size:,}, as in a zip that "
            "is made to fill a disk"
        )
    with archive.open(info) as file:
        data = file.read(limit + 1)
    if len(data) > limit and limit == MAX_NESTED_BYTES:
        raise BadArchive(f"a zip in it has more than {limit >> 20} MiB")
    return data
