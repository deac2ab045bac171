"""A class of every kind is graded once, and killed three times on the way: nobody is missing."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bulk.conftest import Bulk
from bulk.mixed import lay_mixed

NAMED = re.compile(r"\d{4}")
KILLED_AT = (0.15, 0.4, 0.7)
"""Of all, the shares that have their result when the command is killed."""


def finished(out: Path) -> int:
    """How many results are in the journal."""
    with (
        suppress(sqlite3.Error),  # it isn't made yet
        closing(sqlite3.connect(f"file:{out / 'journal.sqlite'}?mode=ro", uri=True)) as database,
    ):
        return int(database.execute("SELECT count(*) FROM result").fetchone()[0])
    return 0


def kill_at(bulk: Bulk, enough: int, *words: str) -> bool:
    """Start, and kill the command when so many results are there; whether it came to that."""
    process = bulk.start(*words)
    while process.poll() is None and finished(bulk.out) < enough:
        time.sleep(0.05)
    was_killed = process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    return was_killed


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("count", [40, pytest.param(400, marks=pytest.mark.slow)])
def test_everyone_is_accounted_for(bulk: Bulk, count: int) -> None:
    """Each student has one row with the end that is expected, and nothing is left behind."""
    expected = lay_mixed(bulk.tmp / "class", count)
    words = ("--timeout", "20")
    for share in KILLED_AT:
        assert kill_at(bulk, int(share * count), *words), "it was done before it was killed"
    process = bulk.start(*words)
    out, err = process.communicate(timeout=60 * count)
    assert process.returncode == 0, out + err
    rows = {}
    for row in bulk.rows():
        found = NAMED.search(row["submission"]["path"])
        assert found is not None, row["submission"]
        assert found[0] not in rows, "one has two rows"
        rows[found[0]] = row
    assert rows.keys() == expected.keys()
    wrong = {
        n: (rows[n]["submission"]["path"], rows[n]["outcome"], rows[n]["run"]["reason"])
        for n, kind in expected.items()
        if rows[n]["outcome"] not in kind.ends or rows[n]["passed"] is not kind.passes
    }
    assert not wrong
    assert len(list((bulk.out / "reports").glob("*.html"))) == count
    for name in (".DS_Store", "notes.txt", "pipe.py"):
        assert name in err
    assert bulk.leftovers() == []
