"""Layer "rlimits": bounds that every Unix keeps for a process, at any privilege.

Theory of operation. Soft and hard limits are set alike, so they can't be raised again (the right
to do so is a capability, and those are dropped). The address space is bounded relative to what
the process has when the wall goes up: an interpreter with torch maps gigabytes of
libraries before the first tensor, and more with CUDA builds. What an address-space limit does
not count (memfd, System V memory, large pipes) seccomp refuses.

The limit on tasks counts all of a user's threads, so it is exact under a uid of one's own or in
a user namespace; otherwise every task that now runs on the machine is granted on top. CPU
time is a backstop for the case that nobody is left to watch the clock: it can't strike before
the wall-clock limit does.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource

from grader.model import Limits
from grader.runner.wall.kernel import WallBroken

CPU_GRACE_S = 60
SIGNALS_QUEUED = 4096  # timers and queued signals; nothing honest holds thousands
LOCKED_BYTES = 64 << 10


def cpu_limit(limits: Limits) -> int:
    """The CPU seconds after which the kernel ends the process."""
    return math.ceil(limits.wall_s) * (os.cpu_count() or 1) + CPU_GRACE_S


def wanted(limits: Limits, *, own_user: bool, bound_addresses: bool = True) -> dict[int, int]:
    """Each resource with the value that it is to have in this process, from now.

    Without ``bound_addresses`` the memory is for others to bound: by watching, or a cgroup.
    """
    values = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_limit(limits),
        resource.RLIMIT_FSIZE: limits.disk_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.threads + (0 if own_user else _tasks_now()),
        resource.RLIMIT_MEMLOCK: LOCKED_BYTES,
    }
    mapped = _mapped_bytes() if bound_addresses else None
    if mapped is not None:
        values[resource.RLIMIT_AS] = mapped + limits.memory_bytes
    for name, value in (("MSGQUEUE", 0), ("SIGPENDING", SIGNALS_QUEUED), ("NICE", 0),
                        ("RTPRIO", 0)):  # fmt: skip
        if hasattr(resource, f"RLIMIT_{name}"):
            values[getattr(resource, f"RLIMIT_{name}")] = value
    return values


def apply(limits: Limits, *, own_user: bool, bound_addresses: bool = True) -> None:
    """Set all limits of this process, soft and hard.

    Raises:
        WallBroken: a limit did not take hold.
    """
    values = wanted(limits, own_user=own_user, bound_addresses=bound_addresses)
    for number, value in values.items():
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901
        try:
            resource.setrlimit(number, (value, value))
        except (OSError, ValueError) as error:
            raise WallBroken(f"resource limit {number} can't be set to {value}: {error}") from error
    stack = resource.getrlimit(resource.RLIMIT_STACK)[0]
    resource.setrlimit(resource.RLIMIT_STACK, (stack, stack))


def be_first_to_go() -> None:
    """When the machine runs out of memory, the kernel shall end this process before others."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _mapped_bytes() -> int | None:
    """The address space in use, or None where /proc doesn't tell (then it can't be bounded)."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None


def _tasks_now() -> int:
    """All tasks of the machine, an upper bound for those of this user."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[3].split("/")[1])
    except (OSError, IndexError, ValueError):
        return 4096
