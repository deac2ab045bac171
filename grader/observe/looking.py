"""How the recorder looks at the student's objects: without running a line of their code.

Runs in the student's process. An attribute is what stands in the instance's dictionary, in a slot
or, as plain data, in a class: never a property, ``__getattr__`` or ``__getattribute__``. A type is
the exact type: ``isinstance`` would ask the object's ``__class__``. Containers are read by the
methods of the built-in class that they derive from. A tensor's facts come from torch's own
getters and its numbers from torch's own operations, with no mode of the program in between. What
can't be known in this way is unknown: `MISSING`, None or False, and never an error.
"""

from __future__ import annotations

import contextlib
import itertools
import operator
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import (
    CodeType,
    FrameType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
)
from typing import Any, Final, TypeGuard, TypeVar

import numpy as np
import torch
from torch import nn
from torch._C import _functorch

Kind = TypeVar("Kind")
Result = TypeVar("Result")

MISSING: Final = object()
"""What an attribute is that is not there, or can't be read without running code."""
MOST_ITEMS = 10_000
MOST_ROWS = 200_000
LONGEST_NAME = 80
NOTHING: Final[Mapping[str, Any]] = {}

_is_subclass = type.__subclasscheck__
_mro = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__
_class_dict = type.__dict__["__dict__"].__get__
_OPTIMIZED = 0x1
"""The flag of code whose locals are the interpreter's own, and no mapping of the program's."""


# --- types ----------------------------------------------------------------------------------


def is_a(value: object, kind: type[Kind], *others: type[Kind]) -> TypeGuard[Kind]:
    """Whether the type of ``value`` is ``kind``, one of ``others``, or derives from one."""
    if _is_subclass(kind, type(value)):
        return True
    return bool(others) and any(_is_subclass(one, type(value)) for one in others)


def is_exactly(value: object, *kinds: type[Kind]) -> TypeGuard[Kind]:
    """Whether the type of ``value`` is one of ``kinds``; ``in`` would let a metaclass answer."""
    kind = type(value)
    return any(kind is one for one in kinds)


def derives(kind: type, base: type) -> bool:
    """Whether a class is ``base`` or derives from it."""
    return bool(_is_subclass(base, kind))


def name_of(value: object) -> str:
    """The name of the type of ``value``, short enough for a row."""
    return str(_name(type(value)))[:LONGEST_NAME]


def in_class(kind: type, name: str) -> Any:
    """What a class or one of its bases has under a name, as it stands there."""
    for one in _mro(kind):
        entry = _class_dict(one).get(name, MISSING)
        if entry is not MISSING:
            return entry
    return MISSING


def module_of(kind: type) -> str:
    """The name of the module that defines a class; empty where that is no plain text."""
    module = _class_dict(kind).get("__module__")
    return module if type(module) is str else ""


# --- attributes -----------------------------------------------------------------------------


def own(value: object) -> Mapping[str, Any]:
    """The dictionary of an instance, as the interpreter keeps it; empty if it has none."""
    for kind in reversed(_mro(type(value))):
        entry = _class_dict(kind).get("__dict__")
        if type(entry) is GetSetDescriptorType and entry.__objclass__ is kind:
            found = entry.__get__(value)
            return found if type(found) is dict else NOTHING
    return NOTHING


def attribute(value: object, name: str) -> Any:
    """An attribute that is plain state; `MISSING` if it is none, or would have to be computed."""
    entry = in_class(type(value), name)
    if type(entry) is MemberDescriptorType:
        try:
            return entry.__get__(value)
        except AttributeError:
            return MISSING
    if entry is not MISSING and in_class(type(entry), "__set__") is not MISSING:
        return MISSING  # a property: it comes before what the instance holds
    found = own(value).get(name, MISSING)
    if found is not MISSING:
        return found
    return MISSING if in_class(type(entry), "__get__") is not MISSING else entry


def native(value: object, name: str) -> Any:
    """An attribute that the interpreter or torch computes in C; `MISSING` if it is no such one."""
    entry = in_class(type(value), name)
    return entry.__get__(value) if type(entry) is GetSetDescriptorType else MISSING


