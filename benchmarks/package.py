"""A package as a platform runs it: seconds to a written result, memory, and the size of each.

Cold start: Autolab's package of a component exercise is laid out, with a right submission, and its
own way in is started, until the result is there. It takes turns with `import torch` alone in the
same interpreter, and the medians are compared.

Memory: the sum of proportional set sizes (shared pages counted once) of all processes of such a
run, sampled: the way in, what watches, what grades, the zygote, the judge and the student. With
--limit-mb the run is inside a memory control group of that size, as a platform's container is.

Bound: 768 MB in all, Gradescope's default.
Use: python benchmarks/package.py [--rounds N] [--limit-mb 768] [--exercise ID]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.memory import descendants, limited, pss_mb
from grader import bank
from grader.package import platforms
from grader.package.contents import Order, as_tar, as_zip

BOUND_MB = 768
SAMPLE_S = 0.05
LIMIT_S = 600


def main() -> int:
    """Measure and print. Returns 1 when more memory is used than a platform gives."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit-mb", type=int)
    parser.add_argument("--exercise", default="perceptron")
    options = parser.parse_args()
    tell_sizes(options.exercise)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        lay(folder, options.exercise)
        tell_cold_start(folder, options.rounds)
        return tell_memory(folder, options.limit_mb)


def tell_sizes(exercise: str) -> None:
    """The bytes of each platform's package."""
    for name in platforms.names():
        packager = platforms.find(name)
        files = packager.files(order(exercise, name))
        if packager.PLATFORM.suffix == ".zip":
            data = as_zip(files)
        elif packager.PLATFORM.suffix == ".tar":
            data = as_tar(files)
        else:
            (entry,) = files.values()
            data = entry.data
        print(f"{name:13} {len(data) / 1e6:6.2f} MB  {packager.PLATFORM.suffix}")


def order(exercise: str, platform: str) -> Order:
    """A package of an exercise, with the image left to the platform."""
    return Order(exercise=bank.load(exercise), platform=platform, limit_s=LIMIT_S, image="grade")


def lay(folder: Path, exercise: str) -> None:
    """The folder of Autolab's job: the package, and the reference solution handed in."""
    wanted = order(exercise, "autolab")
    for name, entry in platforms.find("autolab").files(wanted).items():
        (folder / name).write_bytes(entry.data)
    subprocess.run(["tar", "xf", "autograde.tar"], cwd=folder, check=True)
    shutil.copyfile(bank.load(exercise).reference / "solution.py", folder / wanted.hand_in)


def start(folder: Path, join: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    """The package's way in, which prints the result."""
    return subprocess.Popen(
        ["sh", "autograde/run"],
        cwd=folder,
        env={**os.environ, "GRADE_PYTHON": sys.executable, "GRADE_DATA": "subset"},
        stdout=subprocess.PIPE,
        preexec_fn=join,  # noqa: PLW1509  # this script has one thread
    )


def tell_cold_start(folder: Path, rounds: int) -> None:
    """Seconds from the start to the result, beside those of the import."""
    graded, imported = [], []
    for _ in range(rounds):
        imported.append(_seconds([sys.executable, "-c", "import torch"]))
        began = time.perf_counter()
        out, _ = start(folder).communicate()
        graded.append(time.perf_counter() - began)
        assert b'"scores"' in out, out
    cold, alone = statistics.median(graded), statistics.median(imported)
    print(f"cold start to a written result: {cold:.2f} s; import torch alone: {alone:.2f} s")
    print(f"  ratio {cold / alone:.2f}, medians of {rounds} rounds in turn")


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def tell_memory(folder: Path, limit_mb: int | None) -> int:
    """The most that all processes of a run had together."""
    peak: dict[int, float] = {}
    with limited(limit_mb) as join:
        run = start(folder, join)
        while run.poll() is None:
            now = {pid: pss_mb(pid) for pid in descendants(run.pid)}
            peak = max(peak, now, key=lambda sizes: sum(sizes.values()))
            time.sleep(SAMPLE_S)
        out = run.stdout.read() if run.stdout else b""
    each = ", ".join(f"{size:.0f}" for size in peak.values())
    within = "" if limit_mb is None else f" within a group of {limit_mb} MB"
    total = sum(peak.values())
    print(f"peak of all processes{within}: {total:.0f} MB (bound {BOUND_MB}): {each}")
    print(f"  result: {out.decode().strip()[:200]}")
    return int(total > BOUND_MB or b'"scores"' not in out)


if __name__ == "__main__":
    sys.exit(main())
