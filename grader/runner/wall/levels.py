"""What ``full``, ``partial`` and ``none`` mean.

Theory of operation. Three layers keep files apart, each in its own way: a private root (what is
not there has no name), Landlock (an allow-list), a uid of its own (file modes). One of them is
enough to refuse; two mean that a mistake in one, ours or the kernel's, is not yet a leak.

full
    A submission cannot read the bank, other submissions or the grader's processes, cannot
    write outside its working folder, reach a network, start a process or signal one:
    seccomp, dropped capabilities, no_new_privs and resource limits are in force, and two of
    the three file layers, at least one of them an allow-list. The uid counts only if the
    process did not keep the right to read regardless of modes.
partial
    seccomp and at least one file layer are in force, but not all of the above.
none
    Anything less. Crashes and time limits are still contained; nothing else is promised.

A GPU's driver is a part of the kernel that a submission on a GPU must be able to call: there the
level is partial at best, whatever else stands.

An exercise that allows processes allows Unix sockets with them, and what such a socket may reach
only a private root decides; without one its level is partial at best.
"""

from __future__ import annotations

from collections.abc import Collection

from grader.model import IsolationLevel

DESCRIPTORS = "descriptors"
NAMESPACES = "namespaces"
PRIVATE_ROOT = "private-root"
UID = "uid"
FILE_MODES = "file-modes"
CAPABILITIES = "capabilities"
NO_NEW_PRIVS = "no-new-privs"
RLIMITS = "rlimits"
LANDLOCK = "landlock"
SECCOMP = "seccomp"

ALWAYS = frozenset({DESCRIPTORS, CAPABILITIES, NO_NEW_PRIVS, RLIMITS, SECCOMP})
ALLOW_LISTS = frozenset({PRIVATE_ROOT, LANDLOCK})
TWO = 2


def level(
    layers: Collection[str], *, allow_processes: bool = False, driver_is_open: bool = False
) -> IsolationLevel:
    """The level that a set of layers in force amounts to."""
    have = set(layers)
    lists = len(have & ALLOW_LISTS)
    walls = lists + ({UID, FILE_MODES} <= have)
    sockets_bounded = PRIVATE_ROOT in have or not allow_processes
    bounded = sockets_bounded and not driver_is_open
    if have >= ALWAYS and lists and walls >= TWO and bounded:
        return IsolationLevel.FULL
    if SECCOMP in have and (lists or {UID, FILE_MODES} <= have):
        return IsolationLevel.PARTIAL
    return IsolationLevel.NONE
