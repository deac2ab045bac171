"""The folder of this user for what can be made again, and how things get into it.

Several processes may grade at once: whatever appears here appears complete, by one rename.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError


def cache() -> Path:
    """``$XDG_CACHE_HOME/grade/datasets``, or the same below ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG base directory specification: a relative path is to be ignored.
    root = Path(base) if Path(base).is_absolute() else home() / ".cache"
    return root / "grade" / "datasets"


def home() -> Path:
    """This user's folder; for one without any (a container's), a place that holds nothing."""
    own = os.path.expanduser("~")  # noqa: PTH111 - Path.expanduser raises where there is none
    return Path(os.devnull) if own == "~" else Path(own)


@contextmanager
def making(place: Path, complete: Callable[[Path], bool]) -> Iterator[Path]:
    """A new folder, to be filled by the body, that then becomes ``place``.

    ``complete`` tells whether ``place`` is whole: another process may be faster, and a cleaner
    of caches may have left half of it.

    Raises:
        UsageError: the cache can't be written.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=place.parent, prefix=".making-", ignore_cleanup_errors=True
        ) as folder:
            new = Path(folder) / place.name
            new.mkdir()
            yield new
            _move(new, place, complete)
    except OSError as problem:
        raise UsageError(
            f"The data can't be written to {place.parent} ({problem.strerror}). Set "
            "XDG_CACHE_HOME to a folder that can be written to."
        ) from None


def _move(new: Path, place: Path, complete: Callable[[Path], bool]) -> None:
    try:
        new.rename(place)
    except OSError:
        if complete(place):
            return
        shutil.rmtree(place, ignore_errors=True)
        new.rename(place)
