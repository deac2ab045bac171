"""The impossible twin of an exercise: whoever passes one of its checks has forged the verdict.

Made from an exercise by one mechanical change: each check does all that it did, and then fails. No
honest program can satisfy that, nor a dishonest one by whatever it tells: only one that reaches
the judge, or what is made of its word.
"""

from __future__ import annotations

import ast
import shutil
from dataclasses import replace
from pathlib import Path

from grader import bank
from grader.model import Exercise

IMPOSSIBLE = """
def _impossible(genuine):
    import functools
    from grader.checks import CheckFailed, NotJudged
    from grader.checks.agreement import Unsettled
    from grader.checks.remote import StudentRaised
    from grader.errors import StudentFault

    def check(*args, **kwargs):
        def made(function):
            @functools.wraps(function)
            def never(*fixtures, **named):
                try:
                    function(*fixtures, **named)
                except Unsettled:  # here and below the reference would be asked, which fails too
                    pass
                except (CheckFailed, NotJudged, StudentRaised, StudentFault):
                    raise
                except Exception:
                    pass
                raise CheckFailed("no program can do this")

            return genuine(*args, **kwargs)(never)

        return made

    return check


check = _impossible(check)
"""


def twin_of(exercise_id: str, folder: Path) -> Exercise:
    """The twin, its reference laid in ``folder``; its rubric and data are the exercise's own."""
    exercise = bank.load(exercise_id)
    reference = folder / "reference" / exercise_id
    # Checks that read their exercise's props.py look for it from where they are themselves.
    (folder / "exercises").symlink_to(exercise.starter.parents[1])
    shutil.copytree(exercise.reference, reference, ignore=shutil.ignore_patterns("cases"))
    checks = reference / "checks.py"
    checks.write_text(made_impossible(checks.read_text(encoding="utf-8")), encoding="utf-8")
    return replace(exercise, reference=reference)


def made_impossible(source: str) -> str:
    """The text of a ``checks.py`` with the change made after its imports."""
    imports = [
        node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    lines = source.splitlines()
    after = imports[-1].end_lineno or 0
    return "\n".join([*lines[:after], IMPOSSIBLE, *lines[after:], ""])
