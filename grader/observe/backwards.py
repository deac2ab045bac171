"""Every backward pass: its loss, the forwards that fed it, the tensors that it reached.

Runs in the student's process. ``torch.autograd.backward`` is where ``Tensor.backward``
arrives too; ``torch.autograd.grad`` touches no ``.grad`` and is told apart.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from math import isfinite
from types import FrameType
from typing import Any

import torch
from torch.autograd import graph
from torch.autograd.graph import GradientEdge

from grader.observe.asking.evaluation import Evaluator
from grader.observe.calls import Call
from grader.observe.forwards import Forwards
from grader.observe.gradients import Gradients, Leaf
from grader.observe.log import Log, plain_float
from grader.observe.looking import (
    is_leaf,
    node_of,
    run_quietly,
    scalar,
    shape_of,
    tensors_in,
    version,
)
from grader.observe.moments import Moments, Pass, Root, is_due, next_due
from grader.observe.nodes import leaves_of
from grader.observe.opaque import stateless
from grader.observe.patching import FAILED, Patches, StopReplay
from grader.observe.products import Products
from grader.observe.slopes import Slopes
from grader.observe.updates import Updates
from grader.observe.wrapped import is_wrapped
from grader.schema import bits
from grader.schema.rows import Backward

RETAIN = {2: "retain_graph", 3: "create_graph"}
"""The positions of two arguments of ``torch.autograd.backward``."""
_ENGINE = graph._engine_run_backward.__code__
"""What runs for as long as a pass does."""
_dispatch_modes = torch._C._len_torch_dispatch_stack
_NoFunctions = torch._C.DisableTorchFunction
_item: Callable[[torch.Tensor], float] = torch._C.TensorBase.item
WALKS = 3
LOST = 30
"""So many losses in a row that are not finite show all that a replay can show."""
LOOK_AGAIN = 16
"""One pass in so many, a power of two, is looked at as the first ones are.

