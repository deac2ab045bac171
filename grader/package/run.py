"""What a package's entry point starts: find the hand-in, grade it, write the platform's result.

Theory of operation. The platform's clock runs from the moment it starts the job, and when it
strikes, nothing that was measured is seen. So this process only watches: the grading is a
process of its own, whose own limits end the submission early enough to be judged. Should
that process die, hang or write nothing, a result is written all the same, which says so and has
no score. A hand-in that is missing or can't be read is a result like any other.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grader import __version__, bank, decided, handin, submission
from grader.errors import BadSubmission, GraderError
from grader.export import formats
from grader.export.files import write_atomically
from grader.export.formats import github_actions
from grader.model import (
    Exercise,
    Isolation,
    IsolationLevel,
    Outcome,
    Output,
    Report,
    Run,
    Submission,
    SubmissionKind,
)
from grader.package import platforms
from grader.package.contents import MARK
from grader.package.hand_in import Found, find
from grader.package.platform import Platform
from grader.shown.view import shown
from grader.verdict import decide

START_S = 60.0
"""What a cold start and the judge's own work may take of the platform's time."""
FEWEST_S = 10.0
"""What a submission gets at the least, however short the platform's limit is."""
LAST_S = 5.0
"""Before the platform's limit, the grading is ended and a result is written."""
_SECRET = ("exercises", "reference", "rubrics", "datasets")


def main(words: list[str] | None = None) -> int:
    """Grade as the words say. Returns 0 when a result was written, 3 when none could be."""
    try:
        return _main(words)
    except (GraderError, OSError) as problem:
        print(f"grade: no result could be written: {problem}", file=sys.stderr)
        return 3


def _main(words: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="grader.package.run", allow_abbrev=False)
    parser.add_argument("--platform", required=True)
    parser.add_argument("--exercise", required=True)
    parser.add_argument("--limit", type=float, required=True)
    parser.add_argument("--grade", action="store_true", help="the part that grades")
    options, _ = parser.parse_known_args(words)  # a platform may add words of its own
    started = time.monotonic()
    platform = platforms.find(options.platform).PLATFORM
    if options.grade:
        _write(platform, _graded(platform, options.exercise, options.limit))
        return 0
    _close_the_bank()
    place = Path(platform.results) if platform.results else None
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
    told = _watch(options.limit - LAST_S - (time.monotonic() - started))
    if told.written(place):
        told.show(platform, place)
        return 0
    _write(platform, _not_graded(options.exercise, told.why))
    if place:
        told.show(platform, place)
    return 0


# --- the part that watches --------------------------------------------------------------


class _Told:
    """What became of the grading's process."""

    def __init__(self, out: bytes, code: int | None) -> None:
        self._out = out
        self._code = code

    @property
    def why(self) -> str:
        """Why there is no result."""
        if self._code is None:
            return "The grading did not end within the platform's time limit."
        return f"The grading ended with code {self._code} and wrote no result."

    def written(self, place: Path | None) -> bool:
        """Whether there is a result, in its place or on standard output."""
        return self._code == 0 and (place.is_file() if place else bool(self._out))

    def show(self, platform: Platform, place: Path | None) -> None:
        """Print what the platform reads from standard output."""
        out = place.read_bytes() if place and platform.also_printed else self._out
        if place is None or platform.also_printed:
            sys.stdout.buffer.write(out)
            sys.stdout.buffer.flush()


def _watch(seconds: float) -> _Told:
    """Run the part that grades, in a session of its own, and end it in time."""
    words = [sys.executable, "-m", "grader.package.run", *sys.argv[1:], "--grade"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=max(seconds, 1.0))
    except subprocess.TimeoutExpired:
        _end(process)
        return _Told(b"", None)
    return _Told(out, process.returncode)


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2.0)
            return


def _close_the_bank() -> None:
    """Archives lose modes: what students must not read is for this user alone.

    Only in a package: a checkout or an installation has users of its own.
    """
    root = Path(__file__).parents[2]
    if os.geteuid() != 0 or not (root / MARK).is_file():
        return
    for name in _SECRET:
        with contextlib.suppress(OSError):
            (root / name).chmod(0o700)


# --- the part that grades ---------------------------------------------------------------


def _graded(platform: Platform, exercise_id: str, limit_s: float) -> Report:
    exercise = _exercise(exercise_id)
    found = find(Path(platform.handed_in), exercise)
    try:
        report = _grade(exercise, found, limit_s)
    except BadSubmission as problem:
        report = _unrun(exercise, found.name, Outcome.INVALID, str(problem))
    except GraderError as problem:
        report = _unrun(exercise, found.name, Outcome.GRADER_FAULT, str(problem))
    report = _noted(report, *found.notes)
    if not platform.handin:
        return replace(report, handin=handin.from_environment(os.environ))
    try:
        return replace(report, handin=handin.read(Path(platform.handin)))
    except handin.UnreadableHandin as problem:
        return _noted(report, f"Graded without what the platform says: {problem}")


def _exercise(exercise_id: str) -> Exercise:
    """The exercise, as the course decided when it was packaged."""
    file = bank.root_of(exercise_id) / bank.decided_name(exercise_id)
    if not file.is_file():
        return bank.load(exercise_id)
    return decided.from_plain(json.loads(file.read_text(encoding="utf-8")))


def _grade(exercise: Exercise, found: Found, limit_s: float) -> Report:
    from grader.pipeline import Grader, Options  # noqa: PLC0415  # not for the part that watches

    if found.path is None:
        return _unrun(exercise, found.name, Outcome.INVALID, found.problem)
    given = submission.read(found.path, exercise.submit, answers=exercise.answers)
    room = min(exercise.limits.wall_s, max(limit_s - START_S, FEWEST_S))
    with Grader(Options(timeout_s=room)) as grader:
        return grader.grade(exercise, given)


def _not_graded(exercise_id: str, why: str) -> Report:
    return _unrun(_exercise(exercise_id), "", Outcome.GRADER_FAULT, why)


def _unrun(exercise: Exercise, name: str, outcome: Outcome, reason: str) -> Report:
    """The report of a hand-in of which nothing was run."""
    run = Run(
        device="cpu",
        seed=0,
        started=datetime.now(UTC).isoformat(timespec="microseconds"),
        wall_s=0.0,
        cpu_s=0.0,
        peak_rss_mb=0.0,
        isolation=Isolation(level=IsolationLevel.NONE),
        output=Output(),
        outcome=outcome,
        reason=reason,
    )
    given = Submission(name=name, sha256="0" * 64, kind=SubmissionKind.MODULE, cells=())
    return Report(
        tool_version=__version__,
        exercise=exercise,
        submission=given,
        verdict=decide([], exercise.rubric, run),
        run=run,
        metrics={},
        curves={},
    )


def _noted(report: Report, *notes: str) -> Report:
    return replace(report, run=replace(report.run, notes=(*report.run.notes, *notes)))


def _write(platform: Platform, report: Report) -> None:
    show = shown(report)
    if platform.page:
        write_atomically(Path(platform.page), github_actions.summary(show))
    document = formats.find(platform.format).render(show)
    if platform.results:
        write_atomically(Path(platform.results), document)
    else:
        sys.stdout.buffer.write(document.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