def method_of(value: object, code: CodeType) -> Any:
    """The method of ``value`` that runs ``code``, bound to it; None if it is none of its own."""
    function = in_class(type(value), code.co_name)
    if type(function) is FunctionType and function.__code__ is code:
        return MethodType(function, value)
    return None


def function_in(place: Mapping[str, Any], code: CodeType) -> Any:
    """The function in a namespace that runs ``code``; None if there is none."""
    for value in values_of(place):
        if type(value) is FunctionType and value.__code__ is code:
            return value
    return None


# --- frames ---------------------------------------------------------------------------------


def locals_of(frame: FrameType) -> Mapping[str, Any]:
    """The local names of a function's frame; nothing for a class body, whose mapping is theirs."""
    if frame.f_code.co_flags & _OPTIMIZED:
        return frame.f_locals
    return frame.f_locals if type(frame.f_locals) is dict else NOTHING


def first_argument(frame: FrameType) -> Any:
    """What a function's frame has as its first argument; None without one."""
    code = frame.f_code
    return locals_of(frame).get(code.co_varnames[0]) if code.co_argcount else None


# --- containers -----------------------------------------------------------------------------


def values_of(mapping: object) -> list[Any]:
    """The values of a dictionary, or of what derives from it; at most `MOST_ITEMS`."""
    if is_a(mapping, dict):
        values: Iterable[Any] = dict.values(mapping)
        with contextlib.suppress(RuntimeError):  # another thread changes it
            return list(itertools.islice(values, MOST_ITEMS))
    return []


def items_of(mapping: object) -> list[tuple[Any, Any]]:
    """The same with keys, in order."""
    if is_a(mapping, dict):
        with contextlib.suppress(RuntimeError):
            return list(itertools.islice(dict.items(mapping), MOST_ITEMS))
    return []


def parts_of(value: object) -> list[Any]:
    """The items of a tuple, list or dictionary, or of what derives from one."""
    if is_exactly(value, list, tuple) and len(value) < MOST_ITEMS:
        return list(value)
    if is_a(value, tuple):
        return list(itertools.islice(tuple.__iter__(value), MOST_ITEMS))
    if is_a(value, list):
        return list(itertools.islice(list.__iter__(value), MOST_ITEMS))
    return values_of(value)


def mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """``value`` with ``function`` applied to each leaf of its plain tuples, lists and dicts."""
    kind = type(value)
    if kind is tuple:
        return tuple(mapped(function, item) for item in value)
    if kind is list:
        return [mapped(function, item) for item in value]
    if kind is dict or kind is OrderedDict:
        return kind((key, mapped(function, item)) for key, item in value.items())
    return function(value)


def integers(values: object) -> list[int] | None:
    """Row numbers in a plain sequence, an array or a tensor; None of anything else."""
    if type(values) is range:
        return list(values[:MOST_ROWS])
    if is_exactly(values, list, tuple):
        found = list(itertools.islice(values, MOST_ROWS))
        if all(map(operator.is_, map(type, found), itertools.repeat(int))):
            return found
        return _converted(found)
    if type(values) is np.ndarray and values.dtype.kind in "iu":
        return [int(item) for item in values.reshape(-1)[:MOST_ROWS].tolist()]
    if is_tensor(values) and has_values(values) and not values.is_floating_point():
        with quietly():
            return [int(item) for item in values.reshape(-1)[:MOST_ROWS].tolist()]
    return None


def _converted(items: list[Any]) -> list[int] | None:
    """Whole numbers of numpy's or torch's kinds (``list(numpy_array)``) as Python's."""
    found = []
    for item in items:
        if type(item) is int:
            found.append(item)
        elif derives(type(item), np.integer):
            found.append(np.integer.__int__(item))
        else:
            return None
    return found


# --- modules --------------------------------------------------------------------------------

module_dict: Callable[[nn.Module], dict[str, Any]] = vars(nn.Module)["__dict__"].__get__
"""The dictionary of a module's instance."""


def is_scripted(module: nn.Module) -> bool:
    """Whether a module is torch's compiled kind, whose state is not in its dictionary."""
    return is_a(module, torch.jit.ScriptModule)


