"""Removing and measuring a folder that a hostile program has filled.

Theory of operation. Names inside such a folder are never trusted: every step opens one name
relative to a descriptor and refuses links, so nothing outside can be reached, whatever was put
there. Nothing recurses, and no descriptor is held per level: to remove a tree, each folder's
subfolders are first moved up to the top, which makes a tower of 5,000 folders flat, and then
its files are unlinked. Folders that their owner made unreadable are made writable through a
descriptor of their own. Fifos and sockets are unlinked, never opened.

Measuring happens while the program may still run. It is bounded in entries and depth; what
exceeds the bounds is reported as too much, since that is what it is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from typing import NamedTuple

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
BLOCK = 512  # st_blocks counts in these, whatever the file system's own size
MAX_DEPTH = 64
PATIENCE_S = 60.0
"""How long a folder may take to be emptied; only a process that lives on can make it more."""


class Usage(NamedTuple):
    """What a folder holds: bytes on disk (not the apparent size) and entries."""

    bytes: int
    files: int


def disk_usage(path: str | os.PathLike[str], *, max_files: int = 100_000) -> Usage:
    """Count what lies below a folder, without following links.

    Returns:
        Bytes and entries; more than ``max_files`` entries when there are more, or when folders
        are nested deeper than ``MAX_DEPTH``. Zero of both if the folder is gone.
    """
    total = files = 0
    for info in _entries(os.fspath(path)):
        if info is None:
            return Usage(total, max_files + 1)
        total += info.st_blocks * BLOCK
        files += 1
        if files > max_files:
            break
    return Usage(total, files)


def _entries(path: str) -> Iterator[os.stat_result | None]:
    """Every entry's status, depth first; None where it gets too deep."""
    opened: list[tuple[int, Iterator[str]]] = []
    try:
        _push(opened, path, None)
        while opened:
            fd, names = opened[-1]
            name = next(names, None)
            if name is None:
                os.close(opened.pop()[0])
                continue
            with contextlib.suppress(OSError):  # gone meanwhile
                info = os.stat(name, dir_fd=fd, follow_symlinks=False)
                yield info
                if stat.S_ISDIR(info.st_mode):
                    if len(opened) >= MAX_DEPTH:
                        yield None
                        return
                    _push(opened, name, fd)
    finally:
        for fd, _ in opened:
            os.close(fd)


def _push(opened: list[tuple[int, Iterator[str]]], name: str, parent: int | None) -> None:
    """Open a folder and list it; one that is gone or closed to us has no entries."""
    with contextlib.suppress(OSError):
        fd = os.open(name, FOLDER, dir_fd=parent)
        try:
            opened.append((fd, iter(os.listdir(fd))))
        except OSError:
            os.close(fd)


def remove_tree(path: str | os.PathLike[str]) -> None:
    """Remove a folder and all in it; a link in its place is removed as a link.

    Raises:
        OSError: something could not be removed; the message names the folder.
    """
    if os.path.islink(path):
        os.unlink(path)
        return
    try:
        top = _open_folder(os.fspath(path), None)
    except FileNotFoundError:
        return
    try:
        _empty(top)
    finally:
        os.close(top)
    os.rmdir(path)


def _empty(top: int) -> None:
    """Unlink the files of every folder and move its subfolders into ``top``, until none is left."""
    number = 0
    until = time.monotonic() + PATIENCE_S
    while names := os.listdir(top):
        if time.monotonic() > until:
            raise OSError(errno.EBUSY, "it fills as fast as it is emptied")
        for name in names:
            if _unlinked(name, top):
                continue
            folder = _open_folder(name, top)
            try:
                for inner in os.listdir(folder):
                    if not _unlinked(inner, folder):
                        number = _move_up(inner, folder, top, number)
            finally:
                os.close(folder)
            os.rmdir(name, dir_fd=top)


def _unlinked(name: str, folder: int) -> bool:
    """Whether the entry was no folder and is gone now."""
    if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        return False
    os.unlink(name, dir_fd=folder)
    return True


def _move_up(name: str, folder: int, top: int, number: int) -> int:
    """Move a subfolder to the top under a free name; return the number that it got."""
    os.close(_open_folder(name, folder))  # only a writable folder can get another parent
    number += 1
    while _taken(f"{number}.removed", top):
        number += 1
    os.rename(name, f"{number}.removed", src_dir_fd=folder, dst_dir_fd=top)
    return number


def _taken(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _open_folder(name: str, parent: int | None) -> int:
    """A descriptor of a folder, which is made accessible to its owner if it was not."""
    try:
        fd = os.open(name, FOLDER, dir_fd=parent)
    except PermissionError:
        _make_accessible(name, parent)
        return os.open(name, FOLDER, dir_fd=parent)
    if os.fstat(fd).st_mode & stat.S_IRWXU != stat.S_IRWXU:
        with contextlib.suppress(PermissionError):  # not ours: then root needs no mode
            os.fchmod(fd, stat.S_IRWXU)
    return fd


def _make_accessible(name: str, parent: int | None) -> None:
    if not hasattr(os, "O_PATH"):  # macOS can change a mode without following a link
        os.chmod(name, stat.S_IRWXU, dir_fd=parent, follow_symlinks=False)
        return
    flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(name, flags, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{handle}", stat.S_IRWXU)  # Linux can through a descriptor
    finally:
        os.close(handle)
