"""The student's names as a notebook's test has them: plain values here, all else over there.

Tests that were written to run beside the student's code say ``assert mean([1, 2]) == 1.5``. Over a
:class:`Mirror` they need no change: a call runs in the student's process, and what it returns comes
over if it is plain (numbers, text, tensors, arrays, containers of these). Anything else stays a
mirror, whose attributes, items and calls are asked for in the same way.
"""

from __future__ import annotations

from typing import Any

from grader.checks.remote import Remote, StudentRaised
from grader.checks.student import Student

_NOT_PLAIN = "can't be compared"


class Mirror:
    """An object of the student's, or with none the submission's own names."""

    def __init__(self, source: Student | Remote) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return reflected(self._source.get(name))

    def __getitem__(self, key: object) -> Any:
        return reflected(self._remote()[_given(key)])

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """What it returns over there, here if it is plain."""
        given = {name: _given(value) for name, value in kwargs.items()}
        return reflected(self._remote()(*map(_given, args), **given))

    def _remote(self) -> Remote:
        if not isinstance(self._source, Remote):
            raise TypeError("the submission itself is neither called nor indexed")
        return self._source


def reflected(found: Remote) -> Any:
    """The value of a handle where it is plain, else a mirror of what is over there."""
    if found.is_callable and found.facts is None:
        return Mirror(found)
    try:
        return found.value
    except StudentRaised as error:
        if _NOT_PLAIN not in error.crash.message:
            raise
        return Mirror(found)


def _given(value: object) -> object:
    return value._source if isinstance(value, Mirror) else value  # noqa: SLF001 - its own class
