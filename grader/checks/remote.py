"""The student, seen from the judge: handles whose every use is a request over the wall.

Attribute access, calls and item access ask the student's process; arguments travel by value
or, when they are handles, by reference. ``.value`` brings a copy of the value over. What the
other side answers is data: a malformed, late or oversized answer is a :class:`StudentFault`,
an exception over there a :class:`StudentRaised` with the student's own lines.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.checks.cells import CellLog, is_count
from grader.checks.hostile import MAX_NUMBER, read_crash, read_notes, read_shape, read_text
from grader.checks.outcome import GPU_FAULT, is_gpu_fault, language_of
from grader.checks.sight import Sight
from grader.checks.supervision import Supervision
from grader.errors import GraderFault, StudentFault
from grader.model import Crash, Outcome
from grader.runner.packing import pack, unpack
from grader.runner.wire import Channel, WireClosed, WireError, WireMalformed, WireOverflow

MAX_EVENTS = 48 << 20
"""Bytes of what one run may report: several times what a recorder ever writes."""
MAX_CELLS = 32 << 20
"""Bytes of what the cells of a notebook may show beside that."""
LASTING_TYPES = frozenset(("function", "type"))
BRINGING = frozenset(("get", "item", "call"))
"""The requests whose answer brings the value along, where it is small."""
WATCHED = frozenset(("get", "set", "item", "call"))
"""The requests that run the student's code, and are watched where a check watches."""


class StudentRaised(Exception):
    """The student's code raised; ``crash`` tells what, and where in their own file."""

    def __init__(self, crash: Crash) -> None:
        super().__init__(str(crash))
        self.crash = crash


class Invalid(StudentFault):
    """The submission doesn't compile."""

    def __init__(self, crash: Crash) -> None:
        super().__init__(Outcome.INVALID, f"The file is not valid {language_of(crash)}: {crash}")
        self.crash = crash


@dataclass(frozen=True, slots=True)
class _Brought:
    """The value of an object that came with its handle, still packed: its number over there."""

    number: int
    plain: Any
    blob: bytes


