"""Laying files for people to work in: all of them or none, and never over what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.errors import UsageError


def lay(folder: Path, files: Mapping[str, str]) -> None:
    """Writes each text to its place below a folder, which is made if it isn't there.

    Raises:
        UsageError: a file is there already, and nothing was written; or writing failed.
    """
    there = [str(folder / name) for name in files if (folder / name).exists()]
    if there:
        more = f" and {len(there) - 1} more of these files" if len(there) > 1 else ""
        raise UsageError(
            f"{there[0]}{more} already there: nothing was written, so that no work is lost. "
            "Choose another folder with --to DIR."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as problem:
        raise UsageError(
            f"The files can't be written into {folder} ({problem.strerror}). Choose another "
            "folder with --to DIR."
        ) from None
