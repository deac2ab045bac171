"""Gradients from two losses that pull one network in opposite directions.

Runs in the student's process, where there are two optimizers, and looks at the first passes after
the second one is made. A gradient is followed from pass to pass: what each adds to each tensor,
and what a step of an optimizer consumes. Written down is a step of one optimizer along gradients
of an earlier pass, which another one has stepped along already; and one on tensors that another
one has stepped on along another pass.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import ref

import torch
from torch.optim import optimizer as optim_module

from grader.observe.log import plain_float
from grader.observe.looking import attribute, gradient_of, is_dense, is_tensor, parts_of, quietly
from grader.observe.marks import nonzero
from grader.observe.moments import Observer, Run
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Opposed

MOST_PASSES = 40
MOST_NUMBERS = 1 << 22
"""Of all tensors together: larger networks aren't followed."""
ALIKE = 0.9999
HALF = 0.5


class Parts(NamedTuple):
    """What a tensor's gradient is made of: what each pass has added to it, and the sum."""

    added: dict[int, torch.Tensor]
    whole: torch.Tensor


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an optimizer: after which pass, along the gradients of which passes, of what."""

    optimizer: int
    after: int
    passes: frozenset[int]
    gradients: dict[int, Parts]


class OpposedGradients(Observer):
    """Follows the gradients of the first passes, once there are two optimizers."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._optimizers: dict[int, tuple[ref[Any], int]] = {}
        self._patches: Patches | None = None
        self._listens = False
        self._passes = 0
        self._places: dict[int, int] = {}
        self._reached: dict[int, set[int]] = {}
        self._before: dict[int, torch.Tensor | None] = {}
        self._parts: dict[int, Parts] = {}
        self._steps: dict[int, Step] = {}  # the last one of each optimizer

    def install(self, patches: Patches) -> None:
        """Keep the doors for when there are two optimizers."""
        self._patches = patches

    def optimizer(self, optimizer: Any, index: int, place: int) -> None:
        """Listen from the second one on."""
        del place
        self._optimizers[id(optimizer)] = ref(optimizer), index
        patches = self._patches
        if len(self._optimizers) < 2 or self._listens or patches is None:  # noqa: PLR2004
            return
        self._listens = True
        patches.around(torch.autograd, "backward", self._begins, self._ends)
        patches.hook(optim_module.register_optimizer_step_pre_hook, self._step)

    # --- passes -----------------------------------------------------------------------

    def _begins(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        if self._passes >= MOST_PASSES or not self.log.watches():
            return None
        with self._guarded(), quietly():
            self._begin()
        return True

    def _begin(self) -> None:
        pairs = self.run.gradients.living()
        if sum(tensor.numel() for _, tensor in pairs) > MOST_NUMBERS:
            self._passes = MOST_PASSES
            return
        self._before = {}
        for leaf, tensor in pairs:
            grad = gradient_of(tensor)
            there = grad is not None and is_dense(grad) and nonzero(grad)
            before = grad.detach().clone() if grad is not None and there else None
            self._before[leaf.index] = before
            parts = self._parts.get(leaf.index)
            if parts is not None and (before is None or not torch.equal(before, parts.whole)):
                del self._parts[leaf.index]  # cleared, or somebody wrote to it

    def _ends(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], output: Any) -> None:
        if output is FAILED or self._passes >= MOST_PASSES:
            self._before = {}
            return
        with self._guarded(), quietly():
            self._end()

    def _end(self) -> None:
        self._passes += 1
        number, reached = self._passes, set[int]()
        self._places[number] = self.log.here()
        for leaf, tensor in self.run.gradients.living():
            grad = gradient_of(tensor)
            if grad is None or leaf.index not in self._before or not is_dense(grad):
                continue
            before, now = self._before[leaf.index], grad.detach().clone()
            added = now if before is None else now - before
            if not nonzero(added):
                continue
            reached.add(leaf.index)
            parts = self._parts.get(leaf.index)
            if before is None or parts is not None:
                earlier = {} if parts is None or before is None else parts.added
                self._parts[leaf.index] = Parts({**earlier, number: added}, now)
        self._reached[number] = reached
        self._before = {}

    # --- steps ------------------------------------------------------------------------

    def _step(self, optimizer: Any, _args: Any, _kwargs: Any) -> None:
        known = self._optimizers.get(id(optimizer))
        if known is None or self._passes >= MOST_PASSES or not self.log.watches():
            return
        with self._guarded(), quietly():
            step = Step(known[1], self._passes, frozenset(), dict(self._held(optimizer)))
            passes = frozenset(
                number for parts in step.gradients.values() for number in parts.added
            )
            step = Step(step.optimizer, step.after, passes, step.gradients)
            for other in list(self._steps.values()):
                if other.optimizer != step.optimizer:
                    self._compare(step, other)
            self._steps[step.optimizer] = step

    def _held(self, optimizer: Any) -> Iterator[tuple[int, Parts]]:
        """The tensors of an optimizer whose gradients are known, at most scaled since."""
        for group in parts_of(attribute(optimizer, "param_groups")):
            for tensor in parts_of(group.get("params") if type(group) is dict else None):
                leaf = self.run.gradients.find(tensor) if is_tensor(tensor) else None
                grad = None if leaf is None else gradient_of(tensor)
                parts = None if leaf is None else self._parts.get(leaf.index)
                if leaf is None or grad is None or parts is None or not is_dense(grad):
                    continue
                if _cosine([grad.detach()], [parts.whole])[0] > ALIKE:
                    yield leaf.index, parts

    def _compare(self, step: Step, other: Step) -> None:
        """Write a row if two optimizers have stepped along, or on, the same."""
        last = step.after
        if last not in step.passes or other.after >= last or last in other.passes:
            return
        before = self._steps.get(step.optimizer)
        if before is not None and before.passes & step.passes:
            return  # its own gradients are left as well: nobody clears, which is another matter
        left = [
            (_sum(parts, other.passes), parts.added[last])
            for index, parts in step.gradients.items()
            if last in parts.added and other.passes & parts.added.keys()
            and index not in other.gradients
        ]  # fmt: skip
        shared = [
            (other.gradients[index].whole, parts.added[last])
            for index, parts in step.gradients.items()
            if parts.added.keys() == {last} and index in other.gradients
        ]
        own = other.gradients.keys() - step.gradients.keys()
        reached = len(own & self._reached[last]) > HALF * len(own) if own else False
        for how, pairs in (("left", left), ("shared", shared)):
            if pairs:
                cosine, *sizes = _cosine(*map(list, zip(*pairs, strict=True)))
                places = self._places[last], self._places[max(other.passes)]
                who = step.optimizer, other.optimizer
                numbers = [plain_float(one) for one in (cosine, *sizes)]
                update = self.run.updates.count + 1
                self.log.add(Opposed.write(update, *places, *who, how, reached, *numbers))

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """What fails costs this fact and nothing else."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._passes = MOST_PASSES
            self.log.missed(type(self).__name__, error)


def _sum(parts: Parts, passes: frozenset[int]) -> torch.Tensor:
    """What some passes have added together."""
    found = [added for number, added in parts.added.items() if number in passes]
    return torch.stack(found).sum(0)


def _cosine(ones: list[torch.Tensor], others: list[torch.Tensor]) -> tuple[float, float, float]:
    """Of the angle between two lists of tensors, each taken as one; and how large they are."""
    along = first = second = 0.0
    for one, other in zip(ones, others, strict=True):
        a, b = one.double(), other.double()
        along += float((a * b).sum())
        first += float(a.square().sum())
        second += float(b.square().sum())
    sizes = math.sqrt(first), math.sqrt(second)
    product = sizes[0] * sizes[1]
    return (along / product if product > 0 else 0.0, *sizes)
