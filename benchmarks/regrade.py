"""A class judged again from its journal: seconds until the marks are there, and until all is.

    python benchmarks/regrade.py [--count 1000] [--exercise perceptron] [--pages]

One solution is graded; its observation stands for COUNT students, each with an own result. Then
the rubric gets other points, and what `grade regrade` does is timed: reading and judging again,
writing the marks (results.jsonl, tables, class page), and drawing every student's page anew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from grader import bank, submission
from grader.bulk import fingerprint, marks, outputs, salvage
from grader.bulk.graded import observed
from grader.bulk.hand_in import Class, HandIn, Student
from grader.bulk.journal import FILE, Journal
from grader.bulk.regrade import finish, regrade
from grader.model import Exercise
from grader.observation import file
from grader.pipeline import Grader, Options


def fill(journal: Journal, exercise: Exercise, count: int) -> int:
    """A class of ``count``; the bytes of one observation."""
    path = exercise.reference / "solution.py"
    given = submission.read(path, exercise.submit, answers=exercise.answers)
    with Grader(Options(keep=True)) as grader:
        seen = grader.observe(exercise, given)
    hand_ins, keys = [], {}
    graded = observed(seen, exercise)
    for number in range(count):
        name = f"student {number:04}"
        sha256 = fingerprint.of_bytes(name.encode())
        one = dict(graded.result)
        one["submission"] = {**one["submission"], "sha256": sha256}
        own = file.encode(replace(seen, submission=replace(seen.submission, sha256=sha256)))
        keys[number] = fingerprint.of_result("before", name, sha256, ())
        journal.put(keys[number], replace(graded, result=one, observation=own), (name, sha256))
        hand_ins.append(
            HandIn(
                identity=name, student=Student(name=name), path=f"{name}.py", name="solution.py",
                file=None, stem=name,
            )
        )  # fmt: skip
    journal.set_class(Class(hand_ins=tuple(hand_ins)), keys, "latest")
    journal.set_about("rubric", marks.rubric_text(exercise.rubric))
    return len(graded.observation)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--exercise", default="perceptron")
    parser.add_argument("--pages", action="store_true", help="draw the pages too")
    arguments = parser.parse_args()
    exercise = bank.load(arguments.exercise)
    today = replace(
        exercise, rubric=tuple(replace(x, points=2 * x.points) for x in exercise.rubric)
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with salvage.opened(place / FILE, exercise.id, print) as journal:
            size = fill(journal, exercise, arguments.count)
            print(f"{arguments.count} students of {exercise.id}, {size:,} bytes kept of each")
            began, used = time.monotonic(), time.process_time()
            done = regrade(journal, today, print)
            judged = time.monotonic()
            print(f"judged again  {judged - began:7.2f} s, {len(done.changes)} marks changed")
            outputs.write_all(journal, place, today)
            marked = time.monotonic()
            print(
                f"marks written {marked - began:7.2f} s ({time.process_time() - used:.2f} of CPU)"
            )
            if arguments.pages:
                drawn = sum(1 for _ in finish(journal, today))
                outputs.write_all(journal, place, today)
                print(f"{drawn} pages    {time.monotonic() - began:7.2f} s")


if __name__ == "__main__":
    main()
