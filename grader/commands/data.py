"""``grade data``: where the data sets are, and fetching the full ones."""

from __future__ import annotations

import argparse

from grader import datasets
from grader.commands import ExitCode, console, meter
from grader.datasets import fetch
from grader.model import Exercise


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prints the folder of one data set, lists them all, or fetches what is missing."""
    if arguments.action == "path":
        console.put(f"{datasets.folder(arguments.name)}\n")
    elif arguments.action == "fetch":
        _fetch(arguments)
    else:
        for item in datasets.survey():
            place = item.folder or f"not laid out yet; `grade data path {item.name}` does it"
            size = f"{item.size / 1e6:.1f} MB" if item.folder else "-"
            console.put(f"{item.name}  {item.kind}  {size}  {place}\n")
    return ExitCode.PASSED


def _fetch(arguments: argparse.Namespace) -> None:
    names = [arguments.name] if arguments.name else list(fetch.FETCHABLE)
    for name in names:
        datasets.check_name(name)
        if name not in fetch.FETCHABLE:
            console.say(f"{name}: all of it is in the bank; there is nothing to fetch.")
            continue
        with meter.Bars(wanted=arguments.progress) as bars:
            found = fetch.fetch(bars.tell, bars)
        came = f"from {found.source}" if found.source else "was there already"
        console.say(f"{name}: {came}, its four files checked.")
        console.put(f"{found.folder}\n")


def prepare(exercise: Exercise, *, progress: console.Progress) -> None:
    """Tries once to get the full data that an exercise would rather have, if nothing forbids it."""
    if not exercise.full_data or datasets.MNIST not in exercise.data:
        return
    if datasets.choice() in (None, datasets.Form.FULL):
        fetch.try_once(
            console.say, lambda name, done, _: progress(f"fetching {name}: {done / 1e6:.1f} MB")
        )
