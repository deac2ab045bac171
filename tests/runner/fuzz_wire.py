"""Mutates what a student's process sends, byte by byte, and reads it as the judge does.

Run for long: python tests/runner/fuzz_wire.py --messages 1000000
Every message must end as a value or as a StudentFault or StudentRaised; anything else is a
fault of the grader that a student can cause.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from grader.checks.clock import Clock
from grader.checks.remote import Connection, StudentRaised
from grader.checks.supervision import Supervision
from grader.errors import StudentFault
from grader.model import Outcome
from grader.observe.recorder import Recorder
from grader.rules import find_all
from grader.runner.packing import pack
from grader.runner.wire import HEADER, NO_SEAL
from grader.trace.learning import next_replay, rate_verdict
from grader.trace.trace import Trace


class Deaf(Supervision):
    """A supervisor for one message: gives the socket, and knows that the process has ended."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.clock = Clock()

    def new_student(self, *, quiet: bool, trains: bool = False) -> tuple[socket.socket, bytes]:
        del quiet
        return self._sock, NO_SEAL

    def kill(self, outcome: Outcome, reason: str) -> None:
        del outcome, reason

    def obituary(self) -> StudentFault:
        return StudentFault(Outcome.CRASHED, "The program has ended.")


def frame(message: dict[str, Any], blob: bytes = b"") -> bytes:
    """One frame as the student's side writes it."""
    text = json.dumps(message).encode()
    return HEADER.pack(NO_SEAL, len(text), len(blob)) + text + blob


def corpus() -> list[bytes]:
    """Honest conversations: values of every kind, exceptions, and the events of a real run."""
    values = [
        None,
        [1, 2.5, "x", True],
        {"a": (1, {"b": torch.arange(6.0).reshape(2, 3)})},
        torch.randn(4, 5, dtype=torch.float64),
        {"w": torch.zeros(0), "n": torch.tensor(3)},
    ]
    said = [frame({"id": 1, "ok": plain}, blob) for plain, blob in map(pack, values)]
    ref = {"$": "ref", "id": 3, "at": 140, "type": "Tensor", "callable": False,
           "tensor": {"dtype": "torch.float32", "shape": [2, 3], "device": "cpu",
                      "requires_grad": True, "is_leaf": True, "has_grad": False}}  # fmt: skip
    crash = {"type": "ValueError", "message": "no", "frames": [["s.py", 3, None, "x = 1"]]}
    said += [
        frame({"id": 1, "ok": ref, "notes": ["a note"]}),
        frame({"id": 1, "raised": crash}),
        frame({"id": 1, "invalid": crash}),
        frame({"id": 1, "unplain": "a set"}),
    ]
    events = b"".join(frame({"events": batch}) for batch in recorded())
    return [*said, events + said[0]]


def recorded() -> list[Any]:
    """The rows of a small training with two of the faults."""
    batches: list[Any] = []
    source = """
import torch
model = torch.nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(12):
    x, y = torch.randn(8, 4), torch.randint(3, (8,))
    loss = torch.nn.CrossEntropyLoss(model(x), y)
    loss.backward()
    optimizer.step()
"""
    recorder = Recorder(emit=batches.append, files={"s.py": ("s.py", None)}, pools={})
    recorder.install()
    try:
        exec(compile(source, "s.py", "exec"), {"__name__": "__main__"})
    finally:
        recorder.finish()
        recorder.uninstall()
    return json.loads(json.dumps(batches))  # type: ignore[no-any-return]


def mutated(data: bytes, draw: random.Random) -> bytes:
    """A few bytes flipped, cut, repeated, or exchanged for tokens that mean something."""
    mutant = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(mutant) or 1)
        match draw.randrange(6):
            case 0 | 1 if mutant:
                mutant[at % len(mutant)] = draw.randrange(256)
            case 2:
                del mutant[at : at + draw.randint(1, 8)]
            case 3:
                mutant[at:at] = mutant[at : at + draw.randint(1, 16)]
            case _:
                token = draw.choice(TOKENS)
                mutant[at : at + draw.choice((0, len(token)))] = token
    return bytes(mutant)


def reframed(data: bytes, draw: random.Random) -> bytes:
    """A mutant whose first frame is whole again, so that its inside is read."""
    seal, size, blob = HEADER.unpack(data[: HEADER.size])
    text = mutated(data[HEADER.size : HEADER.size + size], draw)
    return HEADER.pack(seal, len(text), blob) + text + data[HEADER.size + size :]


TOKENS = [
    b"null", b"true", b"-1", b"1e999", b"NaN", b"[]", b"{}", b'""', b'"$"', b'"ref"', b'"tensor"',
    b"[[[[", b"\xff\xff\xff\xff", b"99999999999999999999", b'{"$":"dict","items":[[[],1]]}',
    b'"id":1,', b'"events":[]', b"\\ud800",
]  # fmt: skip


def consume(data: bytes) -> str:
    """Read one conversation as the judge does; the kind of its end."""
    ours, theirs = socket.socketpair()
    theirs.sendall(data)
    theirs.shutdown(socket.SHUT_WR)
    batches: list[Any] = []
    connection = Connection(Deaf(ours), max_blob=1 << 20, limit_s=1.0)
    try:
        connection.request("trace", limit_s=1.0, on_events=batches.append)
        end = "value"
    except (StudentFault, StudentRaised) as error:
        end = type(error).__name__
    finally:
        connection.close()
        theirs.close()
    with contextlib.suppress(StudentFault):
        trace = Trace.from_plain(batches)
        find_all(trace)
        rate_verdict(trace)
        next_replay(trace)
    return end


def run(messages: int, seconds: float, seed: int) -> dict[str, int]:
    """Fuzz until one of the bounds is reached; how the messages ended."""
    draw = random.Random(seed)
    ends: dict[str, int] = {}
    for data in _mutants(corpus(), draw, messages, time.monotonic() + seconds):
        try:
            end = consume(data)
        except BaseException:
            print("the message that broke the grader:", data.hex(), file=sys.stderr)
            raise
        ends[end] = ends.get(end, 0) + 1
    return ends


def _mutants(
    honest: list[bytes], draw: random.Random, messages: int, deadline: float
) -> Iterator[bytes]:
    for _ in range(messages):
        if time.monotonic() > deadline:
            return
        data = draw.choice(honest)
        yield reframed(data, draw) if draw.random() < 0.8 else mutated(data, draw)


def main() -> None:
    """Fuzz from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    ends = run(options.messages, options.seconds, options.seed)
    print(f"{sum(ends.values()):,} messages in {time.monotonic() - started:.0f} s: {ends}")


if __name__ == "__main__":
    main()
