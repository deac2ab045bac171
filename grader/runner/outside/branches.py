"""What a grader's zygote has forked to fork on: one bench, and a desk for either kind of job.

Graders over the same zygote share them.
"""

from __future__ import annotations

from grader.runner.outside.bench import Bench
from grader.runner.outside.desk import Desk
from grader.runner.outside.job import Job
from grader.runner.outside.warm import Zygote


class Branches:
    """Makes each when it is asked for first."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote = zygote
        self._bench: Bench | None = None
        self._desks: dict[bool, Desk] = {}

    def bench(self, job: Job) -> Bench | None:
        """The bench; None for a job that isn't like the first one's."""
        if self._bench is None:
            self._bench = Bench(self._zygote, job)
        return self._bench if self._bench.is_for(job) else None

    def desk(self, job: Job) -> Desk:
        """The desk of jobs that bring data, or of those that bring none."""
        images = bool(job.data_files)
        if images not in self._desks:
            self._desks[images] = Desk(self._zygote, images=images)
        return self._desks[images]

    def close(self) -> None:
        """End them; asked for again, they are made anew."""
        for branch in (self._bench, *self._desks.values()):
            if branch is not None:
                branch.close()
        self._bench, self._desks = None, {}
