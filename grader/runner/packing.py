"""Values as a frame carries them: JSON, and tensors as the raw bytes of safetensors.

Theory of operation. In the student's process a value may be of any class, and its class may lie.
So a value is what ``type()`` says it is, its contents are read by the methods of the plain base
class and never by its own, and the functions of torch that are needed are taken when this module
is imported, before the submission runs. Nothing of the value's own runs here: what it is when
it is asked for is what crosses. On the other side everything is checked again.

Values that JSON can't say are tagged objects: ``{"$": "tensor", "at": "0", ...}``. A dict of
the sender is always tagged, so that no student's dict can pose as a tag.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from safetensors.torch import load, save

from grader.observe.looking import is_exactly
from grader.runner.wire import WireMalformed

MAX_TENSOR_HEADER = 64 << 10
MAX_TENSORS = 400
"""As many as surely fit the header."""
MAX_DEPTH = 64
MAX_PARTS = 1_000_000
MAX_BITS = 1000
"""Of a whole number: a longer one has no float near it."""
MAX_KEYS = 10_000
"""Of one dict: more could be chosen so that each collides with all others."""
MAX_KEY = 1 << 60
"""Below it no two whole numbers have the same hash."""
DTYPES = frozenset((
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16,
    torch.bfloat16, torch.float32, torch.float64, torch.complex64,
))  # fmt: skip
"""What can be calculated with and can be sent; of other dtypes torch knows next to nothing."""
MAX_SMALL, MAX_FEW = 4096, 8
"""Of what is sent before it is asked for: entries of one value, values."""
SIZE_BYTES = 8
MAX_WHY = 200

MakeTag = Callable[[Any], Any]

_C: Any = torch._C  # noqa: SLF001 - there are no public names
_NO_FUNCTIONS, _NO_DISPATCH = _C.DisableTorchFunction, _C._DisableTorchDispatch  # noqa: SLF001
_KEYS_OF, _PYTHON = _C._dispatch_keys, _C.DispatchKey.Python  # noqa: SLF001
_Base = _C.TensorBase
_detach, _to, _clone = _Base.detach, _Base.to, _Base.clone
_resolve_neg, _resolve_conj = _Base.resolve_neg, _Base.resolve_conj
_as_subclass, _numel = _Base.as_subclass, _Base.numel
_from_numpy = torch.from_numpy
_dtype_of = np.ndarray.dtype.__get__
_tolist = np.ndarray.tolist
_save = save


class NotPlain(TypeError):
    """A value that can't cross the wall: no number, text, tensor, nor a container of them."""


@dataclass
class _Packing:
    """One value on its way: its tensors so far, and how many parts it had."""

    ref: MakeTag | None
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    parts: int = 0


def pack(value: Any, *, ref: MakeTag | None = None) -> tuple[Any, bytes]:
    """``value`` as (JSON, blob). ``ref(value)`` may give a tag for what travels by name only.

    Raises :class:`NotPlain` for anything else than None, bool, int, float, str, tensor,
    NumPy array or scalar (one of texts crosses as a list), and lists, tuples and dicts of them, or
    for more than can cross.
    """
    packing = _Packing(ref)
    try:
        plain = _encode(value, packing, 0)
        with _NO_FUNCTIONS(), _NO_DISPATCH():
            return plain, _save(packing.tensors) if packing.tensors else b""
    except NotPlain:
        raise
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        # What libraries say to nested tensors, foreign orders of bytes, views of 4 TB, ...
        why = (str(error).splitlines() or [""])[0][:MAX_WHY]
        raise NotPlain(f"a value that can't be copied ({why})") from error


def _encode(value: Any, packing: _Packing, depth: int) -> Any:
    kind = type(value)
    packing.parts += 1
    if depth > MAX_DEPTH:
        raise NotPlain(f"a value nested deeper than {MAX_DEPTH} levels")
    if packing.parts > MAX_PARTS:
        raise NotPlain(f"a value of more than {MAX_PARTS:,} parts")
    if value is None or issubclass(kind, str | int | float):
        return _simple(value)
    if issubclass(kind, list):
        return [_encode(item, packing, depth + 1) for item in list.copy(value)]
    if issubclass(kind, tuple):
        items = [_encode(item, packing, depth + 1) for item in tuple.__iter__(value)]
        return {"$": "tuple", "items": items}
    if issubclass(kind, dict):
        pairs = [
            [_encode(part, packing, depth + 1) for part in pair]
            for pair in dict.items(dict.copy(value))
        ]
        if (problem := _problem_of_keys(pairs)) is not None:
            raise NotPlain(problem)
        return {"$": "dict", "items": pairs}
    return _encode_array(value, packing, depth)


