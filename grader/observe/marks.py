"""A gradient as it was at one moment, to be known again.

Runs in the student's process. The object and its version tell whether anybody has written to a
gradient since; its numbers, where they are kept, whether what stands there now is the same
gradient all the same: a copy, one that was multiplied by one, or put back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from weakref import ref

import torch

from grader.observe.looking import gradient_of, has_values, is_dense, version_of

LARGE = 4096
MOST_NUMBERS = 1 << 16
"""Of a larger gradient so many are kept, evenly spread."""
LIKENESS = 0.995
"""The cosine of what is left over and what was consumed; between batches it is rarely above 0.9."""
SCALE = 0.005
"""What is smaller or larger by more was changed on purpose: a momentum kept in ``.grad``."""

# Taken beforehand, from the class that a program can't write to.
_BASE: Any = torch._C.TensorBase
_any: Callable[[torch.Tensor], torch.Tensor] = _BASE.any
_detach: Callable[[torch.Tensor], torch.Tensor] = _BASE.detach
_reshape: Callable[..., torch.Tensor] = _BASE.reshape
_at: Callable[..., torch.Tensor] = _BASE.__getitem__
_double: Callable[[torch.Tensor], torch.Tensor] = _BASE.double
_clone: Callable[[torch.Tensor], torch.Tensor] = _BASE.clone
_dot: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = _BASE.dot
_item: Callable[[torch.Tensor], float] = _BASE.item
_values: Callable[[torch.Tensor], torch.Tensor] = _BASE._values
_norms = torch._foreach_norm


class Mark(NamedTuple):
    """One gradient at one moment. ``numbers``: a copy of them, where they are kept."""

    ref: ref[torch.Tensor]
    version: int
    numbers: torch.Tensor | None

    def is_of(self, grad: torch.Tensor) -> bool:
        """Whether it is of this object, whatever was written to it since."""
        return self.ref() is grad

    def holds(self, grad: torch.Tensor | None) -> bool:
        """Whether ``grad`` is the very gradient, and nobody has written to it."""
        return grad is not None and self.ref() is grad and self.version == version_of(grad)

    def is_like(self, grad: torch.Tensor) -> bool:
        """Whether ``grad`` has the same numbers, though it may be another object by now."""
        return alike(self.numbers, numbers_of(grad))

    def leads_to(self, grad: torch.Tensor) -> bool:
        """Whether ``grad`` is the gradient in another object, of whatever length."""
        return alike(self.numbers, numbers_of(grad), scale=math.inf)


def mark_of(grad: torch.Tensor, *, keep: bool = False) -> Mark:
    """A gradient as it is now; ``keep``: its numbers too."""
    return Mark(ref(grad), version_of(grad), numbers_of(grad) if keep else None)


def marks_of(
    held: Iterable[tuple[object, torch.Tensor]], *, keep: bool = False
) -> list[Mark | None]:
    """The gradients of tensors as they are now, each beside its leaf; None where there is none."""
    grads = [gradient_of(tensor) for _, tensor in held]
    return [None if grad is None else mark_of(grad, keep=keep) for grad in grads]


def numbers_of(grad: torch.Tensor) -> torch.Tensor | None:
    """A copy of a gradient's numbers, float64 (N,); None of one that can't be read."""
    if not has_values(grad):
        return None
    flat = _reshape(_detach(grad), -1)
    if len(flat) > MOST_NUMBERS:
        flat = _at(flat, slice(None, None, -(-len(flat) // MOST_NUMBERS)))
    return _clone(_double(flat))


def alike(one: torch.Tensor | None, other: torch.Tensor | None, scale: float = SCALE) -> bool:
    """Whether two vectors point the same way, their lengths no further apart than ``scale``."""
    if one is None or other is None or len(one) != len(other):
        return False
    lengths = math.sqrt(_item(_dot(one, one))), math.sqrt(_item(_dot(other, other)))
    if not all(lengths) or not all(map(math.isfinite, lengths)):
        return False
    cosine = _item(_dot(one, other)) / (lengths[0] * lengths[1])
    return cosine >= LIKENESS and abs(lengths[1] / lengths[0] - 1) <= scale


def nonzero(grad: torch.Tensor) -> bool:
    """Whether any entry of a gradient is not zero (nan counts)."""
    if grad.is_sparse:
        grad = _values(grad)
    if not is_dense(grad):
        return False
    flat = _reshape(_detach(grad), -1)
    if len(flat) > LARGE and _item(_any(_at(flat, slice(None, None, len(flat) // 64)))):
        return True
    return bool(_item(_any(flat)))


def norm(tensors: Iterable[torch.Tensor]) -> float:
    """The Euclidean norm of several tensors taken as one."""
    values = [_values(t) if t.is_sparse else t for t in map(_detach, tensors)]
    dense = [t for t in values if is_dense(t) and (has_values(t) or t.is_complex())]
    if not dense:
        return 0.0
    return math.sqrt(sum(_item(_double(value)) ** 2 for value in _norms(dense)))
