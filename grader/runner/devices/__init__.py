"""Where a submission computes: the CPU, or a GPU that it has to itself.

``settings`` is what the processes of a grading do to use it; which one they get is chosen outside
(``grader.runner.outside.devices``). docs/gpu.md says what of all this was never run on a GPU.
"""

from grader.runner.devices.device import CPU, CUDA, Device

__all__ = ["CPU", "CUDA", "Device"]
