"""The judge's line to the supervisor, which starts student processes and knows their ends."""

from __future__ import annotations

import json
import socket
from typing import Any

from grader.checks.clock import Clock
from grader.errors import StudentFault
from grader.model import Outcome

MAX_CONTROL = 64 << 10


class Supervision:
    """The judge's line to the supervisor: it starts student processes and knows their ends.

    ``clock`` bounds what the judge does between two answers.
    """

    def __init__(self, control: socket.socket, clock: Clock) -> None:
        self._control = control
        self.clock = clock

    def new_student(self, *, quiet: bool, trains: bool = False) -> tuple[socket.socket, bytes]:
        """A fresh student's process, walled in and holding the submission, and its seal.

        ``quiet`` drops what it prints; one that ``trains`` is asked to end its training before
        it is ended for its time. Raises StudentFault when the time is used up.
        """
        request = {"do": "student", "quiet": quiet, "trains": trains}
        self._control.send(json.dumps(request).encode())
        data, fds, _, _ = socket.recv_fds(self._control, MAX_CONTROL, 1)
        answer = json.loads(data)
        if not fds:
            raise StudentFault(Outcome(answer["outcome"]), answer["reason"])
        return socket.socket(fileno=fds[0]), bytes.fromhex(answer["seal"])

    def kill(self, outcome: Outcome, reason: str) -> None:
        """Have the student's process ended for ``reason``."""
        self._ask({"do": "kill", "outcome": outcome, "reason": reason})

    def stop(self) -> None:
        """Have the student's process asked to end its training at the next step."""
        self._ask({"do": "stop"})

    def trained(self) -> StudentFault | None:
        """Tell that a training has ended; the fault, if that was because its time was up."""
        answer = self._ask({"do": "trained"})
        outcome = Outcome(answer["outcome"])
        return None if outcome is Outcome.OK else StudentFault(outcome, answer["reason"])

    def obituary(self) -> StudentFault:
        """Why the student's process ended."""
        answer = self._ask({"do": "obituary"})
        return StudentFault(Outcome(answer["outcome"]), answer["reason"])

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._control.send(json.dumps(request).encode())
        answer: dict[str, Any] = json.loads(self._control.recv(MAX_CONTROL))
        return answer
