"""Student text made harmless, in one pass over the whole Report.

Source, messages, output, even file names come from a stranger. On a terminal an escape
sequence can rewrite what was shown before it; on any screen a bidi override can make code
read differently from how it runs. Because the whole record is cleaned before a renderer
sees it, no renderer can forget a field. HTML is escaped later, by the template.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from grader.model import Cell, Output, Report, Submission

_TEXT_LIMIT = 4_000
_LINE_LIMIT = 2_000
_SOURCE_LIMIT = 1_000_000
_OUTPUT_LIMIT = 64 << 10

_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|(?=\x1b|\n)|\Z)"
    r"|\x1b[ -/]*[0-~]"  # the two-character ones
)
_MARK_FLOOD = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_JOINERS = "\u200c\u200d"  # emoji and several scripts need them; they reorder nothing


class _Visible(dict[int, str]):
    """A translation table that fills itself: every unprintable character gets a visible form."""

    def __missing__(self, code: int) -> str:
        self[code] = shown = _shown(code)
        return shown


def _shown(code: int) -> str:
    char = chr(code)
    category = unicodedata.category(char)
    if char == "\n" or char in _JOINERS:
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if category == "Cs":
        return "\ufffd"
    nonchar = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    if nonchar or category in {"Cc", "Cf", "Zl", "Zp"}:
        return f"⟨U+{code:04X}⟩"
    return char


def visible(text: str) -> str:
    r"""Return ``text`` with each control, bidi or invisible character as a visible sign.

    Newlines stay (``\r\n`` and ``\r`` count as one, as they do for Python); tabs become
    spaces. The result is safe to write to a terminal.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "\n".join(line.expandtabs(4) for line in text.split("\n"))
    return _MARK_FLOOD.sub(r"\1", text.translate(_Visible()))


def printed(text: str) -> str:
    r"""Return what a terminal would have ended up showing, without its escape sequences.

    A progress bar rewrites its line with ``\r``: only the last state of the line is kept.
    """
    lines = _ESCAPE_SEQUENCE.sub("", text).replace("\r\n", "\n").split("\n")
    return visible("\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def cut(text: str, limit: int) -> str:
    """Return ``text`` with at most ``limit`` characters, and say so where it was cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def one_line(text: str, limit: int) -> str:
    """Return ``text`` on one line of at most ``limit`` characters, ended by ``…`` if cut."""
    line = " ".join(text.split("\n")).strip()
    return line if len(line) <= limit else line[: max(limit - 1, 1)].rstrip() + "…"


def harmless(report: Report) -> Report:
    """Return the same Report with every string in it cleaned and capped."""
    cleaned: Report = _scrub(report)
    return replace(
        cleaned,
        submission=replace(cleaned.submission, cells=_cells(report.submission)),
        run=replace(cleaned.run, output=_output(report.run.output)),
    )


def _scrub(value: Any) -> Any:
    if type(value) is str:
        return cut(visible(_ESCAPE_SEQUENCE.sub("", value[: 4 * _TEXT_LIMIT])), _TEXT_LIMIT)
    if isinstance(value, tuple):
        return tuple(_scrub(item) for item in value)
    if isinstance(value, Mapping):
        return {_scrub(key): _scrub(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Submission | Output):
        return replace(value, **{f.name: _scrub(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, Submission):
        return replace(value, name=_scrub(value.name), sha256=_scrub(value.sha256))
    return value


def _cells(submission: Submission) -> tuple[Cell, ...]:
    """Clean each cell line by line; escape sequences stay visible, for they are the code."""
    left = _SOURCE_LIMIT
    cells = []
    for cell in submission.cells:
        lines = visible(cut(cell.source, left)).split("\n")
        left -= min(left, len(cell.source))
        cells.append(replace(cell, source="\n".join(cut(line, _LINE_LIMIT) for line in lines)))
    return tuple(cells)


def _output(output: Output) -> Output:
    """Clean both streams and keep their tails, as the runner does."""
    longest = max(len(output.stdout), len(output.stderr))
    return Output(
        stdout=_tail(output.stdout),
        stderr=_tail(output.stderr),
        truncated=output.truncated or longest > _OUTPUT_LIMIT,
    )


def _tail(text: str) -> str:
    lines = printed(text[-_OUTPUT_LIMIT:]).split("\n")
    return "\n".join(cut(line, _LINE_LIMIT) for line in lines)
