"""The public part of an exercise: what a student may have of its checks, rubric and data.

Hidden checks are cut out of ``checks.py`` with everything that only they use. So are checks that
ask for the reference solution, which isn't handed out. The held-out images are replaced by the
public validation images, whose labels are no secret.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Mapping

import numpy as np
import yaml

from grader import bank, datasets
from grader.model import Exercise, Rubric, Visibility
from grader.package.contents import Entry, Files, text

_NO_SOLUTION = '"""The solution is not part of this folder."""\n'


def public_bank(exercise: Exercise) -> tuple[Files, list[str]]:
    """The files of the public part, and the titles of the checks that it lacks.

    There are no files where no check can be handed out.
    """
    source = (exercise.reference / "checks.py").read_text(encoding="utf-8")
    shown = {line.id for line in exercise.rubric if line.visibility is Visibility.PUBLIC}
    checks, kept = public_checks(source, shown)
    lines = [line for line in exercise.rubric if line.id in kept]
    left_out = [line.title for line in exercise.rubric if line.id not in kept]
    if not lines:
        return {}, left_out
    folder = exercise.starter.parent
    files = {
        f"exercises/{exercise.id}/{path.name}": Entry(path.read_bytes())
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
    files[f"reference/{exercise.id}/checks.py"] = text(checks)
    files[f"reference/{exercise.id}/solution.py"] = text(_NO_SOLUTION)
    files[f"rubrics/{exercise.id}.yaml"] = text(_rubric(exercise.id, lines))
    for name in exercise.data:
        files |= _data(name)
    return files, left_out


def public_checks(source: str, shown: set[str]) -> tuple[str, set[str]]:
    """The text of the checks that may be seen and run without the reference, and their ids.

    Kept is what these use, and what that uses: a helper of a hidden check alone would tell what
    it asks.
    """
    tree = ast.parse(source)
    tests = {id(node): check for node in tree.body if (check := _check_id(node))}
    needs_reference = {
        tests[id(node)]
        for node in tree.body
        if id(node) in tests and "reference" in _reached(tree, [node])
    }
    kept = {check for check in tests.values() if check in shown} - needs_reference
    wanted = [node for node in tree.body if tests.get(id(node)) in kept]
    used = _reached(tree, wanted)
    lines = source.splitlines(keepends=True)
    parts = [
        "".join(lines[_first(node) - 1 : node.end_lineno])
        for node in tree.body
        if _stays(node, used, tests, kept)
    ]
    return "\n".join(parts), kept


def _stays(node: ast.stmt, used: set[str], tests: Mapping[int, str], kept: set[str]) -> bool:
    if id(node) in tests:
        return tests[id(node)] in kept
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = {(each.asname or each.name).partition(".")[0] for each in node.names}
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        return future or bool(names & used)
    return bool(_defined(node) & used)


def _check_id(node: ast.stmt) -> str:
    """The id in ``@check("id")``; empty for what is no check."""
    for mark in getattr(node, "decorator_list", ()):
        named = isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name)
        if named and mark.func.id == "check" and isinstance(mark.args[0], ast.Constant):
            return str(mark.args[0].value)
    return ""


def _reached(tree: ast.Module, nodes: list[ast.stmt]) -> set[str]:
    """Every name that these use, and that what they name uses."""
    definitions: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for name in _defined(node):
            definitions.setdefault(name, []).append(node)
    used: set[str] = set()
    waiting = list(nodes)
    while waiting:
        for name in set(_names(waiting.pop())) - used:
            used.add(name)
            waiting += definitions.get(name, [])
    return used


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _names(node: ast.stmt) -> Iterator[str]:
    """Names that are read, and arguments: pytest finds fixtures by them."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.arg):
            yield each.arg


def _first(node: ast.stmt) -> int:
    marks: list[int] = [mark.lineno for mark in getattr(node, "decorator_list", ())]
    return min([node.lineno, *marks])


def _rubric(exercise_id: str, lines: list[Rubric]) -> str:
    known = {line.id for line in lines}
    table = {
        "exercise": exercise_id,
        "checks": [
            {
                "id": line.id,
                "title": line.title,
                "points": line.points,
                "needs": [need for need in line.needs if need in known],
                "hints": list(line.hints),
                "settings": dict(line.settings),
            }
            for line in lines
        ],
    }
    return str(yaml.safe_dump(table, allow_unicode=True, sort_keys=False, width=96))


def _data(name: str) -> Files:
    """The public part, and in the place of the held-out part its validation images."""
    public = datasets.public_file(name)
    with np.load(public, allow_pickle=False) as arrays:
        images, labels = arrays["val_images"], arrays["val_labels"]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, images=images, labels=labels)
    return {
        f"datasets/{name}/public.npz": Entry(public.read_bytes()),
        f"datasets/{name}/heldout.npz": Entry(buffer.getvalue()),
        f"datasets/{name}/LICENSE": Entry((bank.dataset_folder(name) / "LICENSE").read_bytes()),
    }
