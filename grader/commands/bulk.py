"""``grade bulk FOLDER --exercise ID``: every submission of a class."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import Any

from grader import bank
from grader.bulk import course, roster, similar
from grader.bulk.choose import Wanted
from grader.bulk.names import one_line
from grader.bulk.run import Plan, Summary, grade_class
from grader.commands import COURSE_FILE, ExitCode, console, data
from grader.commands.live import watch
from grader.errors import UsageError
from grader.model import IsolationPolicy
from grader.pipeline import Options
from grader.runner.outside.devices.choice import SLOTS
from grader.strict import read_table

_MOST_NAMED = 10


def run(arguments: argparse.Namespace) -> ExitCode:
    """Grades a class and says what became of it."""
    folder = Path(arguments.folder)
    if arguments.similar:
        similar.check_installed()
    exercise = bank.load(arguments.exercise or _named_in(folder))
    decided = arguments.course or folder / course.FILE
    if arguments.course or decided.is_file():
        exercise = course.apply(decided, exercise)
    if arguments.gpu_slots:
        os.environ[SLOTS] = str(arguments.gpu_slots)  # the queue for GPUs reads it there
    wanted = Wanted(
        exercise=exercise,
        pick=arguments.pick,
        only=arguments.only,
        roster=roster.read(arguments.roster) if arguments.roster else None,
        skip=frozenset(
            path.resolve()
            for path in (arguments.output, arguments.roster, exercise.extra)
            if path is not None
        ),
    )
    plan = Plan(
        folder=folder,
        output=arguments.output,
        wanted=wanted,
        options=_options(arguments),
        jobs=arguments.jobs or len(os.sched_getaffinity(0)),
        fresh=arguments.fresh,
        similar=arguments.similar,
        words=_words(arguments, exercise.id),
        scheduler=arguments.scheduler,
    )
    with console.Progress(wanted=arguments.progress) as progress:
        data.prepare(exercise, progress=progress)
    with watch(wanted=arguments.progress) as show:
        summary = grade_class(plan, show)
    _tell(summary, arguments.output)
    return exit_code(summary)


def _words(arguments: argparse.Namespace, exercise_id: str) -> dict[str, Any]:
    """The command as it was given, so that `grade regrade --run` can give it again."""
    words = {
        name: str(value.resolve()) if isinstance(value, Path) else value
        for name, value in vars(arguments).items()
    }
    folder = str(Path(arguments.folder).resolve())
    return {**words, "folder": folder, "exercise": exercise_id}


def exit_code(summary: Summary) -> ExitCode:
    """What the end of the command says of a class."""
    if summary.interrupted:
        return ExitCode.INTERRUPTED
    if summary.trouble or summary.set_aside or summary.have < summary.wanted:
        return ExitCode.GRADER_FAULT
    return ExitCode.PASSED


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        seed=Options().seed if arguments.seed is None else arguments.seed,
        device=arguments.device,
        timeout_s=arguments.timeout,
        isolation=IsolationPolicy(arguments.isolation),
        public_only=arguments.public_only,
    )


def _named_in(folder: Path) -> str:
    """The exercise that ``grade.yaml`` in the class's folder names."""
    file = folder / COURSE_FILE
    if not file.is_file():
        raise UsageError(
            f"Which exercise is in {folder}? Name it with --exercise ID, or in a {COURSE_FILE} in "
            "the folder (exercise: ID). The command `grade exercises` lists them."
        )
    table = read_table(file, str(file), UsageError)
    name = table.text("exercise")
    table.close()
    return name


def _tell(summary: Summary, output: Path) -> None:
    """What a person wants to know at the end; results are in the output folder."""
    passed = [f"{one_line(each.path)} ({each.why})" for each in summary.found.passed]
    _say("passed over", passed)
    _say("handed in nothing", [student.name for student in summary.found.missing])
    _say("not in the roster", [student.name for student in summary.found.unknown])
    for reason in summary.set_aside:
        console.say(f"set aside for a person: {one_line(reason)}")
    if summary.trouble:
        console.say(f"the grader failed, not your students: {summary.trouble}")
    console.put(f"{summary.have} of {summary.wanted} submissions have a result, in {output}\n")
    if summary.interrupted or summary.trouble:
        console.say(f"to go on where it stopped: {_again()}")


def _say(word: str, names: list[str]) -> None:
    """A list of what a person may want to know, cut where it gets long."""
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        console.say(f"{word}: {', '.join(names[:_MOST_NAMED])}{more}")


def _again() -> str:
    """The command as it was typed, but for what would begin anew."""
    words = [word for word in sys.argv[1:] if word != "--fresh"]
    return shlex.join(["grade", *words])
