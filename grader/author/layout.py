"""What can be seen of an exercise without running it: files, hints, checks and rubric."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader import bank
from grader.author.cases import BAD, OK
from grader.author.equivalent import equivalent_problems
from grader.author.problems import Problem
from grader.model import Exercise

_EXERCISE_FILES = {"exercise.yaml", "task.md", "starter.py", "starter.yaml", "props.py"}
_REFERENCE_FILES = {"solution.py", "checks.py", "cases", "curves.json", "equivalent.yaml"}
_IGNORED = {"__pycache__"}
_NOTES = {"README.md"}
_CASE_SUFFIXES = {".py", ".ipynb", ".yaml"}


def stray_in_roots() -> Iterator[Problem]:
    """Names in the three places of each root that belong to no exercise."""
    for root in bank.roots():
        ids = {path.parent.name for path in (root / "exercises").glob("*/exercise.yaml")}
        known = {
            "exercises": ids,
            "reference": ids,
            "rubrics": {f"{name}.yaml" for name in ids},
        }
        for folder, names in known.items():
            yield from _stray(root / folder, names | _NOTES, root, exercise="")


def layout_problems(exercise: Exercise) -> Iterator[Problem]:
    """Everything about one exercise that its author can mend without running it."""
    root = exercise.reference.parent.parent
    yield from _stray(exercise.starter.parent, _EXERCISE_FILES, root, exercise.id)
    yield from _stray(exercise.reference, _REFERENCE_FILES, root, exercise.id)
    cases = {path.name for path in case_files(exercise)}
    yield from _stray(exercise.reference / "cases", cases, root, exercise.id)
    yield from _hint_problems(exercise)
    yield from _check_problems(exercise)
    yield from equivalent_problems(exercise)


def case_files(exercise: Exercise) -> tuple[Path, ...]:
    """The cases of an exercise, sorted by name."""
    folder = exercise.reference / "cases"
    return tuple(
        path
        for path in sorted(folder.glob("*"))
        if path.name.startswith((OK, BAD)) and path.suffix in _CASE_SUFFIXES and path.is_file()
    )


def uncovered(exercise: Exercise, failed: Iterable[str]) -> Iterator[Problem]:
    """Checks that no case fails: nothing shows that they can."""
    covered = set(failed)
    for line in exercise.rubric:
        if line.id not in covered:
            what = f"no case fails the check {line.id}; add a {BAD}… file that does"
            file = f"reference/{exercise.id}/cases"
            yield Problem(exercise=exercise.id, file=file, what=what)


def _stray(folder: Path, known: set[str], root: Path, exercise: str) -> Iterator[Problem]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name not in known | _IGNORED:
            file = path.relative_to(root).as_posix()
            yield Problem(exercise=exercise, file=file, what="no place in the bank for this name")


def _hint_problems(exercise: Exercise) -> Iterator[Problem]:
    for line in exercise.rubric:
        if len(line.hints) < bank.HINT_LEVELS:
            yield Problem(
                exercise=exercise.id,
                file=f"rubrics/{exercise.id}.yaml",
                what=f"the check {line.id} lacks hints",
                expected=f"{bank.HINT_LEVELS} levels",
                actual=str(len(line.hints)),
            )


def _check_problems(exercise: Exercise) -> Iterator[Problem]:
    """Checks without a line in the rubric, and lines without a check."""
    file = f"reference/{exercise.id}/checks.py"
    try:
        defined = list(_defined_checks(exercise.reference / "checks.py"))
    except (SyntaxError, ValueError) as error:
        yield Problem(exercise=exercise.id, file=file, what=f"expected Python; {error}")
        return
    lines = {line.id for line in exercise.rubric}
    for name, number in defined:
        what = ""
        if name is None:
            what = 'expected a check id in quotes: @check("id")'
        elif name not in lines:
            what = f"the check {name} has no line in rubrics/{exercise.id}.yaml"
        if what:
            yield Problem(exercise=exercise.id, file=file, line=number, what=what)
    for name in sorted(lines - {name for name, _ in defined}):
        what = f"the line {name} has no check in {file}"
        yield Problem(exercise=exercise.id, file=f"rubrics/{exercise.id}.yaml", what=what)


def _defined_checks(path: Path) -> Iterator[tuple[str | None, int]]:
    """The id and line of each ``@check("id")``; None where the id is not a plain text."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("check"):
                    yield _first_text(mark), node.lineno


def _first_text(call: ast.Call) -> str | None:
    match call.args:
        case [ast.Constant(value=str(text)), *_]:
            return text
    return None
