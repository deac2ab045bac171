"""The queue for GPUs: no GPU is ever shared by accident, whoever on the machine grades.

Theory of operation. Every grader on the machine, of every user, meets in one folder of lock
files. A lock (``flock``) belongs to an open file, so the kernel takes it back when its holder
dies, however it dies: there is nothing to clean up and no stale lock. Reading is enough to
lock, so files of other users serve as well as one's own.

Whoever wants a GPU draws a ticket: a file with the next number, which its owner keeps locked
as a sign of life. The living owner of the lowest number may look for a free GPU; the others
wait. A grader that gives a GPU to one grading at a time locks it as a whole; one that allows
several (``GRADE_GPU_SLOTS``) shares that lock with its like and takes one numbered slot.

The folder is open to all users and sticky, as /tmp is. Nothing is read from its files or
written to them, and links are not followed: who tampers with it can delay gradings, no more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.runner.outside.devices.gpus import Gpu

TICKET = "ticket-"
DOOR = "door"
LOOK_EVERY_S = 0.2
OPEN_TO_ALL = 0o1777


@dataclass(frozen=True, slots=True)
class Slots:
    """The GPUs of this machine as a queue; ``per_gpu`` gradings may use one at a time."""

    folder: Path
    gpus: Sequence[Gpu]
    per_gpu: int = 1

    @contextlib.contextmanager
    def take(self, wait_s: float, waiting: Callable[[int], None]) -> Iterator[Gpu]:
        """Hold a GPU for as long as the body runs, after waiting for one in order.

        Args:
            wait_s: how long to wait at most, in seconds.
            waiting: called now and then with the number of those who wait before us.

        Raises:
            UsageError: none became free in time, or the folder can't be used.
        """
        _prepare(self.folder)
        with contextlib.ExitStack() as held:
            gpu = self._queue(time.monotonic() + wait_s, wait_s, waiting, held)
            yield gpu

    def _queue(
        self,
        deadline: float,
        wait_s: float,
        waiting: Callable[[int], None],
        held: contextlib.ExitStack,
    ) -> Gpu:
        with self._ticket() as number:
            while True:
                with _locked(self.folder / DOOR):
                    before = sum(self._is_alive(other) for other in self._tickets(number))
                    gpu = None if before else self._free(held)
                if gpu is not None:
                    return gpu
                if time.monotonic() > deadline:
                    raise UsageError(
                        f"No GPU became free within {wait_s:g} seconds; {before} gradings wait "
                        "before this one. Try later, use --device cpu, or set GRADE_GPU_WAIT to "
                        "more seconds."
                    )
                waiting(before)
                time.sleep(LOOK_EVERY_S)

    # --- tickets ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _ticket(self) -> Iterator[int]:
        """Draw the next number; it is ours, and seen to be, until the body ends."""
        with contextlib.ExitStack() as held:
            with _locked(self.folder / DOOR):
                number = max((number for number, _ in self._all_tickets()), default=0) + 1
                path = self.folder / f"{TICKET}{number}"
                held.enter_context(_locked(path))
                held.callback(path.unlink, missing_ok=True)
            yield number

    def _all_tickets(self) -> Iterator[tuple[int, Path]]:
        for path in self.folder.iterdir():
            number = path.name.removeprefix(TICKET)
            if path.name.startswith(TICKET) and number.isascii() and number.isdigit():
                yield int(number), path

    def _tickets(self, below: int) -> list[Path]:
        return [path for number, path in self._all_tickets() if number < below]

    def _is_alive(self, ticket: Path) -> bool:
        """Whether somebody holds the ticket; one that nobody holds is thrown away."""
        with contextlib.ExitStack() as held:
            if not _try_lock(ticket, held):
                return True
            with contextlib.suppress(OSError):  # another user's: it stays, and counts for nothing
                ticket.unlink()
            return False

    # --- GPUs ---------------------------------------------------------------------------------

    def _free(self, held: contextlib.ExitStack) -> Gpu | None:
        """Take the first GPU that has room; its locks go to ``held``."""
        for gpu in self.gpus:
            with contextlib.ExitStack() as taken:
                if self._enter(gpu, taken):
                    held.push(taken.pop_all())
                    return gpu
        return None

    def _enter(self, gpu: Gpu, taken: contextlib.ExitStack) -> bool:
        whole = self.folder / f"{gpu.key}.whole"
        if self.per_gpu == 1:
            return _try_lock(whole, taken)
        slots = (self.folder / f"{gpu.key}.{number}" for number in range(self.per_gpu))
        return _try_lock(whole, taken, shared=True) and any(
            _try_lock(slot, taken) for slot in slots
        )


def _prepare(folder: Path) -> None:
    """Make the folder, or see that it is one that nobody can play tricks with.

    Raises:
        UsageError: it can't be made, or belongs to somebody who is neither root nor we and is
            not sticky, or is none.
    """
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(OPEN_TO_ALL)  # mkdir's own mode is cut by the umask
        found = folder.lstat()
    except OSError as error:
        raise UsageError(f"{folder}, where gradings queue for GPUs, can't be made: {error}. "
                         "Set GRADE_GPU_LOCKS to another folder.") from None  # fmt: skip
    sticky = bool(found.st_mode & stat.S_ISVTX)
    if not stat.S_ISDIR(found.st_mode) or not (sticky or found.st_uid == os.geteuid()):
        raise UsageError(
            f"{folder} is not a folder that gradings could queue in: expected one of your own, or "
            "one that is sticky as /tmp is. Remove it, or set GRADE_GPU_LOCKS to another folder."
        )


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait for a file's lock and hold it; the file is made if need be."""
    fd = _open(path)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _try_lock(path: Path, held: contextlib.ExitStack, *, shared: bool = False) -> bool:
    """Take a file's lock if it is free, for as long as ``held`` lasts."""
    fd = _open(path)
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return False
    held.callback(os.close, fd)
    return True


def _open(path: Path) -> int:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with contextlib.suppress(FileNotFoundError):
            return os.open(path, flags)
        # Only now: in a sticky folder the kernel refuses O_CREAT on files of other users.
        with contextlib.suppress(FileExistsError):
            return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644)
        return os.open(path, flags)
    except OSError as error:
        raise UsageError(
            f"{path}, a lock of the queue for GPUs, can't be opened ({error.strerror}). Remove "
            "it, or set GRADE_GPU_LOCKS to another folder."
        ) from None
