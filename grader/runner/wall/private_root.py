"""Layer "private-root": a tree of files in which nothing else exists.

Theory of operation. Inside a mount namespace of its own the process builds a new root from an
empty tmpfs: each readable place is cloned as a detached mount, made read-only at once, and
attached under the very path that it had; symbolic links on the way are made again, so that every
path that Python remembers stays true. The working folder is a second tmpfs, whose size and number
of files the kernel bounds, and which is gone with the process; places that programs write to on
other machines (/tmp, /content) are folders of the same tmpfs, so that one bound holds for all.
/proc holds the process's own entry and a few facts, /dev the five harmless devices. Then
``pivot_root`` swaps the roots, the old one is detached, and the first tmpfs is made read-only.

What is not in the new tree has no name: not the bank, not other submissions, not another
process's /proc entry, not a Unix socket of the system. Folders above a readable place are
empty and open to all, so Python may live below a home folder that only root can enter.

The mount calls of Linux 5.12 are used (``open_tree``, ``mount_setattr``, ``move_mount``) because
they add read-only to mounts whose other flags an ordinary user may not touch. If a step fails
before the roots are swapped, the tmpfs is taken away again and the layer is missing.

Costs 1 to 3 ms.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.runner.wall import kernel
from grader.runner.wall.kernel import Missing, WallBroken

AT_FDCWD = -100
AT_EMPTY_PATH = 0x1000
AT_RECURSIVE = 0x8000
OPEN_TREE_CLONE = 1
MOVE_MOUNT_F_EMPTY_PATH = 4
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
MOUNT_ATTRIBUTES = struct.Struct("=QQQQ")  # struct mount_attr: set, clear, propagation, userns
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 2, 4, 0x4000, 0x40000
MNT_DETACH = 2
MAX_LINKS = 40


@dataclass(frozen=True, slots=True)
class Clone:
    """A detached copy of a part of the tree, to be attached where it was."""

    path: str
    fd: int
    folder: bool


@dataclass(frozen=True, slots=True)
class Writable:
    """A folder on a tmpfs of its own: where, whose, how many bytes and files.

    ``beside`` are other folders on the same tmpfs, within the same bounds.
    """

    path: str
    owner: int
    group: int
    size: int
    files: int
    beside: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[str, ...]:
        """All of its places; the folder itself may lie in one of the others, so it is the last."""
        return (*self.beside, self.path)

    def resolved(self) -> Writable:
        """The same without symbolic links, which in a tree that is built lead out of it."""
        beside = tuple(map(os.path.realpath, self.beside))
        return replace(self, path=os.path.realpath(self.path), beside=beside)

    @property
    def options(self) -> str:
        """As mount(2) takes them; the tmpfs's own root and its folders are files too."""
        whose = f"mode=700,uid={self.owner},gid={self.group}"
        own = 2 + len(self.beside) + len(self.path.split("/"))
        return f"{whose},size={self.size},nr_inodes={self.files + own}"


def enter(*, writable: Sequence[Writable], readable: Iterable[str], devices: Iterable[str]) -> None:
    """Replace this process's root; it must be in a mount namespace of its own.

    Args:
        writable: the working folder, which must exist and becomes the current folder, and others.
        readable: folders and files, read-only in the new root.
        devices: device files that keep working.

    Raises:
        Missing: the machine does not allow it; the old root is as it was.
        WallBroken: it failed half-way.
    """
    stage = writable[0].path
    paths = [*readable, f"/proc/{os.getpid()}"]
    tops = _tops(os.path.realpath(path) for path in paths)
    fixed = ATTR_NOSUID | ATTR_NODEV | ATTR_RDONLY
    try:
        kernel.call("mount", None, b"/\0", None, MS_REC | MS_PRIVATE, None)
        clones = [_clone(path, fixed) for path in tops]
        clones += [_clone(path, ATTR_NOSUID) for path in devices]
    except OSError as error:
        raise Missing(f"mounts can't be made ({error})") from error
    places = [folder for one in writable for folder in one.folders]
    links = dict(link for path in (*places, *paths) for link in _links(path))
    real = [one.resolved() for one in writable]
    _stage(stage, links, clones, real)
    _swap(stage)
    os.chdir(stage)


