"""The wall around a student's process.

``apply`` puts it up from inside; the rest is what the supervisor does from outside. What is
promised, and by which layer, is in docs/isolation.md; each file here begins with the theory
of its own layer.
"""

from grader.runner.wall.build import Plan, apply
from grader.runner.wall.identity import fresh_uid as submission_uid
from grader.runner.wall.kernel import Missing, WallBroken
from grader.runner.wall.outside import (
    kernel_kills,
    kill_everything,
    limits_of,
    private_memory,
    resident_memory,
    space_left,
)

__all__ = [
    "Missing",
    "Plan",
    "WallBroken",
    "apply",
    "kernel_kills",
    "kill_everything",
    "limits_of",
    "private_memory",
    "resident_memory",
    "space_left",
    "submission_uid",
]
