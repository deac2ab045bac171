"""The commands of ``grade``, one module each, with a ``run(arguments) -> ExitCode``.

Their options stand in ``options``, so that ``grade --help`` need not load what a command needs.
"""

from enum import IntEnum

COURSE_FILE = "grade.yaml"
"""Beside a submission, it names the exercise (``exercise: ID``)."""


class ExitCode(IntEnum):
    """What other programs learn from the end of ``grade``."""

    PASSED = 0
    """Graded, and every check passed; or a command did what it was asked."""

    NOT_PASSED = 1
    """Graded, and something did not pass: a check, a crash, a limit of the submission."""

    USAGE = 2
    """Nothing could be graded: bad usage, no such file or exercise, not Python or a notebook."""

    GRADER_FAULT = 3
    """The grader's own fault: never a student's score."""

    INTERRUPTED = 130
    """Stopped by Ctrl-C; nothing is left running."""

    PIPE_CLOSED = 141
    """Whoever read the output went away before its end."""

    TERMINATED = 143
    """Stopped by SIGTERM; nothing is left running."""
