"""Notes what one training step computes, where no single module or function is the model.

Runs in the student's process. Layers that only the loop itself puts together, and formulas over
raw tensors in it, are no object that could be asked for its answer. So now and then the
operations of one step are noted, from the end of an update to the next backward pass, and
`grader.observe.asking.formulas` makes of them something that can be asked.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import overrides
from torch.overrides import TorchFunctionMode

from grader.observe.looking import quietly, shape_of, tensors_in

_transforms_run = torch._C._are_functorch_transforms_active
MOST_STEPS = 5_000
MOST_NUMBERS = 1 << 24
"""Held at a time; what comes to more (a validation pass, perhaps) is forgotten."""


class Step:
    """One operation: what was called, with what, and the tensors that came out."""

    __slots__ = ("args", "function", "inputs", "kwargs", "outputs", "writes")

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: Any, output: Any) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.inputs = list(tensors_in((args, kwargs)))
        self.writes = function is torch.Tensor.__setitem__  # into its first input
        self.outputs = self.inputs[:1] if self.writes else list(tensors_in(output))


class Tape(TorchFunctionMode):
    """Notes operations while it ``runs``. It must not disturb: what can't be noted isn't."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = False
        self._paused: list[bool] = []
        self._steps: list[Step] = []
        self._given: list[torch.Tensor] = []
        self._numbers = 0
        self.number = 0  # another one whenever what was noted is forgotten
        self.is_left_in = False  # among torch's modes, unless the program took it away

    def begin(self) -> None:
        """Note what this thread computes from here on."""
        self._forget()
        modes = _modes()
        if self not in modes:
            if any(mode is not _default_device() for mode in modes):
                return  # in a block of the program's own, whose end would take away ours
            self.__enter__()  # type: ignore[no-untyped-call]
            self.is_left_in = True
        self.runs = True

    @property
    def noted(self) -> tuple[list[Step], list[torch.Tensor]]:
        """What was noted since the beginning, and what models were given in it."""
        return self._steps, self._given

    def end(self) -> None:
        """Note no more, and forget."""
        self.runs = False
        self._forget()

    def leave(self) -> None:
        """Note no more, and leave torch as it was unless the program has put a mode on top."""
        self.end()
        if not self.is_left_in:
            return
        modes = _modes()
        if modes and modes[-1] is self:
            self.__exit__(None, None, None)
            self.is_left_in = False

    def give(self, batch: torch.Tensor) -> None:
        """Note what a model was given."""
        if self.runs:
            self._given.append(batch)

    def __torch_function__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Do what was asked, and note it: torch calls this for each of its functions."""
        output = func(*args, **(kwargs or {}))
        if self.runs and not _transforms_run():
            self._note(func, args, kwargs or {}, output)
        return output

    def called(self, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """Note the call of a module, as one operation."""
        if self.runs:
            self._note(module, args, kwargs, output)

    def pause(self) -> None:
        """Note nothing of what is done inside the call that begins."""
        self._paused.append(self.runs)
        self.runs = False

    def go_on(self) -> None:
        """Note again, if it did before the call that has ended."""
        if self._paused:
            self.runs = self._paused.pop()

    def _note(self, function: Callable[..., Any], args: Any, kwargs: Any, output: Any) -> None:
        with contextlib.suppress(Exception), quietly():
            step = Step(function, args, kwargs, output)
            self._numbers += sum(math.prod(shape_of(tensor)) for tensor in step.outputs)
            if self._numbers > MOST_NUMBERS or len(self._steps) >= MOST_STEPS:
                self._forget()
            if step.outputs:
                self._steps.append(step)

    def _forget(self) -> None:
        self._steps, self._given, self._numbers = [], [], 0
        self.number += 1


def _default_device() -> Any:
    """The mode of ``set_default_device``, which belongs to no block."""
    return getattr(getattr(torch, "_GLOBAL_DEVICE_CONTEXT", None), "device_context", None)


def _modes() -> Sequence[Any]:
    modes: Sequence[Any] = overrides._get_current_function_mode_stack()  # type: ignore[no-untyped-call]
    return modes
