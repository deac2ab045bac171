"""The words of the public result, and what crosses the wall."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

Plain: TypeAlias = "None | bool | int | float | str | list[Plain] | dict[str, Plain]"
"""What JSON can say: the only thing, beside raw tensor bytes, that crosses the wall."""


class Outcome(StrEnum):
    """How the student's process ended as a whole; partial credit stands beside it."""

    OK = "ok"
    INVALID = "invalid"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    FORBIDDEN = "forbidden"
    GRADER_FAULT = "grader_fault"


class Status(StrEnum):
    """What became of one check. ``error``: the grader could not judge it."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


class Visibility(StrEnum):
    """Who sees a check's message: everyone, nobody but staff, or everyone after the due date."""

    PUBLIC = "public"
    HIDDEN = "hidden"
    AFTER_DUE = "after_due"


class Level(StrEnum):
    """How sure a finding is that something is wrong. A ``note`` never lowers a mark."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class SubmissionKind(StrEnum):
    """How a submission is handed in, and so how it is run."""

    MODULE = "module"
    SCRIPT = "script"
    NOTEBOOK = "notebook"


class IsolationLevel(StrEnum):
    """How much of the wall stands on this machine."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"

    def holds(self, demanded: IsolationLevel) -> bool:
        """Whether this level is at least the one demanded."""
        order = list(IsolationLevel)
        return order.index(self) <= order.index(demanded)


class IsolationPolicy(StrEnum):
    """What the person who runs the grader asks of the wall (``--isolation``)."""

    REQUIRE = "require"
    BEST = "best"
    NONE = "none"


class CellStatus(StrEnum):
    """What became of one cell of a notebook."""

    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"
    NOT_RUN = "not_run"
