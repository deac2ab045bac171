"""Student text made harmless, in one pass over the whole Report.

Source, messages, output, even file names come from a stranger. On a terminal an escape
sequence can rewrite what was shown before it; on any screen a bidi override can make code
read differently from how it runs, and an invisible letter two names alike. Because the whole record
is cleaned where it enters (``entered``), before anything renders, exports or keeps it, nothing can
forget a field. HTML is escaped later, by the template.
"""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from typing import Any

import wcwidth

from grader.model import Cell, Output, Prose, Report, Submission

_TEXT_LIMIT = 4_000
_LINE_LIMIT = 2_000
_SOURCE_LIMIT = 1_000_000
_OUTPUT_LIMIT = 64 << 10
_PROSE_LIMIT = 200_000
_PROSE_PARTS = 2_000

_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|(?=\x1b|\n)|\Z)"
    r"|\x1b[ -/]*[0-~]"  # the two-character ones
)
_MARK_FLOOD = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_UP = re.compile(r"\x1b\[(?:\d{1,3})?A")
_MOVES = re.compile(r"(\n|\r|\x1b\[(?:\d{1,3})?A)")
_MARKED = 5
_MOST_KNOWN = 4096
_CUT = re.compile(r"… \([\d,]+ more characters\)\Z")
_PLAIN = frozenset((int, float, bool, type(None)))
_PIECES = 50  # of a line that is gone back to without being written anew
_BLANKS = frozenset(
    (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810),
     *range(0xFFF0, 0xFFF9), *range(0xE0100, 0xE01F0))
)  # fmt: skip
"""Letters and marks that nobody sees, beside those of the category Cf (Unicode's
Default_Ignorable_Code_Point, and the empty pattern of Braille)."""
_JOINED = "\u200c\u200d\ufe0e\ufe0f"
"""Joiners and selectors: emoji and several scripts need them, after a character of theirs."""
_STRAY = re.compile(
    "(?:(?<![^\x00-\x7f])|(?<=[\u200c\u200d])(?=[\u200c\u200d])"
    "|(?<=[\ufe0e\ufe0f])(?=[\ufe0e\ufe0f]))"
    f"[{_JOINED}](?!\u20e3)"  # a key (1\ufe0f\u20e3) is made of a digit
)


class _Visible(dict[int, str]):
    """A translation table that fills itself: every unprintable character gets a visible form."""

    def __missing__(self, code: int) -> str:
        shown = _shown(code)
        if len(self) < _MOST_KNOWN:  # a text may have every character that there is
            self[code] = shown
        return shown


@functools.cache
def _signs() -> _Visible:
    """The table, which is the same for every text."""
    return _Visible()


def _shown(code: int) -> str:
    char = chr(code)
    category = unicodedata.category(char)
    if char == "\n" or char in _JOINED:
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if category == "Cs":
        return "\ufffd"
    nonchar = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    if nonchar or code in _BLANKS or category in {"Cc", "Cf", "Zl", "Zp"}:
        return _sign(code)
    return char


def _sign(code: int) -> str:
    return f"⟨U+{code:04X}⟩"


def _is_harmless(text: str) -> bool:
    """Whether it is a line of plain ASCII, as nearly every text of a report is."""
    return text.isascii() and text.isprintable()


