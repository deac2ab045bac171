"""Judges the reference solution of an exercise with answers exchanged on their way to the judge.

Run for long: python tests/checks/odd_judge.py --runs 2000
From a place drawn at random on, answers are exchanged for values of every type, dtype, shape, size
and depth, or changed a little: another dtype, another shape, an entry more or less. Whatever the
judge is given, it comes to its end with a result for each check, in bounded time. A check that
raises is told as such; whose fault it is shows when it is tried again (docs/design/022).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import torch

from grader import bank, submission
from grader.checks import remote
from grader.checks.clock import Clock
from grader.checks.judge import Checks, Judge
from grader.checks.remote import Remote
from grader.checks.supervision import Supervision
from grader.errors import StudentFault
from grader.model import Exercise, IsolationPolicy, Outcome, Status
from grader.runner.devices import CPU
from grader.runner.inside import student as students
from grader.runner.inside.served import server
from grader.runner.outside.job import Job
from grader.runner.packing import DTYPES, NotPlain, pack, unpack
from grader.runner.wire import NO_SEAL, Channel, WireError

SEED = 20240
END_S = 120.0
SHAPES = ((), (0,), (1,), (2,), (3, 1), (0, 5), (4, 4), (8, 1), (1, 1, 28, 28), (300, 300))
FILLS = (0.0, 1.0, -1.0, math.nan, math.inf, 1e30, 0.3)
TEXTS = ("", "a", "9" * 400, "nan", "x" * 100_000, "\x1b[31m\u202e", "\ud800", "(" * 500)
NUMBERS = (None, True, 0, -1, 7, 10**290, -(10**290), 0.5, math.nan, math.inf, -math.inf, 5e-324)

DTYPES_BY_NAME = sorted(DTYPES, key=str)


def tensors(draw: random.Random) -> torch.Tensor:
    """A tensor of any dtype and shape."""
    made = torch.full(draw.choice(SHAPES), draw.choice(FILLS), dtype=torch.float64)
    return made.nan_to_num(3.0).to(draw.choice(DTYPES_BY_NAME)) if draw.random() < 0.5 else made


def odd(draw: random.Random, depth: int = 0) -> Any:
    """A value of any kind that can cross."""
    if depth < 4 and draw.random() < 0.4:
        inner = [odd(draw, depth + 1) for _ in range(draw.choice((0, 1, 2, 10)))]
        kinds: list[Callable[[list[Any]], Any]] = [
            list, tuple, lambda each: dict(enumerate(each)),
            lambda each: {str(value)[:5]: value for value in each},
        ]  # fmt: skip
        return draw.choice(kinds)(inner)
    match draw.randrange(6):
        case 0:
            return draw.choice(TEXTS)
        case 1 | 2:
            return tensors(draw)
        case 3:
            made = tensors(draw)
            return made.numpy() if made.dtype is not torch.bfloat16 else None
        case 4:
            return draw.choice([deep(60), [0.5] * 50_000, dict.fromkeys(range(9000), 1)])
    return draw.choice(NUMBERS)


def deep(levels: int) -> Any:
    """A list in a list in a list."""
    value: Any = 1.0
    for _ in range(levels):
        value = [value]
    return value


def nearly(value: Any, draw: random.Random) -> Any:
    """The value with something changed, as near to the right one as can be."""
    if isinstance(value, torch.Tensor):
        changes: list[Callable[[], Any]] = [
            lambda: value.to(draw.choice(DTYPES_BY_NAME)), lambda: value[..., None],
            value.flatten, lambda: value[:0] if value.dim() else value, value.tolist,
            lambda: value.detach().numpy(), lambda: torch.full_like(value, 0),
        ]  # fmt: skip
        return draw.choice(changes)()
    if isinstance(value, dict) and value:
        key = draw.choice(list(value))
        rest = {name: each for name, each in value.items() if name != key}
        return draw.choice([rest, {**value, key: nearly(value[key], draw)}, list(value.values())])
    if isinstance(value, list | tuple) and value:
        at = draw.randrange(len(value))
        changed = [*value[:at], nearly(value[at], draw), *value[at + 1 :]]
        return draw.choice([changed, tuple(changed), [*value, value[0]], value[1:], value[0]])
    if isinstance(value, int | float | str):
        return draw.choice([str(value), [value], np.array(0.5), torch.tensor(1.0), -1, None])
    return odd(draw)


class Changer:
    """Stands between the wire and the judge, and exchanges answers from one place on."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._after = int(10 ** self._draw.uniform(0, 2)) if seed else math.inf
        self._seen = 0

    def __call__(self, plain: Any, blob: bytes, *, deref: Any = None) -> Any:
        """What :func:`unpack` gives, or something else that could have come."""
        value = unpack(plain, blob, deref=deref)
        self._seen += 1
        if isinstance(value, Remote) or self._seen < self._after or self._draw.random() < 0.5:
            return value
        make = nearly if self._draw.random() < 0.5 else lambda _, draw: odd(draw)
        try:
            return unpack(*pack(make(value, self._draw)))
        except (NotPlain, RuntimeError, TypeError):  # no such value of this dtype
            return value


