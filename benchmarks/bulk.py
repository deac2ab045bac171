"""What a class costs: one job and two, notebooks, and memory.

    python benchmarks/bulk.py [PART ...] [--count 100] [--exercise perceptron]

Everything is compared within one run, in fresh processes. The parts, all unless some are named:

    speed      the import of torch alone (python -c "import torch"); seconds of the clock and of the
               processor for each of COUNT different component files with one job, and as a share
               of the import: as a class has it, and without the start (beside one file alone);
               and with two jobs, how many times as fast. --exercise all: the median over all
               exercises that take a module of Python, 20 files of each
    notebooks  the same for COUNT light notebooks with three cells, one job, beside what a process
               costs that runs pytest over one (its code loaded, three assertions), and beside
               `nbgrader autograde` (20 of them) and `otter run` (5, one process each), where those
               are installed: pip install nbgrader otter-grader
    memory     proportional set size of the command and all below it, with one worker and with
               eight, while they grade
    parent     resident size of the command alone when 100, 500 and 1,000 of cheap submissions are
               done, with two jobs
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.class_runs import CHEAP, ENV, FEW, cheap, command, cost, finished, lay

MARKS = (100, 500, 1000)


PARTS = ("speed", "notebooks", "memory", "parent")
PYTEST = """import json, torch

def test_it():
    code = json.load(open("class/s0000.ipynb"))["cells"]
    names = {}
    for cell in code:
        exec(cell["source"], names)
    for x in (torch.ones(3), torch.zeros(4), torch.arange(5.0)):
        torch.testing.assert_close(names["mean_square"](x), (x * x).mean())
"""
TEST_CELL = "assert float(mean_square(torch.ones(3))) == 1"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--exercise", default="perceptron")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in wanted.parts or PARTS:
            (folder / part).mkdir()
            globals()[part](folder / part, wanted)


# --- speed -----------------------------------------------------------------------------------


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
        f"median     {middle:8.3f} x import with the start, {of_cpu:.3f} x of the processor "
        f"without; {len(cpu)} exercises"
    )


def notebooks(folder: Path, wanted: argparse.Namespace) -> None:
    """Light notebooks, and what others take for such."""
    env = cheap(folder, 0)
    for name, count in (("class", wanted.count), ("alone", 1)):
        (folder / name).mkdir(exist_ok=True)
        for number in range(count):
            (folder / name / f"s{number:04}.ipynb").write_text(notebook(number))
    once, _ = cost([sys.executable, "-c", "import torch"], folder)
    alone, _ = cost(command("tiny", "out-alone", 1, "alone"), folder, env)
    one, _ = cost(command("tiny", "out", 1), folder, env)
    each = (one - alone) / (wanted.count - 1)
    share = one / wanted.count
    print(f"notebooks  {share:8.3f} s for each of {wanted.count}, {share / once:.3f} x import, "
          f"{each / once:.3f} x without the start")  # fmt: skip
    (folder / "test_it.py").write_text(PYTEST)
    test = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    seconds = statistics.median(cost(test, folder)[0] for _ in range(5))
    print(f"pytest     {seconds:8.3f} s for each, {seconds / once:.3f} x import, median of 5")
    for module, measure in (("nbgrader", nbgrader), ("otter", otter)):
        if importlib.util.find_spec(module) is not None:
            measure(folder, once)


def nbgrader(folder: Path, once: float) -> None:
    """The same notebook in nbgrader, with a cell of tests."""
    course = folder / "course"
    test = {
        "grade": True, "grade_id": "t", "locked": True, "points": 1, "schema_version": 3,
        "solution": False, "task": False,
    }  # fmt: skip
    for number in range(FEW):
        place = course / "submitted" / f"s{number:04}" / "tiny"
        place.mkdir(parents=True)
        text = json.loads(notebook(number))
        text["cells"].append(
            {**text["cells"][0], "id": "t", "metadata": {"nbgrader": test}, "source": TEST_CELL}
        )
        (place / "tiny.ipynb").write_text(json.dumps(text))
    (course / "source" / "tiny").mkdir(parents=True)
    shutil.copy(course / "submitted/s0000/tiny/tiny.ipynb", course / "source/tiny/tiny.ipynb")
    words = [sys.executable, "-m", "nbgrader"]
    cost([*words, "generate_assignment", "tiny", "--create"], course)
    seconds, _ = cost([*words, "autograde", "tiny"], course)
    print(
        f"nbgrader   {seconds / FEW:8.3f} s for each of {FEW}, {seconds / FEW / once:.3f} x import"
    )


def otter(folder: Path, once: float, few: int = 5) -> None:
    """The same notebook in otter, without its containers."""
    for name in ("tests", "results"):
        (folder / name).mkdir()
    case = {"code": f">>> {TEST_CELL}", "hidden": False, "locked": False}
    suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    test = {"name": "q1", "points": 1, "suites": [suite]}
    (folder / "tests/q1.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    words = [sys.executable, "-m", "otter"]
    zipped = ["-t", "tests", "-o", "autograder.zip", "--no-environment"]
    cost([*words, "generate", *zipped], folder)
    run = [*words, "run", "-a", "autograder.zip", "-o", "results", "--no-logo"]
    seconds = statistics.median(
        cost([*run, f"class/s{number:04}.ipynb"], folder)[0] for number in range(few)
    )
    test_1 = json.loads((folder / "results/results.json").read_text())["tests"][-1]
    if test_1["score"] != 1:
        raise SystemExit(f"otter gave {test_1} for a right notebook; expected a score of 1")
    print(f"otter      {seconds:8.3f} s for each, {seconds / once:.3f} x import, median of {few}")


def notebook(number: int) -> str:
    """Three light cells."""
    cells = ("import torch", CHEAP, f"print(mean_square(torch.ones(3)))  # {number}")
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "cells": [
                {"cell_type": "code", "id": f"c{place}", "metadata": {}, "source": text,
                 "outputs": [], "execution_count": None}
                for place, text in enumerate(cells)
            ],
        }
    )  # fmt: skip


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


if __name__ == "__main__":
    main()
