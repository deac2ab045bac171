"""What a class costs: one job and two, memory, a thousand students, and kills at random moments.

    python benchmarks/bulk.py [--count 100] [--exercise perceptron] [--kills 0]

Everything is compared within one run, in fresh processes:

    import     python -c "import torch", alone
    one job    seconds for each of COUNT different component files, and as a share of the import
    two jobs   the same files with --jobs 2; how many times as fast
    memory     proportional set size of the command and all below it, with one worker and with
               eight, while they grade; and the command's own when 100, 500 and 1,000 of the
               class are done (with --count 1000), or a third, two thirds and all of a smaller one
    page       a class of 1,000 from results that are there: seconds to write everything out,
               the page's size, and when Debian's chromium, where it is, first paints it
    kills      KILLS times killed (SIGKILL) at a random moment, then finished: lost and doubled
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MARKS = (100, 500, 1000)
PAINTED = (
    "return performance.getEntriesByName('first-contentful-paint').map(each => each.startTime)[0]"
)
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "GRADE_DATA": "subset"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--exercise", default="perceptron")
    parser.add_argument("--kills", type=int, default=0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay(folder / "class", wanted.exercise, wanted.count)
        speed(folder, wanted.exercise, wanted.count)
        memory(folder, wanted.exercise, wanted.count)
        page(folder)
        if wanted.kills:
            kills(folder, wanted.exercise, wanted.kills)


def lay(folder: Path, exercise: str, count: int) -> None:
    """Different files that do what the exercise's cases do."""
    cases = sorted((ROOT / "reference" / exercise / "cases").glob("*.py"))
    folder.mkdir()
    for number in range(count):
        text = cases[number % len(cases)].read_text(encoding="utf-8")
        (folder / f"s{number:04}.py").write_text(f"{text}\n# {number}\n", encoding="utf-8")


def command(exercise: str, output: str, jobs: int) -> list[str]:
    """Grade the class into an output folder."""
    words = ["bulk", "class", "--exercise", exercise, "--output", output, "--jobs", str(jobs)]
    return [sys.executable, "-m", "grader", *words, "--no-progress"]


def timed(words: list[str], folder: Path) -> float:
    """Wall seconds of a command."""
    started = time.perf_counter()
    subprocess.run(words, cwd=folder, env=ENV, check=True, capture_output=True)
    return time.perf_counter() - started


def speed(folder: Path, exercise: str, count: int) -> None:
    """One job, two jobs, and the import of torch between them."""
    code = [sys.executable, "-c", "import torch"]
    imports = [timed(code, folder)]
    one = timed(command(exercise, "one", 1), folder)
    imports.append(timed(code, folder))
    two = timed(command(exercise, "two", 2), folder)
    imports.append(timed(code, folder))
    once = statistics.median(imports)
    print(f"import     {once:8.2f} s")
    print(f"one job    {one / count:8.3f} s for each of {count}, {one / count / once:.2f} x import")
    print(f"two jobs   {two / count:8.3f} s for each, {one / two:.2f} x as fast")


# --- memory --------------------------------------------------------------------------------


