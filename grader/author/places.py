"""Changes that show only in some places: beyond a size, in one precision, at the second call.

A check that looks at one size, one dtype and one call lets them pass. Each function takes a
function of the program and gives nodes of it, with what could stand in the place of each.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Change = tuple[ast.expr, ast.expr]

LARGE = 300
"""Numbers in an array from which on it counts as large."""
CALLS = (1, 30)
"""After so many calls of a method, it does nothing any more."""

_NOT_GIVEN = frozenset(("self", "cls", "ctx"))


def place_changes(tree: ast.Module) -> Iterator[Change]:
    """Every such change of a program's functions; the tree is left as it is."""
    methods = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body
    }
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _of_arguments(function)
            if id(function) in methods and not _is_made(function):
                yield from _of_calls(function)


def _is_made(function: FunctionNode) -> bool:
    """Whether it is called once for each object, or has no object of its own."""
    return function.name == "__init__" or bool(function.decorator_list)


def _of_arguments(function: FunctionNode) -> Iterator[Change]:
    """An argument that changes if it is large, or in float64; one that is written to."""
    returns = [node for node in _own_nodes(function) if isinstance(node, ast.Return) and node.value]
    for name in _arguments(function):
        used = _first_use(function, name)
        if used is None:
            continue
        for test in (f"{name}.reshape(-1).shape[0] > {LARGE}", f"{name}.dtype.itemsize == 8"):
            # From its first use on, so that no later one is of the argument as it was given. Not
            # by one factor, which a cosine or a normalisation would not show.
            yield used, _read(f"({name} := {name} + 0.01 * {name} * {name} if {test} else {name})")
        for node in returns:
            assert node.value is not None
            text = ast.unparse(node.value)
            yield node.value, _read(f"({text}, {name}.__imul__(1.01))[0]")


def _of_calls(function: FunctionNode) -> Iterator[Change]:
    """A method that gives nothing from its second call on, or from a later one on."""
    if not function.args.args:
        return
    owner = function.args.args[0].arg
    calls = f"{owner}.__dict__.setdefault('calls_of_{function.name}', [])"
    for node in _own_nodes(function):
        if isinstance(node, ast.Return) and node.value is not None:
            for allowed in CALLS:
                test = f"len({calls}) < {allowed} and not {calls}.append(0)"
                yield node.value, _read(f"({ast.unparse(node.value)}) if {test} else None")


def _arguments(function: FunctionNode) -> list[str]:
    given = [*function.args.posonlyargs, *function.args.args]
    return [argument.arg for argument in given if argument.arg not in _NOT_GIVEN]


def _first_use(function: FunctionNode, name: str) -> ast.Name | None:
    uses = [
        node
        for node in _own_nodes(function)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    return min(uses, key=lambda node: (node.lineno, node.col_offset), default=None)


def _own_nodes(function: FunctionNode) -> Iterator[ast.AST]:
    """What is in a function's body, without the functions inside of it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.JoinedStr):
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _read(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