class Connection:
    """One student's process: requests and answers, each request within a time limit."""

    def __init__(
        self,
        supervision: Supervision,
        *,
        max_blob: int,
        limit_s: float,
        quiet: bool = False,
        trains: bool = False,
        sight: Sight | None = None,
    ) -> None:
        self._supervision = supervision
        self._sight = sight or Sight()
        self.limit_s = limit_s
        sock, seal = supervision.new_student(quiet=quiet, trains=trains)
        self._max_blob = max_blob
        self._channel = Channel(sock, max_blob=max_blob, seal=seal)
        self._ids = itertools.count(1)
        self._dropped: list[int] = []
        self._seed: int | None = None
        self._brought: _Brought | None = None
        self.alive = True
        self.notes: tuple[str, ...] = ()
        self.crash: Crash | None = None
        """What a cell of a notebook raised while it was loaded; the other cells were run."""

    def request(
        self,
        do: str,
        *,
        limit_s: float,
        args: Any = None,
        on_events: Callable[[list[Any]], None] | None = None,
        cells: CellLog | None = None,
        about: int | None = None,
        **more: object,
    ) -> Any:
        """Ask and wait at most ``limit_s`` seconds; a notebook's ``cells`` are told on the way.

        ``about`` is the identity of the object that the answer must be about. Returns the unpacked
        answer. Raises StudentRaised, Invalid, another StudentFault after which this process is
        gone, or GraderFault where our code over there failed.
        """
        number = next(self._ids)
        self._brought = None  # whatever is asked now may change what came with the last answer
        plain, blob = pack(args, ref=_tag)
        deadline = time.monotonic() + limit_s
        watch = self._sight.is_watching and do in WATCHED
        if watch:
            more["watch"] = True
        if self._dropped:
            more["free"], self._dropped = self._dropped, []
        if self._seed is not None:
            more["seed"], self._seed = self._seed, None
        try:
            self._channel.send({"id": number, "do": do, "args": plain, **more}, blob)
            answer, blob = self._await(number, deadline, on_events, cells)
            if watch:
                self._sight.take(answer.get("used"))
            if about is not None and "ok" in answer and answer.get("at") != about:
                raise WireMalformed("it is about another object than the question")
            return self._read(answer, blob, do)
        except WireClosed:
            self._end()
            fault = self._supervision.obituary()
        except WireError as error:
            fault = StudentFault(error.outcome, self._say(error, limit_s, cells))
            self._give_up(fault)
        if cells is not None:
            cells.ended(late=fault.outcome is Outcome.TIMED_OUT)
        raise fault

    def value(self, handle: Remote, tag: dict[str, Any], limit_s: float) -> Any:
        """A copy of an object's value; the one that came with the handle, if nothing came between.

        ``tag`` is the handle's. Raises as :meth:`request` does.
        """
        brought = self._brought
        if brought is None or brought.number != tag["id"]:
            return self.request("value", args=[handle], limit_s=limit_s, about=tag["at"])
        try:
            return unpack(brought.plain, brought.blob)
        except WireError as error:
            fault = StudentFault(error.outcome, error.reason)
            self._give_up(fault)
            raise fault from error

    def seed(self, seed: int) -> None:
        """Seed all generators over there, before whatever is asked next."""
        self._seed = int(seed)

    def drop(self, number: int) -> None:
        """Let the object of a handle go, with the next request."""
        self._dropped.append(number)

    def close(self) -> None:
        """Hang up; the process ends by itself or is killed when the next one is asked for."""
        self._end()

    def _await(
        self,
        number: int,
        deadline: float,
        on_events: Callable[[list[Any]], None] | None,
        cells: CellLog | None,
    ) -> tuple[dict[str, Any], bytes]:
        received = self._channel.received
        while True:
            until = deadline if cells is None else min(deadline, cells.deadline)
            answer, blob = self._channel.receive(until)
            events = answer.get("events")
            if self._channel.received - received > MAX_EVENTS + MAX_CELLS + self._max_blob:
                raise WireOverflow(self._channel.received - received, MAX_EVENTS)
            self._supervision.clock.answered()
            if "cell" in answer:
                self.notes = read_notes(answer.get("notes"))
                if cells is not None:
                    cells.take(answer["cell"])
                continue
            if events is None:
                if answer.get("id") != number:
                    raise WireMalformed("it answers a question that was not asked")
                return answer, blob
            if on_events is None or not isinstance(events, list):
                raise WireMalformed("it reports events that were not asked for")
            try:
                on_events(events)
            except StudentFault as fault:
                self._give_up(fault)
                raise

    def _read(self, answer: dict[str, Any], blob: bytes, do: str) -> Any:
        self.notes = read_notes(answer.get("notes"))
        if "crash" in answer:
            self.crash = read_crash(answer["crash"])
        if "raised" in answer:
            crash = read_crash(answer["raised"])
            if is_gpu_fault(crash):
                self._supervision.kill(Outcome.CRASHED, GPU_FAULT)
                self._end()
            raise StudentRaised(crash)
        if "fault" in answer:
            raise GraderFault(f"in the process of the program: {read_text(answer['fault'])[:500]}")
        if "invalid" in answer:
            raise Invalid(read_crash(answer["invalid"]))
        if "unplain" in answer:
            raise StudentRaised(Crash(
                type="TypeError", message=f"{read_text(answer['unplain'])} can't be compared; "
                "expected a number, a tensor, or a list, tuple or dict of them"))  # fmt: skip
        if "ok" not in answer:
            raise WireMalformed("it has no answer in it")
        if do not in BRINGING or "value" not in answer:
            return unpack(answer["ok"], blob, deref=lambda tag: _read_tag(self, tag))
        found = unpack(answer["ok"], b"", deref=lambda tag: _read_tag(self, tag))
        if isinstance(found, Remote):
            self._brought = _Brought(found._tag["id"], answer["value"], blob)  # noqa: SLF001
        return found

    def _give_up(self, fault: StudentFault) -> None:
        self._supervision.kill(fault.outcome, fault.reason)
        self._end()

    def _say(self, error: WireError, limit_s: float, cells: CellLog | None) -> str:
        if error.outcome is Outcome.TIMED_OUT:
            if cells is not None and cells.is_late:
                return cells.say_late()
            return (
                f"The program did not come back within {limit_s:g} seconds, the limit of one check."
            )
        return error.reason

    def _end(self) -> None:
        self.alive = False
        self._channel.close()