def memory(folder: Path, exercise: str, count: int) -> None:
    """The most that the processes held together, and the command alone as it got on."""
    for jobs in (1, 8):
        output = f"memory{jobs}"
        process = subprocess.Popen(
            command(exercise, output, jobs), cwd=folder, env=ENV, stdout=subprocess.DEVNULL
        )
        family, own = [0], {0: 0}
        while process.poll() is None:
            family.append(sum(proportional(pid) for pid in below(process.pid)))
            own[finished(folder / output / "journal.sqlite")] = resident(process.pid)
            time.sleep(0.25)
        marks = MARKS if count >= MARKS[-1] else (count // 3, 2 * count // 3, count)
        told = [f"{_last(own, mark) >> 10} MiB at {mark:,}" for mark in marks]
        print(
            f"memory     {max(family) >> 10:8,} MiB with {jobs} at a time; the command alone "
            f"{', '.join(told)}"
        )


def finished(journal: Path) -> int:
    """How many results a journal has."""
    with (
        contextlib.suppress(sqlite3.Error),  # it isn't made yet
        contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as database,
    ):
        return int(database.execute("SELECT count(*) FROM result").fetchone()[0])
    return 0


def _last(sizes: dict[int, int], mark: int) -> int:
    """The size when at most so many were done, the latest that was seen."""
    return [size for done, size in sizes.items() if done <= mark and size][-1:][0]


def below(pid: int) -> list[int]:
    """A process and all its descendants."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def proportional(pid: int) -> int:
    """Kibibytes, with shared pages divided among those that share them."""
    return _kibibytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def resident(pid: int) -> int:
    """Kibibytes in RAM."""
    return _kibibytes(Path(f"/proc/{pid}/status"), "VmRSS:")


def _kibibytes(path: Path, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in path.read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


# --- a thousand students -----------------------------------------------------------------------


def page(folder: Path, count: int = 1000) -> None:
    """Write out a class of ``count`` whose results are copies of one that was graded."""
    from grader import bank  # noqa: PLC0415
    from grader.bulk import outputs, salvage  # noqa: PLC0415
    from grader.bulk.graded import Graded  # noqa: PLC0415
    from grader.bulk.hand_in import Class, HandIn, Student  # noqa: PLC0415

    line = (folder / "one" / "results.jsonl").read_text().splitlines()[0]
    exercise = bank.load(json.loads(line)["exercise"]["id"])
    target = folder / "page"
    target.mkdir()

    def people() -> Iterator[HandIn]:
        for number in range(count):
            name = f"student {number}"
            yield HandIn(identity=name, student=Student(name=name), path=name, name="a.py",
                         file=None, stem=f"s{number}")  # fmt: skip

    with salvage.opened(folder / "one" / "journal.sqlite", exercise.id, print) as source:
        rows = list(source.rows())
        pages = [get() for _, get in source.pages()]
    with salvage.opened(target / "journal.sqlite", exercise.id, print) as journal:
        started = time.perf_counter()
        for number in range(count):
            which = number % len(rows)
            kept = Graded(result=rows[which].result, page=pages[which], excerpts=[])
            journal.put(f"key {number}", kept)
        stored = time.perf_counter() - started
        keys = {number: f"key {number}" for number in range(count)}
        journal.set_class(Class(hand_ins=tuple(people())), keys, "latest")
        started = time.perf_counter()
        outputs.write_all(journal, target, exercise)
        seconds = time.perf_counter() - started
    size = (target / "index.html").stat().st_size
    print(f"journal    {count / stored:8.0f} results a second, each on the disk before the next")
    print(f"page       {seconds:8.2f} s for everything of {count:,}; index.html {size >> 10} KiB")
    paint(target / "index.html")


def paint(page: Path) -> None:
    """When a browser first paints something of a page, counted from the start of its navigation."""
    sys.path.append(str(ROOT / "tests"))
    import browser  # noqa: PLC0415  # selenium, for this alone

    if browser.MISSING:
        print(f"paint      not measured: {browser.MISSING}")
        return
    times = []
    with browser.opened() as window:
        for _ in range(3):
            window.driver.get(page.as_uri())
            time.sleep(1.0)
            times.append(float(window.js(PAINTED)))
    print(f"paint      {statistics.median(times):8.0f} ms to the first content, median of 3")


# --- kills ---------------------------------------------------------------------------------


def kills(folder: Path, exercise: str, count: int, each: int = 20) -> None:
    """Kill at random moments, in rounds of ``each`` on one output folder; then count."""
    chance = random.Random(0)
    shutil.rmtree(folder / "class")
    lay(folder / "class", exercise, 40)
    lost = doubled = 0
    for number in range(-(-count // each)):
        output = f"kills{number}"
        words = command(exercise, output, 2)
        for _ in range(min(each, count - number * each)):
            process = subprocess.Popen(
                words, cwd=folder, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(chance.uniform(0.0, 6.0))
            process.kill()
            process.wait()
        subprocess.run(words, cwd=folder, env=ENV, check=True, capture_output=True)
        lines = (folder / output / "results.jsonl").read_text().splitlines()
        names = [json.loads(line)["submission"]["path"] for line in lines]
        lost += 40 - len(set(names))
        doubled += len(names) - len(set(names))
        shutil.rmtree(folder / output)
    print(f"kills      {count:8}, lost {lost}, doubled {doubled}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