def modules_in(module: nn.Module) -> list[nn.Module]:
    """A module and all inside it, each once, outermost first."""
    if is_scripted(module):
        return list(nn.Module.modules(module))
    found, waiting = {id(module): module}, [module]
    while waiting and len(found) < MOST_ITEMS:
        for part in values_of(module_dict(waiting.pop()).get("_modules")):
            if is_a(part, nn.Module) and id(part) not in found:
                found[id(part)] = part
                waiting.append(part)
    return list(found.values())


def parameters_in(module: nn.Module) -> list[torch.Tensor]:
    """The parameters of a module and all inside it, each once, in its own order."""
    return list({id(p): p for _, p in named_parameters_in(module)}.values())


def named_parameters_in(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """The same by the names that the module gives them."""
    if is_scripted(module):
        yield from nn.Module.named_parameters(module)
        return
    yield from _named(module, "", set())


def _named(module: nn.Module, prefix: str, seen: set[int]) -> Iterator[tuple[str, torch.Tensor]]:
    if id(module) in seen or len(seen) > MOST_ITEMS:
        return
    seen.add(id(module))
    state = module_dict(module)
    for name, tensor in items_of(state.get("_parameters")):
        if type(name) is str and is_tensor(tensor):
            yield prefix + name, tensor
    for name, part in items_of(state.get("_modules")):
        if type(name) is str and is_a(part, nn.Module):
            yield from _named(part, f"{prefix}{name}.", seen)


def has_parts(state: Mapping[str, Any]) -> bool:
    """Whether a module's dictionary names modules inside it."""
    parts = state.get("_modules")
    return bool(parts) if type(parts) is dict else bool(values_of(parts))


def mode_of(module: nn.Module) -> bool | None:
    """Whether a module is in training mode; None where its class computes that."""
    if is_scripted(module):
        return bool(module.training)
    training = attribute(module, "training")
    return training if type(training) is bool else None


# --- tensors --------------------------------------------------------------------------------

_OURS = frozenset(map(id, (torch.Tensor, nn.Parameter, nn.Buffer)))
_HARMLESS = frozenset(
    (
        "__annotations__", "__class__", "__class_getitem__", "__deepcopy__", "__dict__",
        "__dir__", "__doc__", "__firstlineno__", "__format__", "__hash__", "__init__",
        "__init_subclass__", "__module__", "__new__", "__orig_bases__", "__parameters__",
        "__qualname__", "__reduce__", "__reduce_ex__", "__repr__", "__slots__",
        "__static_attributes__", "__str__", "__torch_function__", "__weakref__",
    )
)  # fmt: skip
"""What a class of tensors may define without changing what is read here."""
_TORCHS = (frozenset(dir(torch.Tensor)) - _HARMLESS) | {"__getattribute__"}
_READABLE = frozenset(
    (
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8,
        torch.int8, torch.int16, torch.int32, torch.int64,
    )
)  # fmt: skip
_TENSOR = vars(torch._C.TensorBase)
_is_transformed = _functorch.is_functorch_wrapped_tensor

node_of = _TENSOR["grad_fn"].__get__
"""The graph node that made a tensor, or None."""
asks_for_gradients = _TENSOR["requires_grad"].__get__
is_leaf = _TENSOR["is_leaf"].__get__
gradient_of = _TENSOR["grad"].__get__
"""The ``.grad`` of a leaf; of other tensors torch warns."""
set_gradient = _TENSOR["grad"].__set__
version = _TENSOR["_version"].__get__
"""Of a plain tensor; of one made under inference mode it raises: see `version_of`."""
_detach = _TENSOR["detach"]
_item = _TENSOR["item"]
_dispatch_of_tensors = torch.Tensor.__torch_dispatch__


_is_quiet = torch._C._is_torch_function_all_disabled
_NoFunctions = torch._C.DisableTorchFunction
_dispatch_modes = torch._C._len_torch_dispatch_stack
_NoDispatch: Any = torch._C._DisableTorchDispatch


class quietly:  # noqa: N801 - used like a function
    """A context in which torch asks neither modes nor tensor classes of the program.

    The getters of a plain tensor run a mode's code, too: facts of tensors are read in here.
    """

    __slots__ = ("_dispatch", "_function")

    def __enter__(self) -> None:
        self._function: Any = None
        self._dispatch: Any = None
        if not _is_quiet():
            self._function = _NoFunctions()
            self._function.__enter__()
        if _dispatch_modes():  # without one, only what `is_open` sorts out could dispatch
            self._dispatch = _NoDispatch()
            self._dispatch.__enter__()

    def __exit__(self, *error: object) -> None:
        if self._dispatch is not None:
            self._dispatch.__exit__(*error)
        if self._function is not None:
            self._function.__exit__(*error)


def run_quietly(step: Callable[..., Result], *args: Any) -> Result:
    """``step(*args)`` in a context like `quietly`, for what runs in each training step."""
    with _NoFunctions():
        if not _dispatch_modes():
            return step(*args)
        with _NoDispatch():
            return step(*args)


def is_tensor(value: object) -> TypeGuard[torch.Tensor]:
    """Whether a value is a tensor of whatever kind."""
    return _is_subclass(torch.Tensor, type(value))


def is_open(tensor: torch.Tensor) -> bool:
    """Whether a tensor's class leaves torch's own attributes and methods as they are."""
    kind = type(tensor)
    if id(kind) in _OURS:
        return True
    added = itertools.takewhile(lambda one: one is not torch.Tensor, _mro(kind))
    return all(id(one) in _OURS or not _TORCHS & _class_dict(one).keys() for one in added)


def has_rows(tensor: torch.Tensor) -> bool:
    """Whether a tensor has a shape that can be read, of one dimension at least."""
    return (
        is_open(tensor)
        and not tensor.is_nested
        and not _is_transformed(tensor)
        and tensor.dim() > 0
    )


def shape_of(tensor: torch.Tensor) -> tuple[int, ...]:
    """The shape of a tensor; empty where it has none that can be read."""
    return tuple(tensor.shape) if has_rows(tensor) else ()


def is_dense(tensor: torch.Tensor) -> bool:
    """Whether a tensor's numbers lie in memory one by one, whatever their kind."""
    return (
        (id(type(tensor)) in _OURS or is_open(tensor))
        and tensor.layout is torch.strided
        and tensor.device.type != "meta"
        and not tensor.is_nested
        and not _is_transformed(tensor)
    )


def has_values(tensor: torch.Tensor) -> bool:
    """Whether a tensor's numbers can be read and computed with: dense, real, of a common kind."""
    return is_dense(tensor) and tensor.dtype in _READABLE


def version_of(tensor: torch.Tensor) -> int:
    """How often a tensor was written to; -1 where torch doesn't count (inference mode)."""
    try:
        return version(tensor)  # type: ignore[no-any-return]
    except RuntimeError:
        return -1


def opened(tensor: torch.Tensor) -> torch.Tensor | None:
    """The numbers of a tensor as torch's own class, whatever its class makes of their reading.

    None where the class computes the numbers itself (``__torch_dispatch__``): it has none.
    """
    if is_open(tensor):
        return tensor
    if in_class(type(tensor), "__torch_dispatch__") is not _dispatch_of_tensors:
        return None
    plain = _detach(tensor)
    return plain if is_open(plain) else None


def scalar(tensor: torch.Tensor) -> float | None:
    """The value of a tensor of one number; None of any other."""
    if type(tensor) is torch.Tensor:  # asked in every step: the shortest way to what most are
        try:
            value = _item(tensor)
        except RuntimeError:  # more numbers than one, or none that can be read
            return None
        if type(value) is float:
            return value
    plain = opened(tensor)
    if plain is None or not has_values(plain) or plain.numel() != 1:
        return None
    return float(plain.item())


def versions_of(tensors: list[torch.Tensor]) -> list[int]:
    """The versions of several tensors."""
    try:
        return list(map(version, tensors))
    except RuntimeError:
        return list(map(version_of, tensors))


def tensors_in(value: Any, depth: int = 3) -> Iterator[torch.Tensor]:
    """The tensors in nested tuples, lists and dictionaries."""
    if is_tensor(value):
        yield value
    elif depth:
        for item in parts_of(value):
            yield from tensors_in(item, depth - 1)
