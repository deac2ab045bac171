"""``grade new ID``: the three places of a new exercise, laid out for its author."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader import bank
from grader.author.convert.pieces import LeftOut, read
from grader.author.convert.prove import convert
from grader.author.new import new_files, own_root
from grader.commands import ExitCode, console
from grader.commands.files import lay
from grader.errors import UsageError


def run(arguments: argparse.Namespace) -> ExitCode:
    """Writes an exercise that works; never over a file that is there."""
    name = arguments.id
    files, left_out = _files(name, arguments.notebook)
    root: Path = own_root() if arguments.to is None else arguments.to
    if arguments.to is None and name in bank.all_ids():
        raise UsageError(f"There is an exercise {name} already. Choose another name.")
    lay(root, files)
    for folder in ("exercises", "reference", "rubrics"):
        (root / folder).mkdir(exist_ok=True)
    console.put("".join(f"{root / file}\n" for file in files))
    if left_out:
        console.put("\nNot carried over:\n" + "".join(f"  {each}\n" for each in left_out))
    console.put(f"\nIt works as it is: {_how_to_verify(root, name)}\n")
    console.put("Now make it yours; docs/authoring.md goes through every file.\n")
    return ExitCode.PASSED


def _files(name: str, notebook: Path | None) -> tuple[dict[str, str], list[LeftOut]]:
    """A small exercise that works, or what a teacher's notebook becomes."""
    files = new_files(name)  # refuses a name that is none
    if notebook is None:
        return files, []
    console.say(f"reading {notebook.name}, and grading what it becomes …")
    return convert(name, read(notebook))


def _how_to_verify(root: Path, name: str) -> str:
    """The command that proves it, with the variable that it needs in a folder of one's own."""
    known = [folder.resolve() for folder in bank.roots()]
    if root.resolve() in known:
        return f"grade verify {name}"
    return f"{bank.ROOT_VARIABLE}={root.resolve()} grade verify {name}"
