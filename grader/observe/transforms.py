"""Training through ``torch.func``: gradients of functions, and modules with given tensors.

Runs in the student's process. Inside ``grad``, ``grad_and_value`` and ``vjp`` tensors are
wrappers, and nothing of the usual trail is left: no ``.grad``, no graph to follow, new
tensors for every update. So the genuine transform runs, and three things are looked at:
the function's arguments by which it is differentiated, the forwards made inside, and, at
the next call, whether those arguments have other values, which is the update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import torch
from torch._functorch import eager_transforms
from torch.nn.utils import stateless

from grader.observe.calls import Call
from grader.observe.forwards import Forwards
from grader.observe.gradients import Gradients, Leaf
from grader.observe.log import Log
from grader.observe.looking import (
    asks_for_gradients,
    has_values,
    is_a,
    is_leaf,
    items_of,
    parts_of,
    quietly,
    shape_of,
    tensors_in,
)
from grader.observe.models import LiveModel, Models
from grader.observe.patching import FAILED, Patches, StopReplay
from grader.observe.sources import Sources
from grader.observe.updates import Updates
from grader.observe.wrapped import is_wrapped, outside, plain
from grader.schema import bits

if TYPE_CHECKING:
    from grader.observe.backwards import Backwards

DEPTH = 8
"""So deep are the tensors of a model looked for in what a function is given."""
Shapes = tuple[tuple[int, ...], ...]


class Transform:
    """One outermost call of a transform: what it differentiates by, and what ran inside."""

    def __init__(self, targets: list[torch.Tensor]) -> None:
        self.targets = targets
        self.calls: list[Call] = []
        self.gives_targets = False  # a module ran with tensors that depend on the targets
        self._storages = {target.untyped_storage().data_ptr() for target in targets}

    def holds(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor is a target, or a view of one."""
        return has_values(tensor) and tensor.untyped_storage().data_ptr() in self._storages


