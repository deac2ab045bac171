"""What can be asked about images: a student's modules, and functions that ``torch.func`` ran.

Runs in the student's process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType, FunctionType
from typing import Any

import torch
from torch import nn
from torch.func import functional_call

from grader.observe.asking.formulas import evaluating
from grader.observe.looking import (
    asks_for_gradients,
    attribute,
    first_argument,
    function_in,
    has_rows,
    in_class,
    is_a,
    is_dense,
    is_leaf,
    is_tensor,
    locals_of,
    mapped,
    method_of,
    named_parameters_in,
    parameters_in,
    tensors_in,
)
from grader.observe.wrapped import plain

MODES = (("eval", "train"), ("eval_mode", "train_mode"))

Answer = Callable[[torch.Tensor], Any]


class Function:
    """A student's function that was running inside a transform when data met a trained tensor."""

    def __init__(self, frame: FrameType, data: str, owner: Any, function: Any) -> None:
        self.code = frame.f_code
        self._data = data
        self._owner = owner
        self._function = function
        count = self.code.co_argcount + self.code.co_kwonlyargcount
        names = self.code.co_varnames[:count]
        values = locals_of(frame)
        self._others = {
            name: mapped(plain, values[name])
            for name in names
            if name != data and name in values and not (owner is not None and name == names[0])
        }

    def asking(self, namespace: Mapping[str, Any]) -> Answer:
        """Call it with our data in the place of the student's.

        A function of the program's globals is looked up anew: so are its other arguments,
        where a global of the same name stands for the latest value.
        """
        function = self._function
        others = {name: _latest(namespace.get(name), value) for name, value in self._others.items()}
        if not any(_asks_for_gradients(value) for value in others.values()):
            others = _differentiable(others)  # as ``torch.func`` is given them

        def ask(batch: torch.Tensor) -> Any:
            with _evaluation_mode(self._owner):
                return function(**others, **{self._data: batch})

        return ask


def _latest(now: Any, then: Any) -> Any:
    """What a global holds now, if that and what it held then are tensors of a kind."""
    alike = is_a(now, type(then)) and _has_tensors(now) and _has_tensors(then)
    return now if alike else then


def _has_tensors(value: Any) -> bool:
    return next(iter(tensors_in(value)), None) is not None


def _asks_for_gradients(value: Any) -> bool:
    return any(map(asks_for_gradients, tensors_in(value)))


def functions_given(
    frame: FrameType | None, batch: torch.Tensor, is_student: Callable[[Any], bool]
) -> Iterator[Function]:
    """The student's functions on the stack that were given ``batch``, innermost first."""
    while frame is not None:
        code = frame.f_code
        if is_student(code) and code.co_name != "<module>":
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            values = locals_of(frame)
            data = next((n for n in names if _same_data(values.get(n), batch)), None)
            owner, function = _function_of(frame)
            if data is not None and function is not None:
                yield Function(frame, data, owner, function)
        frame = frame.f_back


def _same_data(value: Any, batch: torch.Tensor) -> bool:
    """Whether an argument is the batch, or what it was made of: as many rows."""
    value = plain(value)
    return (
        is_tensor(value)
        and not asks_for_gradients(value)
        and has_rows(value)
        and value.shape[0] == batch.shape[0]
        and value.numel() == batch.numel()
    )


def _function_of(frame: FrameType) -> tuple[Any, Any]:
    """The object, if it is a method, and the function that ``frame`` runs."""
    code = frame.f_code
    owner = first_argument(frame)
    method = method_of(owner, code)
    if method is not None:
        return owner, method
    places: list[Mapping[str, Any]] = [frame.f_globals]
    if frame.f_back is not None:
        places.append(locals_of(frame.f_back))
    found = (function for place in places if (function := function_in(place, code)) is not None)
    return None, next(found, None)


def asking_module(module: nn.Module, given: Mapping[str, Any] | None = None) -> Answer:
    """Ask a module, with the tensors that stood for its own where it was trained so."""

    def ask(batch: torch.Tensor) -> Any:
        with _evaluation_mode(module):
            if given is None:
                return module(batch)
            own = {name for name, _ in named_parameters_in(module)}  # the others are buffers
            chosen = {name: value for name, value in given.items() if name in own}
            return functional_call(module, {**given, **_differentiable(chosen)}, (batch,))

    return ask


def _differentiable(value: Any) -> Any:
    """The same with tensors that ask for gradients, so that an output shows its origin."""

    def alias(tensor: Any) -> Any:
        plainly = is_tensor(tensor) and tensor.is_floating_point()
        return tensor.detach().requires_grad_() if plainly else tensor

    return mapped(alias, value)


@contextlib.contextmanager
def differentiable(tensors: Iterable[torch.Tensor]) -> Iterator[None]:
    """Let what was trained ask for gradients, as it did then: a program may have frozen it since.

    So the output of what is asked shows that it rests on it. Afterwards all is as it was.
    """
    frozen = []
    for tensor in tensors:
        if is_leaf(tensor) and not asks_for_gradients(tensor) and is_dense(tensor):
            with contextlib.suppress(RuntimeError):  # of no kind that has gradients
                tensor.requires_grad_()
                frozen.append(tensor)
    try:
        yield
    finally:
        for tensor in frozen:
            tensor.requires_grad_(False)


def in_types_of(answer: Answer, module: nn.Module) -> Answer:
    """The same, of a module that has another type of numbers now than when it was trained."""
    kinds = {p.dtype for p in parameters_in(module) if is_dense(p) and p.is_floating_point()}
    if len(kinds) != 1:
        return answer
    (kind,) = kinds

    def ask(batch: torch.Tensor) -> Any:
        return answer(batch.to(kind) if batch.is_floating_point() else batch)

    return ask


@contextlib.contextmanager
def _evaluation_mode(owner: Any) -> Iterator[None]:
    """Evaluation mode for as long as it lasts, if ``owner`` has such a mode; then as before."""
    if is_a(owner, nn.Module):
        with evaluating(owner):
            yield
        return
    was_training = attribute(owner, "training") is not False
    for on, off in MODES:
        enter, leave = in_class(type(owner), on), in_class(type(owner), off)
        if type(enter) is FunctionType and type(leave) is FunctionType:
            enter(owner)
            try:
                yield
            finally:
                if was_training:
                    leave(owner)
            return
    yield
