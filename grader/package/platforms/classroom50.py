"""Classroom 50: ``autograder.py`` and what lies beside it.

The zip is unpacked to ``CLASSROOM/autograders/ASSIGNMENT``. The runner starts ``autograder.py`` in
the student's checkout; ``result.json`` is written there, and ``release-body.md``, which the
student reads. All of this happens in the student's own repository: nothing keeps an edited
workflow from writing another result, and who can fetch the bundle can read the reference.

Source: foundation50/classroom50.
"""

from __future__ import annotations

from grader.model import IsolationLevel
from grader.package.contents import FIND_PYTHON, PROGRAM, Files, Order, text
from grader.package.platform import Platform

PLATFORM = Platform(
    suffix=".zip",
    format="classroom50",
    handed_in=".",
    results="result.json",
    page="release-body.md",
    most_s=3600,
    gives=IsolationLevel.PARTIAL,
    reader="every student who can fetch the bundle",
)

_AUTOGRADER = '''
"""Finds a Python that can grade, and grades the hand-in of this folder."""

import os
import pathlib
import subprocess
import sys

home = pathlib.Path(__file__).resolve().parent
found = subprocess.run(
    ["sh", str(home / "find-python"), str(home)], stdout=subprocess.PIPE, universal_newlines=True
)
if found.returncode:
    sys.exit(1)
environment = dict(os.environ, PYTHONPATH=str(home / "{bundle}"), PYTHONDONTWRITEBYTECODE="1")
words = "{command}".split()
sys.exit(subprocess.call([found.stdout.strip(), *words], env=environment))
'''


def files(order: Order) -> Files:
    """The bundle and its way in."""
    script = _AUTOGRADER.format(bundle="grade", command=order.command())
    return {
        **order.bundle,
        "autograder.py": text(script, PROGRAM),
        "find-python": text(FIND_PYTHON, PROGRAM),
    }
