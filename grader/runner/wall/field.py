"""What attacks aim at: planted things outside the wall, and a look at them afterwards.

Theory of operation. A secret that anybody could read, a folder that anybody could change, a
neighbour's submission, and sockets that anybody could reach, all with file modes that refuse
nothing: what keeps a program from them is the wall alone. After a program has ended,
``damage`` compares all of it with what was planted, and the planter's own limits, priority
and processors too. What a program says of itself does not count.
"""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.runner.wall.kernel import arch
from grader.runner.wall.programs import call_numbers

PRECIOUS = "what must stay as it is\n"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, not used
SYSTEM_V = ("shm", "sem", "msg")
OWN_LIMITS = (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)


@dataclass(slots=True)
class Field:
    """A context manager that plants, and removes what it planted."""

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    folder: Path = field(init=False)
    sockets: dict[str, socket.socket] = field(default_factory=dict)
    _before: Mapping[str, object] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="field-"))
        for name, file, text in (
            ("bank", "secret.txt", self.token),
            ("outside", "precious.txt", PRECIOUS),
            ("neighbour", "answer.py", f"answer = {self.token!r}\n"),
        ):
            (self.folder / name).mkdir()
            (self.folder / name / file).write_text(text, encoding="utf-8")
            (self.folder / name / file).chmod(0o666)
            (self.folder / name).chmod(0o777)
        self.folder.chmod(0o755)
        self._listen()
        self._before = self._state()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for one in self.sockets.values():
            one.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def planted(self) -> dict[str, str]:
        """What to fill in for the names in a program's source."""
        machine = arch()
        return {
            "secret": str(self.folder / "bank" / "secret.txt"),
            "secret_folder": str(self.folder / "bank"),
            "outside": str(self.folder / "outside"),
            "neighbour": str(self.folder / "neighbour"),
            "grader_pid": str(os.getpid()),
            "grader_uid": str(os.getuid()),
            "tcp_port": str(self.sockets["tcp"].getsockname()[1]),
            "udp_port": str(self.sockets["udp"].getsockname()[1]),
            "unix_socket": str(self.folder / "stream"),
            "unix_datagram": str(self.folder / "datagram"),
            "abstract_socket": f"field-{self.token[:8]}",
            **(call_numbers(machine) if machine else {}),
        }

    def damage(self, *printed: bytes) -> list[str]:
        """What was leaked, reached or changed since planting; empty when all is as it was.

        Args:
            printed: whatever the program could say: its output, its error stream.
        """
        found = [f"{name} was reached" for name in self._visited()]
        after = self._state()
        found += [
            f"{name}: {value!r}, was {self._before[name]!r}"
            for name, value in after.items()
            if value != self._before[name]
        ]
        if any(self.token.encode() in text for text in printed):
            found.append("the secret was read")
        return found

    def _listen(self) -> None:
        places: dict[str, tuple[int, int, tuple[str, int] | str]] = {
            "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "stream": (socket.AF_UNIX, socket.SOCK_STREAM, str(self.folder / "stream")),
            "datagram": (socket.AF_UNIX, socket.SOCK_DGRAM, str(self.folder / "datagram")),
            "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0field-{self.token[:8]}"),
        }
        for name, (family, kind, address) in places.items():
            one = self.sockets[name] = socket.socket(family, kind)
            one.bind(address)
            if kind == socket.SOCK_STREAM:
                one.listen()
            one.setblocking(False)
        for name in ("stream", "datagram"):
            (self.folder / name).chmod(0o777)

    def _visited(self) -> Iterator[str]:
        for name, one in self.sockets.items():
            with contextlib.suppress(BlockingIOError):
                if one.type == socket.SOCK_STREAM:
                    one.accept()[0].close()
                else:
                    one.recv(100)
                yield f"the {name} socket"

    def _state(self) -> Mapping[str, object]:
        state: dict[str, object] = {"shared memory": _listing(SHARED_MEMORY)}
        for name in ("outside", "bank", "neighbour"):
            folder = self.folder / name
            state[name] = {path.name: _fingerprint(path) for path in _tree(folder)}
        for name in SYSTEM_V:
            with contextlib.suppress(OSError):
                state[name] = Path(f"/proc/sysvipc/{name}").read_text(encoding="utf-8")
        state["limits"] = [resource.getrlimit(number) for number in OWN_LIMITS]
        state["priority"] = os.getpriority(os.PRIO_PROCESS, 0)
        if hasattr(os, "sched_getaffinity"):
            state["processors"] = sorted(os.sched_getaffinity(0))
            state["scheduler"] = os.sched_getscheduler(0)
        return state


def _tree(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.iterdir())] if folder.is_dir() else []


def _listing(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def _fingerprint(path: Path) -> tuple[object, ...]:
    """Everything of a file that a program could change, its content included."""
    info = path.lstat()
    text = path.read_bytes() if path.is_file() else b""
    return info.st_mode, info.st_uid, info.st_gid, info.st_nlink, info.st_mtime_ns, text