class Here(Supervision):
    """Starts students' processes without a wall: what they run is a reference solution."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process = 0
        self.clock = Clock()

    def new_student(self, *, quiet: bool, trains: bool = False) -> tuple[socket.socket, bytes]:
        del quiet, trains
        ours, theirs = socket.socketpair()
        self.end()
        self._process = os.fork()
        if not self._process:
            ours.close()
            self._serve(Channel(theirs))
        theirs.close()
        return ours, NO_SEAL

    def _serve(self, channel: Channel) -> None:
        with closing(channel), tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            data = [os.open(path, os.O_RDONLY) for path in self._job.data_files]
            student = students.Student(server(images=bool(data)))
            student.prepare()
            student.take(channel, self._job.to_student(), data)
            student.serve()
        os._exit(0)

    def end(self) -> None:
        """End the process that was started last."""
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0

    def kill(self, outcome: Outcome, reason: str) -> None:
        del outcome, reason
        self.end()

    def stop(self) -> None:
        pass

    def trained(self) -> StudentFault | None:
        return None

    def obituary(self) -> StudentFault:
        return StudentFault(Outcome.CRASHED, "The program has ended.")


def job_of(exercise: Exercise) -> Job:
    """The grading of an exercise's own reference solution."""
    props = exercise.starter.with_name("props.py")
    path = exercise.reference / "solution.py"
    rubric = {
        line.id: {"title": line.title, "needs": [], "settings": dict(line.settings)}
        for line in exercise.rubric
    }
    return Job(
        exercise=exercise,
        submission=submission.read(path, exercise.submit, answers=exercise.answers),
        policy=IsolationPolicy.NONE,
        seed=SEED,
        props=props.read_text() if props.is_file() else None,
        judge={
            "checks": str(exercise.reference / "checks.py"), "reference": str(path),
            "heldout": None, "rubric": rubric, "seed": SEED, "data": {},
            "limits": asdict(exercise.limits), "device": asdict(CPU),
        },
    )  # fmt: skip


def judged(exercise: Exercise, seed: int) -> dict[str, dict[str, Any]]:
    """The results by check of one run; with the seed 0 nothing is exchanged.

    Raises:
        WireError: the judge did not come to its end.
    """
    with judging(job_of(exercise), seed) as results:
        checks = dict[str, dict[str, Any]]()
        deadline = time.monotonic() + END_S
        while True:
            message, _ = results.receive(deadline)
            if "done" in message:
                return checks
            if "check" in message:
                checks[message["check"]["id"]] = message["check"]


@contextmanager
def judging(job: Job, seed: int) -> Iterator[Channel]:
    """A judge in a process of its own, and the line on which it tells its results."""
    ours, theirs = socket.socketpair()
    process = os.fork()
    if not process:
        ours.close()
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        sys.dont_write_bytecode = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        remote.unpack = Changer(seed)  # type: ignore[attr-defined]
        supervision = Here(job)
        results = Channel(theirs)
        Judge(job.judge, supervision, results).run(Checks(job.judge))
        supervision.end()
        results.send({"done": True})
        os._exit(0)
    theirs.close()
    try:
        with closing(Channel(ours)) as results:
            yield results
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge until the runs or the time are used up; one line of JSON tells how it went."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("exercises", nargs="*")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    names = options.exercises or [name for name in bank.all_ids() if not bank.load(name).data]
    end = time.monotonic() + options.seconds
    runs, failed, raised = 0, 0, dict[str, int]()
    for number in range(options.runs):
        if time.monotonic() > end:
            break
        exercise, seed = bank.load(names[number % len(names)]), options.first + number
        try:
            checks = judged(exercise, seed)
        except WireError as error:
            print(json.dumps({"broken": [exercise.id, seed, str(error)]}))
            return 1
        missing = {line.id for line in exercise.rubric} - set(checks)
        if missing:
            print(json.dumps({"broken": [exercise.id, seed, sorted(missing)]}))
            return 1
        runs += 1
        for check in checks.values():
            failed += check["status"] == Status.FAILED
            if check["status"] == Status.ERROR:
                raised[" ".join([exercise.id, *check["details"]])[:300]] = seed
    print(json.dumps({"runs": runs, "failed": failed, "raised": raised}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
