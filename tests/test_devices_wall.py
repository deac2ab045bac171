"""The wall with a GPU's device files in it, tried with harmless devices in their place."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.model import IsolationLevel, Limits, Outcome
from grader.runner.wall import gpu
from grader.runner.wall.trial import run

TRIES = """
import os, resource, sys
for path in {paths!r}:
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        print("shut")
        continue
    import fcntl
    try:
        fcntl.ioctl(fd, 0x5401, bytes(64))
        print("obeys")
    except OSError as error:
        print("no terminal" if error.errno == 25 else "open")
print(resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY)
"""
"""Open each device and ask it something (TCGETS), as CUDA asks the driver."""


FOR_ALL = 0o666
MEMORY, NULL, ZERO = 1, 3, 5
"""Numbers of /dev/null and /dev/zero: under other names nothing on the lists knows them."""


@pytest.fixture
def spare() -> Iterator[tuple[str, str]]:
    """Two devices that every user may open, as a GPU's, and that no submission may."""
    made: list[Path] = []
    try:
        for minor in (NULL, ZERO):
            place = Path(f"/dev/grade-test-{os.getpid()}-{minor}")
            os.mknod(place, stat.S_IFCHR | FOR_ALL, os.makedev(MEMORY, minor))
            made.append(place)
            place.chmod(FOR_ALL)
        yield str(made[0]), str(made[1])
    finally:
        for place in made:
            place.unlink()


def may_make_devices() -> bool:
    """Whether this machine lets its user make a device file."""
    place = Path(f"/dev/grade-test-{os.getpid()}")
    try:
        os.mknod(place, stat.S_IFCHR | FOR_ALL, os.makedev(MEMORY, NULL))
        os.close(os.open(place, os.O_RDWR))
    except OSError:
        return False
    finally:
        place.unlink(missing_ok=True)
    return True


pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's"),
    pytest.mark.skipif(not may_make_devices(), reason="needs leave to make device files"),
]


def test_only_the_gpus_own_files_are_let_through(spare: tuple[str, str]) -> None:
    """They open and can be controlled; without a GPU, and besides it, devices stay shut."""
    source = TRIES.format(paths=spare)
    without = run(source)
    assert without.ending.outcome is Outcome.OK, without.stderr
    lines = without.stdout.decode().split("\n")
    assert lines[:2] == ["shut", "shut"]
    within = run(source, gpu_files=spare[:1])
    assert within.ending.outcome is Outcome.OK, within.stderr
    lines = within.stdout.decode().split("\n")
    assert lines[0] in {"obeys", "no terminal"}, "opened, and refused to be controlled"
    assert lines[1] == "shut"


def test_addresses_are_bounded_without_a_gpu_only(spare: tuple[str, str]) -> None:
    """CUDA reserves more of them than any machine has memory."""
    assert run(TRIES.format(paths=())).stdout == b"False\n"
    assert run(TRIES.format(paths=()), gpu_files=spare[:1]).stdout == b"True\n"


def test_memory_is_bounded_by_watching(spare: tuple[str, str]) -> None:
    """What fills it is ended by the watch, address limit or not."""
    trial = run(
        "import time\nkept = bytearray(b'x') * (400 << 20)\ntime.sleep(30)",
        limits=Limits(memory_bytes=100 << 20, wall_s=20.0),
        gpu_files=spare[:1],
    )
    assert trial.ending.outcome is Outcome.OUT_OF_MEMORY


def test_the_report_says_what_a_gpu_costs(spare: tuple[str, str]) -> None:
    """Never full isolation, and both reasons are told; all other layers stand as ever."""
    without, within = run("pass").isolation, run("pass", gpu_files=spare[:1]).isolation
    assert without is not None
    assert within is not None
    assert within.layers == without.layers
    assert within.missing == (*without.missing, *gpu.MISSING)
    assert within.level is not IsolationLevel.FULL
    if without.level is IsolationLevel.FULL:
        assert within.level is IsolationLevel.PARTIAL


def test_without_a_gpu_nothing_more_can_be_read() -> None:
    """The driver's facts are listed for a grading on a GPU only."""
    assert gpu.readable(()) == ()
    assert "/proc/driver/nvidia" in gpu.readable(("/dev/nvidia0",))
