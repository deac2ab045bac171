"""Mutants that no check can notice, as an exercise's author marks them.

``reference/<id>/equivalent.yaml`` lists changes of the reference, each with the reason why it
makes no difference that a student's work could be judged by::

    exercise: activations
    mutants:
      - before: return x.clamp(min=0)
        after: return x.clamp(min=-0)
        why: minus zero is zero

``before`` and ``after`` are the changed line as `grade verify --mutants` prints it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.author.mutants import Mutant, mutants
from grader.author.problems import Problem
from grader.errors import BankError
from grader.model import Exercise, SubmissionKind
from grader.strict import Table, read_table

FILE = "equivalent.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """A change that makes no difference, and the reason."""

    before: str
    after: str
    why: str

    def means(self, mutant: Mutant) -> bool:
        """Whether a mutant is this change."""
        return (self.before, self.after) == (mutant.before, mutant.after)


def all_mutants(exercise: Exercise) -> tuple[Mutant, ...]:
    """The mutants of an exercise's reference.

    Raises:
        BankError: the reference is no Python.
    """
    source = (exercise.reference / "solution.py").read_text(encoding="utf-8")
    try:
        return mutants(source, main_is_run=exercise.submit is not SubmissionKind.MODULE)
    except (SyntaxError, ValueError) as error:
        raise BankError(f"reference/{exercise.id}/solution.py: expected Python; {error}") from None


def read_equivalents(exercise: Exercise) -> tuple[Equivalent, ...]:
    """The entries of an exercise's file; none if there is no file.

    Raises:
        BankError: the file breaks the rules above.
    """
    path = exercise.reference / FILE
    if not path.is_file():
        return ()
    table = read_table(path, f"reference/{exercise.id}/{FILE}", BankError)
    if table.text("exercise") != exercise.id:
        raise table.fail("exercise", repr(exercise.id), table.text("exercise"))
    entries = tuple(_entry(item) for item in table.tables("mutants"))
    table.close()
    return entries


def _entry(table: Table) -> Equivalent:
    entry = Equivalent(
        before=" ".join(table.text("before").split()),
        after=" ".join(table.text("after").split()),
        why=table.text("why"),
    )
    table.close()
    return entry


def equivalent_problems(exercise: Exercise) -> Iterator[Problem]:
    """Entries that name no mutant (any more), and entries that stand there twice."""
    file = f"reference/{exercise.id}/{FILE}"
    try:
        entries = read_equivalents(exercise)
        known = all_mutants(exercise) if entries else ()
    except BankError as error:
        yield Problem(exercise=exercise.id, file=file, what=str(error))
        return
    for entry, times in Counter((entry.before, entry.after) for entry in entries).items():
        change = " → ".join(entry)
        if times > 1:
            what = f"expected each change once; this one stands there {times} times: {change}"
            yield Problem(exercise=exercise.id, file=file, what=what)
        if not _is_a_mutant(entry, known):
            what = f"there is no such mutant of solution.py (any more): {change}"
            yield Problem(exercise=exercise.id, file=file, what=what)


def _is_a_mutant(entry: tuple[str, str], known: Sequence[Mutant]) -> bool:
    return any((mutant.before, mutant.after) == entry for mutant in known)
