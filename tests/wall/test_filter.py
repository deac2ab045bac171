"""The filter's program, run by a small BPF machine, for both architectures."""

from __future__ import annotations

import struct

import pytest

from grader.runner.wall.rules import Answer, rules
from grader.runner.wall.seccomp import (
    AND,
    INSTRUCTION,
    JUMP_EQUAL,
    JUMP_GREATER,
    LOAD,
    RETURN,
    assemble,
)
from grader.runner.wall.syscalls import NUMBERS, Arch

ME = 4711
OTHER = 42
CLONE_OF_A_THREAD = 0x3D0F00
CLONE_OF_A_PROCESS = 0x1200011
ARCHES = pytest.mark.parametrize("arch", list(Arch))


def judge(program: bytes, audit: int, number: int, *arguments: int) -> int:
    """What the kernel would answer: the classic BPF machine on struct seccomp_data."""
    words = [argument & (2**64 - 1) for argument in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    data = struct.pack("=iIQ6Q", number, audit, 0, *words)
    code = list(INSTRUCTION.iter_unpack(program))
    at = accumulator = 0
    while True:
        operation, if_true, if_false, k = code[at]
        at += 1
        if operation == LOAD:
            (accumulator,) = struct.unpack_from("=I", data, k)
        elif operation == AND:
            accumulator &= k
        elif operation == JUMP_EQUAL:
            at += if_true if accumulator == k else if_false
        elif operation == JUMP_GREATER:
            at += if_true if accumulator > k else if_false
        else:
            assert operation == RETURN
            return int(k)


def ask(arch: Arch, call: str, *arguments: int, allow_processes: bool = False) -> Answer:
    program = assemble(
        rules(own_pid=ME, allow_processes=allow_processes, signals_scoped=allow_processes), arch
    )
    return Answer(judge(program, arch.audit, NUMBERS[call][arch], *arguments))


@ARCHES
def test_threads_may_start_and_processes_may_not(arch: Arch) -> None:
    """Of clone the flags are judged; clone3, whose flags are hidden, does not exist."""
    assert ask(arch, "clone", CLONE_OF_A_THREAD) is Answer.ALLOW
    assert ask(arch, "clone", CLONE_OF_A_PROCESS) is Answer.REFUSE
    assert ask(arch, "clone", CLONE_OF_A_THREAD | 0x10000000) is Answer.REFUSE
    assert ask(arch, "clone3", 0, 88) is Answer.NO_SUCH_CALL
    assert ask(arch, "execve") is Answer.REFUSE


@ARCHES
def test_an_exercise_that_allows_processes_still_gets_no_namespace(arch: Arch) -> None:
    """Processes, programs and Unix sockets; no namespace, no network."""
    assert ask(arch, "clone", CLONE_OF_A_PROCESS, allow_processes=True) is Answer.ALLOW
    assert ask(arch, "clone", 0x10000011, allow_processes=True) is Answer.REFUSE
    assert ask(arch, "execve", allow_processes=True) is Answer.ALLOW
    assert ask(arch, "unshare", allow_processes=True) is Answer.REFUSE
    assert ask(arch, "socket", 1, 1, allow_processes=True) is Answer.ALLOW
    assert ask(arch, "socket", 2, 1, allow_processes=True) is Answer.REFUSE


@ARCHES
@pytest.mark.parametrize("call", ["kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"])
def test_signals_go_to_oneself_only(arch: Arch, call: str) -> None:
    """Not to another, not to a group (0, negative), not to all (-1)."""
    assert ask(arch, call, ME, 9) is Answer.ALLOW
    for target in (OTHER, 0, -1, -ME, ME + (1 << 31)):
        assert ask(arch, call, target, 9) is Answer.REFUSE


@ARCHES
def test_the_kernel_reads_ints_of_a_process_id_so_the_filter_does_too(arch: Arch) -> None:
    """Garbage in the upper half of a register can't make another process look like oneself."""
    assert ask(arch, "kill", OTHER | ME << 32) is Answer.REFUSE
    assert ask(arch, "kill", ME | OTHER << 32) is Answer.ALLOW


@ARCHES
@pytest.mark.parametrize("call", ["prlimit64", "sched_setaffinity", "sched_setattr"])
def test_limits_and_processors_of_others_are_out_of_reach(arch: Arch, call: str) -> None:
    """Zero and one's own id mean oneself."""
    assert ask(arch, call, 0) is Answer.ALLOW
    assert ask(arch, call, ME) is Answer.ALLOW
    assert ask(arch, call, OTHER) is Answer.REFUSE


@ARCHES
def test_a_stream_pair_is_the_only_socket(arch: Arch) -> None:
    """What asyncio makes works, with its flags; a datagram pair could be pointed elsewhere."""
    assert ask(arch, "socketpair", 1, 1 | 0o2000000 | 0o4000) is Answer.ALLOW
    assert ask(arch, "socketpair", 1, 2) is Answer.REFUSE
    assert ask(arch, "socketpair", 1, 5) is Answer.REFUSE
    assert ask(arch, "socketpair", 2, 1) is Answer.REFUSE
    assert ask(arch, "socket", 1, 1) is Answer.REFUSE
    assert ask(arch, "sendto", 5, 0, 0, 0, 0) is Answer.ALLOW
    assert ask(arch, "sendto", 5, 0, 0, 0, 0x7F00) is Answer.REFUSE
    assert ask(arch, "sendto", 5, 0, 0, 0, 0x7F00 << 32) is Answer.REFUSE


@ARCHES
def test_opening_to_read_can_not_truncate(arch: Arch) -> None:
    """Old Landlock looks at reading and writing only; O_RDONLY|O_TRUNC is neither."""
    assert ask(arch, "openat", -100, 0, 0) is Answer.ALLOW
    assert ask(arch, "openat", -100, 0, 0o1000) is Answer.REFUSE
    assert ask(arch, "openat", -100, 0, 0o1000 | 0o2000000) is Answer.REFUSE
    assert ask(arch, "openat", -100, 0, 0o1000 | 1) is Answer.ALLOW


@ARCHES
def test_modes_and_times_do_nothing_and_say_so_to_nobody(arch: Arch) -> None:
    """shutil.copy and Path.touch go on; nothing outside changes."""
    assert ask(arch, "fchmodat") is Answer.NOTHING
    assert ask(arch, "utimensat") is Answer.NOTHING
    assert ask(arch, "setxattr") is Answer.UNSUPPORTED


@ARCHES
def test_descriptors_can_not_be_made_to_signal_or_to_hold_more(arch: Arch) -> None:
    """F_SETOWN and F_SETPIPE_SZ are refused; the rest of fcntl works."""
    for command in (8, 10, 15, 1024, 1026, 1031):
        assert ask(arch, "fcntl", 3, command) is Answer.REFUSE
    for command in (1, 2, 3, 4, 1030):
        assert ask(arch, "fcntl", 3, command) is Answer.ALLOW


@ARCHES
def test_other_architectures_die_and_newer_calls_do_not_exist(arch: Arch) -> None:
    """A 32-bit call is fatal; the x32 numbers and next year's calls are unknown."""
    program = assemble(rules(own_pid=ME, allow_processes=False, signals_scoped=False), arch)
    assert judge(program, 0x40000003, 1) == Answer.KILL
    assert judge(program, arch.audit, 0x40000000 + 1) == Answer.NO_SUCH_CALL
    assert judge(program, arch.audit, 9999) == Answer.NO_SUCH_CALL
    other = next(one for one in Arch if one is not arch)
    assert judge(program, other.audit, 1) == Answer.KILL
