"""Results into files: whole or not at all, so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from grader.errors import UsageError


def check_writable(path: Path) -> None:
    """Finds out before the grading whether a result can be written afterwards.

    Raises:
        UsageError: the folder is missing or can't be written to, or the path is a folder.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; the name of a file was expected.")
    if not path.parent.is_dir():
        raise UsageError(
            f"The folder {path.parent} doesn't exist, so {path.name} can't be written there. "
            "Create it, or choose another place."
        )
    try:
        if _is_special(path):
            with path.open("ab"):
                return
        _new_file(path.resolve(), b"").unlink()
    except OSError as problem:
        raise _unwritable(path, problem) from None


def write_atomically(path: Path, text: str) -> None:
    """Writes UTF-8 text: a new file beside the old one takes its place in one move.

    Pipes and devices (``/dev/stdout``) can't be replaced and are written to directly.

    Raises:
        UsageError: the file can't be written; an old one is left as it was.
    """
    write_bytes_atomically(path, text.encode("utf-8", "replace"))


def write_bytes_atomically(path: Path, data: bytes) -> None:
    """The same for bytes.

    Raises:
        UsageError: the file can't be written; an old one is left as it was.
    """
    try:
        if _is_special(path):
            path.write_bytes(data)
            return
        target = path.resolve()  # a link keeps being one; what it points to is replaced
        _new_file(target, data).replace(target)
    except OSError as problem:
        raise _unwritable(path, problem) from None


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A text file to be written piece by piece, which takes the old one's place at its end.

    Line ends are written as given. It is not waited for until the disk has it: for what can be
    made again.

    Raises:
        UsageError: the file can't be written; an old one is left as it was.
    """
    fresh = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        try:
            with fresh.open("x", encoding="utf-8", errors="replace", newline="") as file:
                yield file
            fresh.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise
    except OSError as problem:
        raise _unwritable(path, problem) from None


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _new_file(target: Path, data: bytes) -> Path:
    """A file with a name of its own beside the target, on the disk when this returns."""
    path = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
    # Created by hand, as tempfile makes files that only their owner can read.
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(fd, "wb") as file:  # noqa: PTH123  # a descriptor has no path
            file.write(data)
            file.flush()
            os.fsync(fd)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return path


def _unwritable(path: Path, problem: OSError) -> UsageError:
    reason = problem.strerror or type(problem).__name__
    return UsageError(f"{path} can't be written ({reason}). Choose another place.")
