"""What the wall lets through for a submission that computes on a GPU, and what that costs.

Theory of operation. CUDA talks to the driver by ioctls on a few device files, reads a handful
of the driver's facts, and reserves hundreds of gigabytes of addresses that it never fills. So
three things change, for these submissions only: the device files of one GPU (and of no other)
can be opened and controlled, the folders below can be read, and the address space is not
bounded. Everything else stands as it does for all.

What it costs is told in the result: the driver is a large part of the kernel, and memory is
bounded by watching it alone, or by a control group where one can be made. The system call
filter is unchanged. None of this was ever run on a GPU (docs/gpu.md).
"""

from __future__ import annotations

from collections.abc import Sequence

FACTS = (
    "/proc/driver/nvidia", "/proc/devices", "/proc/modules",
    "/sys/bus/pci/devices", "/sys/devices", "/sys/module/nvidia", "/sys/module/nvidia_uvm",
)  # fmt: skip
LIBRARIES = ("/usr/local/nvidia", "/usr/local/cuda/compat")
"""Where containers put the driver's own libraries, beside the system's folders."""
MISSING = (
    "driver: the submission may call the GPU's driver, a large part of the kernel",
    "addresses: CUDA reserves far more than it uses, so memory is bounded by watching it",
)


def readable(files: Sequence[str]) -> tuple[str, ...]:
    """What must be readable beside the device files; nothing without a GPU."""
    return (*FACTS, *LIBRARIES) if files else ()
