"""Memory in large pages: the same bytes, in fewer entries of the table that a fork copies."""

from __future__ import annotations

import subprocess
import sys

import pytest

from grader.runner import pages

PROGRAM = """
import os, sys
from pathlib import Path
from grader.runner import pages

def large():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("AnonHuge"))

held = [bytes([number % 251]) * 4096 for number in range(16_000)]
before = large()
moved = pages.collapse()
assert all(one == bytes([number % 251]) * 4096 for number, one in enumerate(held))
child = os.fork()
if not child:
    held.append(b"its own")
    os._exit(held[3][0])
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3 and len(held) == 16_000
print(moved, large() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such pages")
def test_the_bytes_are_the_same_and_the_pages_larger() -> None:
    """Where the kernel knows how; elsewhere nothing happens."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    moved, grown = map(int, done.stdout.split())
    if not moved:
        pytest.skip("this kernel puts no pages together when it is asked to")
    assert grown > 32 << 20


def test_another_system_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to ask."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert pages.collapse() == 0
