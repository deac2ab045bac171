"""What a class costs: one job and two, memory, a thousand students, and kills at random moments.

    python benchmarks/bulk.py [PART ...] [--count 100] [--exercise perceptron] [--kills 20]

Everything is compared within one run, in fresh processes. The parts, all unless some are named:

    speed      the import of torch alone (python -c "import torch"); seconds of the clock and of the
               processor for each of COUNT different component files with one job, and as a share
               of the import: as a class has it, and without the start (beside one file alone);
               and with two jobs, how many times as fast. --exercise all: the median over all
               exercises that take a module of Python, 20 files of each
    memory     proportional set size of the command and all below it, with one worker and with
               eight, while they grade
    parent     resident size of the command alone when 100, 500 and 1,000 of cheap submissions are
               done, with two jobs
    page       a class of 1,000 from results that are there: seconds to write everything out,
               the page's size, and when Debian's chromium, where it is, first paints it
    kills      KILLS times killed (SIGKILL) at a random moment of a run of 24 cheap submissions,
               eight times for each class, then finished: lost and doubled. Every other one is
               counted from the first new result on
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import random
import resource
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


PARTS = ("speed", "memory", "parent", "page", "kills")
PR_SET_CHILD_SUBREAPER = 36
FEW = 20
CHEAP = "def mean_square(x):\n    return (x * x).mean()\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--exercise", default="perceptron")
    parser.add_argument("--kills", type=int, default=20)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in wanted.parts or PARTS:
            (folder / part).mkdir()
            globals()[part](folder / part, wanted)


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


# --- speed -----------------------------------------------------------------------------------


def cost(words: list[str], folder: Path) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a command takes, with all that it starts.

    This process becomes the parent of whatever is left without one, and so hears of its time.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, cwd=folder, env=ENV, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def speed(folder: Path, wanted: argparse.Namespace) -> None:
    """One job, two jobs, and the import of torch between them."""
    if wanted.exercise == "all":
        speed_of_all(folder)
        return
    lay(folder / "class", wanted.exercise, wanted.count)
    one, *_ = speed_of(folder, wanted.exercise, wanted.count)
    two, _ = cost(command(wanted.exercise, "two", 2), folder)
    print(f"two jobs   {two / wanted.count:8.3f} s for each, {one / two:.2f} x as fast")


def speed_of(folder: Path, exercise: str, count: int) -> tuple[float, float, float]:
    """Seconds of one job and of the import, and the processor's share for each file."""
    code = [sys.executable, "-c", "import torch"]
    imports = [cost(code, folder)]
    lay(folder / "alone", exercise, 1)
    alone, alone_cpu = cost(command(exercise, "out-alone", 1, "alone"), folder)
    one, one_cpu = cost(command(exercise, "one", 1), folder)
    imports.append(cost(code, folder))
    once, once_cpu = (statistics.mean(each) for each in zip(*imports, strict=True))
    each, each_cpu = ((all_ - first) / (count - 1)
                      for all_, first in ((one, alone), (one_cpu, alone_cpu)))  # fmt: skip
    print(f"import     {once:8.2f} s, {once_cpu:.2f} s of the processor")
    print(f"one job    {one / count:8.3f} s for each of {count} {exercise}, "
          f"{one / count / once:.3f} x import")  # fmt: skip
    print(f"           {each:8.3f} s without the start, {each / once:.3f} x import; "
          f"{each_cpu:.3f} s of the processor, {each_cpu / once_cpu:.3f} x import")  # fmt: skip
    return one, once, each_cpu / once_cpu


def speed_of_all(folder: Path) -> None:
    """The median of the shares, over all exercises that take a module."""
    from grader import bank  # noqa: PLC0415

    shares, cpu = [], []
    for exercise in map(bank.load, bank.all_ids()):
        if exercise.submit != "module" or exercise.answers:
            continue
        place = folder / exercise.id
        place.mkdir()
        lay(place / "class", exercise.id, FEW)
        one, once, share = speed_of(place, exercise.id, FEW)
        shares.append(one / FEW / once)
        cpu.append(share)
    middle, of_cpu = statistics.median(shares), statistics.median(cpu)
    print(
        f"median     {middle:8.3f} x import with the start, {of_cpu:.3f} x of the processor without; "
        f"{len(cpu)} exercises"
    )


# --- memory --------------------------------------------------------------------------------


def memory(folder: Path, wanted: argparse.Namespace) -> None:
    """The most that the processes held together."""
    lay(folder / "class", wanted.exercise, wanted.count)
    for jobs in (1, 8):
        process = subprocess.Popen(
            command(wanted.exercise, f"memory{jobs}", jobs), cwd=folder, env=ENV,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        family = [0]
        while process.poll() is None:
            family.append(sum(proportional(pid) for pid in below(process.pid)))
            time.sleep(0.25)
        print(f"memory     {max(family) >> 10:8,} MiB with {jobs} at a time")


def parent(folder: Path, wanted: argparse.Namespace) -> None:
    """The command alone, as it gets on."""
    del wanted
    env = cheap(folder, MARKS[-1])
    process = subprocess.Popen(
        command("tiny", "out", 2), cwd=folder, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    own = {0: 0}
    while process.poll() is None:
        own[finished(folder / "out" / "journal.sqlite")] = resident(process.pid)
        time.sleep(0.25)
    told = [f"{_last(own, mark) >> 10} MiB at {mark:,}" for mark in MARKS]
    print(f"parent     {', '.join(told)}")


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


def page(folder: Path, wanted: argparse.Namespace, count: int = 1000) -> None:
    """Write out a class of ``count`` whose results are copies of some that were graded."""
    from grader import bank  # noqa: PLC0415
    from grader.bulk import outputs, salvage  # noqa: PLC0415
    from grader.bulk.graded import Graded  # noqa: PLC0415
    from grader.bulk.hand_in import Class, HandIn, Student  # noqa: PLC0415

    lay(folder / "class", wanted.exercise, FEW)
    cost(command(wanted.exercise, "one", 2), folder)
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


def kills(folder: Path, wanted: argparse.Namespace, each: int = 8, students: int = 24) -> None:
    """Kill at random moments, in rounds of ``each`` on one output folder; then count."""
    chance = random.Random(0)
    env = cheap(folder, students)

    def start(words: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            words, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    started = time.perf_counter()
    start(command("tiny", "whole", 2)).wait()
    longest = time.perf_counter() - started
    lost = doubled = grading = 0
    for number in range(-(-wanted.kills // each)):
        output = folder / f"kills{number}"
        words = command("tiny", output.name, 2)
        for kill in range(min(each, wanted.kills - number * each)):
            before = finished(output / "journal.sqlite")
            process = start(words)
            until = longest
            if kill % 2:  # the start takes most of a run: from the first result on
                until = longest / 8
                while process.poll() is None and finished(output / "journal.sqlite") == before:
                    time.sleep(0.01)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=chance.uniform(0.0, until))
            process.kill()
            process.wait()
            grading += before < finished(output / "journal.sqlite") < students
        start(words).wait()
        lines = (output / "results.jsonl").read_text().splitlines()
        names = [json.loads(line)["submission"]["path"] for line in lines]
        lost += students - len(set(names))
        doubled += len(names) - len(set(names))
        doubled += finished(output / "journal.sqlite") - students
        shutil.rmtree(output)
    print(f"kills      {wanted.kills:8}, of which {grading} among results; "
          f"lost {lost}, doubled {doubled}")  # fmt: skip


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
