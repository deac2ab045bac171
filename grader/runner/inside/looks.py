"""What a call could leave behind: everything about some objects, and what holds for the process.

Runs in the student's process, before and after a call; the judge compares. Objects are read by the
getters of torch's own classes, so that nothing of the student's runs for it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules import module as modules

from grader.observe.looking import is_exactly

Facts = dict[str, Any]
"""What was seen, by what a reader calls it: texts, numbers and truth values."""

MAX_FACTS = 5000
PLAIN = (bool, int, float, str, type(None))

_C: Any = torch._C  # noqa: SLF001 - there are no public names
_NO_FUNCTIONS, _NO_DISPATCH = _C.DisableTorchFunction, _C._DisableTorchDispatch  # noqa: SLF001
_Base = _C.TensorBase
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_SEEDED = 624  # where the generators of NumPy and Python stand when they have just been seeded


def look(objects: dict[str, Any]) -> Facts:
    """Everything that a call could change about these objects, and about the process."""
    facts: Facts = {}
    with _NO_FUNCTIONS(), _NO_DISPATCH():
        for name, value in objects.items():
            for what, fact in _facts(name, value):
                if len(facts) < MAX_FACTS:
                    facts[what] = fact
        return {**facts, **_surroundings()}


def _surroundings() -> Facts:
    return {
        "torch's default dtype": str(torch.get_default_dtype()),
        "torch's default device": str(torch.get_default_device()),
        "whether torch records gradients": torch.is_grad_enabled(),
        "torch's inference mode": torch.is_inference_mode_enabled(),
        "torch's seed": torch.initial_seed(),
        "NumPy's seed": _seed_of(np.random.get_state(legacy=False)["state"]),  # noqa: NPY002
        "Python's seed": _python_seed(),
        "the number of torch's threads": torch.get_num_threads(),
        "hooks on all modules": sum(len(getattr(modules, f"_global{kind}")) for kind in _HOOKS),
    }


def _seed_of(state: dict[str, Any]) -> str | None:
    """A number for what a generator was seeded with; None if it has given numbers since."""
    if state["pos"] != _SEEDED:
        return None
    return hashlib.blake2b(state["key"].tobytes(), digest_size=8).hexdigest()


def _python_seed() -> int | None:
    *key, position = random.getstate()[1]
    return hash(tuple(key)) if position == _SEEDED else None


def _facts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    kind = type(value)
    if issubclass(kind, torch.Tensor):
        yield from _of_tensor(name, value)
    elif issubclass(kind, nn.Module):
        yield from _of_module(name, value)
    elif is_exactly(value, list, tuple):
        for index, item in enumerate(value):
            yield from _facts(f"{name}[{index}]", item)
    elif kind is dict:
        yield f"the keys of {name}", [key for key in value if type(key) is str]
        for key, item in value.items():
            yield from _facts(f"{name}[{key!r}]" if type(key) is str else name, item)
    elif is_exactly(value, *PLAIN):
        yield name, value if value == value else "nan"  # noqa: PLR0124 - only nan isn't itself
    elif kind is np.ndarray:
        yield f"the shape of {name}", list(value.shape)
        yield f"the numbers of {name}", hashlib.blake2b(value.tobytes(), digest_size=8).hexdigest()


def _of_tensor(name: str, tensor: torch.Tensor) -> Iterator[tuple[str, Any]]:
    yield f"the dtype of {name}", str(_Base.dtype.__get__(tensor))
    yield f"the shape of {name}", list(_Base.shape.__get__(tensor))
    yield f"the device of {name}", str(_Base.device.__get__(tensor))
    yield f"whether {name} requires gradients", bool(_Base.requires_grad.__get__(tensor))
    yield f"the hooks on {name}", len(_Base._backward_hooks.__get__(tensor) or ())  # noqa: SLF001
    yield f"the numbers of {name}", _digest(tensor)
    if _Base.is_leaf.__get__(tensor):
        gradient = _Base.grad.__get__(tensor)
        yield f"the gradient of {name}", None if gradient is None else _digest(gradient)


def _digest(tensor: torch.Tensor) -> str | None:
    try:
        plain = _Base.contiguous(_Base.to(_Base.detach(tensor), "cpu")).flatten()
        numbers = plain.view(torch.uint8).numpy().tobytes()
    except (RuntimeError, TypeError):  # it has no plain numbers: sparse, or without a storage
        return None
    return hashlib.blake2b(numbers, digest_size=8).hexdigest()


def _of_module(name: str, module: nn.Module) -> Iterator[tuple[str, Any]]:
    for path, part in nn.Module.named_modules(module):
        own = part.__dict__
        of = f"{path} of {name}" if path else name
        yield f"the class of {of}", type(part).__name__
        yield f"the hooks on {of}", sum(len(own.get(kind, ())) for kind in _HOOKS)
        yield f"the training mode of {of}", own.get("training") is True
        for key, value in own.items():
            if key != "training" and is_exactly(value, *PLAIN):
                yield f"{key} of {of}", value
        for store in ("_parameters", "_buffers"):
            for key, tensor in own.get(store, {}).items():
                if tensor is not None:
                    yield from _of_tensor(f"{path}.{key}".lstrip(".") + f" of {name}", tensor)
