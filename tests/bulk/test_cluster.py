"""A class graded by a Dask cluster: two workers on this machine."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from bulk.conftest import CRASHES, GOOD, WRONG, Bulk
from bulk.folders import lay
from grader import bank, submission
from grader.bulk import parcels
from grader.bulk.graded import observed
from grader.cli import main
from grader.model import IsolationLevel, IsolationPolicy, SubmissionKind
from grader.pipeline import Grader, Options

SLOW = "import time\ntime.sleep(2.0)\n"
CLASS: dict[str, str | bytes] = {
    "ann.py": GOOD,
    "ben.py": WRONG,
    "cleo.py": CRASHES,
    "dan.py": "",
    "eve.py": SLOW + GOOD,
    "fay.py": SLOW + WRONG,
    "gil.py": SLOW + GOOD,
}


@dataclass(frozen=True)
class Cluster:
    """A scheduler on this machine, and its workers of one thread each."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(bulk: Bulk) -> Iterator[Cluster]:
    """A scheduler with two workers, which end with the test."""
    place = bulk.tmp / "scheduler.json"
    log = (bulk.tmp / "dask.log").open("ab")

    def start(name: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{name}", "--host", "127.0.0.1",
             "--no-dashboard", *words],
            cwd=bulk.tmp, env=bulk.env, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip

    started = [start("scheduler", "--port", "0", "--scheduler-file", str(place))]
    _wait_for(place.exists)
    address = json.loads(place.read_text())["address"]
    started += [start("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    yield Cluster(address, started[1:])
    for process in started:
        process.kill()
        process.wait()
    log.close()


def _wait_for(condition: Callable[[], bool], seconds: float = 240.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.timeout(600)  # six imports of torch on one machine
def test_two_workers_grade_as_one_machine_does(bulk: Bulk, cluster: Cluster) -> None:
    """The results are the same bytes but for clock and machine, also with a worker killed."""
    lay(bulk.tmp / "class", CLASS)
    process = bulk.start("--scheduler", cluster.address)
    _wait_for(lambda: _count(bulk.out) >= 4)  # both are now in the middle of a slow one
    assert process.poll() is None
    cluster.workers[0].kill()
    out, err = process.communicate(timeout=280)
    assert process.returncode == 0, out + err
    assert cluster.workers[1].poll() is None
    bulk.start("--output", "alone").communicate(timeout=280)
    assert _told(bulk.out) == _told(bulk.tmp / "alone")


def _count(folder: Path) -> int:
    """How many results a journal has; 0 before there is one."""
    file = folder / "journal.sqlite"
    if not file.exists():
        return 0
    with sqlite3.connect(file, timeout=10) as database:
        tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name='result'")
        if tables.fetchone()[0] == 0:
            return 0
        return int(database.execute("SELECT count(*) FROM result").fetchone()[0])


def _told(folder: Path) -> list[str]:
    """The lines of ``results.jsonl`` without what depends on the clock and the machine."""
    lines = []
    for line in (folder / "results.jsonl").read_text().splitlines():
        row = json.loads(line)
        for name in ("started", "wall_s", "cpu_s", "peak_rss_mb"):
            del row["run"][name]
        for check in row["checks"]:
            del check["duration_s"]
        lines.append(json.dumps(row, sort_keys=True))
    return lines


def test_a_scheduler_that_is_not_there(
    bulk: Bulk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said in a sentence, and nothing could be graded."""
    lay(bulk.tmp / "class", {"ann.py": GOOD})
    monkeypatch.setenv("GRADE_BANK", bulk.env["GRADE_BANK"])
    monkeypatch.setenv("TMPDIR", bulk.env["TMPDIR"])
    monkeypatch.setattr("grader.bulk.cluster.CONNECT_S", 0.5)
    words = ["bulk", str(bulk.tmp / "class"), "--exercise", "tiny", "--output", str(bulk.out)]
    for address in ("tcp://127.0.0.1:9", "no://address"):
        assert main([*words, "--scheduler", address]) == 2
        assert f"No Dask scheduler answers at {address}" in capfd.readouterr().err


def test_a_worker_of_another_kind_is_refused() -> None:
    """What differs is named: the version, the bank, or the form of the data."""
    exercise = bank.load("debug_loop")
    here = parcels.facts(exercise, Options(subset=True))
    assert here.differs_in(parcels.facts_from_bytes(parcels.facts_to_bytes(here))) == ""  # type: ignore[arg-type]
    assert "grade 9.9" in here.differs_in(replace(here, grader="9.9"))
    assert "torch 2.0" in here.differs_in(replace(here, torch="2.0"))
    assert "the same bank" in here.differs_in(replace(here, bank="0"))
    said = here.differs_in(replace(here, data={"mnist": "full"}))
    assert re.search(r"grades on mnist \(full\), and this machine on mnist \(subset\)", said)


def test_what_travels_arrives() -> None:
    """A request and a result come out of their bytes as they went in."""
    exercise = replace(
        bank.load("debug_loop"), isolation=IsolationLevel.FULL, due="2027-01-31T23:59:00+01:00"
    )
    source = b"x = 1  # \xf0\x9f\xa6\x8a\nprint('\\ud800')\n"
    request = parcels.Request(
        who="ann\udcff",
        exercise=exercise,
        options=Options(seed=7, isolation=IsolationPolicy.REQUIRE, subset=True),
        submission=submission.parse(source, "ann.py", SubmissionKind.SCRIPT),
        notes=("a note",),
    )
    assert asdict(parcels.request_from_bytes(parcels.request_to_bytes(request))) == asdict(request)
    graded = observed(Grader(Options()).unseen(exercise, request.submission, "no reason"), exercise)
    again = parcels.result_from_bytes(parcels.result_to_bytes(graded, 2))
    assert again == (graded, 2)