def _problem_of_keys(pairs: list[Any]) -> str | None:
    """What is wrong with a dict whose entries are these, as the judge would have to hold it."""
    if len(pairs) > MAX_KEYS:
        return f"a dict of more than {MAX_KEYS:,} entries"
    if any(type(key) is int and abs(key) >= MAX_KEY for key, _ in pairs):
        return f"a dict whose keys are whole numbers of more than {MAX_KEY.bit_length() - 1} bits"
    return None


def _simple(value: Any) -> Any:
    kind = type(value)
    if value is None or is_exactly(value, bool, float):
        return value
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, float):
        return float.__float__(value)
    number = int.__int__(value)
    if number.bit_length() > MAX_BITS:
        raise NotPlain(f"a whole number of {number.bit_length():,} bits")
    return number


def _encode_array(value: Any, packing: _Packing, depth: int) -> Any:
    kind = type(value)
    if issubclass(kind, torch.Tensor):
        with _NO_FUNCTIONS(), _NO_DISPATCH():
            asks = bool(_Base.requires_grad.__get__(value) and _Base.is_leaf.__get__(value))
            return {"$": "tensor", "at": _put(value, packing), "requires_grad": asks}
    if issubclass(kind, np.ndarray):
        if _dtype_of(value).kind == "U":  # texts, which a list holds as well
            return _encode(_tolist(value), packing, depth)
        try:
            return {"$": "array", "at": _put(_from_numpy(np.ndarray.copy(value)), packing)}
        except TypeError as error:
            raise NotPlain(f"a NumPy array of dtype {_dtype_of(value)}") from error
    if issubclass(kind, np.generic):
        item = np.generic.item(value)
        if is_exactly(item, bool, int, float, str):
            return _encode(item, packing, depth)
    tag = packing.ref(value) if packing.ref is not None else None
    if tag is None:
        raise NotPlain(f"a {kind.__name__}")
    return tag


def _put(tensor: torch.Tensor, packing: _Packing) -> str:
    """Keep a dense copy on the CPU that shares nothing, of the plain class."""
    layout, device = _Base.layout.__get__(tensor), _Base.device.__get__(tensor)
    # With such a key, whatever is done to the tensor is done by a class of its own.
    is_python = _KEYS_OF(tensor).has(_PYTHON)
    if is_python or layout is not torch.strided or device.type == "meta":
        raise NotPlain(f"a tensor without plain numbers ({layout}, {device})")
    if (dtype := _Base.dtype.__get__(tensor)) not in DTYPES:
        raise NotPlain(f"a tensor of dtype {str(dtype).removeprefix('torch.')}")
    if len(packing.tensors) >= MAX_TENSORS:
        raise NotPlain(f"a value of more than {MAX_TENSORS} tensors")
    plain: torch.Tensor = _clone(_to(_detach(tensor), "cpu"), memory_format=torch.contiguous_format)
    key = str(len(packing.tensors))
    packing.tensors[key] = _as_subclass(_resolve_neg(_resolve_conj(plain)), torch.Tensor)
    return key


def facts_of(tensor: torch.Tensor) -> dict[str, Any]:
    """What a tensor is, as plain data, without asking its class."""
    with _NO_FUNCTIONS():
        is_leaf = bool(_Base.is_leaf.__get__(tensor))
        return {
            "dtype": str(_Base.dtype.__get__(tensor)),
            "shape": [int(size) for size in _Base.shape.__get__(tensor)],
            "device": str(_Base.device.__get__(tensor)),
            "requires_grad": bool(_Base.requires_grad.__get__(tensor)),
            "is_leaf": is_leaf,
            "has_grad": is_leaf and _Base.grad.__get__(tensor) is not None,
        }


def is_small(value: Any) -> bool:
    """Whether a copy costs next to nothing: of a number, a text, a small tensor, a few of them."""
    kind = type(value)
    if kind is dict:
        few = len(value) <= MAX_FEW and all(type(key) is str for key in value)
        return few and all(map(_is_small_one, value.values()))
    if is_exactly(value, list, tuple):
        return len(value) <= MAX_FEW and all(map(_is_small_one, value))
    return _is_small_one(value)


