"""Whether a training brought what its model knows in the end, or the program brought it along.

Two questions, each of a training that ended well (docs/design/043-brought-along.md). Both accuse
only where the answer is there without what should have brought it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from grader.checks.remote import Remote
from grader.checks.student import Student

FALLS = 0.9
"""Losses whose later half is below this share of the earlier one come of steps that did change."""


def knows_without_steps(
    student: Student,
    train: Remote,
    *args: object,
    updates: int,
    knows: Callable[[Remote], bool],
) -> bool:
    """Whether the training ends with the answer although none of its steps changes anything.

    ``updates``: how many it makes otherwise. ``knows`` judges what ``train`` gives. False too where
    that can't be told: it doesn't end so, or its loss falls, so that there are steps which were
    not held.
    """
    idle = student.trace_idle(train, *args, updates=updates + 1)
    if idle is None:
        return False
    result, trace = idle
    return bool(trace.updates) and not _falls(trace.losses) and knows(result)


def _falls(losses: Sequence[float]) -> bool:
    half = len(losses) // 2
    return half > 0 and fmean(losses[half:]) < FALLS * fmean(losses[:half])
