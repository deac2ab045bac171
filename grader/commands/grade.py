"""``grade SUBMISSION --exercise ID``: one submission, start to end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from grader import bank, handin, judging, submission
from grader.commands import ExitCode, console, data, finding
from grader.errors import UnknownName, UsageError
from grader.export import formats
from grader.export.files import check_writable, write_atomically, write_bytes_atomically
from grader.export.formats import github_actions
from grader.export.json import render_json
from grader.model import (
    Exercise,
    IsolationPolicy,
    Outcome,
    Progress,
    Report,
    Submission,
    Visibility,
)
from grader.observation import file as observation
from grader.observation.record import Observation
from grader.pipeline import Grader, Options
from grader.report.text import render_text
from grader.shown.view import shown

Seen = TypeVar("Seen", Report, Observation)

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"


def run(arguments: argparse.Namespace) -> ExitCode:
    """Grades one submission and writes what was asked for."""
    path = Path(arguments.submission)
    finding.check_there(path)
    exercise = bank.load(arguments.exercise or finding.exercise_of(path))
    if arguments.course:
        from grader.bulk import course  # noqa: PLC0415  # few gradings are of a course

        exercise = course.apply(arguments.course, exercise)
    check_name(arguments.check, exercise, public_only=arguments.public_only)
    given = submission.read(path, exercise.submit, answers=exercise.answers)
    check_places(path, arguments.output, arguments.report, arguments.keep)
    with console.Progress(wanted=arguments.progress) as progress:
        progress(f"{exercise.id}: starting PyTorch …")
        data.prepare(exercise, progress=progress)
        options = options_of(arguments, progress if progress.shown else None)
        with Grader(options) as grader:
            report = _graded(grader, exercise, given, arguments)
    write(report, arguments)
    if report.verdict.outcome is Outcome.GRADER_FAULT:
        console.say(f"the grader failed, not your code: {report.run.reason or 'see the result'}")
    return ExitCode.PASSED if arguments.exit_zero else exit_code(report)


def _graded(
    grader: Grader, exercise: Exercise, given: Submission, arguments: argparse.Namespace
) -> Report:
    """The report; what it is made of is written down first, where that was asked for."""
    if arguments.keep is None:
        return _with_handin(grader.grade(exercise, given), arguments.handin)
    seen = _with_handin(grader.observe(exercise, given), arguments.handin)
    write_bytes_atomically(arguments.keep, observation.encode(seen))
    return judging.report_of(seen, exercise)


def exit_code(report: Report) -> ExitCode:
    """What the end of the command says of a report."""
    if report.verdict.outcome is Outcome.GRADER_FAULT:
        return ExitCode.GRADER_FAULT
    return ExitCode.PASSED if report.verdict.passed else ExitCode.NOT_PASSED


def _with_handin(seen: Seen, path: Path | None) -> Seen:
    """The same with what the platform says; what can't be read is told in a note."""
    if path is None:
        return replace(seen, handin=handin.from_environment(os.environ))
    try:
        return replace(seen, handin=handin.read(path))
    except handin.UnreadableHandin as problem:
        note = f"Graded without what the platform says of the hand-in: {problem}"
        return replace(seen, run=replace(seen.run, notes=(*seen.run.notes, note)))


def options_of(
    arguments: argparse.Namespace, progress: Callable[[Progress], None] | None
) -> Options:
    """How to grade, as the words of the command line have it."""
    return Options(
        seed=Options().seed if arguments.seed is None else arguments.seed,
        device=arguments.device,
        timeout_s=arguments.timeout,
        isolation=IsolationPolicy(arguments.isolation),
        public_only=arguments.public_only,
        keep=getattr(arguments, "keep", None) is not None,
        progress=progress,
    )


def check_name(name: str | None, exercise: Exercise, *, public_only: bool) -> None:
    """Refuse the name of a check that isn't there.

    Raises:
        UnknownName: there is none of this name among those that are asked for.
    """
    ids = [
        line.id
        for line in exercise.rubric
        if line.visibility is Visibility.PUBLIC or not public_only
    ]
    if name is not None and name not in ids:
        raise UnknownName("check", name, ids)


def check_places(given: Path, *places: Path | None) -> None:
    """Finds out before the grading what would fail after it.

    Raises:
        UsageError: a place can't be written to, is the submission itself, or is named twice.
    """
    wanted = [place for place in places if place is not None]
    for place in wanted:
        check_writable(place)
        if place.exists() and place.samefile(given):
            raise UsageError(f"{place} is the submission itself. Choose another place.")
    for number, place in enumerate(wanted):
        if place.resolve() in [other.resolve() for other in wanted[:number]]:
            raise UsageError(
                f"{place} is named for two outputs (of --output, --report and --keep). "
                "Choose two places."
            )


def write(report: Report, arguments: argparse.Namespace) -> None:
    """Writes what was asked for of a report: the page, and the result in its format."""
    # First the file that may fail, last the stream whose reader may be gone.
    if arguments.report:
        report = write_page(report, arguments.report)
    text = _rendered(report, arguments)
    if arguments.output:
        write_atomically(arguments.output, text)
    elif arguments.format == "text":
        console.put(text)
    else:
        console.put_utf8(text)
    if arguments.format == "github-actions" and SUMMARY_VARIABLE in os.environ:
        _add_summary(report, Path(os.environ[SUMMARY_VARIABLE]))


def _rendered(report: Report, arguments: argparse.Namespace) -> str:
    if arguments.format == "json":
        return render_json(report)
    if arguments.format == "text":
        in_colour = arguments.output is None and console.colour(sys.stdout)
        width = console.width()
        return render_text(
            report,
            color=in_colour,
            width=width,
            hints=arguments.hints,
            full=arguments.full,
            only=arguments.check or "",
            path=getattr(arguments, "submission", report.submission.name),
        )
    return formats.find(arguments.format).render(shown(report))


def _add_summary(report: Report, place: Path) -> None:
    """GitHub's runner names a file that each step may add Markdown to."""
    try:
        with place.open("a", encoding="utf-8", errors="replace") as file:
            file.write(github_actions.summary(shown(report)))
    except OSError as problem:
        console.say(f"the job's summary can't be written to {place} ({problem.strerror}).")


def write_page(report: Report, place: Path) -> Report:
    """Writes the HTML report; where it can't be drawn, the result says so and stands all the same.

    What a program shows may be of any kind, and the marks don't hang on a picture of it.
    """
    from grader.report.html import render_html  # noqa: PLC0415  # loads Jinja and Pygments

    try:
        page = render_html(report)
    except Exception as error:  # noqa: BLE001  # a fault of the page is none of the result
        note = f"The HTML report could not be made ({type(error).__name__}: {error!s:.200})."
        console.say(note)
        return replace(report, run=replace(report.run, notes=(*report.run.notes, note)))
    write_atomically(place, page)
    return report
