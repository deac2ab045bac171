"""``grade verify``: the exercises prove themselves."""

from __future__ import annotations

import argparse

from grader.author import Proof, verify
from grader.commands import ExitCode, console


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prints a line for each problem, and a summary."""
    with console.Progress(wanted=arguments.progress) as progress:
        proof = verify(arguments.ids, jobs=arguments.jobs, progress=progress)
    if arguments.json:
        console.put_json(proof.plain())
    else:
        console.put(_text(proof))
    return ExitCode.NOT_PASSED if proof.problems else ExitCode.PASSED


def _text(proof: Proof) -> str:
    lines = [f"{problem}\n" for problem in proof.problems]
    count = len(proof.problems)
    problems = "no problem" if not count else f"{count} problem{'s' * (count > 1)}"
    names = ", ".join(proof.exercises)
    return "".join([*lines, f"{names}: {proof.trials} gradings, {problems}\n"])
