"""What the supervisor mends, bounds and cleans up by itself."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from grader import bank, submission
from grader.model import Outcome, Progress
from grader.pipeline import Grader, Options

EXAMPLE = Path(__file__).parents[2] / "examples" / "debug_loop_repaired.py"


class KillOnce:
    """Kills the zygote at the first sign of training."""

    def __init__(self) -> None:
        self.grader: Grader | None = None
        self.killed = 0

    def __call__(self, progress: Progress) -> None:
        if self.grader is not None and "measuring" in progress.doing and not self.killed:
            process = self.grader._zygote._process
            assert process is not None
            self.killed = process.pid
            os.kill(process.pid, signal.SIGKILL)


def test_a_zygote_that_dies_is_replaced_and_the_job_run_again() -> None:
    """The submission doesn't notice: its result is that of the second run."""
    exercise = bank.load("debug_loop")
    kill = KillOnce()
    with Grader(Options(progress=kill)) as grader:
        kill.grader = grader
        report = grader.grade(exercise, submission.read(EXAMPLE, exercise.submit))
        assert kill.killed
        assert report.verdict.outcome is Outcome.OK, report.run.reason
        assert report.verdict.passed
        process = grader._zygote._process
        assert process is not None
        assert process.pid != kill.killed


def test_nothing_is_left_when_the_grader_closes() -> None:
    """No child of this process remains, and no descriptor that was not there before."""
    before = set(Path("/proc/self/fd").iterdir())
    exercise = bank.load("debug_loop")
    with Grader(Options()) as grader:
        grader.grade(exercise, submission.read(EXAMPLE, exercise.submit))
        process = grader._zygote._process
        assert process is not None
        pid = process.pid
    assert not Path(f"/proc/{pid}").exists()
    assert len(set(Path("/proc/self/fd").iterdir()) - before) <= 1  # listing opens one itself
