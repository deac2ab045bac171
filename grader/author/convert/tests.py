"""Assertions of a notebook as checks over the student's process.

A test's free names are the student's: each is fetched by the fixture ``mirror``, which brings
plain values over and calls functions over there. What the notebook imports is imported on our
side too. An assertion without a message gets its own text as one.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.author.convert.pieces import Code, LeftOut, Test

_MAGIC = re.compile(r"^\s*[%!]", re.MULTILINE)
_LONGEST = 160
_HEAD = '''"""The checks of {id}, from the tests of a notebook.

`mirror` has the student's names: functions run in the student's process, plain values come over.
"""

'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its id, its test, and the text of its function."""

    id: str
    test: Test
    text: str


def checks_of(tests: Sequence[Test]) -> tuple[list[Check], list[LeftOut]]:
    """A check for each test that is Python; what is none is left out, with the reason."""
    checks: list[Check] = []
    left_out: list[LeftOut] = []
    for test in tests:
        try:
            tree = ast.parse(test.code)
        except SyntaxError as problem:
            magic = _MAGIC.search(test.code)
            why = "a test with a magic command" if magic else f"a test that is no Python: {problem}"
            left_out.append(LeftOut(cell=test.cell, why=why))
            continue
        check_id = _unique(_as_id(test.name) + ("_hidden" if test.hidden else ""), checks)
        checks.append(Check(id=check_id, test=test, text=_function(check_id, tree, test)))
    return checks, left_out


def module(exercise_id: str, checks: Sequence[Check], codes: Iterable[Code]) -> str:
    """The text of ``checks.py``."""
    used = {name for check in checks for name in _loaded(ast.parse(check.test.code))}
    imports = sorted(set(_imports(codes, used)))
    head = [*imports, "from grader.checks import check"]
    parts = [_HEAD.format(id=exercise_id) + "\n".join(head), *(check.text for check in checks)]
    return "\n\n\n".join(parts) + "\n"


def _function(check_id: str, tree: ast.Module, test: Test) -> str:
    asserted = [ast.unparse(node.test) for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    tree = ast.fix_missing_locations(_Messages().visit(tree))
    free = sorted(_free(tree))
    what = "; ".join(asserted) or test.name
    said = "A hidden test of the notebook" if test.hidden else f"These hold: {what}"
    lines = [f'@check("{check_id}")', f"def test_{check_id}(mirror):"]
    lines.append(f"    {_docstring(said)}")
    lines += [f"    {name} = mirror.{name}" for name in free]
    lines += [f"    {line}" for line in ast.unparse(tree).split("\n")]
    return "\n".join(lines)


def _docstring(said: str) -> str:
    flat = " ".join(said.split())
    short = flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
    return '"""' + short.replace("\\", "\\\\").replace('"', "'") + '."""'


class _Messages(ast.NodeTransformer):
    """Gives each assertion without a message its own text."""

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        if node.msg is None:
            text = ast.unparse(node.test)
            short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
            node.msg = ast.Constant(f"this does not hold: {short}")
        return node


def _free(tree: ast.Module) -> set[str]:
    """Names that the test reads and doesn't bind, builtins and imports left out."""
    bound = {node.id for node in ast.walk(tree) if _binds(node)}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= set(_names_of(node))
    return _loaded(tree) - bound - set(dir(builtins)) - _IMPORTED


_IMPORTED: set[str] = {
    "np", "numpy", "torch", "nn", "F", "math", "random", "pd", "plt", "optim", "os", "sys",
}  # fmt: skip
"""What notebooks import under these names is imported on our side, not fetched."""


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _loaded(tree: ast.Module) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _imports(codes: Iterable[Code], used: set[str]) -> Iterator[str]:
    """The notebook's imports that tests use under a common name."""
    for code in codes:
        text = "\n".join(line for line in code.solution.split("\n") if not _MAGIC.match(line))
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = set(_names_of(node)) & used & _IMPORTED
                if names:
                    yield ast.unparse(node)


def _names_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [(each.asname or each.name).partition(".")[0] for each in node.names]


def _as_id(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "test"
    return plain if plain[0].isalpha() else f"q{plain}"


def _unique(check_id: str, checks: Sequence[Check]) -> str:
    taken = {check.id for check in checks}
    number = 2
    unique = check_id
    while unique in taken:
        unique, number = f"{check_id}_{number}", number + 1
    return unique