def _stage(
    root: str, links: Mapping[str, str], clones: Iterable[Clone], writable: Iterable[Writable]
) -> None:
    """Build the new root on a tmpfs that is mounted on a folder, or leave nothing behind."""
    _mount_tmpfs(root, "mode=755,size=16m,nr_inodes=20k")
    try:
        for link, target in links.items():
            os.makedirs(os.path.dirname(root + link), mode=0o755, exist_ok=True)
            os.symlink(target, root + link)
        for clone in clones:
            _attach(root + clone.path, clone)
        for one in writable:
            _lay(root, one)
        os.symlink(str(os.getpid()), root + "/proc/self")
    except (OSError, Missing) as error:
        _undo(root)
        raise Missing(f"a private root can't be built ({error})") from error


def _lay(root: str, one: Writable) -> None:
    """Make one tmpfs, and put a folder of it at each of its places."""
    hidden = f"{root}/.laid"
    os.mkdir(hidden)
    _mount_tmpfs(hidden, one.options)
    for number, path in enumerate(one.folders):
        folder = f"{hidden}/{number}"
        os.mkdir(folder, mode=0o700)
        os.chown(folder, one.owner, one.group)
        _attach(root + path, replace(_clone(folder, ATTR_NOSUID | ATTR_NODEV), path=path))
    kernel.call("umount2", os.fsencode(hidden) + b"\0", MNT_DETACH)
    os.rmdir(hidden)


def _swap(workdir: str) -> None:
    """pivot_root(".", "."): the old root comes to lie over the new one, and is detached."""
    os.chdir(workdir)
    try:
        kernel.call("pivot_root", b".\0", b".\0")
    except OSError as error:
        os.chdir("/")
        _undo(workdir)
        raise Missing(f"the root can't be replaced ({error})") from error
    try:
        kernel.call("umount2", b".\0", MNT_DETACH)
        os.chdir("/")
        _set(AT_FDCWD, b"/\0", ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV)
    except OSError as error:
        raise WallBroken(f"the old root can't be detached: {error}") from error


def _undo(workdir: str) -> None:
    try:
        kernel.call("umount2", os.fsencode(workdir) + b"\0", MNT_DETACH)
    except OSError as error:
        raise WallBroken(f"a half-built root can't be taken away: {error}") from error


def _mount_tmpfs(path: str, options: str) -> None:
    try:
        kernel.call("mount", b"grade\0", os.fsencode(path) + b"\0", b"tmpfs\0",
                    MS_NOSUID | MS_NODEV, options.encode() + b"\0")  # fmt: skip
    except OSError as error:
        raise Missing(f"a tmpfs can't be mounted ({error})") from error


def _clone(path: str, attributes: int) -> Clone:
    """Copy what lies at a path, with all mounts below it, as a mount that is nowhere yet."""
    name = os.fsencode(path) + b"\0"
    flags = OPEN_TREE_CLONE | AT_RECURSIVE | os.O_CLOEXEC
    fd = kernel.call("open_tree", AT_FDCWD, name, flags)
    _set(fd, b"\0", attributes, AT_EMPTY_PATH | AT_RECURSIVE)
    return Clone(path=path, fd=fd, folder=stat.S_ISDIR(os.fstat(fd).st_mode))


def _set(fd: int, path: bytes, attributes: int, flags: int = 0) -> None:
    words = MOUNT_ATTRIBUTES.pack(attributes, 0, 0, 0)
    kernel.call("mount_setattr", fd, path, flags, words, len(words))


def _attach(target: str, clone: Clone) -> None:
    """Put a clone at its place in the new root."""
    if clone.folder:
        os.makedirs(target, mode=0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    kernel.call("move_mount", clone.fd, b"\0", AT_FDCWD, os.fsencode(target) + b"\0",
                MOVE_MOUNT_F_EMPTY_PATH)  # fmt: skip
    os.close(clone.fd)


def _links(path: str) -> Iterator[tuple[str, str]]:
    """The symbolic links on the way to ``path``, each with its target, outermost first."""
    todo = [part for part in reversed(path.split("/")) if part]
    done: list[str] = []
    met = 0
    while todo and met < MAX_LINKS:
        part = todo.pop()
        here = "/" + "/".join([*done, part])
        if part == "..":
            del done[-1:]
        elif part != "." and os.path.islink(here):
            met += 1
            target = os.readlink(here)
            yield here, target
            done = [] if target.startswith("/") else done
            todo += [piece for piece in reversed(target.split("/")) if piece]
        elif part != ".":
            done.append(part)


def _tops(paths: Iterable[str]) -> list[str]:
    """The paths without those that lie below another one."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(_within(path, top) for top in kept):
            kept.append(path)
    return kept


def _within(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")
