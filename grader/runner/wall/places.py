"""What a submission may read: the system's libraries, Python, and nothing that the bank holds.

Theory of operation. Both Landlock and the private root are allow-lists of whole folders, so the
list decides what stays unread. It names ``lib`` folders and never a prefix: a wheel keeps the
bank in ``<prefix>/share/grade``, a checkout keeps it beside the package, and neither lies below
any ``lib``. ``sys.path`` is not trusted as a list of folders, because an editable install puts
the whole checkout on it; of the checkout only the package ``grader`` itself is allowed.

Not on the list: /etc/passwd and the rest of /etc, /home, /root, /tmp, /var, /run, and in /proc
everything but one's own entry and a few facts about the machine. In a private root some of these
exist all the same, as empty folders of the program's own: ``ELSEWHERE``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

SYSTEM = (
    "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib",
    "/usr/local/lib64", "/nix/store",
    "/usr/share/zoneinfo", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig",
    "/usr/share/matplotlib", "/usr/share/mime", "/usr/share/locale", "/usr/share/i18n",
    "/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
    "/etc/timezone", "/etc/mime.types", "/etc/os-release",
)  # fmt: skip
MACHINE = (
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/uptime",
    "/proc/version", "/proc/filesystems", "/proc/sys/vm/overcommit_memory",
    "/proc/sys/kernel/osrelease", "/proc/sys/kernel/ostype",
    "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip
OWN_FACTS = (
    "status", "stat", "statm", "maps", "smaps", "smaps_rollup", "cmdline", "comm", "limits",
)  # fmt: skip
OWN_LISTS = ("fd", "task")
"""Of one's own /proc entry: files to read, folders to list. Not ``net``: all connections."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a private one, in the private root only
ELSEWHERE = (
    "/tmp", "/var/tmp",  # noqa: S108 - the student's, never the grader's
    "/content", "/kaggle/working", "/kaggle/temp", "/home", "/mnt", "/media",
    "/data", "/workspace", "/scratch",
)  # fmt: skip
"""Where programs write on their authors' machines; empty, private and gone at the end."""
PACKAGE = str(Path(__file__).parents[2])
"""The grader's own modules. Asked of no module: they are hidden when the wall goes up."""
PROGRAMS = ("/bin", "/usr/bin", "/usr/local/bin")
"""Only where an exercise may start processes."""


def readable(extra: tuple[str, ...], *, programs: bool = False) -> tuple[str, ...]:
    """Every existing folder and file that a student's process may read, each once."""
    found = (*SYSTEM, *python(), *(PROGRAMS if programs else ()), *extra)
    return tuple(path for path in dict.fromkeys(found) if os.path.exists(path))


def elsewhere(readable: tuple[str, ...]) -> tuple[str, ...]:
    """The places to write that a private root can have: neither above nor below what it shows."""
    shown = [f"{os.path.realpath(path)}/" for path in readable]
    return tuple(path for path in ELSEWHERE if not _meets(f"{os.path.realpath(path)}/", shown))


def _meets(folder: str, others: list[str]) -> bool:
    return any(one.startswith(folder) or folder.startswith(one) for one in others)


def home(workdir: str) -> str:
    """The program's own folder: one below, so that what it writes beside it has a place too."""
    return os.path.join(workdir, "work")


def devices() -> tuple[str, ...]:
    """The harmless device files that this machine has."""
    return tuple(path for path in DEVICES if os.path.exists(path))


def samples() -> tuple[str, ...]:
    """Files and folders that a lazy import would need; if these can be read, so can the rest."""
    found = (getattr(sys.modules.get(name), "__file__", None) for name in ("os", "numpy", "torch"))
    files = (__file__, *filter(None, found))
    return (*(path for path in python() if os.path.exists(path)), *files)


def surroundings(home: str) -> dict[str, str]:
    """Environment variables that point into the program's folder what would point elsewhere."""
    return {
        "HOME": home,
        "TMPDIR": home,
        "USER": "student",
        "LOGNAME": "student",
        "XDG_CACHE_HOME": os.path.join(home, ".cache"),
        "XDG_CONFIG_HOME": os.path.join(home, ".config"),
        "MPLCONFIGDIR": os.path.join(home, ".config", "matplotlib"),
    }


def machine() -> tuple[str, ...]:
    """The facts of the machine that libraries ask for (cores, memory, page sizes)."""
    return tuple(path for path in MACHINE if os.path.exists(path))


def python() -> Iterator[str]:
    """Python's own folders, those of installed packages, and this package."""
    prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    for prefix in dict.fromkeys(prefixes):
        yield from (os.path.join(prefix, name) for name in ("lib", "lib64", "bin", "pyvenv.cfg"))
    for entry in sys.path:
        if os.path.basename(entry.rstrip("/")) in {"site-packages", "dist-packages"}:
            yield entry
    yield PACKAGE