A program may change its ways."""
SETTLED = 50
"""From this pass on, its line is looked up again only where a finding needs it."""
REMEMBERED = 256
"""Of so many passes the loss is known by its node: a later graph may hold it again."""


class Backwards:
    """Wraps the two ways to ask autograd for gradients."""

    def __init__(
        self,
        log: Log,
        forwards: Forwards,
        gradients: Gradients,
        updates: Updates,
        products: Products,
        evaluator: Evaluator,
        moments: Moments,
        slopes: Slopes | None,
    ) -> None:
        self._log = log
        self._moments = moments
        self._slopes = slopes
        self._looked: Pass | None = None  # the pass that is running, if it is looked at
        self._forwards = forwards
        self._gradients = gradients
        self._updates = updates
        self._products = products
        self._evaluator = evaluator
        self._count = 0
        self._running = False
        self._nests = False  # a pass was begun within a pass
        self._retains = False
        self._walks = 0
        self._place = -1
        self._loss: float | str | None = None
        self._lost = 0
        self._whole_at = 0  # the pass that is looked at whole next, if those before may be ordinary
        self._due = 0  # the pass that is looked at next: so many come before it
        self._by_hand: list[Leaf] = []
        self._root: Any = None  # the node of the loss of the pass that is running
        self._roots: deque[Root] = deque(maxlen=REMEMBERED)

    def install(self, patches: Patches) -> None:
        """Listen to ``torch.autograd.backward`` and ``torch.autograd.grad``."""
        patches.directly(torch.autograd, "backward", self._begins, self._ends)
        patches.around(torch.autograd, "grad", self._is_asked, make=_readable_twice)

    def is_running(self) -> bool:
        """Whether a backward pass has not returned yet."""
        return self._running or _is_under_engine(self._log.thread.frame())

    def _watches(self) -> bool:
        return not self._running and self._log.watches()

    def _begins(self, _: object, arguments: tuple[Any, ...]) -> object:
        try:
            args, kwargs = arguments
            if self._running:
                self._nests, self._whole_at = True, 0
                return None
            if not self._log.watches():
                self._updates.blindness.missed()
                return None
            if self._count < self._whole_at and self._is_one_more(*args):
                return None
            if self._count + 1 >= self._due:
                self._retains = _retains(args, kwargs)
            return run_quietly(self._begin, args[0] if args else kwargs.get("tensors"))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("backward", error)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return None
        return None

    def _is_one_more(self, loss: Any = None, *_: Any) -> bool:
        """Whether a pass begins that is ordinary, and finds all as the last step has left it.

        The same questions as those of `_begin` and `_is_one_of_many`, for the answers of an
        ordinary step, and in one place: each function costs as much as its fetching.
        """
        updates = self._updates
        if (
            type(loss) is not torch.Tensor
            or self._forwards.pending
            or updates.is_watching
            or updates.stop_after is not None
            or updates.running
            or _dispatch_modes()
        ):
            return False
        with _NoFunctions():
            try:
                value = _item(loss)
                versions = [*map(version, updates.tensors)]
            except RuntimeError:  # several numbers, or tensors of inference
                return False
            if (
                type(value) is not float
                or not isfinite(value)
                or versions != updates.blindness.versions
                or not self._gradients.begins_anew()
            ):
                return False
        self._lost, self._root = 0, None
        self._count = updates.backward = number = self._count + 1
        updates.backward_place = place = self._place
        self._log.put(Backward.write(number, place, value, updates.count, 0))
        return True

    def _begin(self, tensors: Any) -> object:
        try:
            if self._updates.passes():
                return StopReplay
            self._before(tensors)
            if self._is_one_of_many():
                self._whole_at = min(self._due - 1, self._count | (LOOK_AGAIN - 1))
                self._counts()
                return None
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("backward", error)
        self._running = self._updates.is_passing = True
        return True

    def _is_one_of_many(self) -> bool:
        """Whether nothing is asked of the end of this pass any more: it counts as made.

        In a long training nearly all passes are such, and each call costs as much as the cache
        has lost in the meantime.
        """
        count = self._count
        return (
            count >= SETTLED
            and (count + 1) % LOOK_AGAIN != 0
            and self._slopes is None
            and self._looked is None
            and not (self._by_hand or self._nests or self._updates.is_stepping())
            and self._gradients.passes_on()
        )

    def _ends(self, _: object, arguments: tuple[Any, ...]) -> None:
        if not self._running:
            return
        try:
            args, kwargs, output = arguments
            self._running = self._updates.is_passing = False
            if output is FAILED:
                self._looked = self._root = None
                self._gradients.abandon()
                run_quietly(self._guarded, self._failed, args[0] if args else kwargs.get("tensors"))
            else:
                run_quietly(self._guarded, self._after)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return

    def _failed(self, tensors: Any) -> None:
        self._moments.failure(list(tensors_in(tensors)), self._here(), tuple(self._roots))

    def _is_asked(self, args: tuple[Any, ...], _: dict[str, Any]) -> object:
        if not self._watches():
            return None
        if torch._C._is_torch_function_mode_enabled():  # it hands the call on, and that one counts
            return None
        outputs, inputs = args
        if any(map(is_wrapped, tensors_in(inputs))):  # a transform's own call, noted there
            return None
        run_quietly(self._guarded, self._updates.look)
        if self._updates.is_over():
            return StopReplay
        run_quietly(self._guarded, self._before_grad, outputs, inputs)
        return None

    def _guarded(self, step: Callable[..., None], *args: Any) -> None:
        try:
            step(*args)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("backward", error)

    # --- backward() -------------------------------------------------------------------

    def _before(self, tensors: Any) -> None:
        roots = [tensors] if type(tensors) is torch.Tensor else list(tensors_in(tensors))
        if self._count < SETTLED or self._by_hand:
            frame = self._log.frame(3)
            self._place = self._log.place(frame)
        calls = self._forwards.feed(roots, bits.FED)
        if calls:
            self._evaluator.backward(calls, roots)
            self._forwards.fed(calls)
        if self._walks < WALKS or self._by_hand:
            self._learn_leaves(roots)
        if self._count + 1 >= self._due:
            self._look_at(roots, calls)
        self._root = node_of(roots[0]) if roots else None
        self._loss = _loss(roots)
        self._lost = self._lost + 1 if isinstance(self._loss, str) else 0
        if self._lost >= LOST:
            self._updates.give_up()
        self._gradients.before(self._here, self._updates.count)
        if self._slopes is not None:
            self._slopes.before(self._updates.count)

    def _look_at(self, roots: list[torch.Tensor], calls: list[Call]) -> None:
        """Tell of this pass, if it is one to look at, and have the next loss's line."""
        lines = self._forwards.losses
        place = self._here() if lines.place < 0 else lines.place
        made = lines.take()
        if is_due(self._count):
            told = place, tuple(roots), tuple(calls), made, self._retains
            self._looked = Pass(self._count + 1, *told)
            self._moments.loss(self._looked)
        self._due = next_due(self._count)
        lines.want(marks=self._due == self._count + 1)

    def _here(self) -> int:
        return self._log.place(self._log.frame(1))

    def _after(self) -> None:
        settled = self._count + 1 > SETTLED and (self._count + 1) % LOOK_AGAIN != 0
        settled = settled and not self._updates.is_stepping()
        reached = self._gradients.after(settled=settled)
        self._counts()
        if self._root is not None:
            self._roots.append(Root(self._count, self._place, self._root._sequence_nr()))
            self._root = None
        if reached:
            self._updates.watch(reached)
        if self._slopes is not None:
            self._slopes.after(self._count)
        if self._looked is not None:
            looked, self._looked = self._looked, None
            self._moments.backward(looked)

    def _counts(self) -> None:
        self._count += 1
        updates = self._updates
        updates.backward = self._count
        updates.backward_place = self._place
        self._log.add(Backward.write(self._count, self._place, self._loss, updates.count, 0))

    # --- autograd.grad ----------------------------------------------------------------

    def _before_grad(self, outputs: Any, inputs: Any) -> None:
        roots = list(tensors_in(outputs))
        wanted = [t for t in tensors_in(inputs) if is_leaf(t)]
        known = [leaf for t in wanted if (leaf := self._gradients.find(t)) is not None]
        # A gradient by an input trains nothing; a penalty on it, in a later pass, may.
        calls = self._forwards.feed(roots, bits.FED_GRAD, again=True)
        self._evaluator.backward(calls, roots)
        if wanted and (len(known) < len(wanted) or self._may_replace(wanted)):
            self._learn_leaves(roots, anew=True)
            known = [leaf for t in wanted if (leaf := self._gradients.find(t)) is not None]
        known = [leaf for leaf in known if not leaf.foreign]
        if not known:
            return
        self._forwards.feed(roots, bits.FED_GRAD)
        if self._count + 1 >= self._due:
            self._look_at(roots, calls)
            self._looked = None  # its gradients are returned, and stand in no ``.grad``
        frame = self._log.frame(3)
        self._asked(frame, self._log.place(frame), calls, known, roots)

    def noted(self, calls: list[Call], leaves: list[Leaf], outputs: list[torch.Tensor]) -> None:
        """Note that gradients of ``leaves`` were computed, by whatever way, through ``calls``."""
        frame = self._log.frame(1)
        self._asked(frame, self._log.place(frame), calls, leaves, outputs)
        if not calls:
            self._products.look()

    def _asked(
        self,
        frame: FrameType | None,
        place: int,
        calls: list[Call],
        leaves: list[Leaf],
        roots: list[torch.Tensor],
    ) -> None:
        self._forwards.fed(calls)
        if self._count < WALKS:
            self._evaluator.trains(frame)
        self._count += 1
        self._updates.backward = self._count
        self._updates.backward_place = place
        self._updates.watch(leaves)
        self._log.add(Backward.write(self._count, place, _loss(roots), self._updates.count, 1))

    # --- leaves -----------------------------------------------------------------------

    def _learn_leaves(self, roots: list[torch.Tensor], *, anew: bool = False) -> None:
        """Walk the graph to the tensors it ends in: at first, and while updates are by hand."""
        if self._walks >= WALKS and not self._by_hand and not anew:
            return
        self._walks += 1
        found = [self._gradients.know(t) for t in leaves_of(roots)]
        hosts = [leaf for leaf in found if leaf.owned or leaf.hosted]
        for leaf in found:
            leaf.foreign = bool(hosts) and not leaf.owned and not leaf.hosted
        if hosts:
            self._by_hand = []
            return
        self._replaced(found)
        self._by_hand, self._whole_at = found, 0
        self._products.look()

    def _may_replace(self, wanted: list[torch.Tensor]) -> bool:
        """Whether tensors look like those that are updated by hand."""
        shapes = sorted(leaf.shape for leaf in self._by_hand)
        return bool(shapes) and shapes == sorted(shape_of(tensor) for tensor in wanted)

    def _replaced(self, found: list[Leaf]) -> None:
        """Take new tensors of the old shapes, in the old ones' stead, for an update."""
        new = [leaf for leaf in found if leaf not in self._by_hand]
        gone = [leaf for leaf in self._by_hand if leaf not in found]
        if gone and sorted(leaf.shape for leaf in new) == sorted(leaf.shape for leaf in gone):
            self._updates.replaced(new)


