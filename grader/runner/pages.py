"""Large pages for a process that forks often: a fork copies the table of its pages.

Theory of operation. With torch imported, some 260 MB are anonymous memory: 65,000 entries of a
table that each fork copies, and that each child's end takes down again. In pages of 2 MiB it is a
hundred and thirty. A child that writes to one gets a copy of 4 KiB, as before: the kernel splits
the entry, not the page, so what is shared stays shared.

The kernel puts the pages together at once when it is asked to (``MADV_COLLAPSE``, Linux 6.1). Where
it doesn't know how, or has no memory left in one piece, everything stays as it was.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

LARGE = 2 << 20
MADV_COLLAPSE = 25
MAPS = Path("/proc/self/maps")
ALONE = frozenset(("", "[heap]"))
"""What the kernel calls memory that has no file behind it."""


def collapse() -> int:
    """Put this process's memory into large pages, for some tenths of a second.

    Returns:
        Bytes that lie in large pages now; 0 where the system can't.
    """
    if not sys.platform.startswith("linux") or not MAPS.is_file():
        return 0
    advise = ctypes.CDLL(None, use_errno=True).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return sum(
        end - start
        for start, end in list(_whole())
        if advise(start, end - start, MADV_COLLAPSE) == 0
    )


def _whole() -> Iterator[tuple[int, int]]:
    """From where to where this process has memory of its own, in whole large pages."""
    for line in MAPS.read_text(encoding="utf-8").splitlines():
        addresses, mode, _, _, _, *name = line.split(maxsplit=5)
        if not mode.startswith("rw") or not mode.endswith("p") or "".join(name) not in ALONE:
            continue
        start, end = (int(number, 16) for number in addresses.split("-"))
        start, end = -(-start // LARGE) * LARGE, end // LARGE * LARGE
        if start < end:
            yield start, end
