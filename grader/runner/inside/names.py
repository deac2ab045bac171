"""Which names a notebook's cells bind and read, and so what depends on a cell that failed.

Runs in the student's process, because it parses; looked at only once a cell has failed. Names
are those of the notebook as a whole: locals of functions and comprehensions are not among them.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Names:
    """The names that a part of a cell binds, and those that it reads before it binds them."""

    binds: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)


def names_of(source: str, from_line: int = 1) -> Names:
    """The names of a cell's statements that end at or after ``from_line``; none if it is broken."""
    found = Names()
    try:
        statements = ast.parse(source).body
        for statement in statements:
            if (statement.end_lineno or statement.lineno) >= from_line:
                table = _table(statement)
                found.reads |= _read(table) - found.binds
                found.binds |= _bound(table)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    return found


def _table(statement: ast.stmt) -> symtable.SymbolTable:
    text = ast.unparse(_Scoped().visit(ast.Module([statement], [])))
    return symtable.symtable(text, "cell", "exec")


class _Scoped(ast.NodeTransformer):
    """Makes generators of comprehensions.

    From Python 3.12 on, a symbol table has the names within a list, set or dictionary
    comprehension (PEP 709) among those of the scope around it. A generator keeps its own.
    """

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return self.generic_visit(ast.GeneratorExp(pair, node.generators))


def _bound(table: symtable.SymbolTable) -> set[str]:
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    for inner in _inside(table):
        bound |= {s.get_name() for s in inner.get_symbols()
                  if s.is_declared_global() and s.is_assigned()}  # fmt: skip
    return bound


def _read(table: symtable.SymbolTable) -> set[str]:
    read = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    for inner in _inside(table):
        read |= {s.get_name() for s in inner.get_symbols() if s.is_global() and s.is_referenced()}
    return read


def _inside(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    children = table.get_children()
    return [*children, *(inner for child in children for inner in _inside(child))]


class Dependence:
    """What the cells that ran owe to cells that failed, cell by cell in their order."""

    def __init__(self) -> None:
        self._owed: dict[str, set[int]] = {}

    def after(
        self, number: int, python: Callable[[], str], failed_at: int | None
    ) -> tuple[int, ...]:
        """Take the next cell; the numbers of failed cells that it reads names of.

        ``python`` gives its text, which is asked for only if it matters. ``failed_at`` is the
        line at which it failed, if it did: names that it would have bound from there on are
        those that later cells miss.
        """
        if not self._owed and failed_at is None:
            return ()
        source = python()
        names = names_of(source)
        owed = set().union(*(self._owed.get(name, ()) for name in names.reads))
        for name in names.binds:
            if owed:
                self._owed[name] = set(owed)
            else:
                self._owed.pop(name, None)
        if failed_at is not None:
            for name in names_of(source, failed_at).binds:
                self._owed[name] = {number}
        return tuple(sorted(owed))
