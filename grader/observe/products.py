"""Forwards of models that are no modules: products of data with a trained tensor.

Runs in the student's process, and looks only once a backward pass has reached tensors that no
module and no optimizer holds.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import overrides
from torch.nn import functional

from grader.observe.forwards import Forwards
from grader.observe.gradients import Gradients
from grader.observe.log import Log
from grader.observe.looking import (
    asks_for_gradients,
    is_leaf,
    is_open,
    is_tensor,
    node_of,
    quietly,
    shape_of,
)
from grader.observe.patching import FAILED, Patches, StopReplay
from grader.observe.transforms import Transform
from grader.observe.wrapped import outside, plain

PRODUCTS: tuple[tuple[Any, str], ...] = (
    (torch, "matmul"),
    (torch, "mm"),
    (torch, "addmm"),
    (torch, "einsum"),
    (functional, "linear"),
    (functional, "conv2d"),
    (torch.Tensor, "__matmul__"),
    (torch.Tensor, "matmul"),
    (torch.Tensor, "mm"),
)


FACTORS = 2
# torch's table of its functions by name is made at the first question, and must not have doors.
overrides.get_overridable_functions()


class Products:
    """Wraps the products; a call with a trained tensor outside any module is a forward."""

    def __init__(self, log: Log, gradients: Gradients, forwards: Forwards) -> None:
        self._log = log
        self._gradients = gradients
        self._forwards = forwards
        self._looks = False
        self._runs = False  # one of them calls another
        self._first: set[tuple[int, ...]] = set()  # shapes of tensors that meet the data first
        self._given: set[tuple[int, ...]] = set()  # of these, those given to ``torch.func``

    def install(self, patches: Patches) -> None:
        """Put the doors in place; they are passed by until `look`."""
        self._patches = patches
        self._listen()

    def look(self) -> None:
        """Look at every product from here on."""
        if not self._looks:
            self._looks = True
            self._listen()

    def _listen(self) -> None:
        before, after = (self._begins, self._ends) if self._looks else (None, None)
        for owner, name in PRODUCTS:
            self._patches.around(owner, name, before, after)

    def _begins(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        if self._runs or self._forwards.is_busy():
            return None
        try:
            if self._forwards.transform is None and self._forwards.settle():
                return StopReplay
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("product", error)
        self._runs = True
        return True

    def _ends(self, args: tuple[Any, ...], _: dict[str, Any], output: Any) -> None:
        self._runs = False
        if output is FAILED:
            return
        try:
            transform = self._forwards.transform
            with quietly():
                if transform is None:
                    self._record(args, output)
                else:
                    self._record_within(transform, args, output)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("product", error)

    def _record(self, args: Any, output: Any) -> None:
        tensors = [value for value in args if is_tensor(value)]
        if len(tensors) < FACTORS or not is_tensor(output):
            return
        shape = next((shape for t in tensors if (shape := self._trained(t)) is not None), None)
        data = next((t for t in tensors if self._is_data(t)), None)
        if shape is None or data is None:
            return
        if torch.is_grad_enabled() and node_of(data) is None:
            self._first.add(shape)
        if shape in self._first and node_of(data) is None:
            self._forwards.product(data, output)

    def _is_data(self, tensor: torch.Tensor) -> bool:
        return len(shape_of(tensor)) > 1 and self._trained(tensor) is None

    def _record_within(self, transform: Transform, args: Any, output: Any) -> None:
        """The same inside a transform: data there depends on nothing that is differentiated."""
        tensors = [value for value in args if is_tensor(value)]
        fixed = (t for t in tensors if not asks_for_gradients(t))
        data = next((t for t in fixed if is_open(t) and t.dim() > 1), None)
        differentiated = (plain(t) for t in tensors if asks_for_gradients(t))
        other = next(differentiated, None)
        if data is None or other is None or not transform.holds(other):
            return
        with outside():
            self._first.add(shape_of(_base(other)))
            self._given.add(shape_of(_base(other)))
            self._forwards.product(plain(data), plain(output))

    def _trained(self, tensor: torch.Tensor) -> tuple[int, ...] | None:
        """The shape of the trained tensor that an operand is, or is a view of (``w.T``)."""
        base = _base(tensor)
        if is_leaf(base) and asks_for_gradients(base):
            leaf = self._gradients.find(base) or self._gradients.know(base)
            return None if leaf.hosted else leaf.shape
        # What ``torch.func`` differentiates by asks for no gradients, and is new each time.
        shape = shape_of(base)
        return shape if shape in self._given else None


def _base(tensor: torch.Tensor) -> torch.Tensor:
    base = tensor._base if is_open(tensor) and tensor._is_view() else None
    return tensor if base is None else base
