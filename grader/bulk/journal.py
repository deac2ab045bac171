"""The journal: every result as it comes, in one SQLite file; all else is made from it.

Theory of operation. A result is written in a transaction of its own, and the disk has it when the
transaction ends (WAL, ``synchronous=FULL``): after a kill, a full disk or a power cut the file
holds every result that was said to be done and nothing half. What it is found by is the key of
what it depends on, so grading again writes the same row, never a second one. The class itself
(who handed in what) is replaced as a whole at each start; results stay until they are asked for
again. docs/design/027-the-journal.md has the reasons, docs/bulk.md the tables and views.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.bulk.graded import Graded, plain
from grader.bulk.hand_in import Class, HandIn, Student
from grader.errors import GraderFault, UsageError

FILE = "journal.sqlite"
SCHEMA = 3
_APPLICATION = 0x67726164  # "grad", which `file` and others can tell the format by
_STEPS = ("journal.sql", "marks.sql", "teaching.sql")
"""What takes a journal from one schema to the next."""
ADOPTED = ("observation", "override", "change", "history", "hinted")
"""Tables whose rows are saved out of a broken journal, beside the results."""
_BUSY_S = 10.0
_WIDTH = 10  # columns of a result


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hand-in with its result, as the journal has them together."""

    identity: str
    student: Student
    path: str
    late: bool | None
    attempt: int
    members: tuple[Student, ...]
    remarks: tuple[str, ...]
    stem: str
    key: str
    result: dict[str, Any]
    excerpts: list[list[tuple[int, str]]]

    @property
    def score(self) -> float:
        """Its points; below any where the grader was at fault."""
        score = self.result["score"]
        return -1.0 if score is None else float(score)


