"""Which file of a platform's folder is the hand-in."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.model import Exercise

MOST_FILES = 10_000
MOST_NAMED = 5
_ENDINGS = (".py", ".ipynb")
_OURS = {"Makefile", "autograde-Makefile", "autograde.tar", "autograder.py"}
_PASSED_OVER = {"__MACOSX", "__pycache__", "node_modules"}
_PACKAGE = Path(__file__).resolve().parents[2]
"""The grader and the bank, which may lie in the very folder of the hand-in (Autolab)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The file that is graded, or a sentence on why there is none; what else was there."""

    path: Path | None
    name: str
    problem: str = ""
    notes: tuple[str, ...] = ()


def find(folder: Path, exercise: Exercise) -> Found:
    """The one file named like the exercise, else the only one, else the newest.

    Links are never followed: one could lead out of the folder, to the reference.
    """
    endings = (*_ENDINGS, ".yaml", ".yml") if exercise.answers else _ENDINGS
    files = _files(folder)
    can = [path for path in files if path.suffix.lower() in endings]
    bare = [path for path in files if path.name == exercise.id]
    if not can and bare:  # Autolab may give the hand-in the name alone
        return _with_ending(bare[0])
    if not can:
        return _nothing(files, exercise)
    named = [path for path in can if path.stem.casefold() == exercise.id.casefold()]
    chosen = max(named or can, key=lambda path: (path.lstat().st_mtime, str(path)))
    others = sorted(path.name for path in can if path != chosen)
    notes = (_others(chosen, others),) if others else ()
    return Found(path=chosen, name=chosen.name, notes=notes)


def _files(folder: Path) -> list[Path]:
    """The regular files below a folder, hidden ones and what is not a student's left out."""
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in sorted(folders) if _may_hold_one(Path(where, name))]
        for name in sorted(names):
            path = Path(where, name)
            if name[0] != "." and name not in _OURS and stat.S_ISREG(path.lstat().st_mode):
                found.append(path)
        if len(found) > MOST_FILES:
            break
    return found[:MOST_FILES]


def _may_hold_one(folder: Path) -> bool:
    ours = _PACKAGE.is_relative_to(folder.resolve())
    return not ours and folder.name not in _PASSED_OVER and not folder.name.startswith(".")


def _with_ending(path: Path) -> Found:
    """A copy with the ending that its content asks for."""
    start = path.read_bytes()[: 100 << 20]
    try:
        is_notebook = isinstance(json.loads(start), dict)
    except (ValueError, RecursionError):
        is_notebook = False
    copy = Path(tempfile.mkdtemp(), f"{path.name}{'.ipynb' if is_notebook else '.py'}")
    shutil.copyfile(path, copy)
    return Found(path=copy, name=copy.name)


def _nothing(files: list[Path], exercise: Exercise) -> Found:
    if files:
        names = ", ".join(path.name for path in files[:MOST_NAMED])
        what = f"There is no Python file or notebook among what was handed in ({names})."
    else:
        what = "Nothing was handed in."
    return Found(
        path=None, name="", problem=f"{what} Hand in {exercise.id}.py or {exercise.id}.ipynb."
    )


def _others(chosen: Path, others: list[str]) -> str:
    named = ", ".join(others[:MOST_NAMED])
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return f"{chosen.name} was graded; not graded: {named}{more}."
