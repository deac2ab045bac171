"""What students and their tools do to a notebook without changing what its code means.

An edit takes a notebook's JSON and a source of chance, and changes it in place. ``meaning`` is what
must stay: the statements of all code cells as Python's parser has them, in order, where a run of
imports and definitions counts as a set (their order and a copy change nothing).
"""

from __future__ import annotations

import ast
import copy
import json
import random
from collections.abc import Callable, Iterator
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from grader.model import Submission

Notebook = dict[str, Any]
Edit = Callable[[Notebook, random.Random], None]

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(ROOT.glob("reference/*/cases/*.ipynb"))

_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
_OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["loss nan\n"]}
_ERROR = {"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []}
_COLAB = {
    "accelerator": "GPU",
    "colab": {"provenance": [], "gpuType": "T4", "name": "Copy of homework.ipynb"},
    "kernelspec": {"display_name": "Python 3", "name": "python3"},
    "widgets": {"application/vnd.jupyter.widget-state+json": {"a1": {"state": {}}}},
}
_VSCODE = {
    "kernelspec": {"display_name": ".venv (3.12.3)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "version": "3.12.3", "file_extension": ".py"},
    "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}},
}
_LAB = {"toc-autonumbering": False, "language_info": {"name": "python"}, "orig_nbformat": 4}
_NBGRADER = {"grade": True, "grade_id": "cell-1", "locked": False, "points": 2, "solution": True}


def meaning(submission: Submission) -> list[str]:
    """What the code cells say, however they are cut and laid out."""
    told: list[str] = []
    run: set[str] = set()
    for statement in _statements(submission):
        said = ast.dump(statement)
        if isinstance(statement, _DEFINES):
            run.add(said)
            continue
        told += [*sorted(run), said]
        run = set()
    return [*told, *sorted(run)]


def _statements(submission: Submission) -> Iterator[ast.stmt]:
    for cell in submission.cells:
        yield from _parsed(cell.source)


def _parsed(source: str) -> list[ast.stmt]:
    """A cell's statements, its magics as the calls that IPython makes of them."""
    return ast.parse(TransformerManager().transform_cell(source)).body  # type: ignore[no-untyped-call]


# --- cells -----------------------------------------------------------------------------------


def text_of(cell: dict[str, Any]) -> str:
    """A cell's text, however it is stored."""
    return "".join(cell["source"])


def _code(book: Notebook) -> list[int]:
    """The places of code cells that a parser reads and that are no cell magic."""
    found = []
    for place, cell in enumerate(book["cells"]):
        if cell["cell_type"] == "code" and not text_of(cell).lstrip().startswith("%%"):
            try:
                _parsed(text_of(cell))
            except SyntaxError:
                continue
            found.append(place)
    return found


def _new(source: str, kind: str = "code") -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    return cell if kind != "code" else {**cell, "execution_count": None, "outputs": []}


def split(book: Notebook, chance: random.Random) -> None:
    """Cut a cell in two between two statements."""
    for place in chance.sample(_code(book), len(_code(book))):
        cell = book["cells"][place]
        source = text_of(cell)
        try:
            body = ast.parse(source).body
        except SyntaxError:  # magics: their lines are not those of what they become
            continue
        lines = source.split("\n")
        can = [_first_line(b) for a, b in pairwise(body) if (a.end_lineno or 0) < _first_line(b)]
        if can:
            line = chance.choice(can)
            second = {**copy.deepcopy(cell), "source": "\n".join(lines[line - 1 :])}
            cell["source"] = "\n".join(lines[: line - 1])
            book["cells"].insert(place + 1, second)
            return


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def join(book: Notebook, chance: random.Random) -> None:
    """Make one cell of two neighbours."""
    places = _code(book)
    can = [place for place in places if place + 1 in places]
    if can:
        place = chance.choice(can)
        second = book["cells"].pop(place + 1)
        first = book["cells"][place]
        first["source"] = f"{text_of(first).rstrip()}\n\n{text_of(second)}"


def cut_and_paste(book: Notebook, chance: random.Random) -> None:
    """Delete a cell and add it again where it was: its id, outputs and metadata are gone."""
    place = chance.randrange(len(book["cells"]))
    cell = book["cells"][place]
    book["cells"][place] = _new(text_of(cell), cell["cell_type"])


def copy_definitions(book: Notebook, chance: random.Random) -> None:
    """Leave a copy of a cell that only imports and defines below it."""
    can = [place for place in _code(book) if _only_defines(book["cells"][place])]
    if can:
        place = chance.choice(can)
        book["cells"].insert(place + 1, copy.deepcopy(book["cells"][place]))


def reorder_imports(book: Notebook, chance: random.Random) -> None:
    """Give the first two imports of a cell cells of their own, the second one first."""
    can = [place for place in _code(book) if len(_leading_imports(book["cells"][place])) > 1]
    if can:
        place = chance.choice(can)
        lines = text_of(book["cells"][place]).split("\n")
        one, two = _leading_imports(book["cells"][place])[:2]
        parts = [lines[one.end_lineno : two.end_lineno], lines[: one.end_lineno]]
        parts.append(lines[two.end_lineno :])
        book["cells"][place : place + 1] = [_new("\n".join(part)) for part in parts]


def _leading_imports(cell: dict[str, Any]) -> list[ast.stmt]:
    """The imports that a cell begins with, where it is plain Python with a line for each."""
    try:
        body = ast.parse(text_of(cell)).body
    except SyntaxError:
        return []
    found = list(takewhile(lambda each: isinstance(each, (ast.Import, ast.ImportFrom)), body))
    lines = [each.lineno for each in body]
    return found if len(set(lines)) == len(lines) else []


def _only_defines(cell: dict[str, Any]) -> bool:
    body = _parsed(text_of(cell))
    return bool(body) and all(isinstance(each, _DEFINES) for each in body)


def retype(book: Notebook, chance: random.Random) -> None:
    """Turn a code cell to text and back: outputs and counts are lost."""
    place = chance.choice(_code(book))
    book["cells"][place] = {**_new(text_of(book["cells"][place])), "metadata": {"collapsed": True}}


def type_again(book: Notebook, chance: random.Random) -> None:
    """Type a cell anew: other comments, blank lines and spaces at the ends of lines."""
    cell = book["cells"][chance.choice(_code(book))]
    source = text_of(cell)
    if "'''" in source or '"""' in source or source.rstrip().endswith("\\"):
        cell["source"] = f"# my solution\n\n{source}\n\n"
        return
    lines = [f"{line}  " if line and line[-1] not in "\\;" else line for line in source.split("\n")]
    cell["source"] = "\n".join(["# my solution", "", *lines, "", "# done"])


def add_text(book: Notebook, chance: random.Random) -> None:
    """Add a note, a raw cell or an empty cell somewhere."""
    new = chance.choice(
        [_new("# import torch\nnotes", "markdown"), _new("%raw\nx = ", "raw"), _new(""), _new("\n")]
    )
    book["cells"].insert(chance.randrange(len(book["cells"]) + 1), new)


def run_half(book: Notebook, chance: random.Random) -> None:
    """Run some cells, in some order, and save what they printed or how they failed."""
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = chance.choice([None, chance.randrange(1, 200)])
            cell["outputs"] = chance.choice([[], [_OUTPUT], [_OUTPUT, _ERROR]])


# --- what tools write ------------------------------------------------------------------------


def other_tool(book: Notebook, chance: random.Random) -> None:
    """Save it in Colab, VS Code or JupyterLab, or lose the metadata altogether."""
    book["metadata"] = copy.deepcopy(chance.choice([_COLAB, _VSCODE, _LAB, {}]))
    for cell in book["cells"]:
        cell["metadata"] = chance.choice(
            [{}, {"id": "xYz12"}, {"vscode": {"languageId": "python"}}, {"scrolled": True}]
        )


def nbgrader(book: Notebook, chance: random.Random) -> None:
    """Give cells nbgrader's marks, the same to several, or take them away."""
    for cell in book["cells"]:
        cell["metadata"].pop("nbgrader", None)
        if chance.random() < 0.5:
            cell["metadata"]["nbgrader"] = dict(_NBGRADER)


def ids(book: Notebook, chance: random.Random) -> None:
    """Lose the cells' ids, or have some twice as after a merge, and another minor version."""
    book["nbformat_minor"] = chance.choice([0, 1, 2, 4, 5])
    kind = chance.choice(["none", "twice", "odd"])
    for number, cell in enumerate(book["cells"]):
        cell.pop("id", None)
        if kind != "none":
            cell["id"] = f"cell-{number // 2}" if kind == "twice" else "x" * (number * 40)


def sources(book: Notebook, chance: random.Random) -> None:
    """Store texts as one string, as lists of lines, or as lists of pieces."""
    for cell in book["cells"]:
        source = text_of(cell)
        cell["source"] = chance.choice(
            [source, source.splitlines(keepends=True), [source[:7], source[7:]]]
        )


def bare(book: Notebook, chance: random.Random) -> None:
    """Leave out what the format asks for and readers can do without."""
    for cell in book["cells"]:
        for name in ("execution_count", "outputs", "metadata"):
            if chance.random() < 0.5:
                cell.pop(name, None)
        cell.setdefault("metadata", {})
    if chance.random() < 0.5:
        book.pop("metadata", None)


EDITS: tuple[Edit, ...] = (
    split, join, cut_and_paste, copy_definitions, reorder_imports, retype, type_again,
    add_text, run_half, other_tool, nbgrader, ids, sources, bare,
)  # fmt: skip
CUTS = {split, join}
"""These let run what stands below a failing line in its cell, or no longer: not the same there."""


def edited(raw: bytes, chance: random.Random, *, cut: bool = True) -> tuple[bytes, list[str]]:
    """A notebook after one to five edits, and their names."""
    book = json.loads(raw)
    for cell in book["cells"]:
        cell.setdefault("metadata", {})
    can = [edit for edit in EDITS if cut or edit not in CUTS]
    chosen = chance.choices(can, k=chance.randint(1, 5))
    chosen.sort(key=lambda edit: edit is bare)  # last: the others need what it leaves out
    for edit in chosen:
        edit(book, chance)
    return _written(book, chance), [edit.__name__ for edit in chosen]


def _written(book: Notebook, chance: random.Random) -> bytes:
    indent = chance.choice([None, 1, 2])
    text = json.dumps(book, indent=indent, ensure_ascii=chance.random() < 0.5)
    mark = b"\xef\xbb\xbf" if chance.random() < 0.1 else b""
    return mark + (text + chance.choice(["", "\n"])).encode()
