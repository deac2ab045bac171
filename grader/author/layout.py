"""What can be seen of an exercise without running it: files, hints, checks and rubric."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader import bank, worked
from grader.author.cases import BAD, OK
from grader.author.equivalent import equivalent_problems
from grader.author.problems import Problem
from grader.errors import BankError
from grader.model import Exercise
from grader.rules import all_rules

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
            "rubrics": {f"{name}.yaml" for name in ids} | {Path(worked.FOLDER).name},
        }
        for folder, names in known.items():
            yield from _stray(root / folder, names | _NOTES, root, exercise="")
        yield from _unnamed_examples(root)


def _unnamed_examples(root: Path) -> Iterator[Problem]:
    """Worked examples of a root that no rubric names; nothing where a rubric can't be read."""
    try:
        named = {file for name in bank.all_ids() for file in bank.example_files(name)}
    except BankError:
        return  # the exercise's own problem, and told as that
    for path in sorted((root / worked.FOLDER).glob("*")):
        if path not in named:
            file = path.relative_to(root).as_posix()
            yield Problem(exercise="", file=file, what="no rubric names this worked example")


def layout_problems(exercise: Exercise) -> Iterator[Problem]:
    """Everything about one exercise that its author can mend without running it."""
    root = exercise.reference.parent.parent
    yield from _stray(exercise.starter.parent, _EXERCISE_FILES, root, exercise.id)
    yield from _stray(exercise.reference, _REFERENCE_FILES, root, exercise.id)
    cases = {path.name for path in case_files(exercise)}
    yield from _stray(exercise.reference / "cases", cases, root, exercise.id)
    yield from _hint_problems(exercise)
    yield from _rule_problems(exercise)
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


def _rule_problems(exercise: Exercise) -> Iterator[Problem]:
    """Checks that stand on no rule by name, and so on all that there will ever be."""
    path = exercise.reference / "checks.py"
    for number, what in _unnamed_rules(ast.parse(path.read_bytes())):
        file = f"reference/{exercise.id}/checks.py"
        yield Problem(exercise=exercise.id, file=file, line=number, what=what)


def _unnamed_rules(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line of each look at all findings, and of each name that no rule has."""
    rules = {rule.name for rule in all_rules()}
    for node in ast.walk(tree):
        if _takes_every_rule(node):
            yield node.lineno, _NAME_THEM  # type: ignore[attr-defined]
        elif isinstance(node, ast.Call) and _last_name(node.func) in RULES_OF:
            named = node.args[RULES_OF[_last_name(node.func)] :]
            if not named:
                yield node.lineno, _NAME_THEM
            for each in named:
                if isinstance(each, ast.Constant) and each.value not in rules:
                    yield node.lineno, f"no rule is named {each.value!r}"


def _takes_every_rule(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(each.name == EVERY for each in node.names)
    return isinstance(node, ast.Attribute) and node.attr == EVERY


def _last_name(function: ast.expr) -> str:
    return ast.unparse(function).split(".")[-1]


EVERY = "find_all"
RULES_OF = {"found": 0, "found_in": 1, "of_rules": 1}
"""What gives a check the findings of rules, and where in its arguments their names begin."""
_NAME_THEM = (
    "a check names the rules that it stands on, or each rule that is added one day changes its "
    'marks: write found("rule", …), or found_in(trace, "rule", …) for a trace of its own'
)
