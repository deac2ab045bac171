"""How often a solution that is a little too weak passes the accuracy check by luck.

Each row is the reference of an exercise that trains on a part of its batches only, so that its mean
accuracy lies about a point under the threshold. It is graded with one seed after another, by its
accuracy check alone, on the embedded subset. The accuracies shown are those that the check went by:
near the threshold, the median of three trainings.
Use: python benchmarks/thresholds.py [--seeds 20] [ID ...]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from dataclasses import dataclass, replace
from pathlib import Path

os.environ["GRADE_DATA"] = "subset"
sys.path.insert(0, str(Path(__file__).parents[1]))

from grader import bank, submission
from grader.model import Exercise, Report, Status, Submission
from grader.pipeline import Grader, Options

FIRST_SEED = 1000
CHECK = "accuracy"


@dataclass(frozen=True, slots=True)
class Weak:
    """A reference whose ``loop`` over ``loader`` ends after so many batches."""

    loop: str
    loader: str
    batches: int

    def of(self, reference: Submission) -> Submission:
        """The reference with a loop that ends early."""
        source = reference.source
        if source.count(self.loop) != 1:
            raise ValueError(f"the reference doesn't have this once: {self.loop!r}")
        few = f"__import__('itertools').islice({self.loader}, {self.batches}):"
        short = self.loop.replace(f"{self.loader}:", few, 1)
        cell = replace(reference.cells[0], source=source.replace(self.loop, short))
        return replace(reference, name="weak.py", cells=(cell,))


WEAK = {
    "mnist_from_scratch": Weak("for images, labels in train_loader:", "train_loader", 32),
    "mnist_dropout": Weak("for images, labels in train_loader:", "train_loader", 32),
    "mnist_pipeline": Weak("for images, labels in loader:\n        images, labels", "loader", 32),
}


def alone(exercise: Exercise) -> Exercise:
    """The exercise with its accuracy check only."""
    lines = [replace(line, needs=()) for line in exercise.rubric if line.id == CHECK]
    return replace(exercise, rubric=tuple(lines))


def reports(exercise: Exercise, weak: Submission, seeds: int) -> list[Report]:
    """The reports of a submission, one a seed."""
    with Grader(Options()) as grader:
        return [
            grader.with_seed(seed).grade(exercise, weak)
            for seed in range(FIRST_SEED, FIRST_SEED + seeds)
        ]


def row(exercise_id: str, seeds: int) -> str:
    """One line of the table."""
    full = bank.load(exercise_id)
    exercise = alone(full)
    threshold = exercise.rubric[0].settings["threshold"]["subset"]
    reference = submission.read(full.reference / "solution.py", full.submit)
    graded = reports(exercise, WEAK[exercise_id].of(reference), seeds)
    shares = [report.metrics["test_accuracy"] for report in graded]
    passed = [report.verdict.checks[0].result.status is Status.PASSED for report in graded]
    return (
        f"| `{exercise_id}` | {threshold:.1%} | {statistics.mean(shares):.1%} | "
        f"{statistics.stdev(shares) * 100:.2f} | {min(shares):.1%} to {max(shares):.1%} | "
        f"{sum(passed)} of {len(passed)} |"
    )


def main() -> int:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("ids", nargs="*")
    options = parser.parse_args()
    print("| exercise | threshold | mean accuracy | deviation, points | range | pass |")
    print("| --- | --- | --- | --- | --- | --- |")
    for exercise_id in options.ids or WEAK:
        print(row(exercise_id, options.seeds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
