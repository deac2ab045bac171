"""What an exception means, in one sentence: the errors that everybody meets while learning torch.

``table`` lists them: first those of ``surroundings``, then ``tensors`` and
``programs``. ``sentences`` has
those that depend on the numbers in the exception's text or on the values in the student's line.
"""

from __future__ import annotations

import re

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


def explain(crash: Crash) -> str:
    """What the exception means and what to do about it; empty for one that isn't known."""
    for row in TABLE:
        if row.type and row.type != crash.type:
            continue
        if found := row.text.search(crash.message):
            return row.say(found, crash) if callable(row.say) else row.say.format(**_words(found))
    return ""


def _words(found: re.Match[str]) -> dict[str, str]:
    """The named parts of the text; torch's names of dtypes become those that people write."""
    return {name: _DTYPES.get(text or "", text or "") for name, text in found.groupdict().items()}
