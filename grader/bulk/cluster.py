"""A class graded by the workers of a Dask cluster: ``grade bulk --scheduler tcp://…``.

Theory of operation. This thread of the command hands out one submission for each thread that the
cluster's workers have, and hears of each result as it comes; the journal and the output folder
stay with the command. A worker is asked for its facts before it gets anything: one with another
version, another bank or other data is refused with a sentence, as its results would not be the
ones of this machine. Dask starts what a dead worker had in hand again on another one; a
submission whose workers have died too often is set aside, as on one machine. What travels are
bytes (``parcels``). docs/design/038-dask.md has the reasons.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import queue
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from grader.bulk import parcels
from grader.bulk.crew import Began, Done, Left, Said, Workers
from grader.bulk.fair import fair
from grader.bulk.tries import TRIES, Task, given_up
from grader.errors import GraderFault, UsageError
from grader.model import Exercise
from grader.pipeline import Grader, Options

CONNECT_S = 10.0
_LOOK_EVERY_S = 1.0
_ASK_S = 120.0
"""How long a worker may take for its facts; it imports the grader for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flight:
    """A task that is on its way: to which workers it may go, and which try it is."""

    task: Task
    workers: frozenset[str]
    tries: int


class Cluster(Workers):
    """The workers of a cluster, spoken to as one speaks to a crew (:mod:`grader.bulk.crew`)."""

    def __init__(self, url: str, exercise: Exercise, options: Options) -> None:
        super().__init__()
        self._url = url
        self._exercise = fair(exercise, 1.0, options.timeout_s)
        self._options = replace(options, timeout_s=None)
        self._client = _connected(url)
        # The workers' side imports Dask, which is an extra.
        self._station = importlib.import_module("grader.bulk.station")
        self._question = parcels.question_to_bytes(self._exercise, self._options)
        self._facts = parcels.facts(self._exercise, self._options)
        self._threads: dict[str, int] = {}
        self._refused: dict[str, str] = {}
        self._waiting: deque[tuple[Task, int]] = deque()
        self._flights: dict[Any, _Flight] = {}
        self._landed: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, tasks: Iterable[Task]) -> int:
        """Begin; returns 1, the thread that will say that it left, or 0 without a task."""
        self._waiting.extend((task, 1) for task in tasks)
        if not self._waiting:
            return 0
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return 1

    def stop(self) -> None:
        """Hand out nothing new; what the workers have in hand is finished and kept."""
        self._stopped.set()

    def end(self) -> None:
        """Wait for nothing more. A worker finishes what it has in hand, for nobody."""
        self._stopped.set()
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=5.0)
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self._client.close(timeout=5.0)

    # --- the thread that hands out and takes back -----------------------------------------------

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            while self._goes_on():
                self._look_for_workers()
                self._hand_out()
                self._take_back()
        except UsageError as problem:
            error = problem
        except Exception as problem:  # noqa: BLE001  # said aloud, whatever it is
            said = f"{type(problem).__name__}: {problem}".rstrip(": ")
            error = GraderFault(f"The scheduler at {self._url} is lost ({said}).")
        self.news.put(Left(worker=0, error=error))

    def _goes_on(self) -> bool:
        waits = bool(self._waiting) and not self._stopped.is_set()
        return not self._ended.is_set() and (waits or bool(self._flights))

    # --- workers --------------------------------------------------------------------------------

    def _look_for_workers(self) -> None:
        """Take in workers that have come, and forget those that have gone.

        Raises:
            UsageError: there are workers, and every one was refused.
        """
        there = dict(self._client.nthreads())
        for address in there.keys() - self._threads.keys() - self._refused.keys():
            self._ask(address)
        self._threads = {
            address: threads for address, threads in there.items() if address not in self._refused
        }
        refused = {address: why for address, why in self._refused.items() if address in there}
        if refused and not self._threads:
            raise UsageError(
                f"No worker of the cluster can grade this. {next(iter(refused.values()))}"
            )
        self._call_back_the_lost()

    def _ask(self, address: str) -> None:
        answers = self._client.run(
            self._station.describe, self._question, workers=[address], on_error="return"
        )
        answer = answers.get(address)
        if not isinstance(answer, bytes):  # it is gone, or has no grader
            self._refuse(address, f"it has no grader that answers ({answer!r:.200})")
            return
        theirs = parcels.facts_from_bytes(answer)
        if isinstance(theirs, parcels.Refusal):
            reason = theirs.refused
        else:
            reason = self._facts.differs_in(theirs)
        if reason:
            self._refuse(address, reason)

    def _refuse(self, address: str, reason: str) -> None:
        self._threads.pop(address, None)
        self._refused[address] = f"The worker at {address} is refused: {reason.rstrip('.')}."
        self.news.put(Said(self._refused[address]))

    def _call_back_the_lost(self) -> None:
        """What was meant for workers that are all gone would wait for ever: hand it out anew."""
        for future, flight in list(self._flights.items()):
            if not flight.workers & self._threads.keys():
                del self._flights[future]
                future.cancel()
                self._again(flight, GraderFault("Every worker that it was handed to has ended."))

    # --- submissions ----------------------------------------------------------------------------

    def _hand_out(self) -> None:
        room = sum(self._threads.values()) - len(self._flights)
        while room > 0 and self._waiting and not self._stopped.is_set():
            task, tries = self._waiting.popleft()
            self.news.put(Began(worker=0, who=task.who))
            try:
                parcel = self._parcel(task)
            except Exception as error:  # noqa: BLE001  # gone or changed: nobody's mistake
                self._give_up(task, error)
                continue
            self._send(task, parcel, tries)
            room -= 1

    def _parcel(self, task: Task) -> bytes:
        return parcels.request_to_bytes(
            parcels.Request(
                who=task.who,
                exercise=self._exercise,
                options=self._options,
                submission=task.load(),
                notes=task.notes,
            )
        )

    def _send(self, task: Task, parcel: bytes, tries: int) -> None:
        workers = frozenset(self._threads)
        future = self._client.submit(
            self._station.grade,
            parcel,
            workers=sorted(workers),
            key=f"grade-{task.key}-{tries}-{time.monotonic_ns()}",
            pure=False,
        )
        self._flights[future] = _Flight(task=task, workers=workers, tries=tries)
        future.add_done_callback(self._landed.put)

    def _take_back(self) -> None:
        """Wait a moment for results, and take in those that are there."""
        with contextlib.suppress(queue.Empty):
            future = self._landed.get(timeout=_LOOK_EVERY_S)
            while True:
                flight = self._flights.pop(future, None)
                if flight is not None and not self._ended.is_set():
                    self._take(future, flight)
                future = self._landed.get_nowait()

    def _take(self, future: Any, flight: _Flight) -> None:
        try:
            answer = parcels.result_from_bytes(future.result(timeout=_ASK_S))
        except Exception as error:  # noqa: BLE001  # a worker that died, or a bug of ours
            self._again(flight, error)
            return
        if isinstance(answer, parcels.Refusal):
            self._refuse(answer.address, answer.refused)
            self._waiting.appendleft((flight.task, flight.tries))
            return
        graded, tries = answer
        self.news.put(Done(worker=0, task=flight.task, graded=graded, tries=tries))

    def _again(self, flight: _Flight, error: Exception) -> None:
        if flight.tries < TRIES:
            self._waiting.appendleft((flight.task, flight.tries + 1))
        else:
            self._give_up(flight.task, error)

    def _give_up(self, task: Task, error: Exception) -> None:
        graded = given_up(Grader(self._options), self._exercise, task, error)
        self.news.put(Done(worker=0, task=task, graded=graded, tries=TRIES))


def _connected(url: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        raise UsageError(
            "--scheduler needs Dask, which isn't installed here. Install it, here and on every "
            "worker: pip install 'torch-grade[distributed]'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we say ourselves what happens
    warnings.filterwarnings("ignore", module="distributed")
    try:
        return Client(url, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:
        said = f"{type(problem).__name__}: {problem}".splitlines()[0].rstrip(": ")
        raise UsageError(
            f"No Dask scheduler answers at {url} ({said}). Start one with `dask scheduler` and "
            "name the address that it prints, such as tcp://127.0.0.1:8786."
        ) from None
