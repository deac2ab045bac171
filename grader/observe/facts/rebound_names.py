"""A name that was bound to an updated copy, while the parameter itself stays what it was.

Runs in the student's process. ``p = p - lr * p.grad`` makes a new tensor and lets ``p`` stand for
it; the model keeps the old one. That copy is still there when the loop over the parameters goes on,
or at the next loss: it is the parameter, moved along the gradient that the last pass has left.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch
from torch import nn

from grader.observe.bindings import grows, names_around, program_of
from grader.observe.gradients import Leaf
from grader.observe.looking import gradient_of, has_values, is_tensor, quietly, shape_of
from grader.observe.moments import FIRST, Observer, Pass, Run
from grader.observe.opaque import stateless
from grader.observe.patching import Patches
from grader.schema.rows import Rebound

MOST_TENSORS = 32
MOST_NUMBERS = 1 << 16
ALONG = 0.999
"""A copy was moved along a gradient if the cosine of their angle is above this."""


class ReboundNames(Observer):
    """Compares the names around the next loss with the gradients of the last pass."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._grads: list[tuple[Leaf, torch.Tensor]] = []

    def install(self, patches: Patches) -> None:
        """Look again where a model's parameters are asked for, and where a loop has had one.

        The next turn takes the name anew, and the function that has it may return. The last
        parameter alone may show nothing: of some, the gradient is 0 but for rounding.
        """
        patches.around(
            nn.Module, "named_parameters", self._asked, self._had, make=_one_by_one, guarded=False
        )

    def _asked(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        if not self._grads or not self.log.watches():
            return None
        self._look_again()
        return True

    def _had(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], _output: Any) -> None:
        if self._grads and self.log.watches():
            self._look_again()

    def _look_again(self) -> None:
        try:
            with quietly():
                self._look(self.log.frame(1))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.missed(type(self).__name__, error)
            self._grads = []

    def backward(self, passing: Pass) -> None:
        """Keep the gradients of the first passes, as long as nothing has learned from them."""
        self._grads = []
        if passing.number > FIRST or self.run.updates.count:
            return
        for leaf, tensor in self.run.gradients.living():
            grad = gradient_of(tensor)
            if leaf.hosted and grad is not None and grad.numel() <= MOST_NUMBERS:
                self._grads.append((leaf, grad.detach().clone()))
            if len(self._grads) == MOST_TENSORS:
                break

    def loss(self, passing: Pass) -> None:
        """Look for copies."""
        del passing
        self._look(self.log.frame(1))
        self._grads = []

    def _look(self, frame: FrameType | None) -> None:
        if not self._grads or self.run.updates.count:
            return
        kept = self._grads
        for name, value in names_around(frame):
            cosine = _cosine(value, kept) if is_tensor(value) and has_values(value) else 0.0
            if abs(cosine) < ALONG:
                continue
            codes = program_of(frame, self.log)
            lines = [(code, line) for code in codes if (line := grows(code, name)) is not None]
            place = self.log.line(*lines[0]) if lines else -1
            self.log.add(Rebound.write(self.run.updates.backward, place, name[:80], cosine))
            self._grads = []  # once in a pass


def _one_by_one(original: Any, enter: Callable[..., Any], leave: Callable[..., Any]) -> Any:
    """A generator's function in a door, which hears when each thing that it gave is done with."""
    first, most = itertools.islice, MOST_TENSORS

    def followed(found: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for given in first(found, most):
            yield given
            leave(args, kwargs, None)
        yield from found
        leave(args, kwargs, None)

    followed, compiles = stateless(followed), torch.compiler.is_compiling

    def call(*args: Any, **kwargs: Any) -> Any:
        if compiles():
            return original(*args, **kwargs)
        word = enter(args, kwargs)
        found = original(*args, **kwargs)
        return followed(found, args, kwargs) if word else found

    return functools.update_wrapper(stateless(call), original)


def _cosine(value: torch.Tensor, kept: list[tuple[Leaf, torch.Tensor]]) -> float:
    """Between what parts a tensor from a parameter of its shape, and the parameter's gradient."""
    for leaf, grad in kept:
        tensor = leaf.ref()
        if tensor is None or value is tensor or shape_of(value) != leaf.shape:
            continue
        step = (value.detach() - tensor.detach()).double()
        size = float(step.norm() * grad.double().norm())
        cosine = float((step * grad.double()).sum()) / size if size > 0 else 0.0
        if abs(cosine) >= ALONG:
            return cosine
    return 0.0
