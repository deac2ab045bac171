"""A teacher's notebook, cut into pieces: text, code with and without its solution, and tests.

Three dialects are read, also mixed in one notebook:

==========  ==============================================================================
nbgrader    the cells' own metadata; ``### BEGIN SOLUTION`` … ``### END SOLUTION``,
            ``### BEGIN HIDDEN TESTS`` … ``### END HIDDEN TESTS``
otter       cells that say ``# BEGIN QUESTION`` (with ``name`` and ``points``),
            ``# BEGIN SOLUTION``, ``# BEGIN PROMPT``, ``# BEGIN TESTS``; lines that end in
            ``# SOLUTION``; a test's config ``hidden: true``
plain       ``# BEGIN SOLUTION`` … ``# END SOLUTION``; a cell of assertions is a test
==========  ==============================================================================

Source: nbgrader's documentation, "Creating and grading assignments"; otter-grader's, "Notebook
format".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from grader.errors import UsageError

_BEGIN = re.compile(r"^\s*#+\s*BEGIN SOLUTION(?: NO PROMPT)?\s*$", re.IGNORECASE)
_END = re.compile(r"^\s*#+\s*END SOLUTION\s*$", re.IGNORECASE)
_HIDDEN_BEGIN = re.compile(r"^\s*#+\s*BEGIN HIDDEN TESTS?\s*$", re.IGNORECASE)
_HIDDEN_END = re.compile(r"^\s*#+\s*END HIDDEN TESTS?\s*$", re.IGNORECASE)
_LINE = re.compile(r"^(\s*)(?:([\w.,\[\] ]+?)\s*=(?!=).*|.*?)#\s*SOLUTION(?: NO PROMPT)?\s*$")
_PROMPT = re.compile(r'^\s*"""\s*#\s*BEGIN PROMPT\s*$.*?^\s*"""\s*#?\s*;?\s*#\s*END PROMPT\s*$',
                     re.MULTILINE | re.DOTALL)  # fmt: skip
_CONFIG = re.compile(r'^\s*"""\s*#\s*BEGIN TEST CONFIG\s*\n(.*?)"""\s*#\s*END TEST CONFIG\s*$',
                     re.MULTILINE | re.DOTALL)  # fmt: skip
_SECTION = re.compile(r"^\s*#\s*(BEGIN|END)\s+(QUESTION|SOLUTION|PROMPT|TESTS|ASSIGNMENT)\b",
                      re.IGNORECASE)  # fmt: skip
_OLD_QUESTION = re.compile(r"```.*?BEGIN QUESTION\s*\n(.*?)```", re.DOTALL)
_OLD_TEST = re.compile(r"^\s*#+\s*(hidden )?test\s*#*\s*$", re.IGNORECASE)
YOURS = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code cell: what students get of it, and what the solution has."""

    cell: int
    starter: str
    solution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One cell of text."""

    cell: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """Assertions about the student's work.

    ``points`` are this cell's own, ``shared`` those of the question that it belongs to; None where
    the notebook says none.
    """

    cell: int
    name: str
    code: str
    points: float | None
    shared: float | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What is not carried over, and why; ``cell`` counts all cells from 1."""

    cell: int
    why: str

    def __str__(self) -> str:
        return f"cell {self.cell}: {self.why}"


Piece = Code | Text | Test


@dataclass
class Pieces:
    """A notebook's pieces in order, and what was left out."""

    pieces: list[Piece] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def codes(self) -> list[Code]:
        """The code cells."""
        return [piece for piece in self.pieces if isinstance(piece, Code)]

    @property
    def tests(self) -> list[Test]:
        """The tests."""
        return [piece for piece in self.pieces if isinstance(piece, Test)]


def read(path: Path) -> Pieces:
    """Cut a notebook into pieces.

    Raises:
        UsageError: it is no notebook, or holds neither a solution nor a test.
    """
    import nbformat  # noqa: PLC0415  # a quarter of a second that only this needs

    try:
        book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as problem:  # noqa: BLE001 - nbformat raises what it meets
        raise UsageError(f"{path} can't be read as a notebook ({problem!s:.200}).") from None
    reader = _Reader()
    for number, cell in enumerate(book.cells, 1):
        reader.take(number, cell)
    found = reader.found
    if not found.tests:
        raise UsageError(
            f"{path.name} has no tests: expected cells of assertions, marked by nbgrader's or "
            "otter's means, or standing alone in a cell."
        )
    if not any(code.starter != code.solution for code in found.codes):
        raise UsageError(
            f"{path.name} has no solution in it: expected `# BEGIN SOLUTION` and "
            "`# END SOLUTION` around each. The teacher's version of the notebook is needed."
        )
    return found


