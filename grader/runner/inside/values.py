"""The values in the line that raised, as short texts: tensors, modules, numbers, by their names.

Runs in the student's process, after the student's code has raised. No code of the student's is
run for it: attributes are looked up where objects keep them, not by asking the object.
"""

from __future__ import annotations

import linecache
import re
import types
import warnings
from collections.abc import Container, Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import nn

from grader.crashes.sentences import DID_YOU_MEAN
from grader.observe.looking import is_exactly
from grader.runner.inside.near import near_name

MAX_VALUES = 8
MAX_NAME = 60
MAX_TEXT = 160

THE_LAYER = "the layer"
ITS_INPUT = "its input"
ITS_TARGET = "its target"

_MAX_LINES = 12
_MAX_ITEMS = 1_000_000  # whole numbers are looked through for their range
_NAMES = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_MISSING = object()


def at_hand(traceback: types.TracebackType | None, own: Container[str]) -> list[list[str]]:
    """Names and texts of what the line that raised was about, as plain data.

    The line is that of the innermost frame whose file is in ``own``. If torch raised inside of
    a layer, the layer and what it was given are there too.
    """
    found: dict[str, Any] = {}
    inner = traceback
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename in own:
            found, inner = dict(_named(traceback)), traceback.tb_next
        traceback = traceback.tb_next
    found |= {
        name: value
        for name, value in _inside(inner)
        if not any(value is known for known in found.values())
    }
    texts = ((name[:MAX_NAME], _say(value)) for name, value in found.items())
    return [[name, text[:MAX_TEXT]] for name, text in islice(_told(texts), MAX_VALUES)]


def meant(error: BaseException, traceback: types.TracebackType | None) -> list[list[str]]:
    """The name that was most likely meant where one isn't there, as a value more; if any."""
    try:
        name = near_name(error, traceback)
    except Exception:  # noqa: BLE001 - a broken object must not cost the report of the error
        name = ""
    return [[DID_YOU_MEAN, name]] if name else []


def _told(texts: Iterator[tuple[str, str | None]]) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in texts if text is not None)


# --- what is named ------------------------------------------------------------------------


def _named(traceback: types.TracebackType) -> Iterator[tuple[str, Any]]:
    """Each name in the part of the line that raised, and every dotted name from the left."""
    frame = traceback.tb_frame
    for dotted in _NAMES.findall(_segment(traceback)):
        first, *rest = dotted.split(".")
        value = frame.f_locals.get(first, frame.f_globals.get(first, _MISSING))
        name = first
        while value is not _MISSING:
            yield name, value
            if not rest:
                break
            name, value = f"{name}.{rest[0]}", _attribute(value, rest.pop(0))


def _segment(traceback: types.TracebackType) -> str:
    """The text of the expression that raised; the whole line where Python doesn't know it."""
    code = traceback.tb_frame.f_code
    positions = islice(code.co_positions(), traceback.tb_lasti // 2, None)
    first, last, start, end = next(positions, (None, None, None, None))
    if first is None or last is None or start is None or end is None:
        return linecache.getline(code.co_filename, traceback.tb_lineno)
    numbers = range(first, min(last, first + _MAX_LINES) + 1)
    lines = [linecache.getline(code.co_filename, number).encode() for number in numbers]
    if numbers[-1] == last:
        lines[-1] = lines[-1][:end]  # columns count bytes
    lines[0] = lines[0][start:]
    return b"".join(lines).decode(errors="replace")


def _attribute(value: Any, name: str) -> Any:
    """An attribute that the object itself holds; properties and ``__getattr__`` are not run."""
    if issubclass(type(value), torch.Tensor):
        return _gradient(value) if name == "grad" else _MISSING
    if issubclass(type(value), types.ModuleType | type):
        return _MISSING
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return _MISSING
    places = [held]
    if issubclass(type(value), nn.Module):
        places += [held.get(store, {}) for store in ("_parameters", "_buffers", "_modules")]
    return next((place[name] for place in places if name in place), _MISSING)


def _gradient(tensor: torch.Tensor) -> Any:
    with warnings.catch_warnings(), torch._C.DisableTorchFunction():  # noqa: SLF001
        warnings.simplefilter("ignore")  # that a tensor is no leaf is told anyway
        return tensor.grad


def _inside(traceback: types.TracebackType | None) -> Iterator[tuple[str, Any]]:
    """The innermost layer among torch's own frames, with its input and target."""
    layer: types.FrameType | None = None
    while traceback is not None:
        frame = traceback.tb_frame
        if issubclass(type(frame.f_locals.get("self")), nn.Module):
            layer = frame
        traceback = traceback.tb_next
    if layer is not None:
        known = layer.f_locals
        yield THE_LAYER, known["self"]
        yield from (
            (told, known[name])
            for told, name in ((ITS_INPUT, "input"), (ITS_TARGET, "target"))
            if name in known and type(known[name]) is not tuple  # *args of a call
        )


# --- in words -----------------------------------------------------------------------------


def _say(value: Any) -> str | None:
    """A value in a few words, None if nothing short and sure can be said of it."""
    try:
        with torch._C.DisableTorchFunction(), torch.no_grad():  # noqa: SLF001 - no public name
            return _describe(value)
    except Exception:  # noqa: BLE001 - a broken value must not cost the report of the error
        return None


def _describe(value: Any) -> str | None:
    kind = type(value)
    if issubclass(kind, torch.Tensor):
        return _tensor(value)
    if issubclass(kind, nn.Module):
        return f"module {_module(value)}"
    if kind is np.ndarray:
        return f"NumPy array, {value.dtype}, of shape {value.shape}"
    if is_exactly(value, list, tuple, dict):
        return f"{kind.__name__} of {len(value)}"
    if is_exactly(value, type(None), bool, int, float, str):
        text = repr(value)
        return text if len(text) <= MAX_NAME else f"a {kind.__name__}"
    return None


def _tensor(tensor: torch.Tensor) -> str:
    kind = "parameter" if issubclass(type(tensor), nn.Parameter) else "tensor"
    told = [f"{str(tensor.dtype).removeprefix('torch.')} {kind} of shape {tuple(tensor.shape)}"]
    if tensor.requires_grad:
        told += ["requires grad", "a leaf" if tensor.is_leaf else "not a leaf"]
    if tensor.device.type != "cpu":
        told.append(f"on {tensor.device}")
    elif _is_whole(tensor) and 0 < tensor.numel() <= _MAX_ITEMS:
        low, high = tensor.aminmax()
        told.append(f"values from {low.item()} to {high.item()}")
    return ", ".join(told)


def _is_whole(tensor: torch.Tensor) -> bool:
    other = tensor.is_floating_point() or tensor.is_complex() or tensor.dtype is torch.bool
    return not other and tensor.layout is torch.strided


def _module(module: nn.Module) -> str:
    """The class, and for torch's own layers their sizes, as they print."""
    name = type(module).__name__
    if not type(module).__module__.startswith("torch.nn."):
        return name
    try:
        sizes = type(module).extra_repr(module)
    except Exception:  # noqa: BLE001 - it raised while it was being made
        sizes = ""
    return f"{name}({sizes})" if sizes else name
