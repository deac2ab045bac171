"""By what it is known that a check or a rule is not what it was: digests of their code.

A check's digest covers its own test functions and everything in its file that is no check,
the reference solution and ``props.py``: a change of another check leaves it as it was, and so do
comments and blank lines.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from grader import rules, schema, trace
from grader.model import Exercise
from grader.observation.record import Code


def of(exercise: Exercise) -> Code:
    """The digests of today's code."""
    files = (exercise.reference / "solution.py", exercise.starter.with_name("props.py"))
    around = tuple((path, _stamp(path)) for path in files if path.is_file())
    checks: dict[str, str] = {}
    for path in (exercise.reference / "checks.py", exercise.extra):
        if path is not None:
            checks |= _of_checks(path, _stamp(path), around)
    return Code(checks=checks, rules=of_rules())


@functools.cache
def of_rules() -> str:
    """The digest of all rules and of what they read a trace by."""
    folders = (Path(str(package.__file__)).parent for package in (rules, schema, trace))
    return _digest(
        path.name.encode() + path.read_bytes()
        for folder in folders
        for path in sorted(folder.glob("*.py"))
    )


def _stamp(path: Path) -> tuple[int, int]:
    """What changes with a file, so that one that stays is read once in a process."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=64)
def _of_checks(
    path: Path, _when: tuple[int, int], around: tuple[tuple[Path, tuple[int, int]], ...]
) -> dict[str, str]:
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError:  # the judge says so, in the author's words
        return {}
    own: defaultdict[str, list[str]] = defaultdict(list)
    common = [_parsed(other.read_bytes()) for other, _ in around]
    for node in tree.body:
        name = _check_of(node)
        (common if name is None else own[name]).append(_dump(node))
    return {
        name: _digest(text.encode() for text in (*common, *texts)) for name, texts in own.items()
    }


def _check_of(node: ast.stmt) -> str | None:
    """The id of the check that a function is a test of."""
    if not isinstance(node, ast.FunctionDef):
        return None
    for mark in node.decorator_list:
        match mark:
            case ast.Call(args=[ast.Constant(value=str(name))]) if ast.unparse(mark.func).endswith(
                "check"
            ):
                return name
    return None


def _parsed(source: bytes) -> str:
    """What a file says, without comments and blank lines; as it stands where it is no Python."""
    try:
        return _dump(ast.parse(source))
    except SyntaxError:
        return source.decode("utf-8", "replace")


def _dump(node: ast.AST) -> str:
    return ast.unparse(node)


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:32]
