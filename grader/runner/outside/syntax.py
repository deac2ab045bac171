"""Whether a file parses, found out in a bare interpreter: nothing of torch is needed to say it.

Theory of operation. A syntax error is the commonest first result, and waiting for torch to hear of
it is the worst use of a minute. So while torch is being imported, a process of its own compiles the
text and runs none of it: a parser can be broken by what it reads, and then it breaks there. What it
can't say in a moment, or doesn't know (magics of notebooks), is left to the student's process,
which compiles everything again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.crashes import explain
from grader.model import Crash, Place, Submission, SubmissionKind
from grader.runner.spans import MAGICS

PATIENCE_S = 2.0
MAX_TEXT = 400_000

_ROOT = str(Path(__file__).parents[3])
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from grader.runner.outside.syntax_child import main; main(sys.argv[2])"
)


def error_in(submission: Submission) -> Crash | None:
    """Return the syntax error of a script or module; None where there is none, or none is known."""
    if submission.kind is SubmissionKind.NOTEBOOK or not submission.name.lower().endswith(".py"):
        return None
    source = submission.source
    if len(source) > MAX_TEXT or MAGICS.search(source):
        return None
    told = _ask(submission.name, source)
    return None if told is None else _crash(submission.name, told)


def _ask(name: str, source: str) -> dict[str, Any] | None:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", _BOOT, _ROOT, name],
            input=source.encode("utf-8", "surrogatepass"),
            capture_output=True,
            timeout=PATIENCE_S,
            check=True,
        )
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return told if isinstance(told, dict) else None


def _crash(name: str, told: dict[str, Any]) -> Crash:
    crash = Crash(
        type=told["type"],
        message=told["message"],
        frames=((Place(name, told["line"]), told["text"]),),
        span=tuple(told["span"]) if told["span"] else None,
    )
    return replace(crash, explanation=explain(crash))
