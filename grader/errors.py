"""One exception tree; each class says who caused it and so which exit code it means.

GraderError
├── UsageError        the person at the terminal asked for something that can't be done (2)
│   ├── UnknownName       no such exercise, rule or dataset; carries the nearest names
│   ├── BadSubmission     the file is missing, or neither Python nor a notebook
│   └── IsolationRefused  more isolation is demanded than there is
├── BankError         an exercise's own files are wrong: its author's fault (2)
├── StudentFault      the student's process ended or misbehaved; becomes an outcome (1)
└── GraderFault       ours: a process of the grader died, a message of ours was wrong (3)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from grader.model import Outcome

NOT_YOUR_CODE = "the grader failed, not your code"
"""How every message of such a failure begins."""


class GraderError(Exception):
    """The root of what the grader raises on purpose."""


class UsageError(GraderError):
    """Nothing could be graded, and the caller can mend it. Exit code 2."""


class UnknownName(UsageError):
    """No exercise, rule or dataset has this name; the message lists the nearest ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        if near:
            advice = "Did you mean " + " or ".join(near) + "?"
        else:
            advice = "There are: " + ", ".join(names) + "." if names else "There are none."
        super().__init__(f"There is no {kind} named {name!r}. {advice}")


class BadSubmission(UsageError):
    """The file can't be read as Python or as a notebook. Exit code 2."""


class IsolationRefused(UsageError):
    """``--isolation require``, or an exercise, demands more than there is. Exit code 2."""


class BankError(GraderError):
    """An exercise, reference or rubric breaks the rules of the bank. Exit code 2."""


class StudentFault(GraderError):
    """The student's process ended or broke a limit; it becomes the run's outcome."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class GraderFault(GraderError):
    """The grader failed, not the student's code. Exit code 3."""
