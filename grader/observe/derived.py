"""Inputs that a program makes of a loader's batch, known by the operations between the two.

Runs in the student's process. ``model(F.pad(images, (2, 2, 2, 2)))`` is given a tensor that no
loader gave. From the batch on, the operations are noted (`grader.observe.tapes`), at a loader's
first batches and then ever more rarely, and followed back: an input is the loader's if it rests on
its batch, and on nothing else that could be data. Between two such windows a line that calls a
model is taken to do what it was seen to do, as often for a batch as then. A loader whose batches
are given to models as they are has one window, which ends at the first call.

What a window can't decide stays unknown. An input that may rest on a loader's batch puts that
loader in doubt: once it is trained on, nobody can say that the loader's rows were not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch

from grader.observe.ledger import LiveSource
from grader.observe.looking import asks_for_gradients, has_values, is_leaf, shape_of
from grader.observe.tapes import Step, Tape

Numbers = list[int]
"""Rows of a data set, by number; empty where they are not known."""
Lies = Callable[[torch.Tensor], tuple[LiveSource, Numbers] | None]
Last = tuple[LiveSource, torch.Tensor, Numbers]

FIRST = 3
"""So many batches of a loader are followed one by one, and then after twice as many each time."""
MOST_TENSORS = 400
"""An input that rests on more of them than this is not followed to its end."""
FROM_OUTSIDE = frozenset(map(id, (torch.tensor, torch.as_tensor, torch.asarray)))
OF_ITS_OWN = frozenset(
    map(
        id,
        (
            torch.empty_like, torch.full_like, torch.ones_like, torch.rand_like, torch.randint_like,
            torch.randn_like, torch.zeros_like, torch.Tensor.new_empty, torch.Tensor.new_full,
            torch.Tensor.new_ones, torch.Tensor.new_zeros,
        ),
    )
)  # fmt: skip
"""What these make has the shape of what they are given, and none of its numbers."""


class Made(NamedTuple):
    """The loader whose batch an input was made of and the rows, or those that it may rest on."""

    source: LiveSource | None = None
    numbers: Numbers = []  # noqa: RUF012 - never written to
    near: tuple[LiveSource, ...] = ()


class Proof(NamedTuple):
    """What a line made of a batch of ``of`` rows: ``rows`` rows of this shape, ``calls`` times."""

    shape: tuple[int, ...]
    rows: int
    of: int
    calls: int


UNDECIDED = Made()


class Derived:
    """Follows a model's input back to the batch that it was made of.

    ``lies(tensor)``: the loader whose batch lies where a tensor does, and the rows.
    """

    def __init__(self, lies: Lies) -> None:
        self.tape = Tape()
        self.is_open = False  # whether a window is, and no other reader began the note
        self._lies = lies
        self._number = 0  # of the note that goes back to the last batch
        self._batch: torch.Tensor | None = None  # the one that was handed out then
        self._is_refused = False
        self._calls: dict[int, int] = {}  # line -> inputs that were made since the batch
        self._proofs: dict[tuple[int, int], Proof] = {}
        self._refuted: set[tuple[int, int]] = set()

    # --- windows ----------------------------------------------------------------------

    def handed(self, source: LiveSource, batch: torch.Tensor) -> None:
        """A loader has given a batch: note what becomes of it, if that is due."""
        if self.is_open:
            self.close()
        self._batch = batch
        self._calls.clear()
        self._is_refused = False
        if source.handed >= source.due and not self.tape.runs:
            source.due = source.handed + (1 if source.handed < FIRST else source.handed)
            self.tape.begin()
            self.is_open = self.tape.runs
            self._is_refused = not self.is_open
        self._number = self.tape.number if self.tape.runs else -1

    def close(self) -> None:
        """Note no more, unless for somebody else."""
        if self.is_open:
            self.is_open = False
            if self.tape.number == self._number:
                self.tape.leave()

    def stands(self, source: LiveSource) -> None:
        """A batch was given to a model as it was: no window is needed, unless one was before."""
        if not source.is_changed:
            source.is_followed = False
            self.close()

    # --- inputs -----------------------------------------------------------------------

    def of(self, batch: torch.Tensor, place: int, last: Last) -> Made:
        """What the input that a line gave to a model was made of.

        ``last``: the loader that gave a batch last, that batch and its rows. The values of both can
        be read.
        """
        source, handed, numbers = last
        source.is_changed = source.is_followed = True
        if handed is not self._batch or not batch.dim():
            return UNDECIDED
        self._calls[place] = self._calls.get(place, 0) + 1
        key = place, source.index
        if self.tape.runs and self.tape.number == self._number:
            return self._followed(batch, key, handed)
        if self._goes_on(batch, key, handed):
            return Made(source, numbers)
        is_near = self._is_refused and len(batch) == len(handed)
        return Made(near=(source,)) if is_near else UNDECIDED

    def _followed(self, batch: torch.Tensor, key: tuple[int, int], handed: torch.Tensor) -> Made:
        steps, _ = self.tape.noted
        found, is_all = rests_on(batch, steps, self._lies)
        sources = {source.index: source for source, _ in found}
        if len(sources) != 1 or not is_all:
            self._refuted.add(key)
            unseen = self._lies(handed) if not sources and not is_all else None
            return Made(near=tuple(sources.values()) if unseen is None else unseen[:1])
        (source,) = sources.values()
        if source.index == key[1]:
            known = self._proofs.get(key)
            calls = max(self._calls[key[0]], 0 if known is None else known.calls)
            shape = shape_of(batch)
            self._proofs[key] = Proof(shape[1:], shape[0], len(handed), calls)
        return Made(source, _union([numbers for _, numbers in found]))

    def _goes_on(self, batch: torch.Tensor, key: tuple[int, int], handed: torch.Tensor) -> bool:
        """Whether a line does with this batch what it was seen to do with others."""
        proof = self._proofs.get(key)
        if proof is None or key in self._refuted:
            return False
        shape, of = batch.shape, handed.shape[0]
        return (
            self._calls[key[0]] <= proof.calls
            and shape[1:] == proof.shape
            and shape[0] * proof.of == of * proof.rows
        )


def rests_on(
    batch: torch.Tensor, steps: Sequence[Step], lies: Lies
) -> tuple[list[tuple[LiveSource, Numbers]], bool]:
    """The loaders' batches that a tensor was made of in noted steps; and if that is all.

    It isn't where its rows may also be those of other data, or rest on more than is followed.
    """
    makers: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        for tensor in step.outputs:
            makers.setdefault(id(tensor), []).append(number)
    found: list[tuple[LiveSource, Numbers]] = []
    is_all = True
    waiting, seen = [(batch, len(steps), True)], set[tuple[int, int]]()
    while waiting and len(seen) < MOST_TENSORS:
        tensor, before, gives_rows = waiting.pop()
        if (lying := lies(tensor)) is not None:
            found.append(lying)
            continue
        at = max((number for number in makers.get(id(tensor), ()) if number < before), default=-1)
        if at < 0 or id(steps[at].function) in FROM_OUTSIDE:
            is_all &= not (gives_rows and _may_be_data(tensor, batch))
        elif id(steps[at].function) not in OF_ITS_OWN:
            fresh = [one for one in steps[at].inputs if (id(one), at) not in seen]
            seen.update((id(one), at) for one in fresh)
            rows = _with_rows_of(tensor, fresh)
            waiting += [(one, at, gives_rows and id(one) in rows) for one in fresh]
    return found, is_all and not waiting


def _with_rows_of(output: torch.Tensor, inputs: Sequence[torch.Tensor]) -> set[int]:
    """Which inputs' rows an operation's rows may be: those with as many, or else all.

    The others are what is done to each row: a mean, a projection.
    """
    count = shape_of(output)[:1]
    alike = {id(one) for one in inputs if shape_of(one)[:1] == count and one.numel() > len(one)}
    return alike or set(map(id, inputs))


def _may_be_data(tensor: torch.Tensor, batch: torch.Tensor) -> bool:
    """Whether a tensor that was there before could be rows, or made of them out of sight."""
    if not has_values(tensor) or (is_leaf(tensor) and asks_for_gradients(tensor)):
        return False
    rows, numbers = len(batch), tensor.numel()
    return (shape_of(tensor)[:1] == (rows,) and numbers > rows) or numbers >= batch.numel()


def _union(parts: Sequence[Numbers]) -> Numbers:
    """The rows of several batches of one loader, if those of all are known."""
    if not all(parts):
        return []
    return list(dict.fromkeys(number for part in parts for number in part))
