"""Where in a line something happened, in columns as the line is shown. Runs beside the student."""

from __future__ import annotations

import re
from types import TracebackType

MAGICS = re.compile(r"^[ \t]*(?:[\w., \t]+=[ \t]*)?[!%]", re.MULTILINE)
"""Lines for IPython, which a file that was exported from a notebook may hold."""

TAB = 4  # columns, as reports show it


def of_traceback(traceback: TracebackType, source: str) -> list[int] | None:
    """From which column to which the expression goes that was evaluated, if on one line."""
    instruction = traceback.tb_lasti // 2
    for number, (line, last, start, end) in enumerate(traceback.tb_frame.f_code.co_positions()):
        if number == instruction:
            if line != traceback.tb_lineno or None in (start, end):
                return None
            raw = source.encode("utf-8", "replace")
            stop = len(raw) if last != line or end is None else end
            at = [len(raw[:byte].decode("utf-8", "replace")) for byte in (start, stop)]
            return between(source, at[0], at[1])
    return None


def of_syntax(error: SyntaxError, source: str) -> list[int] | None:
    """From which column to which the text goes that the parser stumbled over; one at the least."""
    if not error.offset or error.offset < 0:
        return None
    start = min(error.offset - 1, len(source.rstrip()))
    same_line = error.end_lineno in (None, error.lineno)
    end = (error.end_offset or 0) - 1 if same_line else len(source.rstrip())
    return between(source, start, end) or [start, start + 1]


def between(source: str, start: int, end: int) -> list[int] | None:
    """Two places in a line, counted in characters, as columns with its tabs expanded."""
    columns = [len(source[:at].expandtabs(TAB)) for at in (start, end)]
    return columns if columns[0] < columns[1] else None
