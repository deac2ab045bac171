"""What the machine that runs the tests can give."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

CLONE_NEWUSER = 0x10000000


def skip_without(level: str) -> None:
    """Skip a test at a level that this machine hasn't: a container, or one with an open Python."""
    if level == "user" and not _gives_namespaces():
        pytest.skip("this machine gives an ordinary user no namespaces")
    if level == "container-closed" and not _hides_python():
        pytest.skip("every user of this machine can reach Python")


@functools.cache
def _hides_python() -> bool:
    ways = [Path(os.path.realpath(way)) for way in (sys.prefix, sys.base_prefix, __file__)]
    return any(not at.stat().st_mode & 0o001 for way in ways for at in way.parents)


@functools.cache
def _gives_namespaces() -> bool:
    code = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({CLONE_NEWUSER}) != 0)"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
