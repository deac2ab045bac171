"""``grade start ID``: the starter and the task, laid out for a student."""

from __future__ import annotations

import argparse
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
        f"{exercise.id}.py": exercise.starter.read_text(encoding="utf-8"),
        "task.md": exercise.task.read_text(encoding="utf-8"),
    }


def _notebook_files(exercise: Exercise) -> dict[str, str]:
    import nbformat  # noqa: PLC0415  # a quarter of a second that only notebooks need
    from nbformat import v4  # noqa: PLC0415

    task = exercise.task.read_text(encoding="utf-8").strip()
    starter = exercise.starter.read_text(encoding="utf-8").strip()
    book = v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[
            v4.new_markdown_cell(task, id="task"),  # type: ignore[no-untyped-call]
            v4.new_code_cell(starter, id="starter"),  # type: ignore[no-untyped-call]
        ],
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
    )
    return {f"{exercise.id}.ipynb": str(nbformat.writes(book)) + "\n"}  # type: ignore[no-untyped-call]
