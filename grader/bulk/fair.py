"""The time that a submission has where several gradings share a machine."""

from __future__ import annotations

import os
from dataclasses import replace

from grader.model import Exercise, Limits


def share_of(jobs: int) -> float:
    """How many gradings there are for each core, at least 1."""
    return max(1.0, jobs / len(os.sched_getaffinity(0)))


def fair(exercise: Exercise, share: float, timeout_s: float | None = None) -> Exercise:
    """The exercise with the time that its submissions have.

    More gradings at a time than there are cores leave each a part of one; a limit on wall time
    that counts on a whole core would then end programs that are not slow.
    """
    limits = exercise.limits
    if timeout_s is not None:
        limits = replace(limits, wall_s=timeout_s)
    return replace(exercise, limits=_longer(limits, share))


def _longer(limits: Limits, share: float) -> Limits:
    return replace(
        limits,
        wall_s=limits.wall_s * share,
        cell_s=limits.cell_s * share,
        check_s=limits.check_s * share,
    )
