"""What the benchmarks of a class share: how one is laid and graded, and what it costs.

Use: python benchmarks/bulk.py and python benchmarks/class_page.py; this file measures nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# As an activated environment has it: others' commands look for each other there.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
ENV = {**os.environ, "PATH": PATH, "PYTHONPATH": str(ROOT), "GRADE_DATA": "subset"}
PR_SET_CHILD_SUBREAPER = 36
FEW = 20
CHEAP = "def mean_square(x):\n    return (x * x).mean()\n"


def lay(folder: Path, exercise: str, count: int) -> None:
    """Different files that do what the exercise's cases do."""
    cases = sorted((ROOT / "reference" / exercise / "cases").glob("*.py"))
    folder.mkdir()
    for number in range(count):
        text = cases[number % len(cases)].read_text(encoding="utf-8")
        (folder / f"s{number:04}.py").write_text(f"{text}\n# {number}\n", encoding="utf-8")


def command(exercise: str, output: str, jobs: int, folder: str = "class") -> list[str]:
    """Grade a class into an output folder."""
    words = ["bulk", folder, "--exercise", exercise, "--output", output, "--jobs", str(jobs)]
    return [sys.executable, "-m", "grader", *words, "--no-progress"]


def cost(words: list[str], folder: Path, env: dict[str, str] | None = None) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a command takes, with all that it starts.

    This process becomes the parent of whatever is left without one, and so hears of its time.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, cwd=folder, env=env or ENV, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cheap(folder: Path, count: int) -> dict[str, str]:
    """A class of right solutions of a tiny exercise, and the environment that knows it."""
    words = [sys.executable, "-m", "grader", "new", "tiny", "--to", str(folder / "bank")]
    subprocess.run(words, env=ENV, check=True, capture_output=True)
    (folder / "class").mkdir()
    for number in range(count):
        (folder / "class" / f"s{number:04}.py").write_text(f"{CHEAP}# {number}\n")
    return {**ENV, "GRADE_BANK": str(folder / "bank")}


def finished(journal: Path) -> int:
    """How many results a journal has."""
    with (
        contextlib.suppress(sqlite3.Error),  # it isn't made yet
        contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as database,
    ):
        return int(database.execute("SELECT count(*) FROM result").fetchone()[0])
    return 0
