"""Frames between processes: JSON and raw tensor bytes, every length capped before it is read.

Theory of operation. A frame is a seal of 16 bytes, two big-endian 32-bit lengths, then that
many bytes of JSON, then that many bytes of safetensors. The seal is drawn anew for every
student's process and told to it before the submission is: a program that writes frames of its
own to whatever descriptors it finds has no seal, and its run ends there. The reader checks both
lengths against its caps before it reads on, reads against a deadline, and parses last. Whatever
is wrong with the bytes is a :class:`WireMalformed`, :class:`WireOverflow`, :class:`WireTimeout`
or :class:`WireClosed`: the reader turns them into an outcome, never into an error of its own.
Nothing is pickled.

Values that JSON can't say are tagged objects: ``{"$": "tensor", "at": "0", ...}``. A dict of
the sender is always tagged, so that no student's dict can pose as a tag.
"""

from __future__ import annotations

import hmac
import json
import select
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

from grader.errors import StudentFault
from grader.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

HEADER = struct.Struct(">16sII")
SEAL_BYTES = 16
NO_SEAL = bytes(SEAL_BYTES)
MAX_JSON = 8 << 20
MAX_BLOB = 64 << 20
MAX_TENSOR_HEADER = 64 << 10
MAX_DEPTH = 64
SIZE_BYTES = 8


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
    """One end of a stream socket that carries frames."""

    def __init__(
        self, sock: socket.socket, *, max_blob: int = MAX_BLOB, seal: bytes = NO_SEAL
    ) -> None:
        self._sock = sock
        self._max_blob = max_blob
        self._seal = seal
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
        text = json.dumps(message, separators=(",", ":")).encode("utf-8", "surrogatepass")
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
        if json_size > MAX_JSON:
            raise WireOverflow(json_size, MAX_JSON)
        if blob_size > self._max_blob:
            raise WireOverflow(blob_size, self._max_blob)
        text = self._read(json_size, deadline)
        return _parse_object(text), bytes(self._read(blob_size, deadline))

    def _send_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self._sock.send(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, None)
            except OSError as error:
                raise WireClosed from error

    def _read(self, size: int, deadline: float | None) -> bytearray:
        # Grows with what really came: a header that promises 64 MiB costs nothing by itself.
        data = bytearray()
        while len(data) < size:
            try:
                chunk = self._sock.recv(min(size - len(data), 1 << 20))
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                raise WireClosed from error
            if not chunk:
                raise WireClosed
            data += chunk
        return data

    def _wait(self, event: int, deadline: float | None) -> None:
        poll = select.poll()
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


# --- values ---------------------------------------------------------------------------


class NotPlain(TypeError):
    """A value that can't cross the wall: no number, text, tensor, nor a container of them."""


def pack(value: Any, *, ref: Any = None) -> tuple[Any, bytes]:
    """``value`` as (JSON, blob). ``ref(value)`` may give a tag for what travels by name only.

    Raises :class:`NotPlain` for anything else than None, bool, int, float, str, tensor,
    NumPy array or scalar, and lists, tuples and dicts of them.
    """
    tensors: dict[str, torch.Tensor] = {}
    plain = _encode(value, tensors, ref, 0)
    if not tensors:
        return plain, b""
    from safetensors.torch import save  # noqa: PLC0415 - imports torch

    return plain, save(tensors)


