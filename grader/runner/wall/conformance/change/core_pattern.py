# Opens kernel settings in /proc/sys and /sys for writing, which root could.
# outcome: ok

import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/hostname",
    "/proc/sysrq-trigger",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/fs/cgroup/cgroup.procs",
    "/proc/self/attr/current",
    "/proc/self/uid_map",
    "/proc/self/setgroups",
    "/proc/self/clear_refs",
    "/sys/kernel/uevent_helper",
):
    attempt(path, lambda: os.open(path, os.O_WRONLY))
