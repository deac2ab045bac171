"""A device as a grading knows it: plain values that cross to its processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CUDA = "cuda"
MEMORY = 0.85
"""Of a grading's share: the rest is the judge's, and what the driver itself needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What the processes of one grading compute on.

    Attributes:
        kind: torch's word for it: ``cpu`` or ``cuda``.
        name: for people, as the driver tells it; empty for the CPU.
        visible: the value of ``CUDA_VISIBLE_DEVICES``: one GPU, or none.
        share: the part of the GPU's memory that one grading may use, from 0 to 1.
        files: the device files that the wall must let through.
    """

    kind: str = "cpu"
    name: str = ""
    visible: str = ""
    share: float = 1.0
    files: tuple[str, ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Device:
        """A device from its fields as JSON gives them back."""
        return cls(**{**plain, "files": tuple(plain["files"])})

    @property
    def memory(self) -> float:
        """The part of the GPU's memory that the student's process may allocate, from 0 to 1."""
        return MEMORY * self.share

    @property
    def note(self) -> str:
        """What the result says of the settings; nothing for the CPU, whose are always the same."""
        if self.kind != CUDA:
            return ""
        return (
            f"Run on {self.name}: deterministic algorithms where torch has them, TF32 off, cuDNN's "
            f"benchmark off, at most {self.memory:.0%} of the GPU's memory."
        )


CPU = Device()
