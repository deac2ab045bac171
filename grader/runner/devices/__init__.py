"""Where a submission computes: the CPU, or a GPU that it has to itself.

``choose`` says at the beginning whether what was asked for can be had; ``lease`` gives a
grading its device for as long as it lasts. ``settings`` is the other side: what the processes
of a grading do to use it. docs/gpu.md says what of all this was never run on a GPU.
"""

from grader.runner.devices.choice import choose, lease, missing
from grader.runner.devices.device import CPU, CUDA, Device

__all__ = ["CPU", "CUDA", "Device", "choose", "lease", "missing"]
