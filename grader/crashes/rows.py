"""What is known of one error: how it is recognised, and what is said about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.model import Crash

Say = Callable[[re.Match[str], Crash], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One known error: the exception's class (any, if empty), its text, and what to say."""

    type: str
    text: re.Pattern[str]
    say: str | Say


def row(text: str, say: str | Say, kind: str = "") -> Row:
    """A row; ``text`` is a regular expression whose named parts ``say`` may use in braces."""
    return Row(kind, re.compile(text), say)
