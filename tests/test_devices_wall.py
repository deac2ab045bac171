"""The wall with a GPU's device files in it, tried with harmless devices in their place."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from grader.model import IsolationLevel, Limits, Outcome
from grader.runner.wall import gpu, places
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


FOR_ALL = 0o006


def spare_devices() -> tuple[str, ...]:
    """Character devices that every user may open, as a GPU's, and that no submission may open."""
    found: list[str] = []
    for path in map(Path, ("/dev/fuse", "/dev/net/tun", "/dev/kvm", "/dev/ptmx")):
        if str(path.resolve()) in places.devices():
            continue
        try:
            mode = path.stat().st_mode
            if stat.S_ISCHR(mode) and mode & FOR_ALL == FOR_ALL:
                os.close(os.open(path.resolve(), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
                found.append(str(path.resolve()))
        except OSError:
            continue
    return tuple(found)


SPARE = spare_devices()

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's"),
    pytest.mark.skipif(not SPARE, reason="no spare device to stand for a GPU's"),
]


def test_only_the_gpus_own_files_are_let_through() -> None:
    """They open and can be controlled; without a GPU, and besides it, devices stay shut."""
    source = TRIES.format(paths=SPARE)
    without = run(source)
    assert without.ending.outcome is Outcome.OK, without.stderr
    lines = without.stdout.decode().split("\n")
    assert lines[: len(SPARE)] == ["shut"] * len(SPARE)
    within = run(source, gpu_files=SPARE[:1])
    assert within.ending.outcome is Outcome.OK, within.stderr
    lines = within.stdout.decode().split("\n")
    assert lines[0] in {"obeys", "no terminal"}, "opened, and refused to be controlled"
    assert lines[1 : len(SPARE)] == ["shut"] * (len(SPARE) - 1)


def test_addresses_are_bounded_without_a_gpu_only() -> None:
    """CUDA reserves more of them than any machine has memory."""
    assert run(TRIES.format(paths=())).stdout == b"False\n"
    assert run(TRIES.format(paths=()), gpu_files=SPARE[:1]).stdout == b"True\n"


def test_memory_is_bounded_by_watching() -> None:
    """What fills it is ended by the watch, address limit or not."""
    trial = run(
        "import time\nkept = bytearray(b'x') * (400 << 20)\ntime.sleep(30)",
        limits=Limits(memory_bytes=100 << 20, wall_s=20.0),
        gpu_files=SPARE[:1],
    )
    assert trial.ending.outcome is Outcome.OUT_OF_MEMORY


def test_the_report_says_what_a_gpu_costs() -> None:
    """Never full isolation, and both reasons are told; all other layers stand as ever."""
    without, within = run("pass").isolation, run("pass", gpu_files=SPARE[:1]).isolation
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
