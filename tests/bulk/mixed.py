"""A class of every kind of hand-in, made from a number: for the suite, and by the hundred."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bulk.conftest import CRASHES, ENDLESS, GOOD, WRONG
from bulk.folders import lay, zipped

ANY_END = frozenset(("ok", "crashed", "forbidden", "out_of_memory", "output_limit", "timed_out"))
HOSTILE = (
    "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(0)\n",
    "import os\nos._exit(0)\n",
    "held = [bytearray(1 << 30) for _ in range(64)]\n",
    "while True: print('x' * 10_000)\n",
    "import os\nwhile True: os.fork()\n",
    "import socket\nsocket.create_connection(('127.0.0.1', 22))\n",
    "import sys\nsys.setrecursionlimit(10**8)\ndef f(): f()\nf()\n",
    "def mean_square(x):\n    raise SystemExit(0)\n",
    "class Same(float):\n    __eq__ = lambda *_: True\ndef mean_square(x):\n    return Same(0)\n",
)
ODD = (
    "{n} 🦊\u202e",
    "-rf {n}",
    "{n}\nnew",
    "=cmd|' C calc'!A{n}",
    "é" * 100 + "{n}",
    "{n}' OR 1",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hand-in: its files, how it may end, and whether it passes."""

    files: Callable[[str, int], dict[str, str | bytes]]
    ends: frozenset[str]
    passes: bool = False


def _file(text: str, name: str = "s{n}.py") -> Callable[[str, int], dict[str, str | bytes]]:
    return lambda n, _: {name.format(n=n): f"{text}# {n}\n" if text else ""}


def _hostile(n: str, number: int) -> dict[str, str | bytes]:
    return {f"s{n}.py": f"{HOSTILE[number % len(HOSTILE)]}# {n}\n"}


def _odd(n: str, number: int) -> dict[str, str | bytes]:
    return {f"{ODD[number % len(ODD)].format(n=n)}.py": f"{GOOD}# {n}\n"}


def _zip(files: dict[str, str]) -> Callable[[str, int], dict[str, str | bytes]]:
    return lambda n, _: {
        f"s{n}.zip": zipped({name: f"{text}# {n}\n" for name, text in files.items()})
    }


def _handed_in_twice(n: str, number: int) -> dict[str, str | bytes]:
    """As Canvas names them, each upload with a number of its own: the second attempt counts."""
    upload = 70_000 + 2 * number
    first, again = f"doe_{n}_{upload}_tiny.py", f"doe_{n}_{upload + 1}_tiny-1.py"
    return {first: f"{WRONG}# {n}\n", again: f"{GOOD}# {n}\n"}


OK = frozenset(("ok",))
INVALID = frozenset(("invalid",))
KINDS = (
    Kind(_file(GOOD), OK, passes=True),
    Kind(_file(WRONG), OK),
    Kind(_file(GOOD, "s{n}/solution.py"), OK, passes=True),
    Kind(_file(CRASHES), frozenset(("crashed",))),
    Kind(_hostile, ANY_END),
    Kind(lambda n, _: {f"s{n}.py": GOOD}, OK, passes=True),  # all the same bytes
    Kind(_odd, OK, passes=True),
    Kind(_zip({"hw/tiny.py": GOOD, "hw/other.py": WRONG}), OK, passes=True),
    Kind(_hostile, ANY_END),
    Kind(_handed_in_twice, OK, passes=True),
    Kind(_file(""), INVALID),
    Kind(lambda n, _: {f"s{n}.py": b"\0\xff" * 50}, INVALID),
    Kind(_file("def f(:\n"), INVALID),
    Kind(lambda n, _: {f"s{n}/": b""}, INVALID),
    Kind(lambda n, _: {f"s{n}.zip": f"no zip {n}"}, INVALID),
    Kind(_zip({"../s.py": GOOD}), INVALID),
    Kind(_file("import torch\nprint(torch.rand(2))\n" + GOOD), OK, passes=True),
    Kind(_file(GOOD, "s{n}/work/tiny.py"), OK, passes=True),
    Kind(_file(WRONG), OK),
)
ENDLESS_EVERY = 40
"""One in so many runs until its time is up."""


def lay_mixed(folder: Path, count: int) -> dict[str, Kind]:
    """A class of ``count`` students, and what is expected of each by the number in its path."""
    expected: dict[str, Kind] = {}
    for number in range(count):
        n = f"{number:04}"
        kind = KINDS[number % len(KINDS)]
        if number % ENDLESS_EVERY == ENDLESS_EVERY - 1:
            kind = Kind(_file(ENDLESS), frozenset(("timed_out",)))
        lay(folder, kind.files(n, number))
        expected[n] = kind
    lay(folder, {".DS_Store": b"x", "notes.txt": "x", "__MACOSX/a.py": "x"})
    os.mkfifo(folder / "pipe.py")
    return expected
