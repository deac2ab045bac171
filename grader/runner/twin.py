"""A twin: a fork of a warm zygote that serves a supervisor of its own.

Theory of operation. Importing torch costs seconds and hundreds of megabytes; a fork of a process
that has done it costs neither, as the two share every page until one writes to it. So of several
zygotes at work only the first imports. It forks the others as it forks any child: this module is
the child's entry, and what it does is to serve, in its turn, the socket that it was given.
"""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

from grader.runner.zygote import serve


def main(_argument: dict[str, Any], descriptors: list[int]) -> None:
    """Entry point of the forked zygote. Descriptors: the socket that it serves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when to stop
    (control,) = descriptors
    _close_all_but(control)
    serve(socket.socket(fileno=control))


def _close_all_but(kept: int) -> None:
    """The first zygote holds descriptors of its other children, which are none of ours."""
    first = 3  # after standard input, output and error
    os.closerange(first, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
