"""Calling the kernel where Python has no function for it.

Theory of operation. Most layers of the wall are system calls that neither the standard library
nor an old C library knows (Landlock, seccomp, the new mount calls), so they go through
``syscall(2)`` by number. Numbers differ between architectures; the table in ``syscalls.py`` has
both. A call that fails raises ``OSError`` with the kernel's own errno and the call's name,
read at once: a stale errno once made a Landlock library refuse where the kernel had agreed.

Two exceptions carry the wall's one rule. ``Missing`` says that the machine does not give a
layer and that nothing of it was applied; the wall goes on and lists it. Anything else that
fails leaves a layer half applied, and ends the student's process as ``WallBroken``.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys

from grader.errors import GraderFault
from grader.runner.wall.syscalls import NUMBERS, Arch


class WallBroken(GraderFault):
    """A layer was half applied, or does not hold; the student's process must not go on."""


class Missing(Exception):
    """The machine does not give this layer; nothing of it was applied. Says why."""


@functools.cache
def arch() -> Arch | None:
    """The architecture whose system calls are known here, or None (then no layer stands)."""
    machine = os.uname().machine
    if not sys.platform.startswith("linux") or sys.maxsize < 2**32:
        return None
    return next((known for known in Arch if known.value == machine), None)


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def call(name: str, *arguments: int | bytes | None | ctypes.Array[ctypes.c_char]) -> int:
    """Make one system call by name; pointers are bytes or ctypes buffers, the rest integers.

    Raises:
        OSError: the kernel refused; ``errno`` is its answer.
        Missing: this architecture or system has no such call.
    """
    machine = arch()
    number = None if machine is None else NUMBERS[name].get(machine)
    if number is None:
        raise Missing(f"{os.uname().sysname} on {os.uname().machine} has no call {name}")
    converted = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = int(_libc().syscall(ctypes.c_long(number), *converted))
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def buffer(size: int) -> ctypes.Array[ctypes.c_char]:
    """Zeroed memory that a call may write to."""
    return ctypes.create_string_buffer(size)
