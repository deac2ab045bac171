"""What an exception means, in one sentence: the errors that everybody meets while learning torch.

``table`` lists them: those of ``surroundings``, ``beginners``, ``mismatches``, ``tensors`` and
``programs``, in this order. ``sentences`` has those that depend on the numbers in the exception's
text or on the values in the student's line.
"""

from __future__ import annotations

import re

from grader.crashes.rows import Row
from grader.crashes.table import TABLE
from grader.model import Crash

__all__ = ["explain"]

_DTYPES = {
    "Bool": "bool",
    "Byte": "uint8",
    "Char": "int8",
    "Double": "float64",
    "Float": "float32",
    "Half": "float16",
    "Int": "int32",
    "Long": "int64",
    "Short": "int16",
}


MOST_READ = 1000
"""Characters of an exception's text: what is known stands at its beginning."""
MOST_SAID = 1000


def explain(crash: Crash) -> str:
    """What the exception means and what to do about it; empty for one that isn't known.

    Everything about an exception may be made up. Nothing is said of one whose text has the form of
    a known one and not its contents, and no text takes longer to be read than its length allows.
    """
    message = crash.message[:MOST_READ]
    for row in TABLE:
        if row.type and row.type != crash.type:
            continue
        if found := row.text.search(message):
            return _said(row, found, crash)[:MOST_SAID]
    return ""


def _said(row: Row, found: re.Match[str], crash: Crash) -> str:
    try:
        return row.say(found, crash) if callable(row.say) else row.say.format(**_words(found))
    except (ArithmeticError, LookupError, ValueError):  # numbers and values that are none
        return ""


def _words(found: re.Match[str]) -> dict[str, str]:
    """The named parts of the text; torch's names of dtypes become those that people write."""
    return {name: _DTYPES.get(text or "", text or "") for name, text in found.groupdict().items()}
