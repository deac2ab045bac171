"""The desk: a student's process that is ready but for the submission, and forks one for each.

Theory of operation. Between torch and a program stand some two hundred functions of ours, and what
Python tells of itself is told without us. All that is the same whatever is handed in, and so one
process puts it in place and stops; from there on it serves forks as the zygote does
(`runner.zygote`). Each fork puts up its wall, and only then takes a submission: the desk sees none,
and a fork finds nothing of another in its memory.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
from typing import Any

from grader.runner.inside.student import prepared
from grader.runner.zygote import serve


def main(argument: dict[str, Any], descriptors: list[int]) -> None:
    """Entry point of the forked child. Descriptors: the socket that it serves.

    It says that it is ready as a zygote does.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when to stop
    (fd,) = descriptors
    control = socket.socket(fileno=fd)
    student = prepared(images=argument["images"])
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"ready": os.getpid()}).encode())
    serve(control, lambda request, given: student.begin(request["argument"], given))
