"""``grade diagnose SCRIPT``: what a training script of one's own does wrong, and where."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader import diagnosis, submission
from grader.commands import ExitCode, console
from grader.commands.grade import check_places, write_page
from grader.diagnosis import Script
from grader.export.diagnosis import render_json
from grader.export.files import write_atomically
from grader.export.formats import find
from grader.model import IsolationPolicy, Outcome, Report, SubmissionKind
from grader.pipeline import Options
from grader.report.diagnosis import render_text
from grader.shown.view import shown


def run(arguments: argparse.Namespace) -> ExitCode:
    """Diagnoses one script and writes what was asked for."""
    script = _script(arguments)
    check_places(script.path, arguments.output, arguments.report)
    with console.Progress(wanted=arguments.progress) as progress:
        report = diagnosis.diagnose(script, _options(arguments, progress))
    if arguments.report:
        report = write_page(report, arguments.report)
    _write(report, script, arguments)
    if report.run.outcome is Outcome.GRADER_FAULT:
        console.say(f"the grader failed, not your code: {report.run.reason or 'see the result'}")
        return ExitCode.GRADER_FAULT
    return ExitCode.PASSED if diagnosis.is_clean(report) else ExitCode.NOT_PASSED


def _script(arguments: argparse.Namespace) -> Script:
    path = Path(arguments.script)
    return Script(
        submission=submission.read(path, SubmissionKind.SCRIPT),
        path=path,
        arguments=tuple(arguments.arguments),
        readable=tuple(arguments.read),
        steps=arguments.steps,
    )


def _options(arguments: argparse.Namespace, progress: console.Progress) -> Options:
    return Options(
        seed=Options().seed if arguments.seed is None else arguments.seed,
        device=arguments.device,
        timeout_s=arguments.timeout,
        isolation=IsolationPolicy(arguments.isolation),
        progress=progress if progress.shown else None,
    )


def _write(report: Report, script: Script, arguments: argparse.Namespace) -> None:
    in_colour = arguments.output is None and console.colour(sys.stdout)
    if arguments.format == "json":
        text = render_json(report)
    elif arguments.format == "sarif":
        text = find("sarif").render(shown(report))
    else:
        sources = diagnosis.sources(script)
        text = render_text(report, sources, color=in_colour, width=console.width())
    if arguments.output:
        write_atomically(arguments.output, text)
    elif arguments.format == "text":
        console.put(text)
    else:
        console.put_utf8(text)
