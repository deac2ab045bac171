"""A training script or notebook that belongs to no exercise, run once and looked at by all rules.

The street is the pipeline's: submission -> run (supervisor, judge, the script's process) ->
findings -> report. What it lacks is an exercise: no checks, no reference, no points
(docs/design/033-scripts-of-ones-own.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath

from grader import __version__, datasets
from grader.datasets import Given
from grader.diagnosis.beside import local_modules
from grader.errors import GraderFault, UsageError
from grader.model import (
    Crash,
    Exercise,
    Finding,
    Level,
    Limits,
    Outcome,
    Place,
    Report,
    Submission,
    SubmissionKind,
    Verdict,
)
from grader.pipeline import Judged, Options, every_cell, read_session
from grader.runner.outside import devices
from grader.runner.outside.job import Job, Session
from grader.runner.outside.supervisor import Supervisor
from grader.runner.outside.warm import Zygote, ZygoteDied
from grader.shown.harmless import entered

TIMEOUT_S = 120.0
STEPS_OUT = 3
"""Folders up from where a script is started: so far a link can stand in for what is there."""
REPLAY_SHARE = 0.5
"""Of the time box: what all replays together may take beyond it."""
LIMITS = Limits(memory_bytes=16 << 30, disk_bytes=4 << 30, output_bytes=64 << 20)
"""What a script of one's own may use. Its models are larger than an exercise's."""
ADVICE = {
    ("FileNotFoundError", "NotADirectoryError", "No such file"): (
        "The script sees no file but the Python files beside it: show it the folder that it reads "
        "with --read DIR."
    ),
    ("URLError", "HTTPError", "ConnectionError", "name resolution", "MaxRetryError"): (
        "There is no network where it is run: get the files beforehand, and show it their folder "
        "with --read DIR."
    ),
}
"""By words of the exception: what is told of the options that may help, where none was given."""
LEVELS = tuple(Level)
MNIST = "MNIST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is to be diagnosed: the script, and what stands around it on its author's machine.

    ``path`` is as the author names it, ``readable`` the folders that it may read.
    """

    submission: Submission
    path: Path
    arguments: tuple[str, ...] = ()
    readable: tuple[Path, ...] = ()
    steps: int | None = None


def diagnose(script: Script, options: Options, zygote: Zygote | None = None) -> Report:
    """Run it within its time box, and tell what the rules found, the most likely cause first.

    A ``zygote`` that is given is used in place of one of its own, and left running.

    Raises:
        UsageError: a folder to read is none, no such device, or a refused isolation level.
    """
    device = devices.choose(options.device)
    started = datetime.now(UTC)
    if script.submission.problem:
        session = Session(outcome=Outcome.INVALID, reason=script.submission.problem)
        return _report(script, options, started, session)
    job, notes = _job(script, options)
    own = zygote or Zygote()
    try:
        with devices.lease(device, lambda _: None) as leased:
            session = _run(own, job.on(leased), options)
            session.device = leased
    except GraderFault as fault:
        session = Session(outcome=Outcome.GRADER_FAULT, reason=str(fault))
    finally:
        if zygote is None:
            own.close()
    session.left += notes
    session.left += _advice(script, session)
    return _report(script, options, started, session)


def is_clean(report: Report) -> bool:
    """Whether the script came through, and nothing of level error or warning was found.

    A training that was ended by the time box has come through as far as it was looked at; a
    script that had made no step by then has not.
    """
    looked = report.run.outcome is Outcome.TIMED_OUT and report.metrics.get("steps", 0) > 0
    if report.run.outcome is not Outcome.OK and not looked:
        return False
    return all(finding.level is Level.NOTE for finding in report.verdict.findings)


def _run(zygote: Zygote, job: Job, options: Options) -> Session:
    try:
        return Supervisor(zygote, job, options.progress).run()
    except ZygoteDied:  # nothing was looked at: once more with a new one
        zygote.close()
        return Supervisor(zygote, job, options.progress).run()


# --- the job --------------------------------------------------------------------------------


def _job(script: Script, options: Options) -> tuple[Job, list[str]]:
    limits = replace(LIMITS, wall_s=options.timeout_s or TIMEOUT_S)
    replays_s = REPLAY_SHARE * limits.wall_s
    data = _data(script)
    modules, notes = local_modules(script.path)
    if data:
        notes.append(
            "torchvision's MNIST is the grader's own copy here; with --read DIR it is yours."
        )
    job = Job(
        exercise=replace(_SUBJECT, limits=limits),
        submission=script.submission,
        policy=options.isolation,
        seed=options.seed,
        judge={
            "seed": options.seed,
            "limits": asdict(limits),
            "steps": script.steps,
            "replays_s": replays_s,
        },
        forbidden=tuple(path for each in data for path in each.secrets if path.is_file()),
        data_files=tuple(file for each in data for file in each.files),
        data={each.name: each.form for each in data},
        scratch=options.scratch,
        arguments=script.arguments,
        modules=modules,
        readable=tuple(_readable(path) for path in script.readable),
        links=dict(_links(script)),
        entry="grader.checks.diagnosing",
        replays_s=replays_s,
    )
    return job, notes


