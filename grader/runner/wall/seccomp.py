"""Layer "seccomp": the kernel judges every system call of the student's process.

Theory of operation. The rules become a program for the kernel's classic BPF machine, which sees
``struct seccomp_data``: the call's number, the architecture, and six 64-bit arguments (not what
pointers point to). Each rule is one block that is skipped when the number differs and that
always ends in an answer, so blocks can't fall into each other:

    architecture wrong (a 32-bit call)      -> kill
    number with the x32 bit, or too new     -> no such call
    for each rule: number? -> [tests] -> answer
    otherwise                               -> allow

Without arguments to look at, the kernel remembers "always allowed" per number, so the calls
that a training loop makes cost nothing. The filter is inherited by threads and can't be
taken off. It is the last layer, because it refuses what putting up the others needs.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Iterator

from grader.runner.wall import kernel
from grader.runner.wall.kernel import Missing
from grader.runner.wall.rules import Answer, Rule, Test
from grader.runner.wall.syscalls import NEWEST, NUMBERS, Arch

# struct seccomp_data: int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]
OFFSET_NR, OFFSET_ARCH, OFFSET_ARGS = 0, 4, 16
# struct sock_filter: __u16 code; __u8 jt; __u8 jf; __u32 k
INSTRUCTION = struct.Struct("=HBBI")
LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
JUMP_GREATER = 0x25  # BPF_JMP | BPF_JGT | BPF_K
RETURN = 0x06  # BPF_RET | BPF_K
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_GET_ACTION_AVAIL = 2
X32_BIT = 0x40000000  # above NEWEST, so one comparison refuses both
Instruction = tuple[int, int, int, int]


def available() -> None:
    """Raise ``Missing`` where the kernel has no filters (or an outer sandbox hides them)."""
    try:
        kernel.call("seccomp", SECCOMP_GET_ACTION_AVAIL, 0, struct.pack("=I", Answer.KILL))
    except OSError as error:
        raise Missing(f"the kernel offers no system call filter ({error.strerror})") from error


def install(rules: Iterable[Rule]) -> None:
    """Put the filter on this thread and all it starts; no_new_privs must be set."""
    arch = kernel.arch()
    if arch is None:
        raise Missing("the numbers of this architecture's system calls are not known")
    program = assemble(rules, arch)
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: unsigned short len; struct sock_filter *filter
    count = len(program) // INSTRUCTION.size
    head = struct.pack("@HP", count, ctypes.addressof(code))
    kernel.call("seccomp", SECCOMP_SET_MODE_FILTER, 0, head)


def assemble(rules: Iterable[Rule], arch: Arch) -> bytes:
    """The filter as the kernel takes it; rules for calls that ``arch`` lacks are left out."""
    program = [
        (LOAD, 0, 0, OFFSET_ARCH),
        (JUMP_EQUAL, 1, 0, arch.audit),
        (RETURN, 0, 0, int(Answer.KILL)),
        (LOAD, 0, 0, OFFSET_NR),
        (JUMP_GREATER, 0, 1, NEWEST),
        (RETURN, 0, 0, int(Answer.NO_SUCH_CALL)),
    ]
    for rule in rules:
        number = NUMBERS[rule.call].get(arch)
        if number is not None:
            block = list(_block(rule))
            program += [(JUMP_EQUAL, 0, len(block), number), *block]
    program.append((RETURN, 0, 0, int(Answer.ALLOW)))
    return b"".join(INSTRUCTION.pack(*instruction) for instruction in program)


def _block(rule: Rule) -> Iterator[Instruction]:
    """Every test that fails returns ``otherwise``; past the last one stands ``answer``."""
    for test in rule.tests:
        yield from _test(test, rule.otherwise)
    yield (RETURN, 0, 0, int(rule.answer))


def _test(test: Test, otherwise: Answer) -> Iterator[Instruction]:
    yield (LOAD, 0, 0, OFFSET_ARGS + 8 * test.argument + 4 * test.high)
    if test.mask != 0xFFFFFFFF:  # noqa: PLR2004 - all bits of the word
        yield (AND, 0, 0, test.mask)
    for left, value in zip(range(len(test.values), 0, -1), test.values, strict=True):
        yield (JUMP_EQUAL, left, 0, value)  # over the values left and the return
    yield (RETURN, 0, 0, int(otherwise))
