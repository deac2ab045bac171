"""Autolab: a tar with ``autograde-Makefile`` and ``autograde.tar``.

Autolab lays both and the hand-in into one folder and runs ``make`` there, as a user that is not
root: the submission runs as the same user. It reads the last line of the output, so the recipe
ends with 0 whatever happens, or make's own error would be that line. The problems of the
assessment are named after the checks' ids; the hand-in is named after the exercise.

Source: Autolab's documentation, "Lab Creation", and Tango's ``autodriver``.
"""

from __future__ import annotations

from grader.model import IsolationLevel
from grader.package.contents import Entry as File
from grader.package.contents import Files, Order, as_tar, text
from grader.package.platform import Platform

PLATFORM = Platform(
    suffix=".tar",
    format="autolab",
    handed_in=".",
    most_s=899,
    gives=IsolationLevel.PARTIAL,
    reader="whoever can edit the assessment; the submission runs as the grader's own user",
)
_FOLDER = "autograde"

_MAKEFILE = """
# Run by Autolab. Problems: {problems}.
autograde:
\t@tar xf autograde.tar
\t@sh {folder}/run || echo '{{"scores": {{}}}}'
"""


def files(order: Order) -> Files:
    """The Makefile, and the bundle as a tar."""
    inside = {**order.bundle, **order.ways_in("run")}
    packed = as_tar({f"{_FOLDER}/{name}": entry for name, entry in inside.items()})
    problems = ", ".join(line.id for line in order.exercise.rubric)
    return {
        "autograde-Makefile": text(_MAKEFILE.format(problems=problems, folder=_FOLDER)),
        "autograde.tar": File(packed),
    }
