"""What a worker of a Dask cluster runs: one grading at a time over a warm process of its own.

Theory of operation. The first grading in a worker's process starts a zygote, which stays for as
long as the process does; each grading gets a twin of it, a fork that is there in milliseconds.
Whatever ends the worker ends them too (``scratch``, ``nursery``). Both functions take bytes and
return bytes, so that nothing of ours is ever pickled (``parcels``).
"""

from __future__ import annotations

import atexit
import contextlib
import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from distributed import get_worker

from grader.bulk import parcels
from grader.bulk.fair import fair, share_of
from grader.bulk.scratch import scratch
from grader.bulk.tries import Task, settle
from grader.errors import BankError, UsageError
from grader.pipeline import Grader
from grader.runner.outside.nursery import Nursery

_FIRST = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Home:
    """What a worker's process keeps warm, and where its submissions work."""

    nursery: Nursery
    folder: Path


def describe(question: bytes) -> bytes:
    """The facts of this machine for the exercise in question, or why it can't grade it."""
    try:
        exercise, options = parcels.question_from_bytes(question)
        return parcels.facts_to_bytes(parcels.facts(exercise, options))
    except (UsageError, BankError) as problem:
        return parcels.refusal_to_bytes(parcels.Refusal(refused=str(problem)))


def grade(parcel: bytes) -> bytes:
    """Do one grading, in one of the worker's threads."""
    worker = get_worker()
    request = parcels.request_from_bytes(parcel)
    home = _at_home()
    task = Task(
        key="",
        who=request.who,
        blank=replace(request.submission, cells=(), prose=(), problem=""),
        load=lambda: request.submission,
        notes=request.notes,
    )
    exercise = fair(request.exercise, share_of(worker.state.nthreads))
    try:
        options = replace(request.options, scratch=home.folder)
        with Grader(options, home.nursery.twin()) as grader:
            graded, tries = settle(grader, exercise, task, lambda: False)
    except (UsageError, BankError) as problem:
        refusal = parcels.Refusal(refused=str(problem), address=worker.address)
        return parcels.refusal_to_bytes(refusal)
    return parcels.result_to_bytes(graded, tries)


def _at_home() -> _Home:
    with _FIRST:
        return _settled()


@lru_cache(maxsize=1)
def _settled() -> _Home:
    """The one home of this process."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    place = stack.enter_context(scratch())
    nursery = stack.enter_context(Nursery(place.ends_with_us))
    return _Home(nursery, place.folder)
