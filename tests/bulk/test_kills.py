"""A run is killed at random moments, and goes on: nothing is lost, nothing doubled."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from pathlib import Path

import pytest

from bulk.conftest import GOOD, WRONG, Bulk
from bulk.folders import lay

COUNT = 16
KILLS = 12


def _class(bulk: Bulk) -> None:
    files: dict[str, str | bytes] = {
        f"s{number}.py": (GOOD if number % 2 else WRONG) + f"# {number}\n"
        for number in range(COUNT)
    }
    lay(bulk.tmp / "class", files)


def _parents() -> dict[int, int]:
    """The parent of each living process; zombies are gone already."""
    found: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent, *_ = path.read_text(errors="replace").rpartition(")")[2].split()
            if state != "Z":
                found[int(path.parent.name)] = int(parent)
    return found


def _family(pid: int) -> list[int]:
    """All descendants of a process."""
    parents = _parents()
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def _all_gone(pids: list[int]) -> bool:
    """Whether every process ends within a few seconds."""
    deadline = time.monotonic() + 20
    while any(pid in _parents() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _are_cleaned_up(bulk: Bulk) -> bool:
    """Whether the working folders go: what was being started at the kill was in no family yet."""
    deadline = time.monotonic() + 20
    while bulk.leftovers():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("seed", [1, 2])
def test_kill_of_the_command(bulk: Bulk, seed: int) -> None:
    """After each its children end and its temporary files go; in the end all are there once."""
    _class(bulk)
    chance = random.Random(seed)
    for _ in range(KILLS):
        process = bulk.start()
        time.sleep(chance.uniform(0.1, 7.0))
        family = _family(process.pid)
        process.kill()
        process.communicate(timeout=60)
        assert _all_gone(family)
        assert _are_cleaned_up(bulk)
        lines = bulk.out / "results.jsonl"
        if lines.exists():
            assert len(bulk.rows()) <= COUNT  # each line is whole: it was parsed
    code, said = bulk()
    assert code == 0, said
    _check_all_there_once(bulk)


def test_kill_of_any_process_below(bulk: Bulk) -> None:
    """A zygote, a judge or a student that is killed costs a retry, and nobody a mark."""
    _class(bulk)
    chance = random.Random(3)
    process = bulk.start()
    killed = 0
    while process.poll() is None and killed < KILLS:
        time.sleep(chance.uniform(0.2, 1.0))
        below = [pid for pid in _family(process.pid) if b"scratch" not in _words(pid)]
        if below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(below), signal.SIGKILL)
            killed += 1
    _, said = process.communicate(timeout=250)
    assert process.returncode in (0, 3), said
    assert bulk.leftovers() == []
    for row in bulk.rows():
        expected = int(row["submission"]["student"]["name"][1:]) % 2 == 1
        if row["outcome"] != "grader_fault":
            assert row["passed"] is expected, row["run"]
    assert bulk()[0] == 0
    _check_all_there_once(bulk)


def _words(pid: int) -> bytes:
    """A process's command line; the janitor, which nothing of a grading hangs on, is spared."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"scratch"


def _check_all_there_once(bulk: Bulk) -> None:
    rows = bulk.rows()
    names = [row["submission"]["student"]["name"] for row in rows]
    assert sorted(names) == sorted(f"s{number}" for number in range(COUNT))
    for row in rows:
        assert row["passed"] is (int(row["submission"]["student"]["name"][1:]) % 2 == 1)
    assert {path.stem for path in Path(bulk.out / "reports").glob("*.html")} == set(names)
