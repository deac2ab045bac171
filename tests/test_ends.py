"""How a process ended is told by what was measured, never by what the program makes of it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from grader.model import Limits, Outcome
from grader.runner.outside import process
from grader.runner.outside.cleanup import remove_tree
from grader.runner.outside.process import explain_end
from grader.runner.outside.warm import Ended
from grader.runner.wall.rlimits import cpu_limit
from grading import Bench

CHECKS = """
from grader.checks import check

@check("one")
def test_one(student):
    "It answers."
    student.answer()
"""
SMALL = Limits(check_s=10.0, wall_s=20.0, memory_bytes=1 << 30)


def ended(number: int, *, cpu_s: float = 1.0) -> Ended:
    return Ended(pid=1, exit=-number, cpu_s=cpu_s, peak_rss_kb=0)


@pytest.mark.parametrize(
    ("body", "outcome", "word"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", Outcome.CRASHED, "SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGTERM)", Outcome.CRASHED, "SIGTERM"),
        ("signal.alarm(1); time.sleep(5)", Outcome.CRASHED, "SIGALRM"),
        ("os.abort()", Outcome.CRASHED, "SIGABRT"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n    while True: pass",
         Outcome.CRASHED, "SIGKILL"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (1, 9))\n    while True: pass",
         Outcome.CRASHED, "SIGXCPU"),
        ("resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20)); torch.zeros(10 ** 7)",
         Outcome.CRASHED, "its own limits"),
        ("kept = [bytearray(1 << 26) for _ in range(100)]", Outcome.OUT_OF_MEMORY, "memory"),
        ("numpy.zeros(10 ** 14)", Outcome.OUT_OF_MEMORY, "memory"),
        ("torch.zeros(10 ** 14)", Outcome.OUT_OF_MEMORY, "memory"),
    ],
)  # fmt: skip
def test_only_the_limit_that_struck_is_blamed(
    grade: Bench, body: str, outcome: Outcome, word: str
) -> None:
    """Signals and limits of a program's own are no lack of memory or time; a real one is."""
    source = (
        f"import os, resource, signal, time, numpy, torch\ndef answer(*_):\n    {body}\nanswer()\n"
    )
    graded = grade(CHECKS, source, "one", limits=SMALL)
    run = graded.report.run
    assert run.outcome is outcome, run.reason
    assert word in run.reason


@pytest.mark.parametrize("near", [False, True])
def test_a_kill_is_for_memory_if_the_peak_was_near_the_limit_or_the_kernel_killed(
    *, near: bool
) -> None:
    """Half of the limit is no lack of memory; nearly all of it is, and so is the kernel's word."""
    taken = SMALL.memory_bytes * (9 if near else 5) // 10
    found = explain_end(ended(signal.SIGKILL), SMALL, taken=taken)[0]
    assert (found is Outcome.OUT_OF_MEMORY) is near
    killed = explain_end(ended(signal.SIGKILL), SMALL, taken=taken, kernel_killed=True)[0]
    assert killed is Outcome.OUT_OF_MEMORY


def test_cpu_time_is_used_up_only_near_its_limit() -> None:
    """SIGXCPU after a second is a limit of the program's own; near the grader's, it is that."""
    early = explain_end(ended(signal.SIGXCPU), SMALL)
    late = explain_end(ended(signal.SIGXCPU, cpu_s=float(cpu_limit(SMALL))), SMALL)
    assert (early[0], late[0]) == (Outcome.CRASHED, Outcome.TIMED_OUT)


def test_a_folder_that_cannot_be_removed_is_a_note(
    grade: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result stands, with a sentence that names the folder."""
    kept: list[Path] = []

    def refuse(path: Path) -> None:
        kept.append(path)
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(process, "remove_tree", refuse)
    graded = grade(CHECKS, "def answer(): return 1", "one")
    for folder in kept:
        remove_tree(folder)
    assert graded.report.verdict.passed
    assert any(str(kept[0]) in note for note in graded.report.run.notes)
