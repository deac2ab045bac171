"""Where gradients are clipped, and whether they were already used up by then.

Runs in the student's process. A clipping is late where every gradient that it is given is just what
an update has consumed, so that nothing is left for it to change.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from torch import nn
from torch.nn.utils import clip_grad

from grader.observe.looking import gradient_of, is_tensor, quietly
from grader.observe.moments import Observer, Run
from grader.observe.patching import Patches
from grader.schema.rows import Clipping

CLIPPERS = ("clip_grad_norm_", "clip_grad_value_")
MOST = 50


class Clippings(Observer):
    """Counts the clippings of each line, and how many of them were late."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._calls: Counter[int] = Counter()
        self._late: Counter[int] = Counter()

    def install(self, patches: Patches) -> None:
        """Listen to torch's functions that clip."""
        for name in CLIPPERS:
            for owner in (clip_grad, nn.utils):
                patches.around(owner, name, self._clips)

    def _clips(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not self.log.watches():
            return
        most = is_bound(args, kwargs)
        with quietly():
            late = most and self._is_late()
        place = self.log.here()
        if place in self._calls or len(self._calls) < MOST:
            self._calls[place] += 1
            self._late[place] += late

    def _is_late(self) -> bool:
        """Whether each gradient that there is was consumed by the last update."""
        found = False
        for leaf, tensor in self.run.gradients.living():
            grad = gradient_of(tensor)
            if grad is None:
                continue
            found = True
            if leaf.consumed is None or not leaf.consumed.holds(grad):
                return False
        return found

    def end(self) -> None:
        """Write a row for each line."""
        for place, calls in self._calls.items():
            self.log.add(Clipping.write(place, calls, self._late[place]))


def is_bound(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a clipping has a limit: without one it only measures the norm."""
    limit = args[1] if len(args) > 1 else kwargs.get("max_norm", kwargs.get("clip_value"))
    if type(limit) is int or is_tensor(limit):
        return True
    return type(limit) is float and math.isfinite(limit)