def _encode(value: Any, tensors: dict[str, torch.Tensor], ref: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise NotPlain(f"a value nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, (bool, str)):
        return value if value is None or type(value) in (bool, str) else str(value)
    if type(value) in (int, float):
        return value
    if isinstance(value, (list, tuple)):
        items = [_encode(item, tensors, ref, depth + 1) for item in value]
        return items if isinstance(value, list) else {"$": "tuple", "items": items}
    if isinstance(value, dict):
        pairs = [
            [_encode(key, tensors, ref, depth + 1), _encode(item, tensors, ref, depth + 1)]
            for key, item in value.items()
        ]
        return {"$": "dict", "items": pairs}
    return _encode_array(value, tensors, ref)


def _encode_array(value: Any, tensors: dict[str, torch.Tensor], ref: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - this module is imported where neither is wanted
    import torch  # noqa: PLC0415

    if isinstance(value, torch.Tensor):
        asks = bool(value.requires_grad and value.is_leaf)
        return {"$": "tensor", "at": _put(value, tensors), "requires_grad": asks}
    if isinstance(value, np.ndarray):
        try:
            return {"$": "array", "at": _put(torch.from_numpy(value.copy()), tensors)}
        except TypeError as error:
            raise NotPlain(f"a NumPy array of dtype {value.dtype}") from error
    if isinstance(value, (int, float, np.generic)):
        return (
            _encode(value.item(), tensors, ref, 0)
            if isinstance(value, np.generic)
            else (int(value) if isinstance(value, int) else float(value))
        )
    tag = ref(value) if ref is not None else None
    if tag is None:
        raise NotPlain(f"a {type(value).__name__}")
    return tag


def _put(tensor: torch.Tensor, tensors: dict[str, torch.Tensor]) -> str:
    import torch  # noqa: PLC0415

    if tensor.layout is not torch.strided or tensor.is_meta:
        raise NotPlain(f"a tensor without plain numbers ({tensor.layout}, {tensor.device})")
    key = str(len(tensors))
    # clone() unshares memory, which safetensors refuses, and drops a subclass's own storage.
    plain = tensor.detach().to("cpu").clone(memory_format=torch.contiguous_format)
    tensors[key] = plain.as_subclass(torch.Tensor)
    return key


def unpack(plain: Any, blob: bytes, *, deref: Any = None) -> Any:
    """The value behind (JSON, blob).

    Tensors come as plain CPU leaves, which ask for gradients if the sender's leaf did.

    ``deref(tag)`` turns the tags that ``pack``'s ``ref`` made into objects. Raises
    :class:`WireMalformed` for anything that ``pack`` doesn't write.
    """
    tensors = _load_tensors(blob) if blob else {}
    return _decode(plain, tensors, deref, 0)


def _load_tensors(blob: bytes) -> dict[str, torch.Tensor]:
    from safetensors.torch import load  # noqa: PLC0415 - imports torch

    if len(blob) < SIZE_BYTES or int.from_bytes(blob[:SIZE_BYTES], "little") > MAX_TENSOR_HEADER:
        raise WireMalformed("its tensors have no sensible header")
    try:
        return dict(load(blob))
    except Exception as error:  # the parser's own errors are of many kinds
        raise WireMalformed(f"its tensors can't be read ({type(error).__name__})") from error


def _decode(plain: Any, tensors: dict[str, torch.Tensor], deref: Any, depth: int) -> Any:
    if depth > 2 * MAX_DEPTH:
        raise WireMalformed("it is nested too deeply")
    if plain is None or isinstance(plain, (bool, int, float, str)):
        return plain
    if isinstance(plain, list):
        return [_decode(item, tensors, deref, depth + 1) for item in plain]
    kind, items = plain.get("$"), plain.get("items")
    if kind in ("tensor", "array"):
        return _decode_array(plain, kind, tensors)
    if kind == "tuple" and isinstance(items, list):
        return tuple(_decode(item, tensors, deref, depth + 1) for item in items)
    if kind == "dict" and isinstance(items, list):
        return _decode_dict(items, tensors, deref, depth)
    if deref is None:
        raise WireMalformed(f"it has an unknown tag {str(kind)[:40]!r}")
    return deref(plain)


def _decode_array(plain: dict[str, Any], kind: str, tensors: dict[str, torch.Tensor]) -> Any:
    at = plain.get("at")
    if not isinstance(at, str) or at not in tensors:
        raise WireMalformed("it names a tensor that it doesn't carry")
    if kind == "array":
        return tensors[at].numpy()
    asks = plain.get("requires_grad") is True and tensors[at].is_floating_point()
    return tensors[at].requires_grad_(asks)


def _decode_dict(
    items: list[Any],
    tensors: dict[str, torch.Tensor],
    deref: Any,
    depth: int,
) -> dict[Any, Any]:
    result = {}
    for pair in items:
        if not isinstance(pair, list) or len(pair) != 2:  # noqa: PLR2004 - a pair
            raise WireMalformed("it has a dict whose entries are no pairs")
        key, value = (_decode(part, tensors, deref, depth + 1) for part in pair)
        try:
            result[key] = value
        except TypeError as error:
            raise WireMalformed("it has a dict whose keys can't be keys") from error
    return result
