"""A class from start to end: found, graded, kept, and written out.

Theory of operation. Only this thread touches the journal and the output folder. The crew's
workers tell it what they did; a result counts when it is in the journal, and not before. So an
end at any moment, by Ctrl-C, a full disk or ``kill -9``, costs what was in flight and no more,
and the next start goes on from what the journal has.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from grader import submission
from grader.bulk import (
    archive,
    fingerprint,
    lock,
    marks,
    outputs,
    reports,
    salvage,
    similar,
    teaching,
)
from grader.bulk.choose import Wanted
from grader.bulk.crew import Began, Crew, Done, Interrupt, Left, Said, Workers
from grader.bulk.fair import fair, share_of
from grader.bulk.hand_in import Class, HandIn
from grader.bulk.intake import take_in
from grader.bulk.journal import FILE, Journal
from grader.bulk.scratch import Scratch, scratch
from grader.bulk.tries import Task
from grader.errors import BadSubmission, BankError, GraderFault, UsageError
from grader.model import Exercise, Submission
from grader.pipeline import Grader, Options

_LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be graded, how, and where the results go."""

    folder: Path
    output: Path
    wanted: Wanted
    options: Options
    jobs: int
    fresh: bool = False
    similar: bool = False
    words: Mapping[str, Any] = field(default_factory=dict)
    """The command's own, so that what is missing can be graded by the same one day."""
    scheduler: str = ""
    """Of a Dask cluster, whose workers grade in place of this machine's."""


class Show(Protocol):
    """Whoever waits: told what goes on."""

    def found(self, total: int, before: int) -> None:
        """So many hand-ins are to be graded, of which so many were graded before."""

    def began(self, who: str) -> None:
        """A submission is being graded."""

    def done(self, who: str, count: int, outcome: str, *, passed: bool) -> None:
        """It has its result, and so have all that are the same file: so many in all."""

    def look(self) -> None:
        """Time has passed."""

    def say(self, text: str) -> None:
        """A sentence for the person at the terminal."""


@dataclass(slots=True, kw_only=True)
class Summary:
    """How it ended. ``wanted`` hand-ins were to be graded, ``have`` of them have their result."""

    found: Class
    wanted: int = 0
    have: int = 0
    set_aside: list[str] = field(default_factory=list)
    interrupted: bool = False
    trouble: str = ""


def grade_class(plan: Plan, show: Show) -> Summary:
    """Grades a class; whatever was graded before, by the same key, is not graded again.

    Raises:
        UsageError: the folder, the roster or the output can't be used, or the isolation that is
            demanded can't be had.
    """
    found = take_in(plan.folder, plan.wanted)  # first: a slip in a name leaves nothing behind
    for note in found.notes:
        show.say(note)
    _make_output(plan.output)
    with lock.held(plan.output), scratch() as place, _journal(plan, show) as journal:
        return _Run(plan, place, found, journal, show).run()


def _journal(plan: Plan, show: Show) -> contextlib.AbstractContextManager[Journal]:
    return salvage.opened(plan.output / FILE, plan.wanted.exercise.id, show.say)


