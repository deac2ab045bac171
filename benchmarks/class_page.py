"""A class of a thousand on its page, and one that is killed at random moments.

    python benchmarks/class_page.py [PART ...] [--kills 20]

The parts, all unless some are named:

    page       a class of 1,000 from results that are there: how many the journal takes in a second,
               seconds to write everything out, the page's size, and when Debian's chromium, where
               it is, first paints it
    kills      KILLS times killed (SIGKILL) at a random moment of a run of 24 cheap submissions,
               eight times for each class, then finished: lost and doubled. Every other one is
               counted from the first new result on
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.class_runs import FEW, ROOT, cheap, command, cost, finished, lay

PARTS = ("page", "kills")
PAINTED = (
    "return performance.getEntriesByName('first-contentful-paint').map(each => each.startTime)[0]"
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--exercise", default="perceptron")
    parser.add_argument("--kills", type=int, default=20)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for part in wanted.parts or PARTS:
            (Path(name) / part).mkdir()
            globals()[part](Path(name) / part, wanted)


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
    main()
