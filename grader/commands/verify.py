"""``grade verify``: the exercises prove themselves."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from grader.author import SEED, Crew, Proof, verify
from grader.author.mutation import ENOUGH, Mutation
from grader.commands import ExitCode, console


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prints a line for each problem and each surviving mutant, and a summary."""
    with console.Progress(wanted=arguments.progress) as progress:
        proof = verify(
            arguments.ids,
            crew=Crew(jobs=arguments.jobs, progress=progress),
            mutants=arguments.mutants,
            seed=SEED if arguments.seed is None else arguments.seed,
        )
    if arguments.json:
        console.put_json(proof.plain())
    else:
        console.put("".join(f"{line}\n" for line in _lines(proof)))
    return ExitCode.PASSED if proof.holds else ExitCode.NOT_PASSED


def _lines(proof: Proof) -> Iterator[str]:
    for problem in proof.problems:
        yield str(problem)
    for mutation in proof.mutations:
        yield from _survivors(mutation)
    count = len(proof.problems)
    problems = "no problem" if not count else f"{count} problem{'s' * (count > 1)}"
    yield f"{', '.join(proof.exercises)}: {proof.trials} gradings, {problems}"


def _survivors(mutation: Mutation) -> Iterator[str]:
    for survivor in mutation.survivors:
        yield str(survivor)
    verdict = "" if mutation.is_enough else f", expected {ENOUGH:.0%} or more"
    yield (
        f"{mutation.exercise}: {mutation.tried} of {mutation.possible} mutants tried, "
        f"{mutation.caught} caught, {mutation.equivalent} marked as equivalent, "
        f"{len(mutation.survivors)} survived: {mutation.share:.1%} caught{verdict}"
    )
