"""Lines of text for a terminal: wrapped by columns, with a hanging indent, and painted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import wcwidth

from grader.model import Level, Place, Status
from grader.shown.blocks import TICKS, blocks
from grader.shown.harmless import columns, within

NARROWEST, WIDTH, WIDEST = 40, 100, 120
_FURTHER, _CONTINUED = 2, 4  # columns that code stands to the right, and its broken lines once more

BOLD, DIM, RED, GREEN, YELLOW, BLUE = "1", "2", "31", "32", "33", "34"
STATUS_COLOURS = {
    Status.PASSED: GREEN,
    Status.FAILED: RED,
    Status.SKIPPED: DIM,
    Status.ERROR: YELLOW,
}
LEVEL_COLOURS = {Level.ERROR: RED, Level.WARNING: YELLOW, Level.NOTE: DIM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A width and a way to paint; each method yields finished lines.

    ``path`` is the submission as it was typed, so that an editor opens the places that are told.
    """

    color: bool
    width: int
    path: str = ""

    def at(self, place: Place, column: int | None = None) -> str:
        """A place as editors read it: ``path:line:column``, or the cell and line of a notebook."""
        if self.path and PurePath(self.path).name == PurePath(place.file).name:
            place = replace(place, file=self.path)
        return str(place) if place.cell is not None or column is None else f"{place}:{column}"

    def dim(self, text: str, hang: int = 2) -> Iterator[str]:
        """A line of less weight."""
        yield from (self.paint(DIM, line) for line in self.flow("", text, hang=hang, gap=""))

    def quiet(self, head: str, text: str) -> Iterator[str]:
        """A line of less weight, its word in front."""
        yield from (
            self.paint(DIM, line) for line in self.flow(head.ljust(9), text, hang=11, gap="  ")
        )

    def flow(
        self, head: str, text: str, *, paint: str = "", hang: int = 4, gap: str = "   "
    ) -> Iterator[str]:
        """Wrap ``head`` and ``text`` with a hanging indent, painting only the head.

        What a page shows as code, between backticks, stands without them.
        """
        text = TICKS.sub(r"\1", text)
        if columns(head) > self.width * 2 // 3 and text:  # a line of its own leaves room to read
            yield self.paint(paint, head)
            head, gap = " " * hang, ""
        start = head + gap if text else head
        lines = _wrap(text, self.width, initial_indent=start, subsequent_indent=" " * hang)
        first, *rest = lines or [head.rstrip()]
        head = head if first.startswith(head) else ""
        yield self.paint(paint, head) + first[len(head) :] if paint else first
        yield from rest

    def hint(self, head: str, text: str, *, hang: int) -> Iterator[str]:
        """A hint: its paragraphs wrapped, its code as it is.

        A line of code that is wider than the terminal goes on below, further to the right.
        """
        for number, block in enumerate(blocks(text)):
            if number:
                yield ""
            if block.is_code:
                for line in block.text.split("\n"):
                    yield from self.code_line(line, hang)
            else:
                start = head if not number else " " * hang
                gap = "" if number else " "
                yield from self.flow(
                    start, block.text, paint="" if number else BOLD, hang=hang, gap=gap
                )

    def code_line(self, line: str, hang: int) -> Iterator[str]:
        """A line of code below what hangs at this column, broken where the terminal ends."""
        room = self.width - hang - _FURTHER
        while columns(line) > room:
            piece = within(line, room)
            yield f"{'':{hang + _FURTHER}}{piece}"
            line = " " * _CONTINUED + line[len(piece) :]
        yield f"{'':{hang + _FURTHER}}{line}".rstrip()

    def paint(self, code: str, text: str) -> str:
        """The text in a colour, where there are colours."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code and text else text


_FILL = "\ufdd0"  # no character: a text that was cleaned holds none


def _wrap(text: str, width: int, **options: Any) -> list[str]:
    """As ``textwrap.wrap``, by columns: each letter that takes two is given a companion meanwhile.

    (``wcwidth.wrap`` does the same, and takes thirty times as long.)
    """
    start = str(options["initial_indent"])
    if columns(start + text) == len(start + text):
        return textwrap.wrap(text, width, break_on_hyphens=False, **options)
    options["initial_indent"], text = _filled(start), _filled(text)
    lines = textwrap.wrap(text, width - 1, break_on_hyphens=False, **options)
    return [line.replace(_FILL, "") for line in lines]


def _filled(text: str) -> str:
    return "".join(char + _FILL if wcwidth.wcwidth(char) > 1 else char for char in text)
