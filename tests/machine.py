"""What the machine that runs the tests can give."""

from __future__ import annotations

import functools
import subprocess
import sys

import pytest

CLONE_NEWUSER = 0x10000000


def skip_without(level: str) -> None:
    """Skip a test at a level that rests on namespaces where there are none, as in a container."""
    if level == "user" and not _gives_namespaces():
        pytest.skip("this machine gives an ordinary user no namespaces")


@functools.cache
def _gives_namespaces() -> bool:
    code = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({CLONE_NEWUSER}) != 0)"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
