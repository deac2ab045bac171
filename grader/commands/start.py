"""``grade start ID``: the starter and the task, laid out for a student."""

from __future__ import annotations

import argparse
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from grader import bank
from grader.commands import COURSE_FILE, ExitCode, console
from grader.commands.files import lay
from grader.model import Exercise, SubmissionKind


def run(arguments: argparse.Namespace) -> ExitCode:
    """Writes the files of one exercise into a folder; never over a file that is there."""
    exercise = bank.load(arguments.id)
    folder = Path(exercise.id) if arguments.to is None else arguments.to
    as_notebook = arguments.notebook or exercise.submit is SubmissionKind.NOTEBOOK
    files = _notebook_files(exercise) if as_notebook else _python_files(exercise)
    files[COURSE_FILE] = f"exercise: {exercise.id}\n"
    lay(folder, files)
    work = folder / next(iter(files))
    console.put("".join(f"{folder / name}\n" for name in files))
    console.put(f"\nWork in {work}, then: grade {work}\n")
    return ExitCode.PASSED


def _python_files(exercise: Exercise) -> dict[str, str]:
    return {
        f"{exercise.id}{exercise.starter.suffix}": exercise.starter.read_text(encoding="utf-8"),
        "task.md": exercise.task.read_text(encoding="utf-8"),
    }


def _notebook_files(exercise: Exercise) -> dict[str, str]:
    import nbformat  # noqa: PLC0415  # a quarter of a second that only notebooks need
    from nbformat import v4  # noqa: PLC0415

    task = exercise.task.read_text(encoding="utf-8").strip()
    starter = exercise.starter.read_text(encoding="utf-8").strip()
    if exercise.starter.suffix == ".yaml":
        starter = _as_python(starter)
    make = {"text": v4.new_markdown_cell, "code": v4.new_code_cell}
    cells = [("text", task), *_cells(starter)]
    book = v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[make[kind](text, id=f"cell-{n}") for n, (kind, text) in enumerate(cells)],  # type: ignore[no-untyped-call]
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
    )
    return {f"{exercise.id}.ipynb": str(nbformat.writes(book)) + "\n"}  # type: ignore[no-untyped-call]


def _cells(starter: str) -> Iterator[tuple[str, str]]:
    """A starter's cells: ``# %%`` begins one of code, ``# %% [markdown]`` one of text.

    This is how editors mark cells in a Python file. A starter without marks is one cell.
    """
    first, *rest = re.split(r"^# %%(.*)$", starter, flags=re.MULTILINE)
    for mark, body in itertools.chain([("", first)] if first.strip() else [], _pairs(rest)):
        if "[markdown]" in mark:
            yield "text", re.sub(r"^# ?", "", body.strip(), flags=re.MULTILINE)
        else:
            yield "code", body.strip()


def _pairs(items: list[str]) -> Iterator[tuple[str, str]]:
    return zip(items[::2], items[1::2], strict=True)


def _as_python(table: str) -> str:
    """A starter's table of answers as code: ``key:`` becomes ``"key": None,``."""
    lines = [
        re.sub(r"^(\w+):\s*(.*?)$", r'"\1": None,  \2', line).rstrip() for line in table.split("\n")
    ]
    return "\n".join(["answers = {", *(f"    {line}".rstrip() for line in lines), "}"])
