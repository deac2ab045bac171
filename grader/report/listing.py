"""The submission as numbered, highlighted lines with notes in the margin.

A long file is shown around its marked lines; the rest is folded, never dropped without a
word. Tokens stay pairs of a class and a text: the template escapes both.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from pygments.lexers.python import PythonLexer
from pygments.token import Token as Kind

from grader.model import CellStatus, Level, Place, SubmissionKind
from grader.shown.focus import Focus, span
from grader.shown.lines import same_file
from grader.shown.records import Shown, ShownCheck, ShownCrash, ShownFinding
from grader.shown.words import LEVEL_ORDER

_LONG = 150
_CONTEXT = 6
_OPENING = 40
_FEWEST_FOLDED = 4
_LONG_CELL, _CELL_OPENING = 80, 30
_MAX_CELLS = 3_000
_ROOM = 1_000_000
"""Bytes of the page that code may take, by a rough count of its markup."""
_LINE_COST, _LETTER_COST = 100, 3
_MAX_HIGHLIGHTED = 200_000

Token: TypeAlias = tuple[str, str, bool]
"""A class, a text, and whether it belongs to the part of the line that a note is about."""

_CLASSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (Kind.Comment, "c"),
    (Kind.Literal.String, "s"),
    (Kind.Literal.Number, "n"),
    (Kind.Keyword, "k"),
    (Kind.Operator.Word, "k"),
    (Kind.Name.Function, "f"),
    (Kind.Name.Class, "f"),
    (Kind.Name.Decorator, "d"),
    (Kind.Name.Builtin.Pseudo, "k"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What stands below a line: findings of one cause, or the exception that was raised there.

    ``check`` is the one that lost points for it; ``first`` says whether this is the note at which
    the check's own words and its hints stand.
    """

    findings: tuple[ShownFinding, ...] = ()
    crash: ShownCrash | None = None
    check: ShownCheck | None = None
    first: bool = True

    @property
    def level(self) -> Level:
        """How grave it is; an exception is an error."""
        levels = [entry.finding.level for entry in self.findings]
        return min(levels, key=LEVEL_ORDER.__getitem__, default=Level.ERROR)

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints of the check, if this is where they stand."""
        return self.check.hints if self.check and self.first else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the student's text. ``anchor`` is its id in the page."""

    number: int
    anchor: str
    tokens: tuple[Token, ...]
    notes: tuple[Note, ...]

    @property
    def level(self) -> Level | None:
        """The gravest level among the notes, None on a line without any."""
        levels = [note.level for note in self.notes]
        return min(levels, key=LEVEL_ORDER.__getitem__, default=None)

    @property
    def badge(self) -> str:
        """The numbers of the findings at this line, a mark for an exception alone."""
        numbers = [str(entry.number) for note in self.notes for entry in note.findings]
        return "·".join(numbers) or "!"

    @property
    def text(self) -> str:
        """The line without its highlighting."""
        return "".join(text for _, text, _ in self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Consecutive lines, shown or folded; ``said`` tells what is in those that are folded."""

    folded: bool
    lines: tuple[Line, ...]
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A file, or one cell of a notebook; ``dropped`` counts lines past the page's capacity."""

    cell: int | None
    segments: tuple[Segment, ...]
    dropped: int = 0


def anchor(place: Place) -> str:
    """Return the page's id of a line: ``L8``, or ``c3-L2`` in a notebook."""
    return f"L{place.line}" if place.cell is None else f"c{place.cell}-L{place.line}"


def listing(show: Shown) -> tuple[Block, ...]:
    """Return the whole submission with its marked lines."""
    notes = _notes(show)
    notebook = show.submission.kind is SubmissionKind.NOTEBOOK
    wanted = _chosen(show, {cell for cell, _ in notes})
    blocks = [
        _block(cell.number if notebook else None, cell.source, notes)
        for cell in show.submission.cells
        if not wanted or cell.number in wanted
    ]
    if notebook:
        return tuple(_capped(each for block in blocks for each in _folded_cell(block)))
    total = sum(len(segment.lines) for block in blocks for segment in block.segments)
    if total <= _LONG:
        return tuple(_without_opening(block) for block in blocks)
    marked = any(line.notes for block in blocks for line in block.segments[0].lines)
    return tuple(_capped(_folded(blocks, opening=0 if marked else _OPENING)))


def _chosen(show: Shown, noted: set[int | None]) -> set[int]:
    """Of a notebook with more cells than a page can hold, those to show; empty for all.

    Half of the room is for cells with something to tell, the rest for the first ones.
    """
    numbers = [cell.number for cell in show.submission.cells]
    if len(numbers) <= _MAX_CELLS:
        return set()
    telling = noted | {cell.number for cell in show.cells if cell.status is CellStatus.FAILED}
    chosen = [number for number in numbers if number in telling][: _MAX_CELLS // 2]
    return {*chosen, *numbers[: _MAX_CELLS - len(chosen)]}


def marked_anchors(blocks: Iterable[Block]) -> frozenset[str]:
    """Return the anchors that exist in the page, for links that must not dangle."""
    return frozenset(
        line.anchor for block in blocks for segment in block.segments for line in segment.lines
    )


def _notes(show: Shown) -> dict[tuple[int | None, int], list[Note]]:
    placed = [*_found(show), *_raised(show)]
    notes: dict[tuple[int | None, int], list[Note]] = {}
    for place, note in placed:
        if same_file(show.submission, place):
            notes.setdefault((place.cell, place.line), []).append(note)
    return notes


def _found(show: Shown) -> Iterator[tuple[Place, Note]]:
    """The findings, those of one check at one line together, in the order of their numbers."""
    owners = {each.number: check for check in show.checks for each in check.findings}
    groups: dict[tuple[Place, str], list[ShownFinding]] = {}
    for entry in show.findings:
        owner = owners.get(entry.number)
        if entry.finding.place:
            key = entry.finding.place, owner.id if owner else f"noticed {entry.number}"
            groups.setdefault(key, []).append(entry)
    begun: set[str] = set()
    for (place, owner_id), entries in groups.items():
        owner = owners.get(entries[0].number)
        yield place, Note(findings=tuple(entries), check=owner, first=owner_id not in begun)
        begun.add(owner_id)


def _raised(show: Shown) -> Iterator[tuple[Place, Note]]:
    """The exceptions, each once."""
    known = [show.crash]
    notes = [Note(crash=show.crash)] if show.crash else []
    for check in show.checks:
        if check.crash and check.crash not in known:
            notes.append(Note(crash=check.crash, check=check, first=not check.findings))
            known.append(check.crash)
    notes += [Note(crash=cell.crash) for cell in show.cells if cell.crash not in known]
    for note in notes:
        if note.crash and note.crash.place:
            yield note.crash.place, note


def _block(
    cell: int | None, source: str, notes: Mapping[tuple[int | None, int], list[Note]]
) -> Block:
    lines = tuple(
        Line(
            number=number,
            anchor=f"L{number}" if cell is None else f"c{cell}-L{number}",
            tokens=_marked(tokens, notes.get((cell, number), [])),
            notes=tuple(notes.get((cell, number), ())),
        )
        for number, tokens in enumerate(_highlighted(source.rstrip("\n")), 1)
    )
    return Block(cell=cell, segments=(Segment(folded=False, lines=lines),))


def _marked(tokens: tuple[Token, ...], notes: Sequence[Note]) -> tuple[Token, ...]:
    """The tokens of a line, cut where the part begins and ends that the first note is about."""
    if not notes:
        return tokens
    note = notes[0]
    finding = note.findings[0] if note.findings else None
    part = span(Focus(finding=finding, crash=note.crash))
    return tuple(_split(tokens, *part)) if part else tokens


def _split(tokens: Iterable[Token], start: int, end: int) -> Iterator[Token]:
    at = 0
    for kind, text, _ in tokens:
        cuts = sorted({0, len(text), *(c - at for c in (start, end) if 0 < c - at < len(text))})
        for low, high in pairwise(cuts):
            yield kind, text[low:high], start <= at + low < end
        at += len(text)


def _highlighted(source: str) -> Iterator[tuple[Token, ...]]:
    """Yield each line's tokens; plain text where highlighting would take long."""
    pairs = [("", source)]
    if len(source) <= _MAX_HIGHLIGHTED:
        lexer = PythonLexer(stripnl=False, ensurenl=False)
        pairs = [(_class(kind), text) for kind, text in lexer.get_tokens(source)]
    line: list[Token] = []
    for kind, text in pairs:
        first, *rest = text.split("\n")
        line += [(kind, first, False)] if first else []
        for part in rest:
            yield tuple(line)
            line = [(kind, part, False)] if part else []
    yield tuple(line)


def _class(kind: tuple[str, ...]) -> str:
    return next((name for parent, name in _CLASSES if kind[: len(parent)] == parent), "")


def _without_opening(block: Block) -> Block:
    """Fold the docstring and the imports at the top, where no note stands on them."""
    lines = block.segments[0].lines
    end = _first_statement("\n".join(line.text for line in lines)) - 1
    if end < _FEWEST_FOLDED or any(line.notes for line in lines[:end]):
        return block
    said = "docstring and imports, nothing to note"
    opening = Segment(folded=True, lines=lines[:end], said=said)
    return replace(block, segments=(opening, Segment(folded=False, lines=lines[end:])))


def _first_statement(source: str) -> int:
    """The line of the first statement that is no docstring and no import; 0 if there is none.

    What is written right above it, a comment or a decorator, belongs to it.
    """
    lines = source.split("\n")
    try:
        with warnings.catch_warnings(action="ignore"):  # of the student's escape sequences
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    for statement in body:
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not text and not isinstance(statement, ast.Import | ast.ImportFrom):
            first = statement.lineno
            while first > 1 and lines[first - 2].lstrip().startswith(("#", "@")):
                first -= 1
            return first
    return 0


def _folded_cell(block: Block) -> Iterator[Block]:
    """Fold within a long cell only: its outputs are read with the code above them."""
    long = len(block.segments[0].lines) > _LONG_CELL
    yield from _folded([block], opening=_CELL_OPENING) if long else [block]


def _folded(blocks: Iterable[Block], *, opening: int) -> Iterator[Block]:
    """Fold what is far from every mark; without any mark, all but the opening lines."""
    for block in blocks:
        lines = block.segments[0].lines
        marks = [line.number for line in lines if line.notes]
        near = [
            line.number <= opening or any(abs(line.number - m) <= _CONTEXT for m in marks)
            for line in lines
        ]
        opening = max(opening - len(lines), 0)
        yield replace(block, segments=tuple(_segments(lines, near)))


def _segments(lines: tuple[Line, ...], near: list[bool]) -> Iterator[Segment]:
    start = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and near[end] == near[start]:
            continue
        yield Segment(folded=not near[start] and end - start > 2, lines=lines[start:end])
        start = end


def _capped(blocks: Iterable[Block]) -> Iterator[Block]:
    """Drop lines beyond what a page can hold, but for the marked ones, and count them."""
    left = _ROOM
    for block in blocks:
        kept, dropped = [], 0
        for segment in block.segments:
            lines = []
            for line in segment.lines:
                if left > 0 or line.notes:
                    lines.append(line)
                    letters = len(line.text)
                    left -= _LINE_COST + _LETTER_COST * letters
            dropped += len(segment.lines) - len(lines)
            kept += [replace(segment, lines=tuple(lines))] if lines else []
        yield replace(block, segments=tuple(kept), dropped=dropped)
