"""Opening a journal that may be broken: what can be read of it is saved, and what happened said.

A broken journal is put aside under another name, never deleted. Its results are copied one by
one; the file may be torn in the middle, and what lies beyond is as good as what lies before.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.bulk.journal import ADOPTED, Journal
from grader.errors import GraderFault

_SIDE_FILES = ("-wal", "-shm")
_OF_THE_MACHINE = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
"""What says nothing about the file itself."""


@contextlib.contextmanager
def opened(path: Path, exercise_id: str, say: Callable[[str], None]) -> Iterator[Journal]:
    """The journal at ``path``, made anew if there is none or it can't be used.

    Raises:
        UsageError: it is of a newer grader, or of another exercise.
        GraderFault: the machine doesn't let it be read or written.
    """
    try:
        journal = _prepared(path, exercise_id)
    except (sqlite3.Error, ValueError) as problem:  # ValueError: an error's text can be broken too
        if getattr(problem, "sqlite_errorcode", 0) & 0xFF in _OF_THE_MACHINE:
            raise GraderFault(
                f"{path} can't be used ({problem}). Make room, or see who may write there; "
                "nothing in it was changed."
            ) from None
        broken = _put_aside(path)
        journal = _prepared(path, exercise_id)
        saved = journal.adopt(_readable(broken, "result"))
        for table in ADOPTED:
            journal.adopt_marks(table, _readable(broken, table))
        say(
            f"the journal was broken ({problem}) and is now {broken.name}; {saved} results could "
            "be saved, the others are graded again."
        )
    with journal:
        yield journal


def _prepared(path: Path, exercise_id: str) -> Journal:
    journal = Journal(path)
    try:
        journal.prepare(exercise_id)
    except BaseException:
        journal.close()
        raise
    return journal


def _put_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.stem}.broken-{number}{path.suffix}")).exists():
        number += 1
    for side in _SIDE_FILES:
        beside = path.with_name(path.name + side)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + side))
    path.rename(aside)
    return aside


def _readable(path: Path, table: str) -> Iterator[tuple[object, ...]]:
    """Every row of a table that can still be read."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with contextlib.closing(database), contextlib.suppress(sqlite3.Error, ValueError):
        highest = f"SELECT max(rowid) FROM {table}"  # noqa: S608  # a name of our own
        by_number = f"SELECT * FROM {table} WHERE rowid=?"  # noqa: S608  # a name of our own
        last = database.execute(highest).fetchone()[0] or 0
        for number in range(1, last + 1):
            with contextlib.suppress(sqlite3.Error, ValueError):
                row = database.execute(by_number, (number,)).fetchone()
                if row is not None:
                    yield row
