"""What each trained tensor's gradient is made of: fresh, or left over from an earlier update.

Runs in the student's process. Judged by state and never by calls: a gradient is *left over*
when, before the first backward pass after an update, ``.grad`` is what that update consumed: the
very object at the very version, or another one with its numbers. If the pass then adds to it and
the next update consumes the sum, that update is written down; so it is where the program adds it
itself, after the pass. Clearing by any means, at any point in between, makes all of this false.

Numbers are kept only once somebody was seen to write to gradients between a pass and a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any
from weakref import ref

import torch

from grader.observe.looking import gradient_of, set_gradient, shape_of, version, version_of
from grader.observe.marks import (
    Mark,
    alike,
    mark_of,
    marks_of,
    nonzero,
    norm,
    numbers_of,
)

EVIDENCE = 6
_make: Callable[..., Mark] = tuple.__new__
"""Makes a Mark without a Python function of ours."""
NOTHING = id(None)
"""What a gradient that isn't there has for an id: a tensor may have a say in a comparison."""


class Leaf:
    """One trained tensor and the history of its ``.grad``."""

    __slots__ = (
        "__weakref__", "candidate", "consumed", "consumed_at", "foreign", "fresh", "fresh_at",
        "hosted", "index", "owned", "polluted", "polluted_by", "ref", "shape", "stale",
        "used_at", "watch",
    )  # fmt: skip

    def __init__(self, index: int, tensor: torch.Tensor) -> None:
        self.index = index
        self.ref = ref(tensor)
        self.shape = shape_of(tensor)
        self.hosted = False  # a parameter of a module that was called
        self.owned = False  # some torch optimizer that has stepped holds it
        self.foreign = False  # neither a module's nor an optimizer's: an input, perhaps
        self.consumed: Mark | None = None  # by the last update; None once it was cleared
        self.stale: Mark | None = None  # the same, though it was cleared, while numbers are kept
        self.consumed_at = 0
        self.candidate: tuple[torch.Tensor, int] | None = None
        self.fresh: Mark | None = None  # as the last pass that reached it left it
        self.fresh_at = 0  # the number of that pass
        self.used_at = 0  # the last pass before an update that held this tensor
        self.polluted: Mark | None = None
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
        self._owned: list[torch.Tensor] = []  # all known ones, if one optimizer holds them
        self.measured = 0
        self._reachable: list[tuple[Leaf, torch.Tensor]] = []  # by the pass that is running
        self._open: Pollution | None = None
        self._polluted = False
        self._keeps = False  # the numbers of gradients
        self._is_told = False  # whether each leaf's ``fresh`` is of the last pass
        self._clipped: list[tuple[Leaf, bool, bool]] = []
        self._passes = 0

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
            self._are_owned, self._owned = False, []
        return leaf

    def own(self, leaves: list[tuple[Leaf, torch.Tensor]]) -> None:
        """From its first step on, what an optimizer holds is no longer looked at by value."""
        for leaf, _ in leaves:
            leaf.owned, leaf.foreign, leaf.watch = True, False, None
        self._are_owned = all(leaf.owned for leaf in self._list)
        are_all = set(self._list) == {leaf for leaf, _ in leaves}
        self._owned = [tensor for _, tensor in leaves] if are_all else []

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
        self._passes += 1
        self._reachable = self.living()
        for leaf, tensor in self._reachable:
            leaf.candidate = None
            if leaf.consumed is None and leaf.polluted is None:
                continue
            grad = gradient_of(tensor)
            if leaf.polluted is not None and not _is_in(leaf.polluted, grad):
                leaf.polluted = leaf.polluted_by = None
            if leaf.consumed is None:
                continue
            if grad is None or not self._is_left_over(leaf.consumed, grad):
                leaf.consumed = None
            elif self._clear:
                set_gradient(tensor, None)
                leaf.consumed = None
            else:
                leaf.candidate = (grad, version_of(grad))
                found.append(leaf)
        self._open = self._pollution(found, place, updates) if found else None

    def _is_left_over(self, consumed: Mark, grad: torch.Tensor) -> bool:
        if not nonzero(grad):
            return False
        if consumed.holds(grad):
            return True
        self._keeps = True
        return consumed.is_like(grad)

    def _pollution(self, found: list[Leaf], place: Callable[[], int], updates: int) -> Pollution:
        pollution = Pollution(place(), max(leaf.consumed_at for leaf in found), updates)
        if self.measured < EVIDENCE:
            self.measured += 1
            grads = [(leaf, leaf.candidate[0]) for leaf in found if leaf.candidate is not None]
            pollution.stale = norm(grad for _, grad in grads)
            pollution.clones = [(leaf, grad.detach().clone()) for leaf, grad in grads]
        return pollution

    def begins_anew(self) -> bool:
        """Whether a pass begins without any gradient, one optimizer holding all that is trained.

        Then `before` would find nothing, and `after` need not look: both are done with.
        """
        owned = self._owned
        if (
            not owned
            or self._polluted
            or self._keeps
            or self._open is not None
            or [*map(id, map(gradient_of, owned))].count(NOTHING) != len(owned)
        ):
            return False
        for leaf in self._list:
            leaf.consumed = None
        self._passes += 1
        self._is_told = False
        return True

    def passes_on(self) -> bool:
        """Whether the end of the pass that begins needs no look, which it then won't get.

        So it is where optimizers hold all leaves, and nothing was left over before the pass.
        """
        if not self._are_owned or self._open is not None or self._keeps:
            return False
        self._reachable, self._is_told = [], False
        return True

    def after(self, *, settled: bool) -> list[Leaf]:
        """Mark the leaves whose leftovers were added to; return the leaves with a new gradient.

        ``settled``: none need be returned where optimizers hold them all, as their steps show.
        """
        leaves, self._reachable = self._reachable, []
        self._is_told = not (settled and self._are_owned and self._open is None)
        if not self._is_told and not self._keeps:
            return []
        reached = []
        for leaf, tensor in leaves:
            grad = gradient_of(tensor)
            if grad is None:
                leaf.fresh = None
                continue
            if leaf.fresh is None or not leaf.fresh.holds(grad):
                leaf.fresh = mark_of(grad, keep=self._keeps)
                leaf.fresh_at = self._passes
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
        leaf.polluted = mark_of(grad, keep=True)
        leaf.polluted_by = pollution
        pollution.leaves += 1
        return True

    @staticmethod
    def _measure(pollution: Pollution) -> None:
        fresh = []
        for leaf, old in pollution.clones:
            tensor = leaf.ref()
            grad = None if tensor is None else gradient_of(tensor)
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

    def may_hold_leftovers(self) -> bool:
        """Whether `leftovers` would look at any tensor."""
        return self._is_told or self._polluted or self._open is not None

    def leftovers(
        self, leaves: Iterable[tuple[Leaf, torch.Tensor]], place: int, updates: int
    ) -> list[Leaf]:
        """Those of ``leaves`` whose update takes leftovers in, at this moment.

        ``place``: where the last backward pass was made.
        """
        found: list[Leaf] = []
        if not self.may_hold_leftovers():
            return found
        leaves = list(leaves)
        if self._is_told:
            self._look_for_restored(leaves, place, updates)
        if self._open is None and not self._polluted:
            return found
        for leaf, tensor in leaves:
            grad = gradient_of(tensor)
            if leaf.polluted is not None:
                if _is_in(leaf.polluted, grad):
                    found.append(leaf)
                else:
                    leaf.polluted = leaf.polluted_by = None
            elif self._open is not None and self._pollute(leaf, grad, self._open):
                # An optimizer that steps inside the backward pass, from a gradient's hook.
                found.append(leaf)
        return found

    def gone(self, leaves: Iterable[tuple[Leaf, torch.Tensor]]) -> int:
        """In how many of ``leaves`` the gradient is gone that came since their last update.

        To be asked of an update whose gradients are all absent or zero.
        """
        count = 0
        for leaf, tensor in leaves:
            fresh, grad = leaf.fresh, gradient_of(tensor)
            if fresh is not None and leaf.fresh_at > leaf.used_at:
                count += grad is None or not fresh.holds(grad)
        return count

    def use(self, leaves: Iterable[tuple[Leaf, torch.Tensor]]) -> None:
        """Note that an optimizer's step has taken whatever ``leaves`` had."""
        for leaf, _ in leaves:
            leaf.used_at = self._passes

    def _look_for_restored(
        self, leaves: list[tuple[Leaf, torch.Tensor]], place: int, updates: int
    ) -> None:
        """Find what the program has added to gradients since the pass: what was consumed before."""
        pollution = Pollution(place, 0, updates)
        for leaf, tensor in leaves:
            grad, fresh, stale = gradient_of(tensor), leaf.fresh, leaf.stale
            if grad is None or fresh is None or leaf.polluted is not None or fresh.holds(grad):
                continue
            self._keeps = True
            now = numbers_of(grad)
            if now is None or fresh.numbers is None or stale is None:
                continue
            if len(now) == len(fresh.numbers) and alike(stale.numbers, now - fresh.numbers):
                leaf.polluted, leaf.polluted_by = mark_of(grad, keep=True), pollution
                self._polluted = True
                pollution.leaves += 1
                pollution.earlier = max(pollution.earlier, leaf.consumed_at)

    def consume(self, leaves: Sequence[tuple[Leaf, torch.Tensor]], updates: int) -> None:
        """Note that an update has used the gradients of ``leaves`` as they are now."""
        marks = marks_of(leaves, keep=self._keeps)
        for (leaf, _), mark in zip(leaves, marks, strict=True):
            if leaf.polluted is not None or leaf.candidate is not None:
                leaf.polluted = leaf.polluted_by = leaf.candidate = None
            leaf.consumed_at = updates
            leaf.consumed = mark
            leaf.stale = mark if self._keeps else None

    def consume_whole(self, leaves: Sequence[Leaf], updates: int) -> bool:
        """The same after a pass that `begins_anew`, if all that it could reach has a gradient.

        No function of ours is called for each: this is done in every step.
        """
        owned = self._owned
        if (
            self._is_told
            or self._polluted
            or self._keeps
            or self._open is not None
            or len(leaves) != len(owned)
        ):
            return False
        grads = [*map(gradient_of, owned)]
        if NOTHING in map(id, grads):
            return False
        try:
            marks = zip(map(ref, grads), [*map(version, grads)], repeat(None))
        except RuntimeError:  # of those made under inference mode
            return False
        for leaf, mark in zip(leaves, marks, strict=True):
            leaf.consumed_at = updates
            leaf.consumed = _make(Mark, mark)
        return True

    def clips(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
        """A function begins that rescales gradients: it must not make a leftover look new."""
        if self._clipped:
            return None  # one of them calls another
        for leaf, tensor in self.living():
            grad = gradient_of(tensor)
            was_consumed = leaf.consumed is not None and leaf.consumed.holds(grad)
            was_fresh = leaf.fresh is not None and leaf.fresh.holds(grad)
            self._clipped.append((leaf, was_consumed, was_fresh))
        return True

    def clipped(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], _output: Any) -> None:
        """It has ended: what was consumed before, and what was fresh, is so still."""
        for leaf, was_consumed, was_fresh in self._clipped:
            tensor = leaf.ref()
            grad = None if tensor is None else gradient_of(tensor)
            if grad is None:
                continue
            if was_consumed:
                leaf.consumed = leaf.stale = mark_of(grad, keep=self._keeps)
            if was_fresh:
                leaf.fresh = mark_of(grad, keep=self._keeps)
        self._clipped = []


def _is_in(polluted: Mark, grad: torch.Tensor | None) -> bool:
    """Whether a polluted gradient is still there: touched perhaps, or copied, and not cleared."""
    if grad is None:
        return False
    if polluted.is_of(grad):
        return polluted.holds(grad) or nonzero(grad)
    return polluted.leads_to(grad)
