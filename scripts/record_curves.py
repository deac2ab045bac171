"""Record the curves of a reference solution's own run, which reports draw for comparison.

Writes reference/<id>/curves.json from a grading of reference/<id>/solution.py. Run it again
after a change of the solution, the data or the torch version: python scripts/record_curves.py ID
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from grader import bank, submission
from grader.judging import CURVES_FILE
from grader.pipeline import Grader, Options

DIGITS = 5
"""Significant digits: more than a plot shows."""


def main() -> int:
    """Grade the reference, check that it passes, and keep its curves."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("exercise")
    exercise = bank.load(parser.parse_args().exercise)
    solution = exercise.reference / "solution.py"
    with Grader(Options()) as grader:
        report = grader.grade(exercise, submission.read(solution, exercise.submit))
    if not report.verdict.passed:
        print(f"{solution} does not pass its own checks; nothing was written.", file=sys.stderr)
        return 1
    curves = {
        name: [float(f"{value:.{DIGITS}g}") for value in values]
        for name, values in report.curves.items()
    }
    path = exercise.reference / CURVES_FILE
    path.write_text(json.dumps(curves, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path}: {', '.join(f'{name} ({len(v)} steps)' for name, v in curves.items())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
