"""The code that a check needs, out of the cells of a notebook that ran so far.

An exercise asks for a few names. They are looked up in the cells, the latest definition counts,
and so does whatever their text names in its turn: imports, helpers, constants. Everything else
stays where it is: a training of an hour is not run again because a function is graded. Cells keep
their numbers and lines, so that a finding points to ``cell 7, line 3`` as the notebook shows it.

Runs in the student's own kernel, on the student's own text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.model import Cell

_KEPT = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
)

_WORD = re.compile(r"[^\W\d]\w*")
_MAGIC = re.compile(r"^([ \t]*)[!%].*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One statement at the top of a cell: where it stands, what it binds, what it names."""

    cell: int
    lines: range
    binds: frozenset[str]
    changes: frozenset[str]
    names: frozenset[str]


def names_in(source: str) -> tuple[str, ...]:
    """Return what a text defines at its top: the names that a starter wants to be filled in."""
    found: dict[str, None] = {}
    for piece in _pieces(0, source):
        found.update(dict.fromkeys(sorted(piece.binds)))
    return tuple(found)


def gathered(
    cells: Mapping[int, str], wanted: Iterable[str], whole: int | None = None
) -> tuple[Cell, ...]:
    """Return the cells with the lines that define ``wanted``, and all that these need.

    Args:
        cells: the text of each cell that ran, by its number, in the order in which they ran.
        wanted: the names to begin with.
        whole: the number of a cell that is taken as it is; what it names is wanted too.
    """
    if whole is not None and _tree(cells[whole]) is None:  # nothing in it can be run
        return (Cell(number=whole, source=cells[whole]),)
    pieces = [piece for number, text in cells.items() for piece in _pieces(number, text)]
    needed = set(wanted)
    if whole is not None:
        needed |= set(_WORD.findall(cells[whole]))
    chosen = _chosen(pieces, needed)
    lines: dict[int, set[int]] = {}
    for piece in chosen:
        lines.setdefault(piece.cell, set()).update(piece.lines)
    return tuple(
        Cell(number=number, source=text if number == whole else _only(text, lines[number]))
        for number, text in cells.items()
        if number in lines or number == whole
    )


def _chosen(pieces: list[_Piece], needed: set[str]) -> list[_Piece]:
    """The pieces that bind or change what is needed, with what they need; a fixed point."""
    last = {name: piece for piece in pieces for name in piece.binds}
    chosen: set[int] = set()
    while True:
        found = {
            at
            for at, piece in enumerate(pieces)
            if at not in chosen
            and (
                "*" in piece.binds
                or any(last[name] is piece for name in piece.binds & needed)
                or piece.changes & needed
            )
        }
        if not found:
            return [pieces[at] for at in sorted(chosen)]
        chosen |= found
        needed |= {name for at in found for name in pieces[at].names}


def _pieces(cell: int, source: str) -> Iterator[_Piece]:
    tree = _tree(source)
    if tree is None:
        return  # it did not run either
    for node in tree.body:
        if isinstance(node, _KEPT):
            yield _piece(cell, node)


def _tree(source: str) -> ast.Module | None:
    """The text as a tree, lines for IPython aside; None for what is no Python."""
    try:
        return ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _piece(cell: int, node: ast.stmt) -> _Piece:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    inside = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    targets = [*getattr(node, "targets", []), *filter(None, [getattr(node, "target", None)])]
    names = {each.id for each in inside}
    changed = isinstance(node, ast.AugAssign)
    stored = {each.id for each in inside if isinstance(each.ctx, ast.Store)}
    bound = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)} & stored
    return _Piece(
        cell=cell,
        lines=range(first, (node.end_lineno or node.lineno) + 1),
        binds=frozenset(() if changed else bound | _defined(node)),
        changes=frozenset({*(bound if changed else ()), *_owners(targets)}),
        names=frozenset(names),
    )


def _defined(node: ast.stmt) -> set[str]:
    """The names that a definition or an import gives."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import):
        return {(each.asname or each.name).partition(".")[0] for each in node.names}
    if isinstance(node, ast.ImportFrom):
        return {each.asname or each.name for each in node.names}
    return set()


def _owners(targets: Iterable[ast.expr]) -> Iterator[str]:
    """What an assignment to ``Layer.forward`` or ``table[key]`` changes: ``Layer``, ``table``."""
    for target in targets:
        inner = target
        while isinstance(inner, ast.Attribute | ast.Subscript):
            inner = inner.value
        if inner is not target and isinstance(inner, ast.Name):
            yield inner.id


def _only(source: str, kept: set[int]) -> str:
    """The text with every other line blank, so that each kept line keeps its number."""
    lines = enumerate(source.split("\n"), 1)
    return "\n".join(text if number in kept else "" for number, text in lines).rstrip()
