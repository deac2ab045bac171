"""``grade data``: where the data sets are."""

from __future__ import annotations

import argparse

from grader import datasets
from grader.commands import ExitCode, console


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prints the folder of one data set, or lists them all."""
    if arguments.action == "path":
        console.put(f"{datasets.folder(arguments.name)}\n")
        return ExitCode.PASSED
    for item in datasets.survey():
        place = item.folder or f"not laid out yet; `grade data path {item.name}` does it"
        console.put(f"{item.name}  {item.kind}  {place}\n")
    return ExitCode.PASSED
