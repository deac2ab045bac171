"""Where the student defines what a failed check is about: the function that its message names.

A check that compares numbers knows no line; it does know what it called, and mostly says so:
"``bce_loss()`` of probability 0 is …". What bears that name at the top of the student's text is
where to look. Where an exercise asks for one definition alone, every check is about that one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.model import Cell, Exercise, Place, Submission, SubmissionKind
from grader.shown.spans import tree_of

_CALLED = re.compile(r"\b([A-Za-z_]\w*)\(")
_NAMES = re.compile(r"\b(?:[A-Za-z]\w*_\w+|[A-Za-z]*[a-z]\w*[A-Z]\w*)\b")
"""What no sentence has by chance: names with an underscore, or a capital inside."""


@dataclass(frozen=True, slots=True)
class Definition:
    """The line that begins a definition, and the columns of its name (from 0, end outside).

    Of a function of one statement, it is that statement, which is all that can be wrong. ``last``:
    the number of the line that ends the definition.
    """

    name: str
    last: int
    place: Place
    source: str
    span: tuple[int, int]


def defined(
    submission: Submission, exercise: Exercise, message: str, title: str
) -> Definition | None:
    """Return where the first name that a check tells of is defined; None if there is none."""
    names = [*_CALLED.findall(message), *_NAMES.findall(message), *_NAMES.findall(title)]
    if not exercise.data:  # what trains on data is a program, and judged as one
        names += _the_one(exercise.starter)
    if not names:
        return None
    known: dict[str, Definition] = {}
    for cell in submission.cells:  # what is defined last is what was called
        known.update((one.name, one) for one in _in(submission, cell))
    return next((known[name] for name in names if name in known), None)


@lru_cache(maxsize=64)
def _the_one(starter: Path) -> tuple[str, ...]:
    """The name of what a starter defines, if that is one thing."""
    try:
        tree = tree_of(starter.read_text(encoding="utf-8")) if starter.suffix == ".py" else None
    except (OSError, UnicodeDecodeError):  # a report that is made again elsewhere
        return ()
    names = tuple(filter(None, map(_name, tree.body if tree else ())))
    return names if len(names) == 1 else ()


def _in(submission: Submission, cell: Cell) -> Iterator[Definition]:
    lines = cell.source.split("\n")
    tree = tree_of(cell.source)
    cell_number = cell.number if submission.kind is SubmissionKind.NOTEBOOK else None
    for node in tree.body if tree else ():
        name, alone = _name(node), _only_statement(node)
        line_number = (alone or node).lineno
        line = lines[line_number - 1] if line_number <= len(lines) else ""
        at = _columns(alone, line) if alone else _span_of(name, line)
        if name and at is not None:
            place = Place(submission.name, line_number, cell_number)
            yield Definition(name, node.end_lineno or line_number, place, line, at)


def _columns(node: ast.stmt, line: str) -> tuple[int, int]:
    """Of a statement that stands on one line, in characters."""
    data = line.encode("utf-8", "surrogatepass")
    ends = (data[: node.col_offset], data[: node.end_col_offset])
    start, end = (len(part.decode("utf-8", "replace")) for part in ends)
    return start, end


def _span_of(name: str, line: str) -> tuple[int, int] | None:
    at = re.search(rf"\b{re.escape(name)}\b", line)
    return at.span() if at else None


def _only_statement(node: ast.stmt) -> ast.stmt | None:
    """The one line that a function does something in, its text about itself left out."""
    if not isinstance(node, ast.FunctionDef):
        return None
    said = ast.get_docstring(node, clean=False) is not None
    first, *more = node.body[said:] or [node]
    is_line = isinstance(first, ast.Return | ast.Expr) and first.lineno == first.end_lineno
    return first if is_line and not more and first.lineno != node.lineno else None


def _name(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
            return name
    return ""
