"""Layer "cgroup": bounds on memory and tasks that count everything, where one can be made.

Theory of operation. A resource limit counts addresses, a control group counts pages, whoever
they were asked for by: tensors, files in a tmpfs, socket buffers. It also tells a memory limit
from a crash: the kernel counts the processes that it killed for want of memory. The supervisor
makes a group beside its own, moves the student's process in between the report of the
wall and the word to go on, and removes it at the end.

Two kinds exist. Version 2 is one tree; a group can have limits if its parent hands the
controllers down, which root and delegated user sessions can do. Version 1 has one tree for each
controller. In most containers the tree is read-only, and the layer is missing.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass

from grader.runner.wall.kernel import Missing

ROOT = "/sys/fs/cgroup"
CONTROLLERS = ("memory", "pids")
REMOVAL_TRIES = 50
PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class Group:
    """One control group, by its folder (version 2) or folders (version 1: memory, pids)."""

    folders: tuple[str, ...]
    unified: bool

    def attach(self, pid: int) -> None:
        """Move a process in; what it allocates from now on counts here."""
        for folder in self.folders:
            _write(f"{folder}/cgroup.procs", str(pid))

    def out_of_memory(self) -> int:
        """How many of its processes the kernel has killed for want of memory."""
        name = "memory.events" if self.unified else "memory.oom_control"
        with open(f"{self.folders[0]}/{name}") as file:
            counts = dict(line.split() for line in file)
        return int(counts.get("oom_kill", 0))

    def kill(self) -> None:
        """Kill all its processes, where the kernel can do it in one step (version 2)."""
        with contextlib.suppress(OSError):
            _write(f"{self.folders[0]}/cgroup.kill", "1")

    def remove(self) -> bool:
        """Remove the group once its processes are gone; whether that came to pass."""
        left = list(self.folders)
        for _ in range(REMOVAL_TRIES):
            for folder in list(left):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
                    left.remove(folder)
            if not left:
                return True
            time.sleep(PAUSE_S)
        return False


def make(name: str, *, memory_bytes: int, tasks: int) -> Group:
    """Make a group below the caller's own.

    Args:
        name: a single path component, unique on this machine.
        memory_bytes: bound on all pages, swap included where it can be bounded.
        tasks: bound on threads and processes.

    Raises:
        Missing: no group can be made here, or it can't be given limits.
    """
    own = _own_groups()
    try:
        if "memory" in own:
            return _make_v1(name, own, memory_bytes, tasks)
        return _make_v2(name, own.get("", "/"), memory_bytes, tasks)
    except OSError as error:
        raise Missing(f"no control group can be made ({error})") from error


def _own_groups() -> dict[str, str]:
    """This process's group in each version 1 tree by controller, and in version 2 under ``""``."""
    groups = {}
    try:
        with open("/proc/self/cgroup") as file:
            for line in file:
                _, controllers, path = line.rstrip("\n").split(":", 2)
                groups.update(dict.fromkeys(controllers.split(","), path))
    except OSError as error:
        raise Missing("the machine has no control groups") from error
    return groups


def _make_v1(name: str, own: dict[str, str], memory_bytes: int, tasks: int) -> Group:
    made: list[str] = []
    try:
        for controller in CONTROLLERS:
            folder = f"{ROOT}/{controller}{own.get(controller, '/').rstrip('/')}/{name}"
            os.mkdir(folder)
            made.append(folder)
        _write(f"{made[0]}/memory.limit_in_bytes", str(memory_bytes))
        with contextlib.suppress(OSError):  # kernels without swap accounting
            _write(f"{made[0]}/memory.memsw.limit_in_bytes", str(memory_bytes))
        _write(f"{made[1]}/pids.max", str(tasks))
    except OSError:
        Group(tuple(made), unified=False).remove()
        raise
    return Group(tuple(made), unified=False)


def _make_v2(name: str, own: str, memory_bytes: int, tasks: int) -> Group:
    parent = ROOT + own.rstrip("/")
    with open(f"{parent}/cgroup.subtree_control") as file:
        handed_down = file.read().split()
    for controller in set(CONTROLLERS) - set(handed_down):
        _write(f"{parent}/cgroup.subtree_control", f"+{controller}")
    folder = f"{parent}/{name}"
    os.mkdir(folder)
    group = Group((folder,), unified=True)
    try:
        _write(f"{folder}/memory.max", str(memory_bytes))
        with contextlib.suppress(OSError):
            _write(f"{folder}/memory.swap.max", "0")
        _write(f"{folder}/pids.max", str(tasks))
    except OSError:
        group.remove()
        raise
    return group


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