def _advice(script: Script, session: Session) -> list[str]:
    """What a script may need that it isn't given by itself."""
    crash = read_session(session).run.crash
    if crash is None or script.readable:
        return []
    said = f"{crash.type}: {crash.message}"
    return [advice for words, advice in ADVICE.items() if any(word in said for word in words)]


def _data(script: Script) -> tuple[Given, ...]:
    """The grader's own MNIST for a script that asks torchvision for it and brings none."""
    if script.readable or MNIST not in script.submission.source:
        return ()
    return (datasets.given(MNIST.lower(), full=True),)


def _readable(path: Path) -> Path:
    if not path.exists():
        raise UsageError(
            f"--read {path}: there is no such folder. Name a folder, or a file, that the script "
            "reads."
        )
    return path.resolve()


def _links(script: Script) -> Iterator[tuple[str, str]]:
    """From where the script may look for each folder, relative to where it is started."""
    for given in script.readable:
        target = _readable(given)
        for start in (Path.cwd(), script.path.resolve().parent):
            name = os.path.relpath(target, start)
            if Path(name).parts.count("..") <= STEPS_OUT:
                yield name, str(target)
        if not given.is_absolute():
            yield os.path.normpath(given), str(target)


# --- the report -----------------------------------------------------------------------------


_SUBJECT = Exercise(
    id="diagnosis",
    title="Diagnosis",
    version=__version__,
    lesson="",
    submit=SubmissionKind.SCRIPT,
    summary="",
    starter=Path(),
    task=Path(),
    reference=Path(),
    data=(),
    provides=(),
    limits=LIMITS,
    rubric=(),
)
"""What stands in a report, and in a job, where an exercise would: a name and the limits."""


def _report(script: Script, options: Options, started: datetime, session: Session) -> Report:
    judged = read_session(session)
    run = replace(
        judged.run,
        seed=options.seed,
        started=started.isoformat(timespec="microseconds"),
        cells=every_cell(script.submission, judged.run.cells),
        crash=_crash_at_home(judged.run.crash, script.path.parent),
    )
    report = Report(
        tool_version=__version__,
        exercise=replace(_SUBJECT, limits=_limits(options)),
        submission=script.submission,
        verdict=_verdict(judged, _findings(judged, script)),
        run=run,
        metrics=judged.metrics,
        curves=judged.curves,
        layers=judged.layers,
    )
    return entered(report)


def _limits(options: Options) -> Limits:
    return replace(LIMITS, wall_s=options.timeout_s or TIMEOUT_S)


def _verdict(judged: Judged, findings: tuple[Finding, ...]) -> Verdict:
    return Verdict(
        outcome=judged.run.outcome,
        passed=judged.run.outcome is Outcome.OK and not findings,
        score=None if judged.run.outcome is Outcome.GRADER_FAULT else 0.0,
        max_score=0.0,
        checks=(),
        findings=findings,
    )


def _findings(judged: Judged, script: Script) -> tuple[Finding, ...]:
    """One for each rule and place, in the order of repair, in the script's own folder."""
    first: dict[object, Finding] = {}
    for finding in judged.findings:
        first.setdefault((finding.rule, finding.place), finding)
    folder = script.path.parent
    at_home = (replace(one, place=_at_home(one.place, folder)) for one in first.values())
    return tuple(sorted(at_home, key=_repair))


def _repair(finding: Finding) -> tuple[int, int, bool, Place]:
    """The gravest first, then what happened earliest, then the upper line: the likeliest cause."""
    place = finding.place or Place("", 0)
    return LEVELS.index(finding.level), finding.step or 0, finding.place is None, place


def _at_home(place: Place | None, folder: Path) -> Place | None:
    """The place as it is found from where the command was started."""
    return None if place is None else replace(place, file=PurePath(folder, place.file).as_posix())


def _crash_at_home(crash: Crash | None, folder: Path) -> Crash | None:
    if crash is None:
        return None
    frames = ((_at_home(place, folder) or place, text) for place, text in crash.frames)
    return replace(crash, frames=tuple(frames))


def sources(script: Script) -> Mapping[str, str]:
    """The text of each file that a finding may lie in, by its path from here."""
    modules, _ = local_modules(script.path)
    texts = {PurePath(script.path.parent, name).as_posix(): text for name, text in modules.items()}
    if script.submission.kind is not SubmissionKind.NOTEBOOK:
        texts[script.path.as_posix()] = script.submission.source
    return texts
