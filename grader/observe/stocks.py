"""Collections of rows that inputs were taken from: a tensor or an array of the program's own.

Runs in the student's process. A batch that no loader gave has an origin where all its rows stand,
word for word, in one collection: the tensor that it is a view of, or one that the calling code
has by a name; or in one of these after what is done to each row on its way (`grader.observe.ways`).
So much is a fact, found by the rows' fingerprints. What else was computed (noise, mixing, a window
over a text) stands in no collection, and its origin is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from grader.observe.datasets import as_tensor
from grader.observe.fingerprints import Fingerprints
from grader.observe.looking import (
    first_argument,
    has_values,
    is_a,
    locals_of,
    own,
    values_of,
    version_of,
)
from grader.observe.tapes import Step
from grader.observe.ways import Way, way_to

MOST_STOCKS = 32
MOST_WAYS = 4
MOST_NUMBERS = 1 << 26
MOST_ROWS = 200_000
CALLERS = 2
"""So many of the student's functions around a forward are looked through for collections."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The fingerprints of all rows of a collection, each ``width`` numbers long."""

    width: int
    prints: frozenset[int]


class Stocks:
    """The collections that are known so far."""

    def __init__(self, prints: Fingerprints) -> None:
        self._prints = prints
        self._known: dict[tuple[int, ...], Stock] = {}
        self._ways: dict[tuple[object, ...], Way] = {}
        self._tried: dict[tuple[int, ...], tuple[object, ...]] = {}  # keeps what the ids are of

    def learn(
        self,
        batch: torch.Tensor,
        prints: frozenset[int],
        frame: FrameType | None,
        steps: Sequence[Step] = (),
    ) -> bool:
        """Learn of the collections that ``batch``, whose rows have these prints, may be from.

        ``steps``: the last operations, if they were noted. Returns whether one is known now.
        """
        width = batch.numel() // len(batch)
        if batch._is_view() and batch._base is not None:
            self._add(batch._base, width)
        self._learn_way(batch, steps)
        if not self._holds(width, prints):
            for value in _named(frame):
                tensor = as_tensor(value)
                if tensor is not None and len(tensor) > len(batch):
                    self._add(tensor, width)
                    self._add_on_ways(tensor, width)
        return self._holds(width, prints)

    def _holds(self, width: int, prints: frozenset[int]) -> bool:
        return any(stock.width == width and prints <= stock.prints for stock in self.all())

    def _learn_way(self, batch: torch.Tensor, steps: Sequence[Step]) -> None:
        found = way_to(batch, steps) if len(self._ways) < MOST_WAYS else None
        if found is not None:
            self._ways.setdefault(found[1].name, found[1])

    def _add_on_ways(self, tensor: torch.Tensor, width: int) -> None:
        """Read what a tensor's rows become on the ways that batches have come."""
        for name, way in self._ways.items():
            key = (tensor.data_ptr(), tensor.numel(), version_of(tensor), *map(id, name))
            if key not in self._tried and len(self._tried) < MOST_STOCKS:
                made = way.of(tensor)
                self._tried[key] = name
                if made is not None and made.numel() == len(made) * width:
                    self._keep((*key, width), made, width)

    def all(self) -> list[Stock]:
        """Every collection."""
        return list(self._known.values())

    def know(self, value: Any) -> None:
        """Read a tensor or an array, each entry of its first dimension a row."""
        tensor = as_tensor(value)
        if tensor is not None and len(tensor):
            self._add(tensor, tensor.numel() // len(tensor))

    def _add(self, tensor: torch.Tensor, width: int) -> None:
        if not has_values(tensor) or not width:
            return
        rows, rest = divmod(tensor.numel(), width)
        if rest or not 1 < rows <= MOST_ROWS or tensor.numel() > MOST_NUMBERS:
            return
        if rows != len(tensor) and not tensor.is_contiguous():
            return  # what lies side by side in it is no row
        where = (tensor.data_ptr(), tensor.numel(), width, version_of(tensor), *tensor.stride())
        self._keep(where, tensor, width)

    def _keep(self, key: tuple[int, ...], tensor: torch.Tensor, width: int) -> None:
        if key not in self._known and len(self._known) < MOST_STOCKS:
            flat = tensor.detach().reshape(-1, width)
            found = frozenset(self._prints.of(flat, limit=len(flat))) - {0}
            self._known[key] = Stock(width, found)


def _named(frame: FrameType | None) -> Iterator[Any]:
    """What the code around a forward has by a name: its variables, and what its object holds."""
    places: list[Mapping[str, Any]] = [] if frame is None else [frame.f_globals]
    for _ in range(CALLERS):
        if frame is not None:
            places += [locals_of(frame), own(first_argument(frame))]
            frame = frame.f_back
    for place in places:
        yield from values_of(place if is_a(place, dict) else dict(place))
