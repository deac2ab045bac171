"""The bench, from outside: an exercise's checks collected once, and a fork for each submission.

Theory of operation. `grader.checks.bench` is forked from the zygote like a judge, and is then asked
for judges as the zygote is. It holds references and rubric, so it is never asked for a student's
process. Whoever grades a class asks it where the job is one that it has collected for, and the
zygote itself for any other; one that dies costs what was in flight.
"""

from __future__ import annotations

import contextlib
import socket

from grader.runner.outside.job import Job
from grader.runner.outside.warm import Branch, Forked, Zygote
from grader.runner.wire import Channel, WireError

ENTRY = "grader.checks.bench"


class Bench(Branch):
    """Forks judges for the checks, the rubric, the seed and the limits of one job."""

    def __init__(self, zygote: Zygote, job: Job) -> None:
        super().__init__()
        self._zygote = zygote
        self._job = job

    def is_for(self, job: Job) -> bool:
        """Whether this job's judge is one of those that it forks."""
        return job.judge == self._job.judge and job.entry == self._job.entry

    def grow(self, theirs: socket.socket) -> Forked:
        """Fork it from the zygote; it collects meanwhile."""
        tell, told = socket.socketpair()
        with told, tell:
            given = [theirs.fileno(), told.fileno()]
            forked = self._zygote.fork(ENTRY, {}, given, self._job.preload)
            with contextlib.suppress(WireError):  # it has ended: that is met where it is waited for
                Channel(tell).send({"job": self._job.judge})
        return forked
