"""Mutants: a program with one small change each, which good checks notice.

A change is made in the program's own text, so that a mutant differs from it in one place and
can be shown as one line before and after.
"""

from __future__ import annotations

import ast
import itertools
import random
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from grader.author.changes import changes
from grader.author.places import place_changes

_NOT_READ = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Raise, ast.JoinedStr)
"""Statements of which only the text matters to a person; and f-strings, which hold no places."""


_COMMENT = re.compile(r"\s{2}#.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A changed program.

    ``before`` and ``after`` are the changed line without its comment, blanks collapsed; a change
    that spans several lines shows them as one.
    """

    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


def mutants(source: str, *, main_is_run: bool = False) -> tuple[Mutant, ...]:
    """Every mutant of a program, in the order of its lines, each once.

    Docstrings, annotations, prints and raised messages are left alone, and so is what stands
    under ``if __name__ == "__main__"`` unless ``main_is_run``.

    Raises:
        SyntaxError: the text is no Python.
    """
    tree = ast.parse(source)
    text = _Text(source)
    unchanged = ast.dump(tree)
    found: dict[str, Mutant] = {}
    everywhere = (
        (node, other)
        for node, parent in _nodes(tree, main_is_run=main_is_run)
        for other in changes(node, parent)
    )
    for node, other in itertools.chain(everywhere, place_changes(tree)):
        mutant = text.changed(node, other)
        if mutant is not None:
            found.setdefault(ast.dump(ast.parse(mutant.source)), mutant)
    found.pop(unchanged, None)
    return tuple(sorted(found.values(), key=lambda mutant: mutant.line))


def choose(all_of_them: tuple[Mutant, ...], count: int, seed: int) -> tuple[Mutant, ...]:
    """At most ``count`` of them; the same ones for the same seed, in the order of their lines."""
    if count >= len(all_of_them):
        return all_of_them
    chosen = random.Random(seed).sample(all_of_them, count)  # noqa: S311 - not a secret
    return tuple(sorted(chosen, key=lambda mutant: mutant.line))


# --- what may change ------------------------------------------------------------------------


def _nodes(tree: ast.Module, *, main_is_run: bool) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node that is run, with its parent."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        node, parent = waiting.pop()
        yield node, parent
        waiting += [
            (child, node)
            for child in _children(node)
            if not _is_left_alone(child, node, main_is_run=main_is_run)
        ]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _is_left_alone(node: ast.AST, parent: ast.AST, *, main_is_run: bool) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):
            return True  # a docstring, or three points
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return not main_is_run
    return isinstance(node, _NOT_READ) or (isinstance(parent, ast.Assert) and node is parent.msg)


# --- the text -------------------------------------------------------------------------------


class _Text:
    """A program's text, in which parts of its tree can be replaced. Columns count bytes."""

    def __init__(self, source: str) -> None:
        self._bytes = source.encode()
        self._starts = [0]
        for line in self._bytes.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def changed(self, node: ast.AST, other: ast.AST) -> Mutant | None:
        """The program with ``other`` in the place of ``node``; None if it is no program then."""
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        new = self._fitting(start, end, ast.unparse(ast.fix_missing_locations(other)), other)
        source = self._with(start, end, new)
        if not _compiles(source):
            return None
        first, last = self._starts[node.lineno - 1], self._starts[node.end_lineno] - 1
        return Mutant(
            line=node.lineno,
            before=_one_line(self._bytes[first:last]),
            after=_one_line(self._bytes[first:start] + new.encode() + self._bytes[end:last]),
            source=source,
        )

    def _fitting(self, start: int, end: int, new: str, other: ast.AST) -> str:
        """The new text, in parentheses if it would be read as something else without them."""
        inside = f"({new})"
        if not isinstance(other, ast.expr) or not _compiles(self._with(start, end, inside)):
            return new
        try:
            bare = ast.dump(ast.parse(self._with(start, end, new)))
        except SyntaxError:
            return inside
        return new if bare == ast.dump(ast.parse(self._with(start, end, inside))) else inside

    def _with(self, start: int, end: int, new: str) -> str:
        return (self._bytes[:start] + new.encode() + self._bytes[end:]).decode()


def _compiles(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of `1 is 2` and the like
        try:
            compile(source, "mutant", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def _one_line(text: bytes) -> str:
    return " ".join(_COMMENT.sub("", text.decode()).split())