class Remote:
    """A handle on an object that lives in the student's process, for as long as somebody has it."""

    __slots__ = ("_connection", "_limit_s", "_tag")

    _connection: Connection
    _tag: dict[str, Any]
    _limit_s: float

    def __init__(self, connection: Connection, tag: dict[str, Any], limit_s: float) -> None:
        object.__setattr__(self, "_connection", connection)
        object.__setattr__(self, "_tag", tag)
        object.__setattr__(self, "_limit_s", limit_s)

    def __del__(self) -> None:
        """Let go of the object over there."""
        self._connection.drop(self._tag["id"])

    @property
    def type_name(self) -> str:
        """The name of its class over there."""
        return str(self._tag["type"])

    @property
    def facts(self) -> dict[str, Any] | None:
        """Of a tensor, in its own words: dtype, shape, device, requires_grad, is_leaf, has_grad."""
        return self._tag.get("tensor")

    @property
    def is_callable(self) -> bool:
        """Whether it can be called."""
        return bool(self._tag["callable"])

    @property
    def value(self) -> Any:
        """A copy of the value: numbers, text, plain CPU tensors and containers of them."""
        return self._connection.value(self, self._tag, self._limit_s)

    def get(self, name: str) -> Remote:
        """The attribute ``name``, whatever it is called."""
        return _as_remote(self._request("get", [self, name]))

    def _request(self, do: str, args: list[Any]) -> Any:
        return self._connection.request(do, args=args, limit_s=self._limit_s)

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name: str, value: object) -> None:
        self._request("set", [self, name, value])

    def __getitem__(self, key: object) -> Remote:
        return _as_remote(self._request("item", [self, key]))

    def __call__(self, *args: object, **kwargs: object) -> Remote:
        """The result of calling it over there."""
        return _as_remote(self._request("call", [self, list(args), kwargs]))

    __iter__ = None
    """A handle can't be iterated: the length is over there. Take ``.value``, or items by index."""


class RemoteModule(Remote):
    """A module over there, whose functions and classes are asked for once: they stay what they are.

    Other names may get new values while the module's functions run, and are asked for each time.
    """

    __slots__ = ("_handle", "_lasting")

    _handle: Remote
    _lasting: dict[str, Remote]

    def __init__(self, module: Remote) -> None:
        connection, tag = module._connection, module._tag  # noqa: SLF001  # a handle as this one
        super().__init__(connection, tag, module._limit_s)  # noqa: SLF001
        object.__setattr__(self, "_handle", module)
        object.__setattr__(self, "_lasting", {})

    def __del__(self) -> None:
        """The handle that it was made from is what holds the module."""

    def get(self, name: str) -> Remote:
        """The module's global ``name``."""
        found = self._lasting.get(name)
        if found is None:
            found = super().get(name)
            if found.type_name in LASTING_TYPES:
                self._lasting[name] = found
        return found

    def __setattr__(self, name: str, value: object) -> None:
        self._lasting.pop(name, None)
        super().__setattr__(name, value)


def _as_remote(value: Any) -> Remote:
    if not isinstance(value, Remote):
        raise StudentFault(Outcome.FORBIDDEN, "The student's process answered with no object.")
    return value


def _tag(value: object) -> dict[str, Any] | None:
    return {"$": "ref", "id": value._tag["id"]} if isinstance(value, Remote) else None  # noqa: SLF001


def _read_tag(connection: Connection, tag: dict[str, Any]) -> Remote:
    """A handle from a hostile tag: every field of the right type, nothing else kept."""
    number, at, tensor = tag.get("id"), tag.get("at"), tag.get("tensor")
    if tag.get("$") != "ref" or not (is_count(number, MAX_NUMBER) and is_count(at, MAX_NUMBER)):
        raise WireMalformed("it has an unknown tag")
    clean: dict[str, Any] = {"id": number, "at": at, "type": read_text(tag.get("type"))}
    clean["callable"] = tag.get("callable") is True
    if isinstance(tensor, dict):
        clean["tensor"] = {
            "dtype": read_text(tensor.get("dtype")),
            "device": read_text(tensor.get("device")),
            "shape": read_shape(tensor.get("shape")),
            **{name: tensor.get(name) is True for name in ("requires_grad", "is_leaf", "has_grad")},
        }
    return Remote(connection, clean, connection.limit_s)


def kind(value: object) -> str:
    """What a value is, for a sentence: None, "a list", "an int"; a handle's is that over there."""
    name = value.type_name if isinstance(value, Remote) else type(value).__name__
    if name == "NoneType":
        return "None"
    return f"{'an' if name[:1].lower() in set('aeiou') else 'a'} {name}"
