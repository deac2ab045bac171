"""Seeing through the wrappers that ``torch.func`` puts around tensors.

Runs in the student's process.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch._C import _functorch
from torch._functorch import pyfunctorch

from grader.observe.looking import is_tensor

is_wrapped = _functorch.is_functorch_wrapped_tensor
_clear = getattr(pyfunctorch, "temporarily_clear_interpreter_stack", None)


def plain(value: Any) -> Any:
    """The tensor at the heart of a wrapped one; anything else as it is."""
    while is_tensor(value) and is_wrapped(value):
        value = _functorch.get_unwrapped(value)
    return value


def outside() -> AbstractContextManager[Any]:
    """A context in which no transform is active, so that plain tensors have their values."""
    if _clear is None or not torch._C._are_functorch_transforms_active():
        return nullcontext()
    context: AbstractContextManager[Any] = _clear()
    return context
