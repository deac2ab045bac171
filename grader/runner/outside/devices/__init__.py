"""Which device a grading gets: the CPU, or a GPU that it has to itself.

``choose`` says at the beginning whether what was asked for can be had; ``lease`` gives a
grading its device for as long as it lasts.
"""

from grader.runner.outside.devices.choice import choose, lease, missing

__all__ = ["choose", "lease", "missing"]
