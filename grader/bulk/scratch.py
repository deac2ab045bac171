"""A folder for the working folders of one run, which is gone when the run is, however it ends.

Theory of operation. A small process, the janitor, holds the reading end of a pipe whose other end
the command holds. When the command ends, by itself or by a ``kill -9``, the kernel closes that
end; the janitor reads the end of the file, removes the folder and leaves. What it reads before
are numbers of processes, which it kills then: a process that imports torch doesn't notice for
seconds that nobody waits for it. It listens to no signal that a terminal sends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.runner.outside.cleanup import remove_tree

PATIENCE_S = 10.0
"""How long what was killed may take to stop writing."""

_PAUSE_S = 0.05
_PASSABLE = 0o711  # submissions run as users of their own and have to get through
_ROOT = str(Path(__file__).parents[2])
_BOOT = (
    "import sys; root = sys.argv[1]; sys.path.insert(0, root); "
    "from grader.bulk.scratch import sweep; sys.path.remove(root); sweep(sys.argv[2])"
)


@dataclass(frozen=True, slots=True)
class Scratch:
    """The folder, and a way to name a process that must not outlive the command."""

    folder: Path
    ends_with_us: Callable[[int], None]


@contextlib.contextmanager
def scratch() -> Iterator[Scratch]:
    """A new folder in the system's place for temporary files (``TMPDIR``)."""
    folder = Path(tempfile.mkdtemp(prefix="grade-bulk-"))
    folder.chmod(_PASSABLE)
    janitor = subprocess.Popen(
        [sys.executable, "-P", "-B", "-S", "-c", _BOOT, _ROOT, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    pipe = janitor.stdin
    assert pipe is not None

    def ends_with_us(pid: int) -> None:
        with contextlib.suppress(OSError):  # without a janitor it ends a little later
            os.write(pipe.fileno(), b"%d\n" % pid)

    try:
        yield Scratch(folder, ends_with_us)
    finally:
        pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            janitor.wait(PATIENCE_S)
        with contextlib.suppress(OSError):  # if somebody killed the janitor
            remove_tree(folder)


def sweep(folder: str) -> None:
    """The janitor: wait for the end of standard input, then kill and remove what was named."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    pidfds = []
    for line in open(0, "rb"):  # noqa: SIM115  # standard input
        with contextlib.suppress(OSError):  # it has ended
            pidfds.append(os.pidfd_open(int(line)))
    for pidfd in pidfds:
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):  # somebody still writes there
            remove_tree(folder)
            return
        time.sleep(_PAUSE_S)