def _readable_twice(original: Any, enter: Callable[..., Any], leave: Callable[..., Any]) -> Any:
    """``autograd.grad`` in a door: ``model.parameters()`` could be read only once."""
    stop, failed, one = StopReplay, FAILED, (torch.Tensor, GradientEdge)

    def grad(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if not issubclass(type(inputs), one):  # torch makes the same tuple of it
            inputs = tuple(inputs)
        word = enter((outputs, inputs), kwargs)
        if not word:
            return original(outputs, inputs, *args, **kwargs)
        if word is stop:
            raise stop
        try:
            found = original(outputs, inputs, *args, **kwargs)
        except BaseException:
            leave((outputs, inputs), kwargs, failed)
            raise
        leave((outputs, inputs), kwargs, found)
        return found

    return functools.update_wrapper(stateless(grad), original)


def _retains(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a pass was told to keep its graph, and not because gradients need one."""
    retain_graph, create_graph = (
        args[at] if len(args) > at else kwargs.get(name) for at, name in RETAIN.items()
    )
    return retain_graph is True and create_graph is not True


def _loss(roots: list[torch.Tensor]) -> float | str | None:
    value = scalar(roots[0]) if len(roots) == 1 else None
    return None if value is None else plain_float(value)


def _is_under_engine(frame: FrameType | None) -> bool:
    """Whether autograd's engine runs somewhere up from a frame."""
    while frame is not None:
        if frame.f_code is _ENGINE:
            return True
        frame = frame.f_back
    return False
