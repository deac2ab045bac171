"""The desk, from outside: a student's process made ready once, and a fork for each submission.

Theory of operation. `grader.runner.inside.desk` is forked from the zygote like a student's process,
puts in place all that is the same whoever handed in, and is then asked for students' processes as
the zygote is. It knows no more than the zygote does: no reference, no rubric, no submission.
"""

from __future__ import annotations

import socket

from grader.runner.outside.warm import Branch, Forked, Zygote

ENTRY = "grader.runner.inside.desk"


class Desk(Branch):
    """Forks students' processes for jobs that bring ``images``, or for jobs that bring none."""

    def __init__(self, zygote: Zygote, *, images: bool) -> None:
        super().__init__()
        self._zygote = zygote
        self._images = images

    def grow(self, theirs: socket.socket) -> Forked:
        """Fork it from the zygote; it makes ready meanwhile."""
        return self._zygote.fork(ENTRY, {"images": self._images}, [theirs.fileno()])
