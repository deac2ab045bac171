"""``grade override RESULTS STUDENT CHECK POINTS --why "…"``: a mark set by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.adjusting import number
from grader.bulk import stored
from grader.bulk.override import Wanted, override
from grader.commands import ExitCode, console


def run(arguments: argparse.Namespace) -> ExitCode:
    """Sets the points of a check for one student, in every file of the results."""
    folder = Path(arguments.results)
    wanted = Wanted(
        student=arguments.student,
        check=arguments.check,
        points=arguments.points,
        why=arguments.why,
        by=arguments.by,
    )
    with stored.opened(folder, console.say) as journal:
        exercise = stored.exercise(journal)
        row, changes = override(journal, exercise, wanted)
        stored.write(journal, folder, exercise)
    for change in changes:
        console.put(f"{row.student.name}: {change}\n")
    if not changes:
        points = number(wanted.points)
        console.put(f"{row.student.name}: {wanted.check} is {points} by hand; the mark stays.\n")
    return ExitCode.PASSED