class Transforms:
    """Wraps the transforms of ``torch.func`` where all of their names lead to."""

    def __init__(
        self,
        log: Log,
        gradients: Gradients,
        models: Models,
        sources: Sources,
        updates: Updates,
        forwards: Forwards,
        backwards: Backwards,
    ) -> None:
        self._log = log
        self._gradients = gradients
        self._models = models
        self._sources = sources
        self._updates = updates
        self._forwards = forwards
        self._backwards = backwards
        self._held: dict[Shapes, list[torch.Tensor]] = {}
        self._giving_to: list[LiveModel] = []
        self._outside: Callable[[], AbstractContextManager[Any]] = outside

    def install(self, patches: Patches) -> None:
        """Wrap them, and the one way to call a module with given tensors."""
        patches.around(stateless, "_functional_call", self._giving, self._given)
        for name, before, after in (
            ("grad_and_value_impl", self._gradient_begins, self._gradient_ends),
            ("_vjp_with_argnums", self._product_begins, self._product_ends),
        ):
            if hasattr(eager_transforms, name):  # these are torch's own, and may move
                patches.around(eager_transforms, name, before, after)

    # --- modules with given tensors -----------------------------------------------------

    def _giving(self, args: tuple[Any, ...], _: dict[str, Any]) -> object:
        if not self._log.is_real() or self._forwards.is_inside_module():
            return None
        try:
            module, given, *_rest = args
            with outside(), quietly():
                model = self._models.of(module)  # before its own tensors are taken out
            model.give(module, _named(given))
            transform = self._forwards.transform
            if transform is not None and any(map(_is_differentiated, tensors_in(given))):
                transform.gives_targets = True
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("functional call", error)
            return None
        self._giving_to.append(model)
        return True

    def _given(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], _output: Any) -> None:
        if self._giving_to:
            self._giving_to.pop().given = None

    # --- transforms ---------------------------------------------------------------------

    def _gradient_begins(self, args: tuple[Any, ...], _: dict[str, Any]) -> object:
        """``grad_and_value_impl(function, numbers of its arguments, has aux, args, kwargs)``."""

        def chosen() -> list[Any]:
            _, numbers, _, given, _ = args
            return [given[n] for n in (numbers if is_a(numbers, tuple) else (numbers,))]

        return self._begin(chosen)

    def _gradient_ends(self, args: tuple[Any, ...], _: dict[str, Any], result: Any) -> None:
        if result is FAILED:
            self._end(None)
        else:
            _, value = result
            self._end(value[0] if args[2] else value)

    def _product_begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """``_vjp_with_argnums(function, *arguments, argnums, has_aux)``."""
        if kwargs.get("argnums") is not None:  # a Jacobian's: no training asks for those
            return None
        return self._begin(lambda: list(args[1:]))

    def _product_ends(self, _args: tuple[Any, ...], _: dict[str, Any], result: Any) -> None:
        self._end(None if result is FAILED else result[0])

    def _begin(self, arguments: Callable[[], list[Any]]) -> object:
        """Settle the update that led here; None where there is nothing to look at."""
        forwards = self._forwards
        if forwards.transform is not None or not self._log.is_real():
            return None
        if forwards.is_inside_module():
            return None
        try:
            with self._outside(), quietly():
                targets = list(_tensors(arguments()))
                self._updates.look()
                self._settle(targets)
                transform = Transform(targets)
        except Exception as error:  # noqa: BLE001 - a wrong argument is for torch to refuse
            self._log.fault("transform", error)
            return None
        if self._updates.is_over():
            return StopReplay
        forwards.transform = transform
        return True

    def _settle(self, targets: list[torch.Tensor]) -> None:
        """Record the update that other values of the last call's arguments show."""
        held = self._held.get(_shapes(targets), ())
        pairs = [(new, old) for new, old in zip(targets, held, strict=False) if _differs(new, old)]
        if pairs:
            leaves = [self._leaf(new) for new, _ in pairs]
            self._updates.replaced(leaves, pairs)

    def _end(self, output: Any) -> None:
        transform, self._forwards.transform = self._forwards.transform, None
        if transform is None or output is None:
            return
        try:
            with self._outside(), quietly():
                calls = transform.calls
                leaves = [self._leaf(target) for target in transform.targets]
                self._forwards.mark(calls, bits.FED_GRAD)
                if self._is_training(transform, leaves):
                    self._held[_shapes(transform.targets)] = transform.targets
                    self._backwards.noted(calls, leaves, _losses(output))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("transform", error)

    def _is_training(self, transform: Transform, leaves: list[Leaf]) -> bool:
        """Whether the targets are a model's tensors, and not its input (saliency, attacks)."""
        if not transform.targets:
            return False
        if transform.gives_targets or any(leaf.hosted or leaf.owned for leaf in leaves):
            return True
        if any(call.model.is_module for call in transform.calls):
            return False
        return not any(self._sources.knows(target) for target in transform.targets)

    def _leaf(self, tensor: torch.Tensor) -> Leaf:
        """The leaf of a tensor, or of the module's tensor that it is another name of."""
        found = self._gradients.find(tensor)
        if found is not None:
            return found
        for leaf, known in self._gradients.living():
            if (leaf.hosted or leaf.owned) and known.data_ptr() == tensor.data_ptr():
                return leaf
        # ``.grad`` of what is no leaf of autograd's graph must not be touched: it warns.
        return self._gradients.know(tensor if is_leaf(tensor) else tensor.detach())


def _is_differentiated(value: Any) -> bool:
    return is_wrapped(value) and bool(asks_for_gradients(value))


def _named(given: Any) -> dict[str, Any]:
    """What stands for a module's tensors, by name: one dictionary, or several."""
    parts = [given] if is_a(given, dict) else parts_of(given)
    named = (pair for part in parts for pair in items_of(part))
    return {name: plain(tensor) for name, tensor in named if type(name) is str}


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    for value in tensors_in(values, DEPTH):
        tensor = plain(value)
        if has_values(tensor) and tensor.is_floating_point():
            yield tensor


def _shapes(tensors: list[torch.Tensor]) -> Shapes:
    return tuple(map(shape_of, tensors))


def _differs(new: torch.Tensor, old: torch.Tensor) -> bool:
    """Other values in another place: what changed in place is seen as such."""
    return new.data_ptr() != old.data_ptr() and not torch.equal(new.detach(), old.detach())


def _losses(output: Any) -> list[torch.Tensor]:
    """The loss, as the one value that a backward pass would have started from."""
    first = next(tensors_in(output), None)
    tensor = plain(first)
    if first is None or not has_values(tensor) or not tensor.is_floating_point():
        return []
    # Of a sample each (``vmap`` outside), the mean; of anything else nothing.
    return [tensor.detach().mean()] if first.dim() == 0 else []
