"""Layer "descriptors": the student's process holds the channel and nothing else.

Theory of operation. A descriptor is a right that no other layer takes back: an inherited one to
a folder leads out of a private root, one to the grader's socket speaks in its name. So
everything but the three standard streams and the descriptors named is closed with
``close_range``, standard input becomes /dev/null, and a folder is never kept.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from grader.runner.wall import kernel
from grader.runner.wall.kernel import Missing, WallBroken

STANDARD = (0, 1, 2)
HIGHEST = 2**31 - 1


def close_others(keep: Iterable[int]) -> None:
    """Close all but standard streams and ``keep``.

    Raises:
        WallBroken: one to keep is not open, or is a folder.
    """
    kept = sorted({*STANDARD, *keep})
    for fd in kept[len(STANDARD) :]:
        try:
            folder = stat.S_ISDIR(os.fstat(fd).st_mode)
        except OSError as error:
            raise WallBroken(f"descriptor {fd} was to be kept and is not open") from error
        if folder:
            raise WallBroken(f"descriptor {fd} is a folder; it would lead out of the wall")
    for low, high in zip(kept, [*kept[1:], HIGHEST], strict=True):
        _close(low + 1, high - 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    if null != 0:
        os.close(null)


def _close(first: int, last: int) -> None:
    if first > last:
        return
    try:
        kernel.call("close_range", first, last, 0)
    except (OSError, Missing):  # before Linux 5.9, or another system
        limit = os.sysconf("SC_OPEN_MAX")
        os.closerange(first, min(last, limit) + 1)
