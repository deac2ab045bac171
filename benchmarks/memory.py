"""The memory of one whole grading: command, zygote, judge and student together.

Samples the proportional set size (PSS: shared pages counted once) of every process of a
grading while it runs, and prints the peak and what each process had then. With --limit-mb the
grading runs inside a memory control group of that size, where this machine gives one.
Bound: 700 MB, so that the grader lives in a container of 768 MB.
Use: python benchmarks/memory.py [--limit-mb 768] [SUBMISSION EXERCISE]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOUND_MB = 700


def descendants(root: int) -> Iterator[int]:
    """A process and all processes below it."""
    yield root
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from descendants(int(child))


def pss_mb(pid: int) -> float:
    """The proportional set size of a process, in MB; 0 once it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0.0


@contextlib.contextmanager
def limited(limit_mb: int | None) -> Iterator[Callable[[], None] | None]:
    """What a child must call to join a memory control group of that size."""
    if limit_mb is None:
        yield None
        return
    root = Path("/sys/fs/cgroup")
    v1 = (root / "memory").is_dir()
    group = (root / "memory" if v1 else root) / f"grade-bench-{os.getpid()}"
    group.mkdir()
    limit = group / ("memory.limit_in_bytes" if v1 else "memory.max")
    limit.write_text(str(limit_mb * 1000 * 1000))

    def join() -> None:
        (group / "cgroup.procs").write_text(str(os.getpid()))

    try:
        yield join
    finally:
        time.sleep(0.2)
        group.rmdir()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--limit-mb", type=int)
    parser.add_argument("submission", nargs="?", default=str(ROOT / "examples/debug_loop_buggy.py"))
    parser.add_argument("exercise", nargs="?", default="debug_loop")
    options = parser.parse_args()
    peak: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder, limited(options.limit_mb) as join:
        report = str(Path(folder) / "report.html")
        arguments = [options.submission, "--exercise", options.exercise, "--report", report]
        grading = subprocess.Popen(
            [sys.executable, "-m", "grader", *arguments],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            preexec_fn=join,  # noqa: PLW1509 - this script has one thread
        )
        while grading.poll() is None:
            now = {pid: pss_mb(pid) for pid in descendants(grading.pid)}
            peak = max(peak, now, key=lambda sizes: sum(sizes.values()))
            time.sleep(0.02)
    each = ", ".join(f"{size:.0f}" for size in peak.values())
    within = "" if options.limit_mb is None else f" within a group of {options.limit_mb} MB"
    print(f"exit {grading.returncode}{within}; peak {sum(peak.values()):.0f} MB (bound {BOUND_MB})")
    print(f"by process, from the command down: {each} MB")


if __name__ == "__main__":
    main()
