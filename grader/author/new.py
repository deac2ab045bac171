"""The files of a new exercise: a tiny one that works, to be changed into one's own."""

from __future__ import annotations

import re
from pathlib import Path

from grader import bank
from grader.errors import UsageError

_TEMPLATE = Path(__file__).with_name("template")
_SUFFIX = ".template"  # a solution.py below site-packages would look like one that leaked
_PLACEHOLDER = re.compile(r"\bID\b")


def new_files(exercise_id: str) -> dict[str, str]:
    """The text of each file by its place below a root, for an exercise of this id.

    Raises:
        UsageError: the id is not spelt as ids are.
    """
    if not bank.is_id(exercise_id):
        raise UsageError(
            f"An exercise can't be named {exercise_id!r}: expected lower-case letters, digits and "
            "underscores, beginning with a letter."
        )
    return {
        _named(path.relative_to(_TEMPLATE).as_posix().removesuffix(_SUFFIX), exercise_id): _named(
            path.read_text(encoding="utf-8"), exercise_id
        )
        for path in sorted(_TEMPLATE.rglob(f"*{_SUFFIX}"))
    }


def own_root() -> Path:
    """Where a new exercise goes unless told otherwise: the course's own bank, or the checkout.

    Raises:
        UsageError: there is neither; what was installed with the package is not for writing.
        BankError: ``GRADE_BANK`` names a folder that is no root.
    """
    first = bank.roots()[0]
    if bank.is_installed(first):
        raise UsageError(
            "The exercises that were installed with this grader are not the place for new ones. "
            f"Name a folder of your own with --to DIR, then set {bank.ROOT_VARIABLE} to it."
        )
    return first


def _named(text: str, exercise_id: str) -> str:
    return _PLACEHOLDER.sub(exercise_id, text)
