"""What lies in a class's folder: regular files, those in zips, and what is passed over.

Links are followed only to a file beside or below them in a student's own folder: a zip that an
LMS unpacked may hold a link to another student's file. Nothing is opened but zips.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.bulk import archive
from grader.bulk.hand_in import File

MAX_DEPTH = 16
MAX_FILES = 500_000

_RUBBISH = re.compile(
    r"(?i)__MACOSX|\.DS_Store|\.ipynb_checkpoints|__pycache__|Thumbs\.db|desktop\.ini|"
    r"venv|site-packages|node_modules|"
    r"\.(?:git|svn|hg|vscode|idea|venv|pytest_cache|mypy_cache|virtual_documents)|"
    r"\.~lock\..*|\._.*|~\$.*|\.nfs.*"
)

_MADE = "it is made by a system, an editor or an installer"
_OURS = {"journal.sqlite", "results.jsonl"}


@dataclass(slots=True)
class Found:
    """All that lies in a folder. ``troubles`` are zips and files that can't be read, and why."""

    files: list[File] = field(default_factory=list)
    folders: list[tuple[str, ...]] = field(default_factory=list)
    troubles: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    passed: dict[str, str] = field(default_factory=dict)

    def pass_over(self, parts: tuple[str, ...], why: str) -> None:
        """Note something that is no submission, once."""
        self.passed.setdefault("/".join(parts), why)


def scan(top: Path, skip: frozenset[Path] = frozenset()) -> Found:
    """Lists a class's folder, or a zip of one; ``skip`` are places that are not the class's.

    Raises:
        OSError: the folder itself can't be listed.
    """
    found = Found()
    if top.is_dir():
        for entry in _listed(top):
            _take(entry, (), found, skip)
    else:
        _unzip(File(parts=(), on_disk=top), found, 1)
    return found


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _take(
    entry: os.DirEntry[str], above: tuple[str, ...], found: Found, skip: frozenset[Path]
) -> None:
    parts, path = (*above, entry.name), Path(entry.path)
    if _RUBBISH.fullmatch(entry.name):
        found.pass_over(parts, _MADE)
        return
    if any(path.name == other.name and path.resolve() == other for other in skip):
        return
    try:
        if entry.is_symlink():
            path = _followed(path, nested=bool(above))
        info = path.stat()
    except (OSError, ValueError) as problem:
        found.pass_over(parts, str(problem) if isinstance(problem, ValueError) else "it is gone")
        return
    if stat.S_ISDIR(info.st_mode):
        _enter(path, parts, found, skip)
    elif not stat.S_ISREG(info.st_mode):
        found.pass_over(parts, "it is no regular file")
    elif len(found.files) >= MAX_FILES:
        raise OSError(f"it holds more than {MAX_FILES:,} files")
    else:
        _take_file(File(parts=parts, on_disk=path, modified=info.st_mtime), found)


def _followed(link: Path, *, nested: bool) -> Path:
    try:
        target = link.resolve(strict=True)
    except RuntimeError:  # what Python before 3.13 raises of a link to itself
        raise ValueError("it is a link to nothing") from None
    if not nested or not target.is_relative_to(link.parent.resolve()):
        raise ValueError("it is a link out of what this student handed in")
    if target.is_dir():
        raise ValueError("it is a link to a folder")
    return target


def _enter(path: Path, parts: tuple[str, ...], found: Found, skip: frozenset[Path]) -> None:
    found.folders.append(parts)
    if len(parts) >= MAX_DEPTH:
        found.pass_over(parts, "its folders are nested too deeply")
        return
    try:
        inner = _listed(path)
    except OSError as problem:
        found.troubles.append((parts, f"the folder can't be listed ({problem.strerror})"))
        return
    if {entry.name for entry in inner} >= _OURS:
        found.pass_over(parts, "it holds results of grade bulk")
        found.folders.remove(parts)
        return
    for entry in inner:
        _take(entry, parts, found, skip)


def _take_file(file: File, found: Found) -> None:
    if file.parts[-1].lower().endswith(".zip"):
        _unzip(file, found, 1)
    else:
        found.files.append(file)


def _unzip(file: File, found: Found, depth: int) -> None:
    if file.parts:
        found.folders.append(file.parts)
    if depth > archive.MAX_DEPTH:
        found.troubles.append((file.parts, "it is a zip in a zip in a zip"))
        return
    try:
        entries = archive.entries(file.on_disk, file.inside)
    except archive.BadArchive as problem:
        found.troubles.append((file.parts, str(problem)))
        return
    for inner, refused in _inner(file, entries):
        rubbish = _rubbish(inner.parts)
        if rubbish:
            found.pass_over(rubbish, _MADE)
        elif refused:
            found.troubles.append((inner.parts, refused))
        elif inner.parts[-1].lower().endswith(".zip"):
            _unzip(inner, found, depth + 1)
        else:
            found.files.append(inner)


def _rubbish(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The first part of a path that is no work of a student, with what stands above it."""
    for place, part in enumerate(parts):
        if _RUBBISH.fullmatch(part):
            return parts[: place + 1]
    return ()


def _inner(file: File, entries: list[archive.Entry]) -> Iterator[tuple[File, str]]:
    last = {entry.parts: entry for entry in entries}  # of two with one name the last
    for entry in last.values():
        yield (
            File(
                parts=(*file.parts, *entry.parts),
                on_disk=file.on_disk,
                inside=(*file.inside, entry.name),
                modified=entry.modified or file.modified,
            ),
            entry.refused,
        )