def _make_output(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        reason = "it is a file" if folder.is_file() else problem.strerror
        raise UsageError(
            f"{folder} can't be the output folder ({reason}). Choose another --output."
        ) from None


class _Run:
    def __init__(
        self, plan: Plan, place: Scratch, found: Class, journal: Journal, show: Show
    ) -> None:
        self._plan = plan
        self._exercise = fair(plan.wanted.exercise, share_of(plan.jobs), plan.options.timeout_s)
        self._options = replace(
            plan.options, timeout_s=None, keep=True
        )  # it is in the exercise's limits
        self._found = found
        self._journal = journal
        self._show = show
        self._crew = self._workers(place)
        self._summary = Summary(found=found)
        self._interrupts = 0
        self._sharing: Counter[str] = Counter()
        self._errors: list[GraderFault] = []

    def _workers(self, place: Scratch) -> Workers:
        plan = self._plan
        if not plan.scheduler:
            return Crew(self._exercise, self._options, place, jobs=plan.jobs)
        from grader.bulk.cluster import Cluster  # noqa: PLC0415  # few classes need a cluster

        options = replace(plan.options, keep=True)
        return Cluster(plan.scheduler, plan.wanted.exercise, options)

    def run(self) -> Summary:
        keys, tasks = self._tasks()
        summary = self._summary
        if self._plan.fresh:
            self._journal.forget(tasks)
        settled = self._journal.settled()
        before = marks.marks(self._journal)
        words = {**self._plan.words, "layouts": sorted(self._found.layouts)}
        self._journal.set_about("words", json.dumps(words))
        self._journal.set_class(self._found, keys, self._plan.wanted.only)
        todo = [task for key, task in tasks.items() if key not in settled]
        self._sharing = Counter(keys.values())
        summary.wanted = len(keys)
        summary.have = len(keys) - sum(self._sharing[task.key] for task in todo)
        self._show.found(summary.wanted, summary.have)
        with self._listening():
            try:
                self._grade(todo)
            except GraderFault as fault:
                summary.trouble = str(fault)
            finally:
                self._crew.end()
        self._settle_marks(before)
        self._write_out()
        return summary

    def _settle_marks(self, before: Mapping[str, marks.Mark]) -> None:
        """Apply what is set by hand and what is late; keep which marks are others than before."""
        journal, exercise = self._journal, self._plan.wanted.exercise
        try:
            adjuster = reports.Adjuster.of(journal, exercise)
            reports.adjust_all(journal, adjuster)
            rubric = marks.rubric_text(exercise.rubric)
            said = marks.difference(journal.about("rubric"), rubric)
            cause = f"graded again{': ' if said else ''}{said}"
            if marks.note_changes(journal, before, marks.marks(journal), cause):
                adjuster.changes = marks.changes(journal)
                reports.adjust_all(journal, adjuster)
            journal.set_about("rubric", rubric)
            marks.remember(journal)
            teaching.remember(journal, exercise)
            for _ in reports.draw_pages(journal, adjuster):
                self._show.look()
        except (GraderFault, sqlite3.Error) as problem:
            self._summary.trouble = self._summary.trouble or str(problem)

    # --- what is to do ------------------------------------------------------------------------

    def _tasks(self) -> tuple[dict[int, str], dict[str, Task]]:
        """The key of each hand-in that is to be graded, and one task for each key."""
        circumstances = self._circumstances()
        keys: dict[int, str] = {}
        tasks: dict[str, Task] = {}
        for number, each in enumerate(self._found.hand_ins):
            if not each.counts and self._plan.wanted.only != "best":
                continue
            load = _Load(each, self._exercise)
            key = fingerprint.of_result(circumstances, load.name, load.digest, each.notes)
            keys[number] = key
            tasks.setdefault(
                key,
                Task(
                    key=key,
                    who=each.student.name,
                    made_of=(load.name, load.digest),
                    blank=load.blank(),
                    load=load.submission,
                    notes=each.notes,
                ),
            )
        return keys, tasks

    def _circumstances(self) -> str:
        options, exercise = self._plan.options, self._plan.wanted.exercise
        asked = {
            "seed": options.seed,
            "device": options.device,
            "timeout": options.timeout_s,
            "isolation": options.isolation,
            "public_only": options.public_only,
            "data": Grader(self._options).data_forms(self._exercise),
        }
        self._journal.set_about("asked", json.dumps(asked))
        return fingerprint.of_circumstances(exercise, fingerprint.with_rubric(exercise, asked))

    # --- grading ------------------------------------------------------------------------------

    def _grade(self, todo: list[Task]) -> None:
        lines = outputs.UpToDate(lambda: outputs.write_lines(self._journal, self._plan.output))
        working = self._crew.start(todo)
        while working and self._interrupts < 2:  # noqa: PLR2004  # the second ends at once
            with contextlib.suppress(TimeoutError):
                working -= self._hear(lines)
            self._show.look()
        summary = self._summary
        if self._errors and summary.have + len(summary.set_aside) < summary.wanted:
            raise self._errors[0]

    def _hear(self, lines: outputs.UpToDate) -> int:
        """Take in what happened next; the number of workers that have left."""
        match self._crew.hear(_LOOK_EVERY_S):
            case Began(who=who):
                self._show.began(who)
            case Done() as done:
                self._keep(done)
                lines.changed()
            case Left(error=UsageError() | BankError() as error):
                raise error  # it holds for every submission
            case Left(error=error):
                self._left(error)
                return 1
            case Said(text=text):
                self._show.say(text)
            case Interrupt():
                self._interrupted()
        return 0

    def _keep(self, done: Done) -> None:
        task = done.task
        self._journal.put(task.key, done.graded, task.made_of, task.notes)
        summary, result = self._summary, done.graded.result
        count = self._sharing[done.task.key]
        if done.graded.is_fault:
            summary.set_aside.append(f"{done.task.who}: {_why(result)}")
        else:
            summary.have += count
        self._show.done(done.task.who, count, result["outcome"], passed=result["passed"])

    def _left(self, error: BaseException | None) -> None:
        """A worker has ended. As long as there is another one, nothing is lost by it."""
        if isinstance(error, GraderFault):
            self._errors.append(error)
        elif error is not None:
            said = f"{type(error).__name__}: {error}"
            self._errors.append(GraderFault(f"A worker of the crew ended ({said})."))

    # --- Ctrl-C -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Ctrl-C becomes a word in the crew's queue, where it waits for its turn."""

        def heard(_number: int, _frame: FrameType | None) -> None:
            self._interrupts += 1
            self._crew.news.put(Interrupt())

        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may set a handler
            return
        old = signal.signal(signal.SIGINT, heard)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, old)

    def _interrupted(self) -> None:
        self._summary.interrupted = True
        self._crew.stop()
        if self._interrupts == 1:
            self._show.say(
                "stopping: what is being graded is finished and kept. Ctrl-C again ends at once."
            )

    # --- what comes out -----------------------------------------------------------------------

    def _write_out(self) -> None:
        try:
            exercise = self._plan.wanted.exercise
            if self._plan.similar:
                similar.keep(self._journal, exercise)
            notes = outputs.write_all(
                self._journal,
                self._plan.output,
                exercise,
                self._plan.wanted.roster,
                self._found.layouts,
            )
            for note in notes:
                self._show.say(note)
        except (UsageError, sqlite3.Error, OSError) as problem:
            self._summary.trouble = self._summary.trouble or str(problem)


