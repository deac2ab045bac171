"""From what was typed to a file and its exercise, or to what was probably meant."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from grader import bank
from grader.commands import COURSE_FILE
from grader.errors import BadSubmission, UsageError
from grader.strict import read_table

_ENDINGS = (".py", ".ipynb")
_DEPTH, _ENTRIES = 3, 3000
_PASSED_OVER = frozenset(("__pycache__", "node_modules", "site-packages", "venv"))
_NEAR = 0.7


def check_there(path: Path) -> None:
    """See that there is something at the path.

    Raises:
        BadSubmission: there is not; the sentence names the file that was probably meant.
    """
    if path.is_dir():
        inside = ", ".join(map(str, sorted(_files(path))[:3])) or "it holds none"
        raise BadSubmission(
            f"{_shown(path)} is a folder; one .py or .ipynb file was expected. Name the file in it "
            f"({inside})."
        )
    if path.exists() or path.is_symlink():
        return
    meant = [str(each) for each in _meant(path)]
    if meant:
        advice = "Did you mean " + " or ".join(meant) + "?"
    elif path.name in bank.all_ids():
        advice = (
            f"{path.name} is an exercise: `grade start {path.name}` writes its file, for you to "
            "work in."
        )
    else:
        advice = "Check the name and the folder; a .py or .ipynb file was expected."
    folder = path.parent if path.parent.is_dir() else Path()
    where = "" if folder.is_absolute() else f" in {folder.resolve()}"
    raise BadSubmission(f"There is no file {_shown(path)}{where}. {advice}")


def exercise_of(path: Path) -> str:
    """The id of the exercise that a file is for, where it isn't named on the command line.

    ``grade.yaml`` beside it has the word (``grade start`` writes one); else the file's own name,
    which begins with an exercise's id: ``debug_loop.py``, ``Debug-Loop (2).ipynb``.

    Raises:
        UsageError: neither says it, or grade.yaml is wrong.
    """
    course = path.parent / COURSE_FILE
    if course.is_file():
        table = read_table(course, str(course), UsageError)
        name = table.text("exercise")
        table.close()
        return name
    called = _called_after(path.stem)
    if called is not None:
        return called
    near = difflib.get_close_matches(_plain(path.stem), bank.all_ids(), n=1, cutoff=_NEAR)
    guess = f" Did you mean --exercise {near[0]}?" if near else ""
    raise UsageError(
        f"Which exercise is {path.name}?{guess} Name it with --exercise ID, or in {COURSE_FILE} "
        "beside the file (exercise: ID), or by the file's own name (ID.py). The command "
        "`grade exercises` lists them."
    )


def _called_after(stem: str) -> str | None:
    """The exercise whose id a file's name is or begins with; the longest of several."""
    plain = _plain(stem)
    fits = [each for each in bank.all_ids() if plain == each or plain.startswith(f"{each}_")]
    return max(fits, key=len, default=None)


def _plain(stem: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")


def _shown(path: Path) -> str:
    return "".join(char if char.isprintable() else "?" for char in str(path))


# --- what was meant ---------------------------------------------------------------------


def _meant(path: Path) -> list[Path]:
    """Files of the same name nearby, else those in the same folder whose names are near."""
    folder = path.parent if path.parent.is_dir() else Path()
    names = {path.name} if path.suffix else {path.name + ending for ending in _ENDINGS}
    same = [each for each in _below(folder) if each.name in names]
    above = [folder / ".." / name for name in sorted(names)]
    same += [each for each in above if each.is_file()]
    if same:
        return sorted(same, key=lambda each: (len(each.parts), str(each)))[:3]
    there = sorted(each.name for each in _files(folder))
    near = difflib.get_close_matches(path.name, there, n=3, cutoff=_NEAR)
    return [folder / name for name in near]


def _files(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_ENDINGS) and entry.name.isprintable() and entry.is_file():
                    yield folder / entry.name
    except OSError:
        return


def _below(folder: Path) -> Iterator[Path]:
    """Gradable files a few folders deep; so many entries at most, for a home may be huge."""
    left, level = _ENTRIES, [folder]
    for _ in range(_DEPTH + 1):
        deeper: list[Path] = []
        for place in level:
            yield from _files(place)
            inside = _folders(place)[:left]
            left -= len(inside)
            deeper += inside
        level = deeper


def _folders(place: Path) -> list[Path]:
    try:
        with os.scandir(place) as entries:
            found = [
                place / entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and entry.name[:1] != "."
                and entry.name.isprintable()
                and entry.name not in _PASSED_OVER
            ]
    except OSError:
        return []
    return sorted(found)
