"""What it costs to keep all that a verdict is made from: bytes, and processor time.

python benchmarks/keeping.py [--count 20] [--long]

bytes      of the observation of each exercise's reference solution
time       CPU seconds of a grading with and without keeping, in turns over two warm zygotes
long       also a training of 20 epochs over the whole of MNIST's embedded form
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from grader import bank, submission
from grader.model import Exercise, Submission, SubmissionKind
from grader.observation import file
from grader.pipeline import Grader, Options

COMPONENTS = ("cross_entropy", "perceptron", "dropout", "optimizers")
PROGRAMS = ("debug_loop", "mnist_notebook")


def solution(name: str) -> tuple[Exercise, Submission]:
    """An exercise and its reference solution."""
    exercise = bank.load(name)
    path = exercise.reference / "solution.py"
    return exercise, submission.read(path, exercise.submit, answers=exercise.answers)


def cpu_s() -> float:
    """Of this process and of all below it that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def sizes(grader: Grader) -> None:
    """Bytes of observations."""
    for name in (*COMPONENTS, *PROGRAMS):
        seen = grader.observe(*solution(name))
        training = seen.kept.training
        rows = 0 if training is None else len(training.rows)
        began = time.process_time()
        data = file.encode(seen)
        file.decode(data, name)
        took = time.process_time() - began
        print(f"{name:16}{len(data):8,} bytes{rows:8,} rows   written and read in {took:.3f} s")


def times(count: int, blocks: int) -> None:
    """CPU seconds of one grading, all of its processes: in blocks, without keeping and with."""
    for name in COMPONENTS:
        exercise, given = solution(name)
        used: dict[bool, list[float]] = {False: [], True: []}
        for keep in [False, True] * blocks:
            began = cpu_s()
            with Grader(Options(keep=keep)) as grader:
                for _ in range(count):
                    seen = grader.observe(exercise, given)
                    if keep:
                        file.encode(seen)
            used[keep].append((cpu_s() - began) / count)
        without, kept = (statistics.median(used[keep]) for keep in (False, True))
        print(f"{name:16}{without:.3f} s of CPU each, kept {kept:.3f} s (a zygote's start in both)")


def long_run(grader: Grader) -> None:
    """A training of 20 epochs."""
    exercise, given = solution("debug_loop")
    text = given.source.replace("EPOCHS = 5", "EPOCHS = 20")
    cells = tuple(replace(cell, source=text) for cell in given.cells)
    limits = replace(exercise.limits, wall_s=1200.0)
    longer = replace(given, cells=cells, kind=SubmissionKind.SCRIPT)
    seen = grader.observe(replace(exercise, limits=limits), longer)
    training = seen.kept.training
    rows = 0 if training is None else len(training.rows)
    steps = max((len(curve) for curve in seen.curves.values()), default=0)
    print(f"long            {len(file.encode(seen)):8,} bytes{rows:8,} rows, {steps:,} steps")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=20, help="gradings a block")
    parser.add_argument("--long", action="store_true")
    arguments = parser.parse_args()
    with Grader(Options(keep=True)) as keeping:
        sizes(keeping)
        if arguments.long:
            long_run(keeping)
    times(arguments.count, 3)


if __name__ == "__main__":
    main()