class _Reader:
    """Goes through the cells; otter's sections reach over several."""

    def __init__(self) -> None:
        self.found = Pieces()
        self._question: Mapping[str, Any] = {}
        self._section = ""
        self._tests = 0

    def take(self, number: int, cell: Any) -> None:
        source = str(cell.source)
        if cell.cell_type != "code":
            self._prose(number, source, cell)
            return
        told = cell.metadata.get("nbgrader", {})
        if told.get("grade") and told.get("solution"):
            self._leave(number, f"{told.get('grade_id', 'an answer')} is graded by hand")
            if not _parses(source):
                return
        if told.get("grade") and not told.get("solution"):
            self._test(number, source, str(told.get("grade_id", "")), told.get("points"))
        elif self._section == "TESTS" or _OLD_TEST.match(source.split("\n", maxsplit=1)[0]):
            self._test(number, source, str(self._question.get("name", "")), None)
        elif self._section == "PROMPT":
            self.found.pieces.append(Code(cell=number, starter=source, solution=""))
        elif not told and _is_only_assertions(source):
            self._test(number, source, "", None)
        else:
            self._code(number, source)

    # --- text, and what otter says in it ------------------------------------------------

    def _prose(self, number: int, source: str, cell: Any) -> None:
        old = _OLD_QUESTION.search(source)
        mark = _SECTION.match(source)
        if mark:
            self._enter(mark[1].upper(), mark[2].upper(), source.partition("\n")[2])
            return
        if old:
            self._question = _table(old[1])
            source = source.replace(old[0], "").strip()
        told = cell.metadata.get("nbgrader", {})
        if told.get("grade") or told.get("task"):
            self._leave(number, f"{told.get('grade_id', 'an answer')} is graded by hand")
        if cell.cell_type == "markdown" and source.strip():
            self.found.pieces.append(Text(cell=number, text=source.strip()))

    def _enter(self, what: str, section: str, rest: str) -> None:
        if section == "QUESTION":
            self._question = _table(rest) if what == "BEGIN" else {}
        self._section = section if what == "BEGIN" and section not in _WIDE else ""

    # --- code and tests -----------------------------------------------------------------

    def _code(self, number: int, source: str) -> None:
        whole = self._section == "SOLUTION"
        try:
            starter, solution = without_solution(source)
        except ValueError as problem:
            self._leave(number, str(problem))
            return
        if whole and starter == solution:
            starter = ""  # the prompt before it is what students get
        self.found.pieces.append(Code(cell=number, starter=starter, solution=solution))

    def _test(self, number: int, source: str, name: str, points: float | None) -> None:
        self._tests += 1
        config: Mapping[str, Any] = {}
        if told := _CONFIG.search(source):
            config, source = _table(told[1]), source.replace(told[0], "")
        if old := _OLD_TEST.match(source.split("\n")[0]):
            config, source = {"hidden": bool(old[1]), **config}, source.partition("\n")[2]
        base = Test(
            cell=number,
            name=name or f"test_{self._tests}",
            code="",
            points=_number(config.get("points", points)),
            shared=_number(self._question.get("points")),
        )
        shown, hidden = _split(source)
        if bool(config.get("hidden")):
            shown, hidden = "", source
        for code, is_hidden in ((shown, False), (hidden, True)):
            if "assert" in code or (code.strip() and (bool(hidden) == is_hidden)):
                self.found.pieces.append(replace(base, code=code, hidden=is_hidden))

    def _leave(self, number: int, why: str) -> None:
        self.found.left_out.append(LeftOut(cell=number, why=why))


_WIDE = {"QUESTION", "ASSIGNMENT"}
"""Sections that only begin others: their cells are read by what is in them."""


def without_solution(source: str) -> tuple[str, str]:
    """What students get of a cell, and what the solution has.

    Raises:
        ValueError: a region begins and doesn't end, or ends and didn't begin.
    """
    source = _PROMPT.sub("", source)
    starter: list[str] = []
    solution: list[str] = []
    inside = False
    for line in source.split("\n"):
        if _BEGIN.match(line):
            if inside:
                raise ValueError("a solution begins within another")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            starter += [f"{indent}{part}" for part in YOURS.split("\n")]
        elif _END.match(line):
            if not inside:
                raise ValueError("a solution ends that didn't begin")
            inside = False
        elif inside:
            solution.append(line)
        elif (found := _LINE.match(line)) and "#" in line:
            starter.append(f"{found[1]}{found[2] + ' = ' if found[2] else ''}...")
            solution.append(line[: line.rindex("#")].rstrip())
        else:
            starter.append(line)
            solution.append(line)
    if inside:
        raise ValueError("a solution begins and doesn't end")
    return "\n".join(starter), "\n".join(solution)


def _split(source: str) -> tuple[str, str]:
    """A test's lines that students see, and those between the marks of hidden ones."""
    shown: list[str] = []
    hidden: list[str] = []
    inside = False
    for line in source.split("\n"):
        if _HIDDEN_BEGIN.match(line) or _HIDDEN_END.match(line):
            inside = bool(_HIDDEN_BEGIN.match(line))
        else:
            (hidden if inside else shown).append(line)
    asserted = "\n".join(hidden)
    if not asserted.strip():
        return "\n".join(shown), ""
    return "\n".join(shown), "\n".join([*_without_assertions(shown), asserted])


def _without_assertions(lines: list[str]) -> Iterator[str]:
    """What hidden tests may rest on: the shown lines but for what they assert."""
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return
    for node in tree.body:
        if not any(isinstance(each, ast.Assert) for each in ast.walk(node)):
            yield ast.unparse(node)


def _is_only_assertions(source: str) -> bool:
    """A cell that asserts something about names of others, and defines nothing to keep."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    kept = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    asserts = any(isinstance(node, ast.Assert) for node in tree.body)
    return asserts and not any(isinstance(node, kept) for node in tree.body)


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _table(text: str) -> Mapping[str, Any]:
    try:
        table = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return table if isinstance(table, dict) else {}


def _number(value: Any) -> float | None:
    if isinstance(value, dict):
        value = value.get("each")
    return float(value) if isinstance(value, int | float) and value >= 0 else None
