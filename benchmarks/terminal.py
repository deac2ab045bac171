"""How many lines of 100 columns a terminal shows for the shipped cases, short and whole.

    python benchmarks/terminal.py [EXERCISE ...] [--every N]

Grades every N-th case (default 10) of the exercises and counts the lines of both texts; the whole
text is what stood there before there was a short one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader import bank, submission
from grader.pipeline import Grader, Options
from grader.report.text import render_text


def main() -> None:
    """Prints median and longest of both, for each exercise and in all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--every", type=int, default=10)
    arguments = parser.parse_args()
    all_counts: list[tuple[int, int]] = []
    print(f"{'':22}  cases   short: median longest   whole: median longest")
    with Grader(Options(subset=True)) as grader:
        for name in arguments.exercises or bank.all_ids():
            counts = lines_of(grader, name, arguments.every)
            all_counts += counts
            tell(name, counts)
    tell("in all", all_counts)


def lines_of(grader: Grader, name: str, every: int) -> list[tuple[int, int]]:
    """The lines of the short and of the whole text of some cases of an exercise."""
    exercise = bank.load(name)
    cases = sorted((exercise.reference / "cases").glob("bad_*"))[::every]
    found = []
    for path in cases:
        given = submission.read(path, exercise.submit, answers=exercise.answers)
        report = grader.grade(exercise, given)
        texts = [render_text(report, color=False, width=100, full=full) for full in (False, True)]
        found.append((texts[0].count("\n"), texts[1].count("\n")))
    return found


def tell(name: str, counts: list[tuple[int, int]]) -> None:
    """One row of the table."""
    short, whole = zip(*counts, strict=True)
    print(
        f"{name:22}  {len(counts):5}   {statistics.median(short):13.0f} {max(short):7}   "
        f"{statistics.median(whole):13.0f} {max(whole):7}",
        flush=True,
    )


if __name__ == "__main__":
    main()
