"""The lines that reports point to, held against lines that were marked by hand.

    python benchmarks/marked_lines.py [EXERCISE …]

A case may say where a kind expert would point: ``# here`` at a line's end. Each of these cases is
graded as students are. *Marked* are the lines of findings (notes excepted) and of exceptions in
the student's own file; *right* are those that are marked by hand as well. Precision is right /
marked, recall is right / by hand. *First* counts cases whose one place under "Start here" is
right, *around* those where it is the function that the line by hand is in, *none* those whose
report points to nothing at all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from grader import bank, submission
from grader.author.cases import read_stated
from grader.author.layout import case_files
from grader.model import Exercise, Level, Place, Report
from grader.pipeline import Grader, Options
from grader.shown.focus import Focus, focus
from grader.shown.view import shown


@dataclass(slots=True)
class Counts:
    """Lines of several cases."""

    cases: int = 0
    by_hand: int = 0
    marked: int = 0
    right: int = 0
    first: int = 0
    around: int = 0
    none: int = 0

    def add(self, other: Counts) -> None:
        """Take in another one's."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def row(self, name: str) -> str:
        """A row of the table."""
        numbers = (
            self.cases, self.by_hand, self.marked, self.right, self.first, self.around, self.none,
        )  # fmt: skip
        shares = (_percent(self.right, self.marked), _percent(self.right, self.by_hand))
        return f"| {' | '.join(map(str, (name, *numbers, *shares)))} |"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def main() -> None:
    """Grade and print a table."""
    parser = argparse.ArgumentParser(description="Precision and recall of the marked lines.")
    parser.add_argument("ids", nargs="*", metavar="EXERCISE")
    ids = parser.parse_args().ids or bank.all_ids()
    whole = Counts()
    names = (
        "cases",
        "by hand",
        "marked",
        "right",
        "first",
        "around",
        "none",
        "precision",
        "recall",
    )
    print(f"| exercise | {' | '.join(names)} |")
    print("| --- " * (1 + len(names)) + "|")
    with Grader(Options(subset=True)) as grader:
        for name in ids:
            counts = of_exercise(grader, bank.load(name))
            if counts.cases:
                whole.add(counts)
                print(counts.row(name), flush=True)
    print(whole.row("all"))


def of_exercise(grader: Grader, exercise: Exercise) -> Counts:
    """The counts over one exercise's cases that are marked by hand."""
    counts = Counts()
    checks = [line.id for line in exercise.rubric]
    for path in case_files(exercise):
        given = submission.read(path, exercise.submit, answers=exercise.answers)
        here = read_stated(path, given, checks).here
        if here:
            counts.add(of_report(grader.grade(exercise, given), here))
    return counts


def of_report(report: Report, here: frozenset[Place]) -> Counts:
    """The counts of one report."""
    marked = set(marked_in(report))
    first = focus(shown(report))
    return Counts(
        cases=1,
        by_hand=len(here),
        marked=len(marked),
        right=len(marked & here),
        first=int(first is not None and first.place in here),
        around=int(_is_around(first, here)),
        none=int(not marked and (first is None or first.place is None)),
    )


def _is_around(first: Focus | None, here: frozenset[Place]) -> bool:
    """Whether a definition that is pointed to holds a line by hand, and is not just that line."""
    about = first.failed.about if first is not None and first.failed is not None else None
    if about is None or about.place in here:
        return False
    cells = {place.cell for place in here if about.place.line <= place.line <= about.last}
    return about.place.cell in cells


def marked_in(report: Report) -> Iterator[Place]:
    """The lines of the student's file that a report points to."""
    name = report.submission.name
    for finding in report.verdict.findings:
        if finding.level is not Level.NOTE and finding.place is not None:
            yield finding.place
    for crash in (report.run.crash, *(check.result.crash for check in report.verdict.checks)):
        own = [place for place, _ in crash.frames if place.file == name] if crash else []
        yield from own[-1:]


if __name__ == "__main__":
    main()