def _is_small_one(value: Any) -> bool:
    kind = type(value)
    if is_exactly(value, torch.Tensor, torch.nn.Parameter):
        with _NO_FUNCTIONS(), _NO_DISPATCH(), contextlib.suppress(RuntimeError):
            return bool(_numel(value) <= MAX_SMALL)  # a nested tensor may have no number
        return False
    if kind is str:
        return len(value) <= MAX_SMALL
    return is_exactly(value, bool, int, float) or value is None


def unpack(plain: Any, blob: bytes, *, deref: Any = None) -> Any:
    """The value behind (JSON, blob).

    Tensors come as plain CPU leaves, which ask for gradients if the sender's leaf did.

    ``deref(tag)`` turns the tags that ``pack``'s ``ref`` made into objects. Raises
    :class:`WireMalformed` for anything that ``pack`` doesn't write.
    """
    reading = _Unpacking(_load_tensors(blob) if blob else {}, deref)
    return reading.value(plain, 0)


def _load_tensors(blob: bytes) -> dict[str, torch.Tensor]:
    if len(blob) < SIZE_BYTES or int.from_bytes(blob[:SIZE_BYTES], "little") > MAX_TENSOR_HEADER:
        raise WireMalformed("its tensors have no sensible header")
    try:
        tensors = dict(load(blob))
    except Exception as error:  # the parser's own errors are of many kinds
        raise WireMalformed(f"its tensors can't be read ({type(error).__name__})") from error
    if not all(tensor.dtype in DTYPES for tensor in tensors.values()):
        raise WireMalformed("it has a tensor of a dtype that can't be calculated with")
    return tensors


@dataclass
class _Unpacking:
    """One value as it is read: its tensors, and how many parts it has had so far."""

    tensors: dict[str, torch.Tensor]
    deref: Any
    parts: int = 0

    def value(self, plain: Any, depth: int) -> Any:
        self.parts += 1
        if depth > 2 * MAX_DEPTH or self.parts > 2 * MAX_PARTS:
            raise WireMalformed("it is nested too deeply or has too many parts")
        if isinstance(plain, str):
            return plain if plain.isascii() else plain.encode("utf-8", "replace").decode()
        if isinstance(plain, int) and plain.bit_length() > MAX_BITS:
            raise WireMalformed("it has a whole number that is too long")
        if plain is None or isinstance(plain, (bool, int, float)):
            return plain
        if isinstance(plain, list):
            return [self.value(item, depth + 1) for item in plain]
        return self._tagged(plain, depth)

    def _tagged(self, plain: dict[str, Any], depth: int) -> Any:
        kind, items = plain.get("$"), plain.get("items")
        if kind in ("tensor", "array"):
            return self._array(plain, kind)
        if kind == "tuple" and isinstance(items, list):
            return tuple(self.value(item, depth + 1) for item in items)
        if kind == "dict" and isinstance(items, list):
            return self._dict(items, depth)
        if self.deref is None:
            raise WireMalformed(f"it has an unknown tag {str(kind)[:40]!r}")
        return self.deref(plain)

    def _array(self, plain: dict[str, Any], kind: str) -> Any:
        at = plain.get("at")
        if not isinstance(at, str) or at not in self.tensors:
            raise WireMalformed("it names a tensor that it doesn't carry")
        tensor = self.tensors[at]
        if kind == "array":
            try:
                return tensor.numpy()
            except TypeError as error:  # bfloat16, which NumPy doesn't have
                raise WireMalformed("it has an array of a dtype that arrays don't have") from error
        asks = plain.get("requires_grad") is True and tensor.is_floating_point()
        return tensor.requires_grad_(asks)

    def _dict(self, items: list[Any], depth: int) -> dict[Any, Any]:
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in items):  # noqa: PLR2004 - a pair
            raise WireMalformed("it has a dict whose entries are no pairs")
        if (problem := _problem_of_keys(items)) is not None:
            raise WireMalformed(f"it has {problem}")
        try:
            return {
                self.value(key, depth + 1): self.value(value, depth + 1) for key, value in items
            }
        except TypeError as error:
            raise WireMalformed("it has a dict whose keys can't be keys") from error
