"""Functions of the recorder's, as the program sees them: built-in, and with nothing inside.

Runs in the student's process. Whatever torch or Python calls on our behalf can be named by the
program, and a Python function shows what it holds: its closure, defaults and globals, or the
object that it is a method of. From there it is a step to the recorder, and from that to the
channel on which it tells. So all that the program can name is one of two things: a C function
made here, whose way to ours is a pointer in C; or a stateless Python function around such ones,
where an exception of the program's has to pass (one can't through a callback of ctypes).

A C function costs 0.2 us more than a Python function. What is made is never freed: there are some
thirty of them in a process, and torch may call one for as long as that lives.
"""

from __future__ import annotations

import builtins
import ctypes
import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

Direct = Callable[[Any, tuple[Any, ...]], Any]
"""What a C function leads to: called with None and its arguments, it must not raise."""
Way = Callable[[], object]
"""Lets a C function lead somewhere, from then on."""
_WITH_ARGUMENTS = 0x0001
"""``METH_VARARGS`` of Python's C interface: the arguments come as one tuple."""
_Callback = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object)


class _MethodDef(ctypes.Structure):
    """``PyMethodDef``, which a C function keeps a pointer to."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("method", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


_new = ctypes.pythonapi.PyCFunction_NewEx
_new.restype = ctypes.py_object
_new.argtypes = [ctypes.POINTER(_MethodDef), ctypes.c_void_p, ctypes.c_void_p]
_keep = ctypes.pythonapi.Py_IncRef
_keep.restype = None
_keep.argtypes = [ctypes.py_object]
_NOWHERE = ctypes.cast(ctypes.pythonapi.PyLong_FromVoidPtr, ctypes.c_void_p).value


def opaque(function: Callable[..., Any]) -> Callable[..., Any]:
    """A C function that calls ``function`` with its positional arguments.

    It has no closure, no globals and nothing that the collector could follow. An exception
    can't pass: ``function`` must not raise, and if it does, the answer is None.
    """

    def call(_: object, arguments: tuple[Any, ...]) -> Any:
        try:
            return function(*arguments)
        except BaseException:  # noqa: BLE001 - Python would tell it, with our frames, to a hook
            return None

    return built_in(call)


def built_in(call: Direct) -> Callable[..., Any]:
    """A C function that calls ``call(None, arguments)``, which must not raise."""
    switch = Switch()
    switch.way(call)()
    return switch.function


class Switch:
    """A C function that leads to ours, or nowhere: then it answers 0 without a line of Python.

    Where it leads is a pointer in a struct that only ours have. Nowhere is a function of Python's
    own, which makes a number of an address: 0 of that of no object.
    """

    __slots__ = ("_definition", "function", "off")

    def __init__(self) -> None:
        self._definition = _MethodDef(b"hook", _NOWHERE, _WITH_ARGUMENTS, None)
        _keep(self._definition)
        self.function: Callable[..., Any] = _new(ctypes.byref(self._definition), None, None)
        self.off = self._to(_NOWHERE)
        """Let it lead nowhere."""

    def way(self, call: Direct) -> Way:
        """What lets it lead to ``call``, as often as need be; what is made here stays for ever."""
        callback = _Callback(call)
        _keep(callback)
        return self._to(ctypes.cast(callback, ctypes.c_void_p).value)

    def _to(self, address: int | None) -> Way:
        return functools.partial(setattr, self._definition, "method", address)


def stateless(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with no globals but the builtins, as they are now.

    What it needs beside its arguments must stand in its closure, and be fit to be seen there.
    """
    assert isinstance(function, FunctionType)
    bare = {"__builtins__": dict(vars(builtins)), "__name__": "torch"}
    copy = FunctionType(
        function.__code__, bare, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def sealed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that does what ``function`` does, exceptions too, and shows nothing of it."""

    def attempt(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
        try:
            return function(*args, **kwargs), None
        except BaseException as error:  # noqa: BLE001 - raised again on the other side
            return None, error.with_traceback(None)

    tried = opaque(attempt)

    def call(*args: Any, **kwargs: Any) -> Any:
        value, error = tried(args, kwargs)
        if error is not None:
            raise error
        return value

    return stateless(call)
