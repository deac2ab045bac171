"""The reference solution on the device of the grading, seen from checks that know only the CPU.

A check draws its inputs and compares results in the CPU's memory. What the reference does in
between happens where the student's code does it: same kernels, same rounding.
"""

from __future__ import annotations

from typing import Any

import torch

from grader.runner.devices import CPU, Device
from grader.runner.devices.settings import place


class Placed:
    """A module, a class's object or a function of the reference, used on ``device``.

    Attributes and calls go through: tensors on their way in are moved to the device, those that
    come out to the CPU; modules that come out stay there, as another such object.
    """

    def __init__(self, target: Any, device: Device) -> None:
        self._target = target
        self._device = device

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._out(getattr(self._target, name))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it on the device."""
        given = [_unwrapped(arg, self._device) for arg in args]
        named = {name: _unwrapped(arg, self._device) for name, arg in kwargs.items()}
        with torch.device(self._device.kind):
            return self._out(self._target(*given, **named))

    def _out(self, value: Any) -> Any:
        kind = type(value)
        if isinstance(value, torch.Tensor):
            return value.cpu()
        if isinstance(value, torch.nn.Module):
            return Placed(value.to(self._device.kind), self._device)
        if kind in (list, tuple):
            return kind(self._out(item) for item in value)
        if kind is dict:
            return {key: self._out(item) for key, item in value.items()}
        return Placed(value, self._device) if callable(value) else value


def _unwrapped(value: Any, device: Device) -> Any:
    return value._target if isinstance(value, Placed) else place(value, device)  # noqa: SLF001


def placed(target: Any, device: Device) -> Any:
    """``target`` on the device; on the CPU, itself."""
    return target if device.kind == CPU.kind else Placed(target, device)
