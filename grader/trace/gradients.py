"""What each trained tensor's gradient is made of: fresh, or left over from an earlier update.

Runs in the student's process. Judged by state and never by calls: a gradient is *left over*
when, before a backward pass, ``.grad`` is the very object, at the very version and with the
non-zero value, that the last update of its tensor consumed. If the pass then adds to it and
the next update consumes the sum, that update is written down. Clearing by any means, at any
point in between, makes all of this false.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import torch

from grader.trace.looking import has_values, is_dense, shape_of, version_of

EVIDENCE = 6
LARGE = 4096


class Leaf:
    """One trained tensor and the history of its ``.grad``."""

    __slots__ = (
        "__weakref__", "candidate", "consumed", "consumed_at", "foreign", "fresh", "hosted",
        "index", "owned", "polluted", "polluted_by", "ref", "shape", "watch",
    )  # fmt: skip

    def __init__(self, index: int, tensor: torch.Tensor) -> None:
        self.index = index
        self.ref = weakref.ref(tensor)
        self.shape = shape_of(tensor)
        self.hosted = False  # a parameter of a module that was called
        self.owned = False  # some torch optimizer that has stepped holds it
        self.foreign = False  # neither a module's nor an optimizer's: an input, perhaps
        self.consumed: tuple[weakref.ref[torch.Tensor], int] | None = None
        self.consumed_at = 0
        self.candidate: tuple[torch.Tensor, int] | None = None
        self.fresh: tuple[weakref.ref[torch.Tensor], int] | None = None
        self.polluted: tuple[weakref.ref[torch.Tensor], int] | None = None
        self.polluted_by: Pollution | None = None
        self.watch: Any = None


class Pollution:
    """One backward pass that added to leftovers: where, of which update, how large."""

    __slots__ = ("at", "clones", "earlier", "fresh", "leaves", "of_all", "place", "stale")

    def __init__(self, place: int, earlier: int, at: int) -> None:
        self.place = place
        self.earlier = earlier
        self.at = at
        self.leaves = 0
        self.of_all = 0
        self.stale: float | None = None
        self.fresh: float | None = None
        self.clones: list[tuple[Leaf, torch.Tensor]] = []


class Gradients:
    """All known leaves, and the state machine of their gradients."""

    def __init__(self, *, clear: bool = False) -> None:
        self._clear = clear
        self._by_id: dict[int, Leaf] = {}
        self._count = 0
        self._list: list[Leaf] = []
        self._are_owned = False
        self.measured = 0
        self._reachable: list[tuple[Leaf, torch.Tensor]] = []  # by the pass that is running
        self._open: Pollution | None = None
        self._polluted = False
        self._clipped: list[tuple[Leaf, weakref.ref[torch.Tensor]]] = []

    # --- leaves -----------------------------------------------------------------------

    def know(self, tensor: torch.Tensor) -> Leaf:
        """The leaf of ``tensor``, made if it is new."""
        key = id(tensor)
        leaf = self._by_id.get(key)
        if leaf is None or leaf.ref() is not tensor:
            leaf = Leaf(self._count, tensor)
            self._count += 1
            self._by_id[key] = leaf
            self._list = list(self._by_id.values())
            self._are_owned = False
        return leaf

    def own(self, leaves: list[tuple[Leaf, torch.Tensor]]) -> None:
        """From its first step on, what an optimizer holds is no longer looked at by value."""
        for leaf, _ in leaves:
            leaf.owned, leaf.foreign, leaf.watch = True, False, None
        self._are_owned = all(leaf.owned for leaf in self._list)

    def find(self, tensor: torch.Tensor) -> Leaf | None:
        """The leaf of ``tensor`` if it is known."""
        leaf = self._by_id.get(id(tensor))
        return leaf if leaf is not None and leaf.ref() is tensor else None

    def living(self) -> list[tuple[Leaf, torch.Tensor]]:
        """The leaves whose tensors still exist; the others are forgotten."""
        pairs = [(leaf, tensor) for leaf in self._list if (tensor := leaf.ref()) is not None]
        if len(pairs) < len(self._list):
            self._by_id = {id(tensor): leaf for leaf, tensor in pairs}
            self._list = [leaf for leaf, _ in pairs]
            self._are_owned = all(leaf.owned for leaf in self._list)
        return pairs

    # --- a backward pass --------------------------------------------------------------

    def before(self, place: Callable[[], int], updates: int) -> None:
        """Find the leftovers that the coming pass may add to."""
        found: list[Leaf] = []
        self._reachable = self.living()
        for leaf, tensor in self._reachable:
            leaf.candidate = None
            if leaf.consumed is None and leaf.polluted is None:
                continue
            grad = tensor.grad
            if leaf.polluted is not None and not _holds(leaf.polluted, grad):
                leaf.polluted = leaf.polluted_by = None
            if leaf.consumed is None:
                continue
            if grad is None or leaf.consumed[0]() is not grad:
                leaf.consumed = None
            elif leaf.consumed[1] == version_of(grad) and nonzero(grad):
                if self._clear:
                    tensor.grad = None
                    leaf.consumed = None
                    continue
                leaf.candidate = (grad, version_of(grad))
                found.append(leaf)
        self._open = self._pollution(found, place, updates) if found else None

    def _pollution(self, found: list[Leaf], place: Callable[[], int], updates: int) -> Pollution:
        pollution = Pollution(place(), max(leaf.consumed_at for leaf in found), updates)
        if self.measured < EVIDENCE:
            self.measured += 1
            grads = [(leaf, leaf.candidate[0]) for leaf in found if leaf.candidate is not None]
            pollution.stale = norm(grad for _, grad in grads)
            pollution.clones = [(leaf, grad.detach().clone()) for leaf, grad in grads]
        return pollution

    def after(self, *, settled: bool) -> list[Leaf]:
        """Mark the leaves whose leftovers were added to; return the leaves with a new gradient.

        ``settled``: none need be returned where optimizers hold them all, as their steps show.
        """
        leaves, self._reachable = self._reachable, []
        if settled and self._are_owned and self._open is None:
            return []
        reached = []
        for leaf, tensor in leaves:
            grad = tensor.grad
            if grad is None:
                leaf.fresh = None
                continue
            fresh = leaf.fresh
            if fresh is None or fresh[1] != version_of(grad) or fresh[0]() is not grad:
                leaf.fresh = (weakref.ref(grad), version_of(grad))
                reached.append(leaf)
            if self._open is not None:
                self._pollute(leaf, grad, self._open)
                leaf.candidate = None
        if self._open is not None:
            self._polluted = True  # from now on updates are looked through
            self._open.of_all = len(reached)
            self._measure(self._open)
        self._open = None
        return reached

    @staticmethod
    def _pollute(leaf: Leaf, grad: torch.Tensor | None, pollution: Pollution) -> bool:
        """Mark a leaf if its leftovers were added to; say whether they were."""
        if leaf.candidate is None or grad is None:
            return False
        old, version = leaf.candidate
        # Another object here means that autograd added out of place (create_graph).
        if grad is old and version_of(grad) == version:
            return False
        leaf.polluted = (weakref.ref(grad), version_of(grad))
        leaf.polluted_by = pollution
        pollution.leaves += 1
        return True

    @staticmethod
    def _measure(pollution: Pollution) -> None:
        fresh = []
        for leaf, old in pollution.clones:
            tensor = leaf.ref()
            grad = None if tensor is None else tensor.grad
            if grad is not None:
                fresh.append(grad.detach() - old)
        if fresh:
            pollution.fresh = norm(fresh)
        pollution.clones = []

    def abandon(self) -> None:
        """Forget a pass that ended in an exception."""
        self._open = None
        self._reachable = []
        for leaf in self._by_id.values():
            leaf.candidate = None

    # --- an update --------------------------------------------------------------------

    def leftovers(self, leaves: Iterable[tuple[Leaf, torch.Tensor]]) -> list[Leaf]:
        """Those of ``leaves`` whose update takes leftovers in, at this moment."""
        found: list[Leaf] = []
        if self._open is None and not self._polluted:
            return found
        for leaf, tensor in leaves:
            grad = tensor.grad
            if leaf.polluted is not None:
                if _holds(leaf.polluted, grad):
                    found.append(leaf)
                else:
                    leaf.polluted = leaf.polluted_by = None
            elif self._open is not None and self._pollute(leaf, grad, self._open):
                # An optimizer that steps inside the backward pass, from a gradient's hook.
                found.append(leaf)
        return found

    @staticmethod
    def consume(leaves: Iterable[tuple[Leaf, torch.Tensor]], updates: int) -> None:
        """Note that an update has used the gradients of ``leaves`` as they are now."""
        reference = weakref.ref
        for leaf, tensor in leaves:
            if leaf.polluted is not None or leaf.candidate is not None:
                leaf.polluted = leaf.polluted_by = leaf.candidate = None
            leaf.consumed_at = updates
            grad = tensor.grad
            leaf.consumed = None if grad is None else (reference(grad), version_of(grad))

    def clips(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        """A function begins that rescales gradients: it must not make a leftover look new."""
        if self._clipped:
            return None  # one of them calls another
        self._clipped = [
            (leaf, leaf.consumed[0])
            for leaf, tensor in self.living()
            if leaf.consumed is not None
            and tensor.grad is not None
            and leaf.consumed[0]() is tensor.grad
            and leaf.consumed[1] == version_of(tensor.grad)
        ]
        return True

    def clipped(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], _output: Any) -> None:
        """It has ended: what was consumed before is so still."""
        for leaf, ref in self._clipped:
            grad = ref()
            if grad is not None:
                leaf.consumed = (ref, version_of(grad))
        self._clipped = []


def _holds(mark: tuple[weakref.ref[torch.Tensor], int], grad: torch.Tensor | None) -> bool:
    """Whether ``grad`` is still the marked object and, if it was touched since, not cleared."""
    if grad is None or mark[0]() is not grad:
        return False
    return version_of(grad) == mark[1] or nonzero(grad)


def nonzero(grad: torch.Tensor) -> bool:
    """Whether any entry of a gradient is not zero (nan counts)."""
    if grad.is_sparse:
        grad = grad._values()
    if not is_dense(grad):
        return False
    flat = grad.detach().reshape(-1)
    if flat.numel() > LARGE and bool(flat[:: flat.numel() // 64].any()):
        return True
    return bool(flat.any())


def norm(tensors: Iterable[torch.Tensor]) -> float:
    """The Euclidean norm of several tensors taken as one."""
    values = [t._values() if t.is_sparse else t for t in (t.detach() for t in tensors)]
    dense = [t for t in values if is_dense(t) and (has_values(t) or t.is_complex())]
    if not dense:
        return 0.0
    norms = [norm_.double() for norm_ in torch._foreach_norm(dense)]
    return math.sqrt(sum(float(value) ** 2 for value in norms))
