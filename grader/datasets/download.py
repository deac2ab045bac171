"""One file over HTTP: resumable, and never longer than the person is ready to wait."""

from __future__ import annotations

import http.client
import math
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from grader import __version__

_CHUNK = 1 << 16
_PARTIAL, _OUT_OF_RANGE = 206, 416

Tell = Callable[[str], None]
"""Takes a line for the person."""

Meter = Callable[[str, int, int], None]
"""Takes a name, the bytes that are there, and the bytes in all (0 where unknown)."""


class Unavailable(Exception):
    """A source can't give the file; the text says why."""


class Patience:
    """How long to wait: ``answer_s`` for the next bytes of an answer, ``total_s`` in all.

    Where there is an end to it, ``answer_s`` is also the time for the very first answer of
    whoever is asked.
    """

    def __init__(self, answer_s: float, total_s: float | None, meter: Meter) -> None:
        self.answer_s = answer_s
        self._total_s = math.inf if total_s is None else total_s
        self._meter = meter
        self._heard = False
        self._started = time.monotonic()

    @property
    def is_short(self) -> bool:
        """Whether there is an end to it."""
        return math.isfinite(self._total_s)

    def arrived(self, name: str, done: int, total: int) -> None:
        """Take note of bytes, and show them."""
        self._heard = self._heard or done > 0
        self._meter(name, done, total)

    def left(self) -> float:
        """Seconds until the next bytes must have arrived.

        Raises:
            Unavailable: there are none left.
        """
        limit = self.answer_s if self.is_short and not self._heard else self._total_s
        left = min(self.rest(limit), self.answer_s)
        if left <= 0:
            raise Unavailable(f"the {limit:g} s for it are over")
        return left

    def rest(self, limit: float = math.inf) -> float:
        """Seconds that are left of all, or of fewer; negative when they are over."""
        return self._started + min(limit, self._total_s) - time.monotonic()


def download(url: str, part: Path, patience: Patience) -> None:
    """Fetch ``url`` into ``part``, going on where it ends.

    Raises:
        Unavailable: the file can't be had; what did arrive stays in ``part``.
    """
    have = part.stat().st_size if part.exists() else 0
    _resolve(url, patience)
    headers = {"User-Agent": f"grade/{__version__}"} | ({"Range": f"bytes={have}-"} if have else {})
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - torchvision's own list
    try:
        with urllib.request.urlopen(request, timeout=patience.left()) as answer:  # noqa: S310
            _save(answer, part, have if answer.status == _PARTIAL else 0, patience)
    except urllib.error.HTTPError as problem:
        if problem.code != _OUT_OF_RANGE:  # else nothing is missing, says the server
            raise Unavailable(f"answered {problem.code} {problem.reason}") from None
    except urllib.error.URLError as problem:
        raise Unavailable(f"can't be reached ({problem.reason})") from None
    except (OSError, http.client.HTTPException) as problem:
        raise Unavailable(f"broke off ({type(problem).__name__} {problem})") from None


def _save(answer: http.client.HTTPResponse, part: Path, have: int, patience: Patience) -> None:
    told = answer.headers.get("Content-Length", "")
    total = have + int(told) if told.isdecimal() else 0
    name = part.name.removesuffix(".part")
    with part.open("r+b" if have else "wb") as file:
        file.seek(have)
        while chunk := answer.read1(_CHUNK):
            file.write(chunk)
            have += len(chunk)
            patience.arrived(name, have, total)
            patience.left()
    if have < total:
        raise Unavailable(f"broke off after {have:,} of {total:,} bytes")


def _resolve(url: str, patience: Patience) -> None:
    """Look the host up, with a limit that the system's own look-up doesn't have."""
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    proxied = parts.scheme in urllib.request.getproxies()
    if proxied and not urllib.request.proxy_bypass(host):
        return  # the proxy looks it up
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            socket.getaddrinfo(host, parts.port or parts.scheme)
        except OSError as problem:
            failed.append(problem)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(patience.left())
    if thread.is_alive():
        raise Unavailable("can't be found (its name was not resolved in time)")
    if failed:
        raise Unavailable(f"can't be found ({failed[0].strerror})")