class Journal:
    """An open journal; a context manager. One process at a time writes to it (``lock``)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        # A torn row is no error of reading: its digest tells.
        self.db.text_factory = lambda data: data.decode("utf-8", "replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing more is read or written."""
        self.db.close()

    def prepare(self, exercise_id: str) -> None:
        """Make the tables where there are none, and see that they are for this exercise.

        Raises:
            UsageError: they are of a newer grader, or another exercise.
            sqlite3.DatabaseError: the file is broken.
        """
        found = self.db.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA:
            raise UsageError(
                f"{self.path} is of a newer grader (schema {found}; this one knows {SCHEMA}). "
                "Use that grader, or another --output."
            )
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        _make(self.db, found)
        check = self.db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if check != "ok":
            raise sqlite3.DatabaseError(check)
        if _form(self.db) != _expected():
            raise sqlite3.DatabaseError("its tables are not those of a journal")
        known = self.db.execute("SELECT value FROM about WHERE name='exercise'").fetchone()
        if known is not None and known[0] != exercise_id:
            raise UsageError(
                f"{self.path.parent} holds results of {known[0]}, and {exercise_id} is to be "
                "graded. Choose another --output for each exercise."
            )
        self.db.execute("INSERT OR REPLACE INTO about VALUES ('exercise', ?)", (exercise_id,))

    # --- writing ------------------------------------------------------------------------------

    def put(
        self,
        key: str,
        graded: Graded,
        made_of: tuple[str, str] = ("", ""),
        notes: tuple[str, ...] = (),
    ) -> None:
        """Keep a result; it is on the disk when this returns.

        ``made_of`` are the name and the digest, and ``notes`` those of what was graded, that its
        key was made of beside the circumstances.

        Raises:
            GraderFault: it can't be written, on a full disk for example.
        """
        with self.transaction():
            self._put(key, graded)
            if graded.observation:
                values = (key, *made_of, json.dumps(notes), graded.observation)
                self.db.execute(
                    "INSERT OR REPLACE INTO observation VALUES (?,?,?,?,?,NULL)", values
                )

    def _put(self, key: str, graded: Graded) -> None:
        values = _stored(key, graded)
        self._insert("REPLACE", (*values, _digest(values)))

    def put_all(self, results: Iterable[tuple[str, Graded]]) -> None:
        """Keep several results, all or none of them."""
        with self.transaction():
            for key, graded in results:
                self._put(key, graded)

    def set_class(self, found: Class, keys: Mapping[int, str], only: str) -> None:
        """Say who is in the class now and what they handed in; ``keys`` by place in the list."""
        with self.transaction():
            for table in ("hand_in", "missing", "unknown", "passed_over"):
                self.db.execute(f"DELETE FROM {table}")  # noqa: S608  # our own four names
            self.db.execute("INSERT OR REPLACE INTO about VALUES ('only', ?)", (only,))
            self.db.executemany(
                "INSERT INTO hand_in VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                [_values(n, each, keys.get(n)) for n, each in enumerate(found.hand_ins)],
            )
            for table, students in (("missing", found.missing), ("unknown", found.unknown)):
                self.db.executemany(
                    f"INSERT INTO {table} VALUES (?,?,?)",  # noqa: S608  # one of two names
                    [(each.id, each.name, each.email) for each in students],
                )
            self.db.executemany(
                "INSERT INTO passed_over VALUES (?,?)",
                [(each.path, each.why) for each in found.passed],
            )

    def adopt_marks(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Keep what another journal had in one of its other tables (`ADOPTED`)."""
        assert table in ADOPTED
        width = len(self.db.execute(f"PRAGMA table_info({table})").fetchall())
        marks = ",".join("?" * width)
        with self.transaction():
            self.db.executemany(
                f"INSERT OR IGNORE INTO {table} VALUES ({marks})",  # noqa: S608  # our own names
                (row for row in rows if len(row) == width),
            )

    def adopt(self, rows: Iterable[Sequence[object]]) -> int:
        """Keep results of another journal, as it had them, where they are whole; how many."""
        count = 0
        with self.transaction():
            for row in rows:
                if len(row) == _WIDTH and _is_whole(row):
                    self._insert("IGNORE", row)
                    count += 1
        return count

    def _insert(self, otherwise: str, row: Sequence[object]) -> None:
        marks = ",".join("?" * len(row))
        self.db.execute(f"INSERT OR {otherwise} INTO result VALUES ({marks})", row)  # noqa: S608

    def set_page(self, key: str, page: bytes) -> None:
        """Keep a result's page, within a transaction."""
        row = self.db.execute("SELECT * FROM result WHERE key=?", (key,)).fetchone()
        values = (*row[:8], page)
        self._insert("REPLACE", (*values, _digest(values)))

    def judge_again(self, key: str, new_key: str, graded: Graded) -> None:
        """Put another result in the place of one, under its new key, within a transaction."""
        for table in ("result", "observation", "adjusted"):
            if new_key != key:
                self._delete(table, new_key)
        self._delete("result", key)
        self._put(new_key, graded)
        self.db.execute("UPDATE observation SET key=? WHERE key=?", (new_key, key))
        self.db.execute("UPDATE hand_in SET key=? WHERE key=?", (new_key, key))

    def _delete(self, table: str, key: str) -> None:
        self.db.execute(f"DELETE FROM {table} WHERE key=?", (key,))  # noqa: S608  # our own names

    def forget(self, keys: Iterable[str]) -> None:
        """Let results be made again: ``--fresh``."""
        with self.transaction():
            self.db.executemany("DELETE FROM result WHERE key=?", [(key,) for key in keys])

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Within it, all is written or nothing.

        Raises:
            GraderFault: it can't be written, on a full disk for example.
        """
        try:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")
        except sqlite3.Error as problem:
            raise GraderFault(
                f"{self.path} can't be written ({problem}). Make room or another place for it; "
                "every result that it has is kept."
            ) from None

    def set_about(self, name: str, value: str) -> None:
        """Note something about the class as a whole."""
        with self.transaction():
            self.db.execute("INSERT OR REPLACE INTO about VALUES (?,?)", (name, value))

    # --- reading ------------------------------------------------------------------------------

    def about(self, name: str) -> str:
        """What was noted about the class as a whole; empty where nothing was."""
        row = self.db.execute("SELECT value FROM about WHERE name=?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def settled(self) -> set[str]:
        """The keys of all results that need no grading.

        A fault of the grader is tried again, and so is a row that is not what was written.
        """
        rows = self.db.execute("SELECT * FROM result WHERE outcome <> 'grader_fault'")
        return {row[0] for row in rows if _is_whole(row)}

    def rows(self) -> Iterator[Row]:
        """Each student's row, in the order of names; one at a time, however many there are.

        Of several attempts the latest, or the best where ``--only best`` was asked for.
        """
        for values in self.db.execute(self._ranked(_ROWS)):
            yield _row(values)

    def people(self) -> list[tuple[str, str]]:
        """Whose each row is and the digest of what was handed in, in the order of the rows."""
        return [(who, content) for who, content in self.db.execute(self._ranked(_PEOPLE))]

    def _ranked(self, query: str) -> str:
        """A query over each student's row, of several attempts the one that counts."""
        return query.format(best=_BEST if self.about("only") == "best" else _LATEST)

    def pages(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """The name of each student's report, and a way to get it."""
        pairs = self.db.execute(self._ranked(_STEMS)).fetchall()
        for stem, key, identity in pairs:
            yield stem, lambda key=key, who=identity: self._page(who, key)  # type: ignore[misc]

    def _page(self, identity: str, key: str) -> bytes:
        row = self.db.execute(_PAGE, (identity, key)).fetchone()
        return bytes(row[0])

    def students(self, table: str) -> list[Student]:
        """Those that are ``missing``, or ``unknown`` to the roster."""
        assert table in ("missing", "unknown")
        rows = self.db.execute(f"SELECT id, name, email FROM {table}")  # noqa: S608  # checked
        return [Student(id=id_, name=name, email=email) for id_, name, email in rows]

    def observation(self, key: str) -> bytes:
        """What a result was made from; empty where it was not kept."""
        row = self.db.execute("SELECT data FROM observation WHERE key=?", (key,)).fetchone()
        return bytes(row[0]) if row else b""

    def passed_over(self) -> list[tuple[str, str]]:
        """What is no submission, and why."""
        return list(self.db.execute("SELECT path, why FROM passed_over ORDER BY path"))


# --- tables --------------------------------------------------------------------------------


def _make(database: sqlite3.Connection, found: int) -> None:
    """Take the tables of a journal from one schema to today's."""
    for step, name in enumerate(_STEPS[found:], found + 1):
        text = Path(__file__).with_name(name).read_text(encoding="utf-8")
        database.executescript(
            f"BEGIN;{text}PRAGMA application_id={_APPLICATION};PRAGMA user_version={step};COMMIT;"
        )


def _form(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """How the tables and views are defined."""
    return list(database.execute("SELECT name, sql FROM sqlite_master ORDER BY name"))


@cache
def _expected() -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        _make(empty, 0)
        return _form(empty)


# --- rows ----------------------------------------------------------------------------------

_LATEST = "counts DESC, number DESC"
_BEST = "coalesce(score, -1) DESC, attempt DESC, number DESC"
_RANKED = """
    FROM (SELECT *, row_number() OVER (PARTITION BY identity ORDER BY {best}) AS place
          FROM final)
    WHERE place = 1 ORDER BY student_name COLLATE NOCASE, identity"""
_ROWS = (
    "SELECT identity, student_id, student_name, student_email, path, late, attempt, members, "
    f"remarks, stem, key, result, excerpts {_RANKED}"
)
_STEMS = f"SELECT stem, key, identity {_RANKED}"
_PEOPLE = f"SELECT identity, json_extract(result, '$.submission.sha256') {_RANKED}"
_PAGE = "SELECT page FROM final WHERE identity=? AND key=?"


def _stored(key: str, graded: Graded) -> tuple[object, ...]:
    """A result as a row of its table, but for the digest."""
    result = graded.result
    return (
        key,
        datetime.now(UTC).isoformat(timespec="seconds"),
        str(result["outcome"]),
        int(result["passed"]),
        _real(result["score"]),
        float(result["max_score"]),
        json.dumps(result, ensure_ascii=False, allow_nan=False),
        plain(graded.excerpts),
        graded.page,
    )


def _is_whole(row: Sequence[object]) -> bool:
    """Whether a result from a torn file is what was written."""
    *values, digest = row
    return digest == _digest(values)


def _real(value: float | None) -> float | None:
    """A score as the column gives it back."""
    return None if value is None else float(value)


def _digest(values: Sequence[object]) -> str:
    return hashlib.sha256(repr(tuple(values)).encode("utf-8", "replace")).hexdigest()


def _values(number: int, each: HandIn, key: str | None) -> tuple[object, ...]:
    return (
        number,
        each.identity,
        each.student.id,
        each.student.name,
        each.student.email,
        each.path,
        each.late,
        each.attempt,
        json.dumps([member.plain() for member in each.members]),
        json.dumps(each.remarks),
        each.counts,
        each.stem,
        key,
        each.submitted,
    )


def _row(values: tuple[Any, ...]) -> Row:
    identity, id_, name, email, path, late, attempt, members, remarks, stem, key, result, cut = (
        values
    )
    return Row(
        identity=identity,
        student=Student(id=id_, name=name, email=email),
        path=path,
        late=None if late is None else bool(late),
        attempt=attempt,
        members=tuple(Student(**member) for member in json.loads(members)),
        remarks=tuple(json.loads(remarks)),
        stem=stem,
        key=key,
        result=json.loads(result),
        excerpts=[[(line, text) for line, text in lines] for lines in json.loads(cut)],
    )
