"""When a file was saved: its facts are looked at many times a second, and nothing else is read.

Editors write in place, or write another file and rename it; networks and clouds write in pieces. A
look at time, size and number of the file tells all of them apart, on every file system, without a
watch of the kernel's that would follow the old file. What still changes is left alone until two
looks agree.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

LOOK_S = 0.02

Facts = tuple[int, int, int, int]


class Saves:
    """A file, and how it was when it was last taken."""

    def __init__(self, path: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        self._path = path
        self._sleep = sleep
        self._taken: Facts | None = ()  # type: ignore[assignment]  # like nothing that can be

    def take(self) -> bool:
        """Note the file as it is; whether there is one."""
        self._taken = self._facts()
        return self._taken is not None

    def changed(self) -> bool:
        """Whether it is another one than was taken; one look, and no wait."""
        return self._facts() != self._taken

    def wait(self) -> None:
        """Wait until it has changed and then stays the same from one look to the next."""
        before = self._facts()
        while True:
            self._sleep(LOOK_S)
            now = self._facts()
            if now == before and now != self._taken:
                return
            before = now

    def _facts(self) -> Facts | None:
        try:
            found = os.lstat(self._path)
        except (OSError, ValueError):
            return None
        return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns
