"""What is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.words import SubmissionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One code cell of a notebook: its number as the author counts code cells (1-based).

    ``count`` is its execution number as saved: in which order the author ran the cells last.
    """

    number: int
    source: str
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A markdown cell of a notebook; ``after`` is the number of the code cell before it, or 0."""

    after: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One file of a student, decoded but neither parsed nor run: it is hostile text.

    A script or module has one cell, numbered 0; a notebook has its code cells in order.
    ``problem`` is a sentence when the file is a student's and yet can't be run at all (it is
    empty, or no text in its encoding): it is graded as invalid, and has no cells.
    """

    name: str
    sha256: str
    kind: SubmissionKind
    cells: tuple[Cell, ...]
    problem: str = ""
    prose: tuple[Prose, ...] = ()

    @property
    def source(self) -> str:
        """The whole text, cells joined by a newline."""
        return "\n".join(cell.source for cell in self.cells)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of the student's own text. ``cell`` counts code cells, None outside notebooks."""

    file: str
    line: int
    cell: int | None = None

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.file}, cell {self.cell}, line {self.line}"
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handin:
    """What the platform says of a hand-in, and no file of a student: all of it may be unknown.

    ``submitted`` and ``due`` are ISO 8601 with an offset; ``attempt`` counts from 1; ``earlier``
    are the scores of earlier hand-ins. ``names`` is what else a platform's format asks back
    (Classroom 50's ``owner``, a tool consumer's user id), by the platform's own words.
    """

    student: str = ""
    attempt: int | None = None
    late: bool | None = None
    submitted: str = ""
    due: str = ""
    earlier: tuple[float, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
