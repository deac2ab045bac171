"""Which system calls a submission is refused, and what it is told instead.

Theory of operation. The list is a deny list: torch, numpy and the C library may use whatever is
not named here. Each group says what it closes that no other layer closes. Four answers exist:

* ``REFUSE`` (EPERM), the plain no; Python raises ``PermissionError``.
* ``NO_SUCH_CALL`` (ENOSYS), where a library knows an older way: glibc falls back from
  ``clone3``, whose flags a filter cannot see, to ``clone``, whose flags it can.
* ``UNSUPPORTED`` (EOPNOTSUPP), the answer of a file system without extended attributes, which
  ``shutil.copy2`` expects.
* ``NOTHING`` (success, and nothing is done) for modes and times of files. Landlock does not
  govern them, the call's argument is a path that a filter cannot read, and so they cannot be
  allowed in the working folder alone. Refusing would break ``shutil.copy`` and
  ``Path.touch``, which an honest program may well use; doing nothing breaks nobody.

Where a plain answer is too coarse a condition looks at an argument: a thread may be started but
no process, a signal sent to oneself but to nobody else, a pair of connected sockets made (asyncio
needs one) but no socket that could reach anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from grader.runner.wall.syscalls import NUMBERS

# Values of the kernel's headers; the same on both architectures.
CLONE_THREAD = 0x10000
CLONE_NEW_ANY = 0x7E020080  # NEWCGROUP|NEWUTS|NEWIPC|NEWUSER|NEWPID|NEWNET|NEWNS|NEWTIME
AF_UNIX = 1
SOCK_STREAM = 1
SOCK_TYPE_MASK = 0xF
O_ACCMODE = 3
O_TRUNC = 0o1000
PRIO_PROCESS = 0
IOPRIO_WHO_PROCESS = 1
FCNTL_REFUSED = {
    "F_SETOWN": 8,  # with F_SETSIG: any signal to any process of the same user
    "F_SETSIG": 10,
    "F_SETOWN_EX": 15,
    "F_SETLEASE": 1024,  # makes others who open the file wait
    "F_NOTIFY": 1026,
    "F_SETPIPE_SZ": 1031,  # memory that no rlimit counts
}
IOCTL_REFUSED = {
    "TIOCSTI": 0x5412,  # types into the terminal that grades
    "TIOCSCTTY": 0x540E,
    "TIOCLINUX": 0x541C,
    "FIOSETOWN": 0x8901,  # F_SETOWN by another name
    "SIOCSPGRP": 0x8902,
}
PRCTL_REFUSED = {
    "PR_SET_PDEATHSIG": 1,  # outlive the grader
    "PR_SET_DUMPABLE": 4,  # be traced, dump 3 GB of core
    "PR_SET_SECCOMP": 22,
    "PR_SET_MM": 35,
    "PR_SCHED_CORE": 62,
}


class Answer(IntEnum):
    """What the kernel does with a call: SECCOMP_RET_* with the errno in the low half."""

    KILL = 0x80000000
    ALLOW = 0x7FFF0000
    REFUSE = 0x00050000 | 1
    NO_SUCH_CALL = 0x00050000 | 38
    UNSUPPORTED = 0x00050000 | 95
    NOTHING = 0x00050000


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a 32-bit word of an argument: ``(word & mask) == any of values``.

    ``high`` asks for the upper half of the 64-bit argument (pointers); the kernel itself
    reads only the lower half of the ints judged here, so a filter must not ask for more.
    """

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    high: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A call and its answer: ``answer`` when all ``tests`` hold, else ``otherwise``."""

    call: str
    answer: Answer
    tests: tuple[Test, ...] = ()
    otherwise: Answer = Answer.ALLOW

    def __post_init__(self) -> None:
        if self.call not in NUMBERS:
            raise ValueError(f"no number is known for the call {self.call!r}")


_REFUSED = {
    "reach another process": """
        tkill pidfd_open pidfd_getfd pidfd_send_signal ptrace process_vm_readv process_vm_writev
        process_madvise process_mrelease kcmp get_robust_list move_pages migrate_pages""",
    "hold memory that RLIMIT_AS does not count": """
        memfd_create memfd_secret shmget shmat shmctl shmdt semget semop semctl semtimedop
        msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify
        mq_getsetattr remap_file_pages splice tee vmsplice""",
    "change files where Landlock does not look (truncate: before its third version)": """
        chown fchown lchown fchownat mknod mknodat truncate file_setattr""",
    "find or watch files outside": """
        name_to_handle_at open_by_handle_at inotify_init inotify_init1 inotify_add_watch
        fanotify_init fanotify_mark""",
    "rebuild the tree of files": """
        mount umount2 pivot_root chroot move_mount open_tree open_tree_attr mount_setattr fsopen
        fsconfig fsmount fspick statmount listmount unshare setns""",
    "corners of the kernel with a history": """
        bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register io_setup
        io_submit keyctl add_key request_key seccomp landlock_create_ruleset landlock_add_rule
        landlock_restrict_self lsm_set_self_attr personality modify_ldt iopl ioperm
        lookup_dcookie uselib sysfs nfsservctl""",
    "run the machine": """
        reboot kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff
        acct syslog vhangup quotactl quotactl_fd sethostname setdomainname settimeofday
        clock_settime clock_adjtime adjtimex""",
}

_NOTHING = """chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat"""
_UNSUPPORTED = """setxattr lsetxattr fsetxattr setxattrat
                  removexattr lremovexattr fremovexattr removexattrat"""
_NETWORK = "connect bind listen accept accept4 sendmsg sendmmsg setsockopt"


def rules(*, own_pid: int, allow_processes: bool, signals_scoped: bool) -> Iterator[Rule]:
    """All rules for one student's process.

    Args:
        own_pid: the process that the filter is for; the one it may signal and tune.
        allow_processes: an exercise that starts processes of its own (and so Unix sockets).
        signals_scoped: another layer (own uid, or Landlock's signal scope) keeps signals
            inside, so that a family of processes may signal its members.
    """
    yield from _conditional(own_pid, family=allow_processes and signals_scoped)
    yield from _processes_and_sockets(allow_processes=allow_processes)
    for names in _REFUSED.values():
        for name in names.split():
            yield Rule(name, Answer.REFUSE)
    for name in _NOTHING.split():
        yield Rule(name, Answer.NOTHING)
    for name in _UNSUPPORTED.split():
        yield Rule(name, Answer.UNSUPPORTED)
    yield Rule("openat2", Answer.NO_SUCH_CALL)  # its flags are behind a pointer


def _conditional(own_pid: int, *, family: bool) -> Iterator[Rule]:
    """Calls that are fine on oneself or in one form only."""
    me = (own_pid,)
    if not family:
        for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
            yield _only(name, Test(0, me))
    self_or_zero = (0, own_pid)
    for name in ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam",
                 "sched_setattr"):  # fmt: skip
        yield _only(name, Test(0, self_or_zero))
    yield _only("setpriority", Test(0, (PRIO_PROCESS,)), Test(1, self_or_zero))
    yield _only("ioprio_set", Test(0, (IOPRIO_WHO_PROCESS,)), Test(1, self_or_zero))
    yield Rule("fcntl", Answer.REFUSE, (Test(1, tuple(FCNTL_REFUSED.values())),))
    yield Rule("ioctl", Answer.REFUSE, (Test(1, tuple(IOCTL_REFUSED.values())),))
    yield Rule("prctl", Answer.REFUSE, (Test(0, tuple(PRCTL_REFUSED.values())),))
    # Opening to read only and yet truncating passes Landlock before its third version.
    for name, flags in (("open", 1), ("openat", 2)):
        tests = (Test(flags, (O_TRUNC,), mask=O_TRUNC | O_ACCMODE),)
        yield Rule(name, Answer.REFUSE, tests)


def _processes_and_sockets(*, allow_processes: bool) -> Iterator[Rule]:
    yield Rule("clone3", Answer.NO_SUCH_CALL)  # its flags are behind a pointer
    pair = (Test(0, (AF_UNIX,)), Test(1, (SOCK_STREAM,), mask=SOCK_TYPE_MASK))
    yield _only("socketpair", *pair)
    if allow_processes:
        yield _only("clone", Test(0, (0,), mask=CLONE_NEW_ANY))
        yield _only("socket", *pair)
        return
    yield _only("clone", Test(0, (CLONE_THREAD,), mask=CLONE_THREAD | CLONE_NEW_ANY))
    for name in ("fork", "vfork", "execve", "execveat", "socket", *_NETWORK.split()):
        yield Rule(name, Answer.REFUSE)
    # Without an address: on a connected pair that goes to the other end and nowhere else.
    yield _only("sendto", Test(4, (0,)), Test(4, (0,), high=True))


def _only(name: str, *tests: Test) -> Rule:
    """Allowed when all tests hold, refused otherwise."""
    return Rule(name, Answer.ALLOW, tests, otherwise=Answer.REFUSE)
