"""What the supervisor does from outside: end a process and all it started, read its memory.

Theory of operation. Only SIGKILL is sent: a program may handle or ignore anything else. Where no
processes may be started, killing the one process ends everything. Where an exercise allows
them, what is left is found by the submission's own uid, which no process of the family can
change, and a throw-away process that takes on that uid sends the signal to all of them at once,
so that none can be born between the look and the kill.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

KILL_ALL_OF = (
    "import os, sys; uid = int(sys.argv[1]); os.setgroups([]); os.setresgid(uid, uid, uid); "
    "os.setresuid(uid, uid, uid); os.kill(-1, 9)"
)
BOUNDS = ("Max cpu time", "Max file size", "Max data size", "Max address space")
"""Of /proc/<pid>/limits: those that end a program, or let its requests fail, when they strike."""
PATIENCE_S = 2.0
PAUSE_S = 0.01
LOOKS, LOOK_S = 5, 0.001


def kill_everything(pidfd: int, uid: int | None = None) -> int:
    """Kill a process and, when it ran under a uid of its own, all of that uid.

    Args:
        pidfd: the process, by a descriptor that can't come to mean another one.
        uid: its own user id; never one that anything else uses.

    Returns:
        How many processes of that uid are left after two seconds: 0 unless the kernel holds
        one in an uninterruptible wait.
    """
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    return 0 if uid is None else _kill_user(uid, pidfd)


def _kill_user(uid: int, pidfd: int) -> int:
    deadline = time.monotonic() + PATIENCE_S
    select.select([pidfd], [], [], PATIENCE_S)  # its own end takes the kernel milliseconds
    for _ in range(LOOKS):  # it was alone as a rule, and its parent hears of its end just now
        if not _is_used(uid):
            return 0
        time.sleep(LOOK_S)
    while living := list(processes_of(uid)):
        if time.monotonic() > deadline:
            return len(living)
        time.sleep(PAUSE_S)  # the first kill may still be at work
        if any(processes_of(uid)):
            command = [sys.executable, "-I", "-S", "-c", KILL_ALL_OF, str(uid)]
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    return 0


def processes_of(uid: int) -> Iterator[int]:
    """The living processes (no zombies) whose real, effective or saved id is ``uid``."""
    if not _is_used(uid):
        return
    for name in os.listdir("/proc"):
        if name.isdigit() and _runs_as(int(name), uid):
            yield int(name)


def _is_used(uid: int) -> bool:
    """Whether any process, a zombie too, has this real id: one call, where /proc takes hundreds.

    Who was given an id by the wall has it as the real, effective and saved one, and can't part
    with it.
    """
    try:
        os.getpriority(os.PRIO_USER, uid)
    except ProcessLookupError:
        return False
    except OSError:  # a kernel that doesn't say
        return True
    return True


def _runs_as(pid: int, uid: int) -> bool:
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return False
    ids = text.partition(b"\nUid:")[2].partition(b"\n")[0].split()
    return str(uid).encode() in ids and b"\nState:\tZ" not in text


def resident_memory(pid: int) -> int:
    """Bytes that a process holds in RAM, pages shared with others included; 0 when gone."""
    return int(_status(pid).get("VmRSS", "0 kB").split()[0]) << 10


def private_memory(pid: int) -> int:
    """Bytes that a process holds in RAM beyond files: anonymous and shared memory; 0 when gone."""
    facts = _status(pid)
    return sum(int(facts.get(name, "0 kB").split()[0]) << 10 for name in ("RssAnon", "RssShmem"))


def kernel_kills() -> int:
    """How many processes the kernel has killed for lack of memory since it runs; 0 if unknown."""
    try:
        with open("/proc/vmstat") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("oom_kill ")), 0)
    except (OSError, ValueError, IndexError):
        return 0


def limits_of(pid: int) -> tuple[str, ...]:
    """A process's resource limits, as /proc words them; none when it is gone or not told."""
    try:
        with open(f"/proc/{pid}/limits") as file:
            return tuple(line for line in file if line.startswith(BOUNDS))
    except OSError:
        return ()


def space_left(path: str) -> int:
    """Bytes that an ordinary user may still write where a folder lies.

    A file that was deleted while it is open is in no folder, and so not in ``disk_usage``; the
    free space of the whole file system still tells.
    """
    facts = os.statvfs(path)
    return facts.f_bavail * facts.f_frsize


def _status(pid: int) -> dict[str, str]:
    """The fields of /proc/<pid>/status; empty when the process is gone."""
    try:
        with open(f"/proc/{pid}/status", errors="replace") as file:
            pairs = (line.partition(":") for line in file)
            return {name: value.strip() for name, _, value in pairs}
    except (FileNotFoundError, ProcessLookupError):
        return {}
