"""Models that no object stands for: when one of their steps is noted, and what came of it.

Runs in the student's process.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

import torch

from grader.observe.asking.formulas import Formula, Reading
from grader.observe.calls import Call
from grader.observe.gradients import Leaf
from grader.observe.looking import quietly
from grader.observe.tapes import Tape

AGAIN = 20
"""Updates after which a formula over raw tensors is noted anew: they may be others by then."""

LOOKS = 3
"""How many looks of a model at data are read in search of an answer: the noting costs time."""

Key = frozenset[int]


class Composed:
    """The formulas of a run, by the models that take part in them.

    ``is_picture(tensor)``: whether a tensor holds images, one a row, that the data came with.
    """

    def __init__(self, is_picture: Callable[[torch.Tensor], bool], tape: Tape) -> None:
        self.tape = tape
        self._is_picture = is_picture
        self._alone: Key = frozenset()  # the model of the last update, if it was one
        self._due: dict[Key, int] = {}
        self._found: dict[Key, list[Formula]] = {}
        self._reads = False  # whether what is being noted is to become a formula
        self._looks: Counter[int] = Counter()  # model -> how often its looks at data were read
        self._looked: dict[int, list[Formula]] = {}  # model -> what came of them

    def updated(self, calls: Sequence[Call], leaves: Collection[Leaf], updates: int) -> None:
        """Note the step that begins now, if one like the last is worth it and due."""
        if not calls:  # a second optimizer's step after the same pass, or one of many alike
            if not self.tape.runs:
                self.tape.leave()
            return
        key = _key(calls)
        self._alone = key if len(key) == 1 else self._alone - key
        if not _is_composed(calls, leaves):
            self._due.pop(key, None)  # it was, or seemed so until its form was known
            self._found.pop(key, None)
        elif updates >= self._due.get(key, 0):
            modules_only = all(call.model.is_module for call in calls)
            self._due[key] = updates + (max(AGAIN, updates) if modules_only else AGAIN)
            self._reads = True
            self.tape.begin()
            return
        self._reads = False
        self.tape.leave()

    def saw(self, call: Call, batch: torch.Tensor) -> None:
        """Note what a model was given; where it only looks at data, its answer ends the note."""
        self.tape.give(batch)
        index = call.model.index
        known = any(index in key for key in self._due)
        if torch.is_grad_enabled() or not known or index in self._looked:
            return
        if not self.tape.runs:
            self._reads = True
            self.tape.begin()  # what comes before the next look at data is seen
            return
        found = self._read(partial(Reading.of_module, module=call.model.ref()))
        self._looks[index] += 1
        if found or self._looks[index] == LOOKS:
            self._looked[index] = found
            self.tape.leave()

    def backward(self, calls: Sequence[Call], roots: Sequence[torch.Tensor]) -> None:
        """Make of what was noted what can be asked."""
        if not self.tape.runs or not self._reads or not calls:
            return
        for loss in roots:
            if found := self._read(partial(Reading.of_loss, loss=loss)):
                self._found.pop(_key(calls), None)
                self._found[_key(calls)] = found

    def _read(self, read: Callable[[Reading], list[Formula]]) -> list[Formula]:
        """What can be asked; if there is something, no more is noted."""
        if not self.tape.runs:
            return []
        self.tape.runs = False  # reading computes, too
        found: list[Formula] = []
        with contextlib.suppress(Exception), quietly():  # an aid: without it, other ways remain
            found = read(Reading(*self.tape.noted, self._is_picture))
        if found:
            self.tape.end()
        else:
            self.tape.runs = True
        return found

    def parts(self) -> frozenset[int]:
        """The models that together made what met the labels: none of them is the whole.

        One that was trained alone since is.
        """
        return frozenset[int]().union(*(key for key in self._found if len(key) > 1)) - self._alone

    def formulas(self) -> Iterator[Formula]:
        """All that can be asked, the latest first."""
        self.tape.leave()
        for found in (*reversed(self._found.values()), *reversed(self._looked.values())):
            yield from found


def _key(calls: Sequence[Call]) -> Key:
    return frozenset(call.model.index for call in calls)


def _is_composed(calls: Sequence[Call], leaves: Collection[Leaf]) -> bool:
    """Whether an update was reached by anything but one module that is asked with images."""
    one = calls[0].model
    return (
        len(_key(calls)) > 1
        or len(leaves) > len(one.parameters)  # a formula has none of its own
        or not all(call.is_plain for call in calls)
    )
