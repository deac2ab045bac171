"""What one grading of each exercise's reference costs in a warm process, over many seeds.

Grades every reference (or those named) with one seed after another and prints how many passed
without a finding, the median CPU seconds of the student's process, and the median wall time.
Bounds: every seed passes; 0.15 s of CPU for a component exercise (submit: module).
Use: python benchmarks/exercises.py [--seeds 10] [--cases] [ID ...]
(--seeds 100 for the long run; --cases grades the ``ok_`` cases as well)
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from grader import bank, submission
from grader.model import Exercise, Report
from grader.pipeline import Grader, Options

FIRST_SEED = 1000


def graded(grader: Grader, exercise: Exercise, path: Path, seeds: int) -> list[Report]:
    """The reports of one file, one a seed, after one that warms up."""
    given = submission.read(path, exercise.submit, answers=exercise.answers)
    grader.grade(exercise, given)
    return [
        grader.with_seed(seed).grade(exercise, given)
        for seed in range(FIRST_SEED, FIRST_SEED + seeds)
    ]


def tell(name: str, reports: list[Report]) -> int:
    """Print a line about the gradings of one file, and count those that failed."""
    sound = [r for r in reports if r.verdict.passed and not r.verdict.findings]
    bad = [r.run.seed for r in reports if r not in sound]
    cpu = statistics.median(r.run.cpu_s for r in reports)
    wall = statistics.median(r.run.wall_s for r in reports)
    tail = f"   not: {bad}" if bad else ""
    print(
        f"{name:<20} {len(sound)} of {len(reports)} seeds pass   "
        f"CPU {cpu * 1000:5.0f} ms   wall {wall * 1000:5.0f} ms{tail}",
        flush=True,
    )
    return len(bad)


def main() -> int:
    """Measure and print; 1 when a right solution failed on some seed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--cases", action="store_true", help="the ok_ cases as well")
    parser.add_argument("ids", nargs="*")
    options = parser.parse_args()
    failed = 0
    with Grader(Options()) as grader:
        for exercise_id in options.ids or bank.all_ids():
            exercise = bank.load(exercise_id)
            solution = exercise.reference / "solution.py"
            failed += tell(exercise_id, graded(grader, exercise, solution, options.seeds))
            cases = exercise.reference.glob("cases/ok_*") if options.cases else ()
            for case in sorted(cases):
                failed += tell(f"  {case.name}", graded(grader, exercise, case, options.seeds))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
