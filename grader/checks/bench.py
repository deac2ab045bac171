"""The bench: a process that has collected an exercise's checks, and forks a judge for each file.

Theory of operation. pytest's start and the collection of the checks take longer than most checks,
and are the same for a whole class. So one process does both once, as a judge does (`judge`), and
stops before the first check; from there on it serves forks as the zygote does (`runner.zygote`).
Each fork goes on where the bench stopped, for one submission: its state is that of a judge that has
just collected, and it can't leave anything to the next one. The bench is on the trusted side: it
has read checks and reference, never a byte of a submission, and no student's process is forked
from it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
from typing import Any

import pytest

from grader.checks.judge import MAX_JOB, Checks, called, settle
from grader.rules import all_rules
from grader.runner.wire import Channel
from grader.runner.zygote import serve


def main(argument: dict[str, Any], descriptors: list[int]) -> None:
    """Entry point of the forked child. Descriptors: the socket that it serves, and one for its job.

    It says that it is ready as a zygote does.
    """
    del argument
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when to stop
    control, told = (socket.socket(fileno=fd) for fd in descriptors)
    with told:
        job = Channel(told, max_json=MAX_JOB).receive()[0]["job"]
    settle(job)
    checks = Checks(job)

    def wait(session: pytest.Session) -> bool:
        all_rules()  # each judge would import them when something was trained
        gc.collect()
        gc.freeze()
        control.send(json.dumps({"ready": os.getpid()}).encode())
        serve(control, lambda _, sockets: _judge(session, checks, sockets))
        return True

    checks.collect(wait)


def _judge(session: pytest.Session, checks: Checks, descriptors: list[int]) -> None:
    """Judge one submission, in the fork."""
    judge, _ = called(descriptors)
    checks.plugin.begin(judge.sitting())
    checks.run(session)
    judge.report(checks.plugin)
    judge.end()
