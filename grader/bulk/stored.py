"""A class that was graded before: its output folder, opened to be judged or marked again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader import bank
from grader.bulk import course, lock, outputs, salvage
from grader.bulk.journal import FILE, Journal
from grader.bulk.roster import Roster, read
from grader.errors import UsageError
from grader.model import Exercise


@contextlib.contextmanager
def opened(folder: Path, say: Callable[[str], None]) -> Iterator[Journal]:
    """The journal of an output folder, held as long as the context lasts.

    Raises:
        UsageError: there is none, or another command holds it.
    """
    path = folder / FILE
    if not path.is_file():
        raise UsageError(
            f"{folder} holds no results: expected {FILE} in it, as `grade bulk` with --output "
            f"{folder} writes it."
        )
    exercise_id = _exercise_of(path)
    with lock.held(folder), salvage.opened(path, exercise_id, say) as journal:
        yield journal


def _exercise_of(path: Path) -> str:
    with contextlib.closing(Journal(path)) as journal, contextlib.suppress(Exception):
        name = journal.about("exercise")
        if name:
            return name
    raise UsageError(f"{path} doesn't say which exercise its results are of. Run grade bulk again.")


def words(journal: Journal) -> dict[str, Any]:
    """How the class was graded: the words of the command, by option."""
    found = json.loads(journal.about("words") or "{}")
    return found if isinstance(found, dict) else {}


def exercise(journal: Journal, named: Path | None = None) -> Exercise:
    """The exercise as it is today, with what the course decides of it.

    The course's file is the one that is ``named``, which is the class's from then on, else the one
    that the class has.

    Raises:
        UsageError, BankError: one of them can't be read.
    """
    found = bank.load(journal.about("exercise"))
    said = words(journal)
    place = named or _path(said.get("course"))
    if place is None and said.get("folder"):
        beside = Path(str(said["folder"])) / course.FILE
        place = beside if beside.is_file() else None
    if place is None:
        return found
    decided = course.apply(place, found)
    if named is not None:
        journal.set_about("words", json.dumps({**said, "course": str(named.resolve())}))
    return decided


def roster(journal: Journal) -> Roster | None:
    """The roster that the class was graded with, if it is still there."""
    place = _path(words(journal).get("roster"))
    return read(place) if place is not None and place.is_file() else None


def write(journal: Journal, folder: Path, today: Exercise) -> list[str]:
    """Everything that is made from the journal; what is to be known about some of it."""
    layouts = frozenset(words(journal).get("layouts") or ())
    return outputs.write_all(journal, folder, today, roster(journal), layouts)


def _path(value: object) -> Path | None:
    return Path(value) if isinstance(value, str) and value else None
