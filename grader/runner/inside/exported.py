"""Lines of a notebook in a file of Python: what ``!pip`` and ``%matplotlib`` leave in an export.

Runs in the student's process, and only on a text that is no Python as it stands. IPython's own
transformers make calls of such lines, each in its place, so that every line keeps its number;
what they call does nothing (``quiet._Shell``).
"""

from __future__ import annotations

from IPython.core.inputtransformer2 import EscapedCommand, MagicAssign, SystemAssign

from grader.runner.inside.shell import LineKeeping
from grader.runner.spans import MAGICS

MAX_TEXT = 400_000
"""Characters of a text that is looked at: each line that is found has all of them read again."""


class _MagicsAlone(LineKeeping):
    """Nothing else is mended: a prompt or an odd indentation stays the error that it is."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call, unused-ignore]
        self.cleanup_transforms = []
        self.line_transforms = []
        self.token_transformers = [MagicAssign, SystemAssign, EscapedCommand]


def without_magics(source: str) -> str | None:
    """The text with its lines for IPython as calls; None where it has none.

    Raises:
        SyntaxError: something else is wrong with the text too.
    """
    if len(source) > MAX_TEXT or not MAGICS.search(source):
        return None
    made = _MagicsAlone().transform_cell(source)
    return made if made.rstrip("\n") != source.rstrip("\n") else None


def magic_lines(source: str, made: str) -> list[int]:
    """The numbers of the lines that were replaced."""
    pairs = zip(source.split("\n"), made.split("\n"), strict=False)
    return [number for number, (before, after) in enumerate(pairs, 1) if before != after]