def visible(text: str) -> str:
    r"""Return ``text`` with each control, bidi or invisible character as a visible sign.

    Newlines stay (``\r\n`` and ``\r`` count as one, as they do for Python); tabs become
    spaces. The result is safe to write to a terminal.
    """
    if _is_harmless(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "\n".join(line.expandtabs(4) for line in text.split("\n"))
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    text = _STRAY.sub(lambda found: _sign(ord(found[0])), text)
    return _MARK_FLOOD.sub(r"\1", text.translate(_signs()))


def printed(text: str) -> str:
    r"""Return what a terminal would have ended up showing, without its escape sequences.

    A progress bar rewrites its line with ``\r`` or backspaces, and bars below each other go up
    again: only the last state of a line is kept.
    """
    if _UP.search(text):
        text = _redrawn(text)
    lines = _ESCAPE_SEQUENCE.sub("", text).replace("\r\n", "\n").split("\n")
    last = (line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return visible("\n".join(_taken_back(line) if "\b" in line else line for line in last))


def _redrawn(text: str) -> str:
    """What is left on the screen when lines are gone back to and written anew."""
    rows: list[list[str]] = [[]]
    at, anew = 0, False
    for part in _MOVES.split(text.replace("\r\n", "\n")):
        if part == "\n":
            at, anew = at + 1, True
            rows += [[]] if at == len(rows) else []
        elif part == "\r":
            anew = True
        elif _UP.fullmatch(part):
            at = max(at - int(part[2:-1] or 1), 0)
        elif part:
            rows[at] = [part] if anew else [*rows[at][-_PIECES:], part]
            anew = False
    return "\n".join("".join(row) for row in rows)


def _taken_back(line: str) -> str:
    """A line after its backspaces; those at its end only move the cursor."""
    kept: list[str] = []
    for char in line.rstrip("\b"):
        if char != "\b":
            kept.append(char)
        elif kept:
            kept.pop()
    return "".join(kept)


def cut(text: str, limit: int) -> str:
    """Return ``text`` with at most ``limit`` characters, and say so where it was cut.

    What was cut so before stays as it is, with the number that was true then.
    """
    if len(text) <= limit:
        return text
    before = _CUT.search(text, limit)
    if before is not None and before.start() == limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def one_line(text: str, limit: int) -> str:
    """Return ``text`` on one line of at most ``limit`` columns, ended by ``…`` if cut."""
    line = " ".join(text.split("\n")).strip()
    if columns(line) <= limit:
        return line
    return within(line, max(limit - 1, 1)).rstrip() + "…"


def columns(text: str) -> int:
    """How many columns of a terminal a line takes; letters of some scripts take two, marks none."""
    return len(text) if text.isascii() else wcwidth.width(text, control_codes="ignore")


def within(text: str, limit: int) -> str:
    """The beginning of a line that takes at most ``limit`` columns."""
    head = text[: _MARKED * limit]  # `visible` leaves so many marks on a character at most
    return head[:limit] if head.isascii() else wcwidth.clip(head, 0, limit)


def entered(report: Report) -> Report:
    """Return the Report as it is to go on: cleaned, with the outputs of cells as they came.

    Those are pictures and pages as well as text, and are made harmless by kind (``outputs``).
    """
    clean = harmless(replace(report, exercise=replace(report.exercise, rubric=())))
    cells = zip(clean.run.cells, report.run.cells, strict=True)
    kept = tuple(replace(c, outputs=raw.outputs) if raw.outputs else c for c, raw in cells)
    run = replace(clean.run, cells=kept)
    return replace(clean, run=run, exercise=report.exercise)  # that one is the course's own


def harmless(report: Report) -> Report:
    """Return the same Report with every string in it cleaned and capped.

    The cells of a notebook lose their outputs: these are pictures and pages as well as text,
    and ``outputs`` turns each into something that can be shown.
    """
    bare = tuple(replace(cell, outputs=()) if cell.outputs else cell for cell in report.run.cells)
    cleaned: Report = scrubbed(replace(report, run=replace(report.run, cells=bare)))
    return replace(
        cleaned,
        submission=replace(
            cleaned.submission, cells=_cells(report.submission), prose=_prose(report.submission)
        ),
        run=replace(cleaned.run, output=_output(report.run.output)),
    )


def scrubbed(value: Any) -> Any:
    """Return a plain value or record with every string in it cleaned and capped.

    What is clean already is returned itself: a notebook may have a hundred thousand cells.
    """
    if type(value) is str:
        return value if len(value) <= _TEXT_LIMIT and _is_harmless(value) else _text(value)
    if isinstance(value, tuple):
        is_plain = all(type(item) in _PLAIN for item in value)  # a curve has thousands of numbers
        items = value if is_plain else tuple(map(scrubbed, value))
        return items if any(map(operator.is_not, items, value)) else value
    if isinstance(value, Mapping):
        return {scrubbed(key): scrubbed(item) for key, item in value.items()}
    if isinstance(value, Submission):
        return replace(value, name=scrubbed(value.name), sha256=scrubbed(value.sha256))
    if is_dataclass(value) and not isinstance(value, type | Output):
        return _scrubbed_record(value)
    return value


def _text(value: str) -> str:
    """Return a text cleaned and capped."""
    clean = cut(visible(_ESCAPE_SEQUENCE.sub("", value[: 4 * _TEXT_LIMIT])), _TEXT_LIMIT)
    return value if clean == value else clean


def _scrubbed_record(record: Any) -> Any:
    """Return a record with what is odd in it replaced."""
    given = {name: getattr(record, name) for name in type(record).__dataclass_fields__}
    clean = {name: scrubbed(part) for name, part in given.items() if type(part) not in _PLAIN}
    changed = {name: part for name, part in clean.items() if part is not given[name]}
    return replace(record, **changed) if changed else record


def _cells(submission: Submission) -> tuple[Cell, ...]:
    """Clean each cell line by line; escape sequences stay visible, for they are the code."""
    left = _SOURCE_LIMIT
    cells = []
    for cell in submission.cells:
        lines = visible(cut(cell.source, left)).split("\n")
        left -= min(left, len(cell.source))
        source = "\n".join(cut(line, _LINE_LIMIT) for line in lines)
        cells.append(cell if source == cell.source else replace(cell, source=source))
    return tuple(cells)


def _prose(submission: Submission) -> tuple[Prose, ...]:
    """Clean the text between the cells; past the limits it is cut, and says so."""
    left = _PROSE_LIMIT
    prose: list[Prose] = []
    for each in submission.prose:
        if not left or len(prose) == _PROSE_PARTS:
            more = len(submission.prose) - len(prose)
            prose.append(replace(each, text=f"… ({more:,} more texts)"))
            break
        prose.append(replace(each, text=visible(cut(each.text, left))))
        left -= min(left, len(each.text))
    return tuple(prose)


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
