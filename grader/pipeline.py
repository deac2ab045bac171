"""One submission, start to end, in the order of the street.

Submission -> run (supervisor, judge, students) -> check results and findings -> verdict ->
report. Everything that can go wrong on the way is in the report; only the user's own mistakes
(no such device, a refused isolation level) are raised.
"""

from __future__ import annotations

import functools
import platform
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Self

from grader import __version__, bank, blame, datasets, judging
from grader.datasets import Form, Given
from grader.errors import GraderFault
from grader.model import (
    CellStatus,
    CheckResult,
    Crash,
    ExecutedCell,
    Exercise,
    Finding,
    Handin,
    IsolationPolicy,
    LayerCurves,
    Outcome,
    Progress,
    Report,
    Rubric,
    Run,
    Submission,
    SubmissionKind,
    Visibility,
)
from grader.observation import code
from grader.observation.record import Code, Kept, Observation
from grader.plain import read, to_plain
from grader.runner.devices import CPU
from grader.runner.outside import devices, syntax
from grader.runner.outside.branches import Branches
from grader.runner.outside.job import Job, Session, Told
from grader.runner.outside.supervisor import Supervisor
from grader.runner.outside.warm import Zygote, ZygoteDied

DEFAULT_SEED = 20240

SUBSET_NOTE = (
    "Graded on the embedded subset of MNIST (8,000 real digits, drawn anew until there are "
    "60,000), with the thresholds for it; `grade data fetch mnist` gets the whole set."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the person at the terminal decides about one grading or many.

    ``subset`` keeps to the embedded subset also where the full data is asked for and there.
    ``proves``: the reference is graded, and the checks' known wrong forms are held apart.
    ``keep``: observations have all that the verdict was made from, the recorded training too.
    Gradings follow each other ``often``: students' processes are made ready once for them. ``many``
    are of one exercise and one seed: its checks are collected once as well.
    ``scratch`` is where the submissions' working folders are made, else where the system says.
    """

    seed: int = DEFAULT_SEED
    device: str = "auto"
    timeout_s: float | None = None
    isolation: IsolationPolicy = IsolationPolicy.BEST
    public_only: bool = False
    subset: bool = False
    proves: bool = False
    keep: bool = False
    often: bool = False
    many: bool = False
    scratch: Path | None = None
    progress: Callable[[Progress], None] | None = None


class Grader:
    """Grades submissions one after the other over one warm zygote; a context manager.

    A ``zygote`` that is given is used in place of one of its own, and closed as that would be.
    """

    def __init__(self, options: Options, zygote: Zygote | None = None) -> None:
        self._device = devices.choose(options.device)
        self._options = options
        self._zygote = zygote or Zygote(often=options.often)
        self._branches = Branches(self._zygote)

    def __enter__(self) -> Self:
        self._zygote.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._branches.close()
        self._zygote.close()

    def with_seed(self, seed: int) -> Grader:
        """A grader with another seed over the same warm zygote; this one closes it."""
        other = copy(self)
        other._options = replace(self._options, seed=seed)  # noqa: SLF001 - its own class
        return other

    def proving(self) -> Grader:
        """A grader of reference solutions that also tries their checks, over the same zygote."""
        other = copy(self)
        other._options = replace(self._options, proves=True)  # noqa: SLF001 - its own class
        return other

    def telling(
        self, progress: Callable[[Progress], None], timeout_s: float | None = None
    ) -> Grader:
        """A grader that tells another listener, with another limit, over the same warm zygote."""
        other = copy(self)
        other._options = replace(  # noqa: SLF001 - its own class
            self._options, progress=progress, timeout_s=timeout_s
        )
        return other

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """Grade one submission. A fault of ours is in the report, with a score of None."""
        return judging.report_of(self.observe(exercise, submission), exercise)

    def observe(self, exercise: Exercise, submission: Submission) -> Observation:
        """Run one submission: what its report is made of, and can be made of again."""
        started = datetime.now(UTC)
        limits = exercise.limits
        if self._options.timeout_s is not None:
            limits = replace(limits, wall_s=self._options.timeout_s)
        exercise = replace(exercise, limits=limits)
        data = self._data(exercise)
        try:
            error = None if self._zygote.is_ready else syntax.error_in(submission)
            if submission.problem:
                session = Session(outcome=Outcome.INVALID, reason=submission.problem)
            elif error is not None:
                session = _unparsed(error)
            else:
                session = self._run(self._job(exercise, submission, data, self._asked(exercise)))
        except GraderFault as fault:
            session = Session(outcome=Outcome.GRADER_FAULT, reason=str(fault))
        judged = read_session(session)
        judged = replace(judged, run=_with_data(judged.run, exercise, data))
        judged = replace(judged, run=_with_kind(judged.run, submission))
        return self._observed(exercise, submission, started, judged)

    def unseen(self, exercise: Exercise, submission: Submission, reason: str) -> Observation:
        """What is kept of a grading that could not be done, which is not the student's fault."""
        session = Session(outcome=Outcome.GRADER_FAULT, reason=reason)
        return self._observed(exercise, submission, datetime.now(UTC), read_session(session))

    def judge_again(
        self, exercise: Exercise, observation: Observation, again: judging.Again
    ) -> judging.Again:
        """The checks that were left undecided, run over what was kept of the submission.

        No line of it is run. A check that asks for more than was kept stays undecided.
        """
        lines = [line for line in exercise.rubric if line.id in again.undecided]
        kept = observation.kept.training
        job = self._job(exercise, observation.submission, self._data(exercise), lines)
        seed, told = observation.run.seed, None if kept is None else to_plain(kept)
        rubric = {name: {**line, "needs": []} for name, line in job.judge["rubric"].items()}
        job = replace(job, judge={**job.judge, "rubric": rubric, "seed": seed, "kept": told})
        with devices.lease(self._device, self._waits) as device:
            session = self._supervise(job.on(device))
        judged = read_session(session)
        return judging.settled(again, exercise, judged.checks, judged.metrics)

    def _run(self, job: Job) -> Session:
        with devices.lease(self._device, self._waits) as device:
            job = job.on(device)
            session = blame.settle(self._supervise(job), job, self._supervise)
        session.device = device
        return session

    def _supervise(self, job: Job) -> Session:
        progress, bench, desk = self._options.progress, None, None
        if job.device == CPU:  # on a GPU each starts by itself: CUDA can't be forked
            bench = self._branches.bench(job) if self._options.many else None
            desk = self._branches.desk(job) if self._options.often else None
        try:
            return Supervisor(self._zygote, job, progress, bench, desk).run()
        except ZygoteDied:  # nothing of the submission was judged: once more with a new one
            self._branches.close()
            self._zygote.close()
            return Supervisor(self._zygote, job, progress).run()

    def _waits(self, doing: str) -> None:
        if self._options.progress is not None:
            self._options.progress(Progress(doing=doing))

    def _data(self, exercise: Exercise) -> tuple[Given, ...]:
        """The data sets for a grading. ``GRADE_DATA`` has the last word on their form."""
        full = exercise.full_data and (datasets.choice() is not None or not self._options.subset)
        few = not exercise.full_data and bool(exercise.provides)
        return tuple(datasets.given(name, full=full, few=few) for name in exercise.data)

    def data_forms(self, exercise: Exercise) -> dict[str, str]:
        """Which form of each data set this grader gives to an exercise's submissions."""
        return {each.name: each.form.value for each in self._data(exercise)}

    def _job(
        self,
        exercise: Exercise,
        submission: Submission,
        data: tuple[Given, ...],
        rubric: Iterable[Rubric],
    ) -> Job:
        props = exercise.starter.with_name("props.py")
        return Job(
            exercise=exercise,
            submission=submission,
            policy=self._options.isolation,
            seed=self._options.seed,
            forbidden=_secrets(exercise, data),
            scratch=self._options.scratch,
            props=props.read_text(encoding="utf-8") if props.is_file() else None,
            data_files=tuple(file for each in data for file in each.files),
            data={each.name: each.form for each in data},
            judge={
                "checks": str(exercise.reference / "checks.py"),
                "extra": None if exercise.extra is None else str(exercise.extra),
                "reference": str(exercise.reference / "solution.py"),
                "heldout": next((str(datasets.heldout_file(name)) for name in exercise.data), None),
                "rubric": {
                    line.id: {
                        "title": line.title,
                        "needs": list(line.needs),
                        "settings": dict(line.settings),
                    }
                    for line in rubric
                },
                "seed": self._options.seed,
                "keep": self._options.keep,
                "proves": self._options.proves,
                "data": {each.name: each.form for each in data},
                "limits": asdict(exercise.limits),
            },
        )

    def _asked(self, exercise: Exercise) -> list[Rubric]:
        """The lines of the rubric that are asked about."""
        public = Visibility.PUBLIC
        every = exercise.rubric
        return [x for x in every if x.visibility is public or not self._options.public_only]

    def _observed(
        self, exercise: Exercise, submission: Submission, started: datetime, judged: Judged
    ) -> Observation:
        run = replace(
            judged.run,
            seed=self._options.seed,
            started=started.isoformat(timespec="microseconds"),
            versions={"Python": platform.python_version(), "torch": _torch_version()},
            cells=every_cell(submission, judged.run.cells),
        )
        return Observation(
            version=__version__,
            exercise=exercise.id,
            exercise_version=exercise.version,
            asked=tuple(line.id for line in self._asked(exercise)),
            public_only=self._options.public_only,
            code=code.of(exercise) if self._options.keep else Code(),
            submission=submission,
            handin=Handin(),
            run=run,
            checks=judged.checks,
            findings=judged.findings,
            metrics=judged.metrics,
            curves=judged.curves,
            kept=judged.kept,
            counted=judged.counted,
        )


@functools.cache
def _torch_version() -> str:
    """As it is installed; whoever asks for it reads and parses a file of 30 KB."""
    return metadata.version("torch")


def every_cell(submission: Submission, told: tuple[ExecutedCell, ...]) -> tuple[ExecutedCell, ...]:
    """Each code cell of a notebook as it ran, or as one that didn't."""
    if submission.kind is not SubmissionKind.NOTEBOOK:
        return ()
    ran = {cell.number: cell for cell in told}
    numbers = (cell.number for cell in submission.cells)
    return tuple(
        ran.get(number) or ExecutedCell(number=number, status=CellStatus.NOT_RUN)
        for number in numbers
    )


def _with_data(run: Run, exercise: Exercise, data: tuple[Given, ...]) -> Run:
    """The run with the form of its data, said in words where another one is asked for."""
    less = exercise.full_data and any(each.form is not Form.FULL for each in data)
    notes = (*run.notes, SUBSET_NOTE) if less else run.notes
    return replace(run, data={each.name: each.form.value for each in data}, notes=notes)


def _with_kind(run: Run, submission: Submission) -> Run:
    """The run, with a word where the file was taken for something else than its name says."""
    named = submission.name.lower().endswith(".ipynb")
    is_notebook = submission.kind is SubmissionKind.NOTEBOOK
    if named is is_notebook:
        return run
    what, name = ("a notebook", ".ipynb") if is_notebook else ("Python", ".py")
    note = f"{submission.name} holds {what} and was graded as that; its name should end in {name}."
    return replace(run, notes=(*run.notes, note))


def _secrets(exercise: Exercise, data: tuple[Given, ...]) -> tuple[Path, ...]:
    """The files that no student's process may open: answers, checks, points, labels."""
    root = exercise.reference.parents[1]
    rubric = root / "rubrics" / f"{exercise.id}.yaml"
    course = root / bank.decided_name(exercise.id)
    labels = (path for each in data for path in each.secrets)
    files = (
        exercise.reference / "solution.py",
        exercise.reference / "checks.py",
        *([] if exercise.extra is None else [exercise.extra]),
        rubric,
        course,
        *labels,
    )
    return tuple(path for path in files if path.is_file())


def _unparsed(error: Crash) -> Session:
    """The session of a file that doesn't parse, known before torch was there to run anything."""
    reason = f"The file is not valid Python: {error.message}"
    told = Told(outcome=Outcome.INVALID, reason=reason, crash=error)
    return Session(messages=[{"run": to_plain(told)}])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A session, read: what the judge said, and how it ran."""

    run: Run
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    metrics: Mapping[str, float]
    curves: Mapping[str, tuple[float, ...]]
    kept: Kept
    counted: Mapping[str, int]
    layers: tuple[LayerCurves, ...]


def read_session(session: Session) -> Judged:
    """What a session's messages say, as records."""
    checks = tuple(read(CheckResult, m["check"]) for m in session.messages if "check" in m)
    told = next((read(Told, m["run"]) for m in session.messages if "run" in m), Told())
    broken = [str(m["broken"]) for m in session.messages if "broken" in m]
    outcome, reason = _outcome(session, told, broken)
    return Judged(
        run=Run(
            device=session.device.kind,
            seed=0,
            started="",
            wall_s=session.wall_s,
            cpu_s=session.cpu_s,
            peak_rss_mb=session.peak_rss_mb,
            isolation=session.isolation,
            output=session.output,
            outcome=outcome,
            reason=reason,
            crash=told.crash,
            notes=(*told.notes, *filter(None, [session.device.note]), *session.left),
            cells=tuple(read(ExecutedCell, m["cell"]) for m in session.messages if "cell" in m),
        ),
        checks=checks,
        findings=told.findings,
        metrics=told.metrics,
        curves=told.curves,
        counted=told.counted,
        layers=told.layers,
        kept=next((read(Kept, m["kept"]) for m in session.messages if "kept" in m), Kept()),
    )


def _outcome(session: Session, told: Told, broken: list[str]) -> tuple[Outcome, str]:
    """The run's outcome: what ended a process comes before what an exception says."""
    if broken:
        return Outcome.GRADER_FAULT, f"The exercise's checks could not be read: {broken[0]}"
    said = told.outcome, told.reason
    if said[0] is Outcome.OUT_OF_MEMORY and session.limited_itself:
        said = Outcome.CRASHED, f"{said[1]} It had changed its own limits (resource.setrlimit)."
    # Of the same end the judge may know more: how far the training had come.
    return said if session.outcome in (Outcome.OK, said[0]) else (session.outcome, session.reason)
