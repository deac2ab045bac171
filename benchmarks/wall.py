"""What the wall costs for one submission, over a bare fork, at each privilege level.

In a process of its own for each level, with torch and torchvision imported as in the zygote:
forks that end at once, and in turn forks that put up the whole wall, with folder, uid, kill
and clean-up around them. Prints the medians and their difference. Bound: 60 ms a level.
Use: python benchmarks/wall.py [--rounds 41]   (as root it measures all four levels)
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "wall")]

from at_level import take_level  # type: ignore[import-not-found]

from grader.model import IsolationPolicy, Limits
from grader.runner import wall
from grader.runner.outside.cleanup import remove_tree

LEVELS = ("root", "container", "user", "user-bare") if os.geteuid() == 0 else ("user", "user-bare")
BOUND_MS = 60


def forked(child: Callable[[], None]) -> int:
    """Fork a child that does one thing and leaves; its pid once it has ended."""
    pid = os.fork()
    if pid == 0:
        try:
            child()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    return pid


def walled() -> None:
    """Everything that one submission's wall needs, inside and outside."""
    folder = Path(tempfile.mkdtemp(prefix="grade-"))
    uid = wall.submission_uid()
    if uid is not None:
        os.chown(folder, uid, uid)
    plan = wall.Plan(
        workdir=str(folder),
        readable=(),
        limits=Limits(),
        policy=IsolationPolicy.BEST,
        uid=uid,
        keep_fds=(),
    )

    def child() -> None:
        wall.apply(plan)

    forked(child)
    remove_tree(folder)


def milliseconds(work: Callable[[], object]) -> float:
    """How long one piece of work takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def measure(level: str, rounds: int) -> None:
    """In a fresh process: import, become the level, and time forks in turn."""
    import torchvision  # noqa: PLC0415 - the parent process doesn't need it

    gc.collect()
    gc.freeze()
    take_level(level)
    bare, whole = [], []
    for _ in range(rounds):
        bare.append(milliseconds(lambda: forked(lambda: None)))
        whole.append(milliseconds(walled))
    fork, full = statistics.median(bare), statistics.median(whole)
    print(
        f"{level:<10} bare fork {fork:5.1f} ms   walled {full:5.1f} ms   "
        f"over {full - fork:5.1f} ms   (bound {BOUND_MS}; torchvision {torchvision.__version__})"
    )


def main() -> None:
    """Measure every level that this machine gives."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--level")
    options = parser.parse_args()
    if options.level:
        measure(options.level, options.rounds)
        return
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    for level in LEVELS:
        subprocess.run(
            [sys.executable, __file__, "--level", level, "--rounds", str(options.rounds)],
            env={**os.environ, **threads},
            check=True,
        )


if __name__ == "__main__":
    main()
