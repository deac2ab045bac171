"""Layers "uid", "capabilities", "no-new-privs": who the student's process is.

Theory of operation. Started by root, each submission runs under a user id of its own: the files
of the grader and of other submissions are not its files, their processes not its processes, and
whatever it might leave behind can be killed by that id. The working folder is given to it.

Every capability is dropped, from the bounding set too, and no_new_privs keeps set-uid programs
from giving any back. One exception, told in the report: when Python itself or the data lie
where the new id cannot reach them (a Python below /root, files that only their owner may read), the
process keeps the right to read regardless of modes, provided that an allow-list (a private
root or Landlock) bounds what there is to read. That is better than a submission whose lazy
imports fail, and worse than a Python that all may read; hence it is named.

The process is not dumpable: no core file of 3 GB, no tracing by others of the same id. If the
grader dies the kernel kills it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import signal
import struct
from collections.abc import Iterable

from grader.runner.wall import kernel, outside
from grader.runner.wall.kernel import Missing, WallBroken

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID = 0, 1, 2, 6, 7
LAST_CAPABILITY = 63  # the kernel answers EINVAL above the last one that it knows
UID_RANGES = ((1_000_000_000, 2_000_000_000), (30_000, 60_000))
TRIES = 20
CAPABILITY_VERSION_3 = 0x20080522
CAPABILITY_HEADER = struct.Struct("=Ii")  # struct __user_cap_header_struct: version, pid
CAPABILITY_SETS = struct.Struct("=6I")  # two of __user_cap_data_struct: effective, permitted, inh.


def give_workdir(workdir: str, uid: int) -> None:
    """Hand the working folder to the id that will run there; nobody else may enter it."""
    fd = os.open(workdir, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fchown(fd, uid, uid)
        os.fchmod(fd, 0o700)
    finally:
        os.close(fd)


def why_not(uid: int) -> str | None:
    """Why this process can't take on the id, or None when it can."""
    if os.geteuid() != 0:
        return "the grader was not started by root"
    effective = _capabilities()[0]
    if not all(effective >> bit & 1 for bit in (CAP_CHOWN, CAP_SETGID, CAP_SETUID)):
        return "root lacks the capabilities to change ids"
    with open("/proc/self/uid_map") as file:
        ranges = [tuple(map(int, line.split())) for line in file]
    if not any(first <= uid < first + count for first, _, count in ranges):
        return f"the user id {uid} does not exist in this container"
    return None


def fresh_uid() -> int | None:
    """A user id that no account and no process has, or None where ids can't be changed.

    Drawn at random from a range far above what systems hand out, so that graders that run side
    by side don't meet; a container that maps only the first 65,536 ids gets one of those.
    """
    for _ in range(TRIES):
        for first, last in UID_RANGES:
            uid = random.SystemRandom().randint(first, last)
            if why_not(uid) is None and not _in_use(uid):
                return uid
    return None


def _in_use(uid: int) -> bool:
    with contextlib.suppress(KeyError):
        pwd.getpwuid(uid)
        return True
    return any(outside.processes_of(uid))


def become(uid: int) -> None:
    """Take on the id for good; the permitted capabilities stay until they are dropped."""
    reason = why_not(uid)
    if reason is not None:
        raise Missing(reason)
    kernel.call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (uid, uid, uid):
        raise WallBroken(f"the user id {uid} did not take hold: {os.getresuid()}")


def unreadable(places: Iterable[str]) -> str | None:
    """The first place that this process can't read by its id alone, or None."""
    effective, permitted, _ = _capabilities()
    _set_capabilities(effective=0, permitted=permitted)
    try:
        return next((place for place in places if not _reads(place)), None)
    finally:
        _set_capabilities(effective=effective & permitted, permitted=permitted)


def _reads(place: str) -> bool:
    try:
        fd = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        os.close(fd)
        if os.path.isdir(place):
            os.stat(os.path.join(place, "."))  # to enter a folder is a right of its own
    except OSError:
        return False
    return True


def _reading_capability() -> int:
    """The smallest capability at hand to read regardless of modes, as a bit; 0 for none."""
    permitted = _capabilities()[1]
    offered = (1 << CAP_DAC_READ_SEARCH, 1 << CAP_DAC_OVERRIDE)  # a container has the second
    return next((bit for bit in offered if permitted & bit), 0)


def can_keep_reading() -> bool:
    """Whether ``drop_capabilities`` could keep the right to read regardless of modes."""
    return bool(_reading_capability())


def drop_capabilities(*, keep_reading: bool = False) -> None:
    """Drop every capability, or all but the one to read regardless of modes.

    Raises:
        WallBroken: the kernel did not do it.
    """
    kept = _reading_capability() if keep_reading else 0
    for number in range(LAST_CAPABILITY + 1):
        with contextlib.suppress(OSError):  # EINVAL above the last, EPERM for an ordinary user
            kernel.call("prctl", PR_CAPBSET_DROP, number, 0, 0, 0)
    with contextlib.suppress(OSError):  # no ambient set before Linux 4.3
        kernel.call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _set_capabilities(effective=kept, permitted=kept)
    if _capabilities() != (kept, kept, 0):
        raise WallBroken(f"capabilities could not be dropped: {_capabilities()}")


def no_new_privileges() -> None:
    """From here on no program that is started gains rights (and seccomp is allowed)."""
    kernel.call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with(parent: int) -> None:
    """Be killed when the parent ends. Changing the id resets this, so it comes after."""
    kernel.call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def be_dumpable(dumpable: bool) -> None:  # noqa: FBT001 - the kernel's own word for it
    """Whether others of the same id may trace this process and read its /proc entry."""
    kernel.call("prctl", PR_SET_DUMPABLE, int(dumpable), 0, 0, 0)


def _capabilities() -> tuple[int, int, int]:
    """The effective, permitted and inheritable sets as bit masks."""
    header = CAPABILITY_HEADER.pack(CAPABILITY_VERSION_3, 0)
    data = kernel.buffer(CAPABILITY_SETS.size)
    kernel.call("capget", header, data)
    low_e, low_p, low_i, high_e, high_p, high_i = CAPABILITY_SETS.unpack(data.raw)
    return low_e | high_e << 32, low_p | high_p << 32, low_i | high_i << 32


def _set_capabilities(*, effective: int, permitted: int) -> None:
    header = CAPABILITY_HEADER.pack(CAPABILITY_VERSION_3, 0)
    words = (effective, permitted, 0, effective >> 32, permitted >> 32, 0)
    sets = CAPABILITY_SETS.pack(*(word & 0xFFFFFFFF for word in words))
    kernel.call("capset", header, sets)
