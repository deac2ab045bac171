"""Which transforms of a digit can be applied to a whole batch at once, bit by bit the same.

``ToTensor`` and ``Normalize`` work on each pixel by itself, flattening moves none: applied to
64 images in one tensor they give what 64 applications give, in a hundredth of the time. Only
classes that are known to be so are taken, and only as their library made them: a subclass, a
hook or a replaced method may do anything. What is left over is loaded image by image.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import torch
from torch import nn
from torchvision import transforms as v1
from torchvision.transforms import functional as v1_functional
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as v2_functional

from grader.observe.looking import is_exactly

Apply = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Step:
    """One transform, for images ``(B, 1, 28, 28)`` or flattened ``(B, 784)``.

    ``key`` tells it from others by value: equal keys do the same. ``starts`` is true of those
    that take the PIL image.
    """

    key: Hashable
    apply: Apply
    starts: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole transform as steps that can be applied to a batch."""

    steps: tuple[Step, ...]

    @property
    def key(self) -> Hashable:
        """Equal for transforms that do the same."""
        return tuple(step.key for step in self.steps)

    def apply(self, images: torch.Tensor) -> torch.Tensor:
        """The outputs for raw images (B, 28, 28), uint8."""
        batch = images.unsqueeze(1)
        for step in self.steps:
            batch = step.apply(batch)
        return batch


def recipe(transform: Any) -> Recipe | None:
    """The recipe of a transform as it is now, or None if it has to be applied image by image."""
    steps: list[Step] = []
    for part in _parts(transform):
        make = _STEPS.get(type(part))
        step = make(part) if make is not None and _is_genuine(part) else None
        if step is None or step.starts != (not steps):
            return None
        steps.append(step)
    return Recipe(tuple(steps)) if steps else None


def _parts(transform: Any) -> Iterator[Any]:
    """What a transform is composed of, in order."""
    if is_exactly(transform, v1.Compose, v2.Compose) and _is_genuine(transform):
        for part in transform.transforms:
            yield from _parts(part)
    else:
        yield transform


# --- the known transforms ----------------------------------------------------------------


def _to_tensor(_: Any) -> Step:
    dtype = torch.get_default_dtype()
    return Step(("to_tensor", dtype), lambda batch: batch.to(dtype).div(255), starts=True)


def _to_bytes(_: Any) -> Step:
    return Step("to_bytes", lambda batch: batch, starts=True)


def _to_image(_: Any) -> Step:
    return Step("to_image", lambda batch: batch, starts=True)


def _normalize(part: Any) -> Step | None:
    numbers = _numbers(part.mean), _numbers(part.std)
    if None in numbers:
        return None
    mean, std = part.mean, part.std
    if isinstance(part, v2.Normalize):
        return Step(("normalize v2", *numbers), lambda b: v2_functional.normalize(b, mean, std))
    return Step(("normalize", *numbers), lambda b: v1_functional.normalize(b, mean, std))


def _numbers(values: Any) -> tuple[float, ...] | None:
    """The one number of one channel, as a tuple; None for what is no such thing."""
    if isinstance(values, int | float):  # Normalize((0.5), (0.5)), which torchvision takes
        return (float(values),)
    if is_exactly(values, tuple, list) and len(values) == 1 and isinstance(values[0], int | float):
        return (float(values[0]),)
    return None


def _to_dtype(part: Any) -> Step | None:
    dtype, scale = part.dtype, bool(getattr(part, "scale", True))
    if type(dtype) is not torch.dtype:
        return None
    return Step(
        ("to_dtype", dtype, scale), lambda batch: v2_functional.to_dtype(batch, dtype, scale=scale)
    )


def _convert(part: Any) -> Step:
    dtype = part.dtype
    return Step(("convert", dtype), lambda b: v1_functional.convert_image_dtype(b, dtype))


def _flatten(part: Any) -> Step | None:
    """``nn.Flatten()`` of one image (1, 28, 28) keeps its first dimension."""
    if (part.start_dim, part.end_dim) == (0, -1):
        return Step("flatten", lambda batch: batch.flatten(1))
    if (part.start_dim, part.end_dim) == (1, -1):
        return Step("flatten rows", lambda batch: batch.flatten(2))
    return None


def _lambda(part: Any) -> Step | None:
    if isinstance(part, v2.Lambda) and part.types != (object,):
        return None
    return Step("flatten", lambda batch: batch.flatten(1)) if _flattens(part.lambd) else None


_FLATTENING: tuple[Callable[[Any], Any], ...] = (
    lambda x: x.view(-1),
    lambda x: x.view(784),
    lambda x: x.view(28 * 28),
    lambda x: x.reshape(-1),
    lambda x: x.reshape(784),
    lambda x: x.reshape(28 * 28),
    lambda x: x.flatten(),
    lambda x: torch.flatten(x),  # noqa: PLW0108 - as people write it
)
"""The ways that a whole image is laid out as one row, as people write them."""


def _flattens(function: Any) -> bool:
    """Whether a function is one of those, by its code: no other value says what it does."""
    if function is torch.flatten:
        return True
    if type(function) is not FunctionType or function.__defaults__ or function.__kwdefaults__:
        return False
    if "torch" in function.__code__.co_names and function.__globals__.get("torch") is not torch:
        return False
    code = _essence(function.__code__)
    return any(code == _essence(known.__code__) for known in _FLATTENING)


def _essence(code: CodeType) -> tuple[Any, ...]:
    """What of a lambda's code decides what it does; not its place, nor the parameter's name."""
    return (
        code.co_code, tuple(map(repr, code.co_consts)), code.co_names, code.co_argcount,
        code.co_kwonlyargcount, code.co_flags, code.co_freevars, code.co_exceptiontable,
    )  # fmt: skip


_KNOWN: tuple[tuple[Any, str, Callable[[Any], Step | None]], ...] = (
    (v1, "ToTensor", _to_tensor),
    (v1, "PILToTensor", _to_bytes),
    (v1, "Normalize", _normalize),
    (v1, "ConvertImageDtype", _convert),
    (v1, "Lambda", _lambda),
    (v2, "ToTensor", _to_tensor),
    (v2, "PILToTensor", _to_bytes),
    (v2, "ToImage", _to_image),
    (v2, "ToDtype", _to_dtype),
    (v2, "ConvertImageDtype", _to_dtype),
    (v2, "Normalize", _normalize),
    (v2, "Lambda", _lambda),
    (nn, "Flatten", _flatten),
)
# By name: torchvision calls some of them deprecated, and may leave them out one day.
_STEPS = {getattr(place, name): make for place, name, make in _KNOWN if hasattr(place, name)}

# --- as the library made them ------------------------------------------------------------

_METHODS = ("__call__", "forward", "transform")
_HOOKS = ("_forward_hooks", "_forward_pre_hooks")


def _methods(kind: type) -> list[Any]:
    """What torchvision's own classes define; ``nn.Module`` is watched by others, by replacement."""
    bases = [vars(base) for base in kind.__mro__ if base not in (nn.Module, object)]
    return [base.get(name) for base in bases for name in _METHODS]


_GENUINE = {kind: _methods(kind) for kind in (*_STEPS, v1.Compose, v2.Compose)}


def _is_genuine(part: Any) -> bool:
    """Whether nobody has replaced a method of a transform or hooked into it."""
    own = vars(part)
    return (
        _GENUINE[type(part)] == _methods(type(part))
        and not any(own.get(name) for name in _HOOKS)
        and not any(name in own for name in _METHODS)
    )
