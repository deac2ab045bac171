"""Runs small programs under the recorder, each in a forked process of its own.

What comes back has made the whole way: JSON through a pipe, `Trace.from_plain`, replays.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import torch._dynamo  # an optimizer imports it on first use: once here, not in every fork
from torch.utils.data import DataLoader, TensorDataset

from grader.observe.patching import StopReplay
from grader.observe.recorder import Recorder
from grader.trace.descent import options_of
from grader.trace.learning import next_replay
from grader.trace.trace import Trace

SEED = 0
CLASSES = 4
SIDE = 8
CRASH = "__crash__"
"""The name in the program's namespace under which ``then`` finds how it crashed."""
MARK = re.compile(r"# finding: ([\w\-, ]+)")

Then = Callable[[Recorder, dict[str, Any]], Any]


def loaders() -> dict[str, Any]:
    """``train_loader`` (256 rows by 16) and ``val_loader`` (96 by 32): four noisy clusters."""
    draw = torch.Generator().manual_seed(7)
    centres = torch.randn(CLASSES, SIDE * SIDE, generator=draw)

    def data(rows: int) -> TensorDataset:
        labels = torch.randint(0, CLASSES, (rows,), generator=draw)
        noise = torch.randn(rows, SIDE * SIDE, generator=draw)
        return TensorDataset((centres[labels] + noise).view(rows, 1, SIDE, SIDE), labels)

    return {
        "train_loader": DataLoader(data(256), 16, shuffle=True),
        "val_loader": DataLoader(data(96), 32),
    }


def run(
    source: str,
    name: str = "program.py",
    *,
    given: Callable[[], dict[str, Any]] = loaders,
    pools: Mapping[str, Any] | None = None,
    then: Then | None = None,
    **options: Any,
) -> tuple[list[Any], Any]:
    """Run ``source`` recorded, in a fork.

    Returns:
        The batches that were emitted, and what ``then(recorder, namespace)`` returned after
        the run, as JSON carries it; None without ``then``.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            _child(writer, source, name, given, pools, then, options)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        lines = [json.loads(line) for line in pipe]
    os.waitpid(child, 0)
    batches = [line["rows"] for line in lines if "rows" in line]
    answers = [line["then"] for line in lines if "then" in line]
    return batches, answers[0] if answers else None


def _child(
    writer: int,
    source: str,
    name: str,
    given: Callable[[], dict[str, Any]],
    pools: Mapping[str, Any] | None,
    then: Then | None,
    options: dict[str, Any],
) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    with os.fdopen(writer, "w") as pipe:

        def send(**message: Any) -> None:
            pipe.write(json.dumps(message, allow_nan=False) + "\n")
            pipe.flush()

        recorder = Recorder(lambda rows: send(rows=rows), {name: (name, None)}, pools, **options)
        namespace = {"__name__": "__main__", **given()}
        recorder.install()
        quiet = io.StringIO()
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            try:
                exec(compile(source, name, "exec"), namespace)
            except (SystemExit, StopReplay):
                pass
            except Exception as error:  # noqa: BLE001 - a program may end in any way
                namespace[CRASH] = f"{type(error).__name__}: {error}"
        recorder.finish()
        recorder.uninstall()
        if then is not None:
            send(then=then(recorder, namespace))


def record(source: str, **options: Any) -> Trace:
    """The Trace of a program, without replays."""
    batches, _ = run(source, **options)
    return Trace.from_plain(batches)


def record_with_replays(source: str, **options: Any) -> Trace:
    """The Trace of a program, with every replay that it asks for."""
    trace = record(source, **options)
    while (request := next_replay(trace)) is not None:
        replayed = record(source, **options_of(request), **options)
        trace = trace.with_replay(request, replayed)
    return trace


def expected(path: Path) -> set[tuple[str, int]]:
    """The findings that a case's own lines announce: rule and line."""
    found = set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = MARK.search(line)
        if match:
            found |= {(rule.strip(), number) for rule in match[1].split(",")}
    return found
