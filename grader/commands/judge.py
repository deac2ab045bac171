"""``grade judge OBSERVATION``: verdict and reports of a kept observation; nothing is run."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader import bank, judging
from grader.commands import ExitCode, console, data
from grader.commands.grade import check_name, check_places, exit_code, write
from grader.errors import UsageError
from grader.judging import Again
from grader.model import Exercise
from grader.observation import file
from grader.observation.record import Observation
from grader.observation.traces import TraceMalformed, require_readable
from grader.pipeline import Grader, Options


def run(arguments: argparse.Namespace) -> ExitCode:
    """Judges a kept observation under the rubric of today, and writes what was asked for."""
    path = Path(arguments.observation)
    seen = file.load(path)
    exercise = bank.load(arguments.exercise or seen.exercise)
    _require_same(seen, exercise, path)
    _require_readable(seen, path)
    check_name(arguments.check, exercise, public_only=seen.public_only)
    check_places(path, arguments.output, arguments.report)
    again = _decided(seen, exercise, arguments)
    report = judging.again_report(seen, exercise, again)
    write(report, arguments)
    for check, reason in again.undecided.items():
        console.say(f"{check} needs the student's code to be run again: {reason}")
    if again.undecided:
        console.say("grade the submission itself, and keep that: grade SUBMISSION … --keep FILE")
    return ExitCode.PASSED if arguments.exit_zero else exit_code(report)


def _decided(seen: Observation, exercise: Exercise, arguments: argparse.Namespace) -> Again:
    """What today's rubric makes of it; checks run over what was kept where that is needed."""
    again = judging.judged_again(seen, exercise)
    if not again.undecided or seen.kept.training is None:
        return again
    with console.Progress(wanted=arguments.progress) as progress:
        data.prepare(exercise, progress=progress)
        with Grader(Options(seed=seen.run.seed)) as grader:
            return grader.judge_again(exercise, seen, again)


def _require_same(seen: Observation, exercise: Exercise, path: Path) -> None:
    if seen.exercise != exercise.id:
        raise UsageError(
            f"{path} is of the exercise {seen.exercise}, and {exercise.id} was asked for. An "
            "observation is judged by its own exercise's checks."
        )


def _require_readable(seen: Observation, path: Path) -> None:
    """Rows that no recorder of this version writes were damaged, or changed by somebody."""
    training = seen.kept.training
    if training is None:
        return
    try:
        require_readable(training)
    except TraceMalformed as problem:
        raise file.BadObservation(f"{path} can't be used. {problem.reason}") from None
