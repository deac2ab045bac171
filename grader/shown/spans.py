"""Which part of a line a finding is about: that of the node of the syntax tree that stands there.

A rule knows its line. Which call or expression on it is meant follows from what the rule is about:
the rate that an optimizer is made with, the ``backward()`` that leaves gradients behind, else what
the statement computes. Where the text doesn't parse (a cell with magics), it says nothing.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache

MOST_TEXT = 200_000
"""Characters of a cell beyond which its tree isn't made: it would take as long as the report."""

_METHODS = {
    "gradients-not-cleared": "backward",
    "no-step": "backward",
    "gradients-cleared-before-step": "step",
    "scheduler-per-batch": "step",
}
"""What is called at the line that a rule points to."""
_RATES = frozenset(("lr", "learning_rate", "alpha", "eta", "step_size"))


def span_at(source: str, line: int, rule: str) -> tuple[int, int] | None:
    """Return from which column to which (from 0, end outside) a finding of this line is about.

    None where the text has no tree, or no node of it begins on the line.
    """
    lines = source.split("\n")
    if not 1 <= line <= len(lines):
        return None
    tree = tree_of(source)
    node = _meant(tree, line, rule) if tree else None
    return None if node is None else _columns(node, lines[line - 1])


@lru_cache(maxsize=8)
def tree_of(source: str) -> ast.Module | None:
    """Return the syntax tree of a file or a cell; None where the text has none, or is very long."""
    if len(source) > MOST_TEXT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the student's own strings
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _meant(tree: ast.Module, line: int, rule: str) -> ast.expr | ast.keyword | None:
    here = [node for node in ast.walk(tree) if getattr(node, "lineno", 0) == line]
    calls = [node for node in here if isinstance(node, ast.Call)]
    if rule.startswith("learning-rate"):
        rates = [word for word in here if isinstance(word, ast.keyword) and word.arg in _RATES]
        if rates:
            return rates[0]
    if method := _METHODS.get(rule):
        named = [call for call in calls if _name(call) == method]
        if named:
            return named[0]
    computed = [value for node in here for value in _computed(node) if value.lineno == line]
    expressions = [node for node in here if isinstance(node, ast.expr)]
    return next(iter([*computed, *expressions]), None)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _computed(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement computes: the right side of an assignment, the condition of a loop."""
    match node:
        case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Expr(value=value):
            yield value
        case ast.AnnAssign(value=ast.expr() as value) | ast.Return(value=ast.expr() as value):
            yield value
        case ast.If(test=test) | ast.While(test=test):
            yield test
        case ast.For(iter=iterated):
            yield iterated
        case ast.With(items=[first, *_]):
            yield first.context_expr


def _columns(node: ast.expr | ast.keyword, line: str) -> tuple[int, int] | None:
    """Columns of characters; of a node that goes on in the next line, what stands in this one."""
    data = line.encode("utf-8", "surrogatepass")
    ends = [
        part.end_col_offset
        for part in ast.walk(node)
        if isinstance(part, ast.expr | ast.keyword)
        and part.end_col_offset is not None
        and part.end_lineno == node.lineno
    ]
    end = max(ends, default=0)
    if node.end_lineno != node.lineno and data[end:].lstrip()[:1] == b"(":
        end = data.index(b"(", end) + 1
    if not 0 <= node.col_offset < end <= len(data):
        return None
    parts = (data[: node.col_offset], data[:end])
    start, stop = (len(part.decode("utf-8", "replace")) for part in parts)
    return start, stop
