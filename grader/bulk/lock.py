"""One run at a time on an output folder: a lock that the kernel takes back when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import UsageError

FILE = ".lock"
_MOST_READ = 200


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder for as long as the body runs.

    Raises:
        UsageError: another run holds it, and which; or the folder can't be written to.
    """
    try:
        fd = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as problem:
        raise UsageError(
            f"{folder} can't be written to ({problem.strerror}). Choose another --output."
        ) from None
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.read(fd, _MOST_READ).decode("utf-8", "replace").strip() or "unknown"
            raise UsageError(
                f"{folder} is in use by another grade bulk ({who}). Wait for its end, or choose "
                "another --output."
            ) from None
        except OSError as problem:
            raise UsageError(
                f"{folder} can't be locked ({problem.strerror}), as on some network drives. Choose "
                "an --output on a disk of this machine."
            ) from None
        with contextlib.suppress(OSError):  # who it is is for the other one; a full disk is ours
            os.ftruncate(fd, 0)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            os.write(fd, f"process {os.getpid()} on {socket.gethostname()} since {now}\n".encode())
        yield
    finally:
        os.close(fd)
