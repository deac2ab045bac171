"""``grade exercises``: what there is to work on."""

from __future__ import annotations

import argparse

from grader import bank
from grader.commands import ExitCode, console
from grader.model import Exercise


def run(arguments: argparse.Namespace) -> ExitCode:
    """Lists the exercises, one a line or as JSON."""
    exercises = [bank.load(name) for name in bank.all_ids()]
    if arguments.json:
        console.put_json([_plain(exercise) for exercise in exercises])
    else:
        console.put(_table(exercises))
    return ExitCode.PASSED


def _plain(exercise: Exercise) -> dict[str, object]:
    return {
        "id": exercise.id,
        "title": exercise.title,
        "version": exercise.version,
        "submit": exercise.submit.value,
        "max_score": exercise.max_score,
        "lesson": exercise.lesson,
        "summary": exercise.summary,
        "data": list(exercise.data),
        "checks": [line.id for line in exercise.rubric],
    }


def _table(exercises: list[Exercise]) -> str:
    wide = max((len(exercise.id) for exercise in exercises), default=0)
    lines = [
        f"{exercise.id:{wide}}  {exercise.submit.value:8}  {exercise.max_score:4g} points  "
        f"{exercise.title}\n"
        for exercise in exercises
    ]
    return "".join([*lines, "\nBegin one with: grade start ID\n"])
