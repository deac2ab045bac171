"""Frames between processes: JSON and raw tensor bytes, every length capped before it is read.

Theory of operation. A frame is a seal of 16 bytes, two big-endian 32-bit lengths, then that
many bytes of JSON, then that many bytes of safetensors. The seal is drawn anew for every
student's process and told to it before the submission is: a program that writes frames of its
own to whatever descriptors it finds has no seal, and its run ends there. The reader checks both
lengths against its caps before it reads on, reads against a deadline, and parses last. Whatever
is wrong with the bytes is a :class:`WireMalformed`, :class:`WireOverflow`, :class:`WireTimeout`
or :class:`WireClosed`: the reader turns them into an outcome, never into an error of its own.
Nothing is pickled. What a frame says of values is :mod:`grader.runner.packing`'s.

One end lives in the student's process. Whatever it needs of the standard library it takes when
it is imported or made, before the submission runs, so that a replaced ``json.dumps`` or
``socket.send`` is none that it calls.
"""

from __future__ import annotations

import hmac
import json
import select
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

from grader.errors import StudentFault
from grader.model import Outcome

HEADER = struct.Struct(">16sII")
SEAL_BYTES = 16
NO_SEAL = bytes(SEAL_BYTES)
MAX_JSON = 8 << 20
MAX_BLOB = 64 << 20

_to_json = json.JSONEncoder(separators=(",", ":")).encode
_poll = select.poll


class WireError(StudentFault):
    """The other side broke the wire. The subclass says how."""


class WireClosed(WireError):
    """The other side closed its end: its process has ended."""

    def __init__(self) -> None:
        super().__init__(Outcome.CRASHED, "The student's process ended before it answered.")


class WireTimeout(WireError):
    """No whole frame came before the deadline."""

    def __init__(self) -> None:
        super().__init__(Outcome.TIMED_OUT, "The student's process did not answer in time.")


class WireOverflow(WireError):
    """A frame is longer than its cap."""

    def __init__(self, size: int, cap: int) -> None:
        super().__init__(
            Outcome.OUTPUT_LIMIT,
            f"One answer of the student's process has {size:,} bytes; {cap:,} are allowed.",
        )


class WireMalformed(WireError):
    """The bytes are no frame of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(
            Outcome.FORBIDDEN, f"The student's process sent something that is no answer: {why}."
        )


class Channel:
    """One end of a stream socket that carries frames. ``received`` counts the bytes read."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        max_json: int = MAX_JSON,
        max_blob: int = MAX_BLOB,
        seal: bytes = NO_SEAL,
    ) -> None:
        self._sock = sock
        self._send_some, self._receive_some = sock.send, sock.recv
        self._max_json = max_json
        self._max_blob = max_blob
        self._seal = seal
        self.received = 0
        sock.setblocking(False)

    def fileno(self) -> int:
        """The descriptor, for selectors."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close this end."""
        self._sock.close()

    def seal_with(self, seal: bytes) -> None:
        """From here on send with this seal, and take nothing without it."""
        self._seal = seal

    def send(self, message: Mapping[str, Any], blob: bytes = b"") -> None:
        """Send one frame. Raises :class:`WireClosed` when nobody reads any more."""
        text = _to_json(message).encode("utf-8", "surrogatepass")
        self._send_all(HEADER.pack(self._seal, len(text), len(blob)) + text)
        if blob:
            self._send_all(blob)

    def receive(self, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
        """The next frame: its JSON object and its blob.

        ``deadline`` is a reading of :func:`time.monotonic`; None waits for ever.
        Raises a :class:`WireError`.
        """
        seal, json_size, blob_size = HEADER.unpack(self._read(HEADER.size, deadline))
        if not hmac.compare_digest(seal, self._seal):
            raise WireMalformed("it was not written by the grader's own code")
        if json_size > self._max_json:
            raise WireOverflow(json_size, self._max_json)
        if blob_size > self._max_blob:
            raise WireOverflow(blob_size, self._max_blob)
        text = self._read(json_size, deadline)
        return _parse_object(text), bytes(self._read(blob_size, deadline))

    def _send_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self._send_some(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, None)
            except OSError as error:
                raise WireClosed from error

    def _read(self, size: int, deadline: float | None) -> bytearray:
        # Grows with what really came: a header that promises 64 MiB costs nothing by itself.
        data = bytearray()
        while len(data) < size:
            try:
                chunk = self._receive_some(min(size - len(data), 1 << 20))
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                raise WireClosed from error
            if not chunk:
                raise WireClosed
            data += chunk
        self.received += size
        return data

    def _wait(self, event: int, deadline: float | None) -> None:
        poll = _poll()
        poll.register(self._sock, event)
        timeout = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poll.poll(timeout):
            raise WireTimeout


def _parse_object(text: bytes | bytearray) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireMalformed("it is not JSON") from error
    if not isinstance(message, dict):
        raise WireMalformed("it is not a JSON object")
    return message