def _why(result: Mapping[str, Any]) -> str:
    """Why the grader was at fault: its own word, or the error of a check that it couldn't judge."""
    errors = (check for check in result["checks"] if check["status"] == "error")
    lines = [f"{c['id']}: {c['details'][-1] if c['details'] else c['message']}" for c in errors]
    return str(result["run"]["reason"] or next(iter(lines), "see its report"))


class _Load:
    """Reads one hand-in: once for its digest, and again when it is graded."""

    def __init__(self, hand_in: HandIn, exercise: Exercise) -> None:
        self._hand_in = hand_in
        self._exercise = exercise
        self.name = hand_in.name
        try:
            self.digest = fingerprint.of_bytes(self._bytes())
        except BadSubmission as problem:
            self.digest = f"refused: {problem}"
        except GraderFault:
            self.digest = "gone"

    def submission(self) -> Submission:
        """The submission as it was found; a refused one says why in its ``problem``."""
        if self._hand_in.file is None:
            return replace(self.blank(), problem=self._hand_in.problem)
        try:
            data = self._bytes()
            if self.digest != "gone" and fingerprint.of_bytes(data) != self.digest:
                raise GraderFault(f"{self._hand_in.path} has changed since the run began.")
            return submission.parse(data, self.name, self._exercise.submit)
        except BadSubmission as problem:
            return replace(self.blank(), problem=str(problem))

    def blank(self) -> Submission:
        """The submission without its text."""
        known = len(self.digest) == len(fingerprint.of_bytes(b""))
        return Submission(
            name=submission.parse(b"", self.name, self._exercise.submit).name,
            sha256=self.digest if known else fingerprint.of_bytes(b""),
            kind=self._exercise.submit,
            cells=(),
        )

    def _bytes(self) -> bytes:
        file = self._hand_in.file
        if file is None:
            return self._hand_in.problem.encode("utf-8", "replace")
        if not file.on_disk.exists():
            raise GraderFault(f"{self._hand_in.path} is gone since the run began.")
        if not file.inside:
            return submission.read_bytes(file.on_disk, answers=self._exercise.answers)
        try:
            return archive.read(file.on_disk, file.inside, submission.MAX_NOTEBOOK_BYTES)
        except archive.BadArchive as problem:
            raise BadSubmission(f"{self._hand_in.path} can't be unpacked: {problem}.") from None
