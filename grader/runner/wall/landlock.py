"""Layer "landlock": an allow-list of folders, kept by the kernel for an ordinary process.

Theory of operation. A ruleset names the kinds of access that are refused unless a rule allows
them, and each rule allows some kinds below one folder (or on one file). Hence what is not named
cannot be read: the bank's references, the labels, other submissions, the home folder, other
processes' entries in /proc. The folders are opened while the process may still reach them
(as root, before the uid changes); the finished ruleset is put on after it.

Versions ("ABI") add kinds: 2 renames between folders, 3 truncation, 4 TCP, 5 device ioctls,
6 signals to and abstract Unix sockets of processes outside. All that the kernel knows is
asked for. What Landlock never governs (modes, owners and times of files, ``stat``, UDP) is
the seccomp layer's work.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from grader.runner.wall import kernel
from grader.runner.wall.kernel import Missing, WallBroken

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
REMOVE_DIR = 1 << 4
REMOVE_FILE = 1 << 5
MAKE_CHAR = 1 << 6
MAKE_DIR = 1 << 7
MAKE_REG = 1 << 8
MAKE_SOCK = 1 << 9
MAKE_FIFO = 1 << 10
MAKE_BLOCK = 1 << 11
MAKE_SYM = 1 << 12
REFER = 1 << 13
TRUNCATE = 1 << 14
IOCTL_DEV = 1 << 15

READ = READ_FILE | READ_DIR
RUN = READ | EXECUTE
USE_DEVICE = READ_FILE | WRITE_FILE | TRUNCATE
USE_DRIVER = USE_DEVICE | IOCTL_DEV
OWN = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE
)
FOR_PROCESSES = EXECUTE | MAKE_SOCK  # multiprocessing puts its sockets into TMPDIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

NET_ALL = 0b11  # bind TCP, connect TCP
SCOPE_ALL = 0b11  # abstract Unix sockets, signals
SIGNALS_SCOPED_SINCE = 6

RULE_PATH_BENEATH = 1
CREATE_RULESET_VERSION = 1
RULESET_ATTRIBUTES = struct.Struct("=QQQ")  # struct landlock_ruleset_attr: fs, net, scoped
PATH_BENEATH = struct.Struct("=Qi")  # struct landlock_path_beneath_attr, packed: access, fd


def version() -> int:
    """The kernel's Landlock version, at least 1; ``Missing`` where there is none."""
    try:
        return kernel.call("landlock_create_ruleset", None, 0, CREATE_RULESET_VERSION)
    except OSError as error:
        raise Missing(f"the kernel offers no Landlock ({error.strerror})") from error


def scopes_signals() -> bool:
    """Whether a ruleset of this kernel keeps signals inside."""
    return version() >= SIGNALS_SCOPED_SINCE


def handled(abi: int) -> tuple[bytes, int]:
    """The attributes of a ruleset that governs all that this version can, and its file kinds."""
    known_bits = {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)
    files = (1 << known_bits) - 1
    net, scoped = (NET_ALL if abi >= 4 else 0), (SCOPE_ALL if abi >= 6 else 0)  # noqa: PLR2004
    size = 24 if scoped else 16 if net else 8  # older kernels take shorter structs
    return RULESET_ATTRIBUTES.pack(files, net, scoped)[:size], files


def prepare(allowed: Iterable[tuple[str, int]]) -> int:
    """Build a ruleset from pairs (path, kinds of access); paths out of reach are skipped.

    Returns:
        The ruleset's descriptor, for ``restrict``.

    Raises:
        Missing: the kernel has no Landlock.
        OSError: the kernel refused a rule.
    """
    attributes, files = handled(version())
    ruleset = kernel.call("landlock_create_ruleset", attributes, len(attributes), 0)
    for path, kinds in allowed:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue  # an allow-list errs on the safe side: the place stays unread
        try:
            _allow(ruleset, fd, kinds & files)
        finally:
            os.close(fd)
    return ruleset


def _allow(ruleset: int, fd: int, kinds: int) -> None:
    if not stat.S_ISDIR(os.fstat(fd).st_mode):
        kinds &= ON_FILES
    rule = PATH_BENEATH.pack(kinds, fd)
    kernel.call("landlock_add_rule", ruleset, RULE_PATH_BENEATH, rule, 0)


def restrict(ruleset: int) -> None:
    """Put the ruleset on this thread and all that it starts; no_new_privs must be set.

    Raises:
        WallBroken: the kernel took the rules and now refuses to apply them.
    """
    try:
        kernel.call("landlock_restrict_self", ruleset, 0)
    except OSError as error:
        raise WallBroken(f"landlock: {error}") from error
    os.close(ruleset)
