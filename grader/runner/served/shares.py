"""Splits counted for the full MNIST get their shares of the smaller set that is there.

A script that is written for 60,000 images says so in many ways: ``random_split(data, [50000,
10000])``, ``Subset(data, range(50000))``, a ``SubsetRandomSampler``, ``images[:50000]`` and
``images[50000:]``. With fewer images each of them would raise, or give an empty part, and neither
is the script's mistake. Here each of them gets the same share of the images that there are, so
that parts which have no index in common have no image in common.

Plain indexing is touched only where the program's text counts so (:class:`Counted`).
"""

from __future__ import annotations

import contextlib
import functools
import operator
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Subset, SubsetRandomSampler

from grader.runner.served.counted import Counted
from grader.runner.served.quiet import Note

SMALL = 256
"""So many images are a batch or a sample, not a share of the whole: they keep their number."""


def serve_shares(sizes: Mapping[int, int], counted: Counted, note: Note) -> None:
    """Let programs count with the full sizes; ``sizes`` maps what there is to what is counted."""
    shares = Shares(sizes, note)
    _serve_random_split(shares)
    _serve_indices(shares)
    if counted.with_numbers(sizes):
        _serve_tensors(shares, counted)


@dataclass(frozen=True)
class _Claim:
    """A part that somebody took: its indices, as counted, and the images that it was given."""

    part: weakref.ref[Any]
    size: int
    indices: frozenset[int]
    images: frozenset[int]
    is_scaled: bool


class Shares:
    """How many of the full set's images each number of images stands for."""

    def __init__(self, sizes: Mapping[int, int], note: Note) -> None:
        self._full = {size: full for size, full in sizes.items() if size < full}
        self._note = note
        self._claims: list[_Claim] = []
        self._are_exact = False

    @contextlib.contextmanager
    def exact(self) -> Iterator[None]:
        """A context in which parts are taken by the images that there are."""
        self._are_exact, before = True, self._are_exact
        try:
            yield
        finally:
            self._are_exact = before

    def full(self, size: int) -> int:
        """What ``size`` images stand for: themselves, unless they are a share."""
        return self._full.get(size, size)

    def told(self, what: str, size: int) -> None:
        """Say in the report that something was scaled."""
        self._note(f"{what} was scaled to the {size:,} images there are.")

    def lengths(self, lengths: Sequence[Any], size: int) -> list[int] | None:
        """The lengths of parts of ``size`` images; None unless they add up to what is counted."""
        full = self.full(size)
        whole = all(isinstance(one, int | np.integer) for one in lengths)
        if full == size or not whole or sum(lengths) != full:
            return None
        scaled = [one * size // full for one in lengths[:-1]]
        scaled.append(size - sum(scaled))
        for one, length in zip(scaled, lengths, strict=True):
            self._stand_for(one, length)
        self.told(f"A split into {list(lengths)}", size)
        return scaled

    def bound(self, position: int, size: int) -> int:
        """The position, from 0, among ``size`` images that a counted one stands for."""
        full = self.full(size)
        position = position + full if position < 0 else position
        return -(-position * size // full)

    def chosen(self, indices: Sequence[int], size: int) -> list[int]:
        """The images that indices of the full set stand for, in their order."""
        full = self.full(size)
        if len(indices) <= SMALL:
            return [index % size for index in indices]
        stands_for = {image * full // size: image for image in range(size)}
        images = [stands_for[index] for index in indices if index in stands_for]
        self._stand_for(len(images), len(indices))
        return images

    def slice(self, start: int, stop: int, size: int) -> slice:
        """The images that a counted slice stands for; a short one keeps its length."""
        first, last = self.bound(start, size), self.bound(stop, size)
        if stop - start <= SMALL:
            first = min(first, max(0, size - (stop - start)))
            return slice(first, first + stop - start)
        self._stand_for(last - first, stop - start)
        return slice(first, last)

    def claim(self, part: Any, indices: Iterable[Any], size: int) -> list[int] | None:
        """The images of a part that is taken by indices; None if they are meant as they are.

        Indices below ``size`` are scaled too if they would else share images with another part
        that, as counted, has none of them.
        """
        full = self.full(size)
        if full == size or self._are_exact or not isinstance(indices, Sized):
            return None
        wanted = _whole_numbers(indices)
        if not wanted or not 0 <= min(wanted) <= max(wanted) < full:
            return None
        is_counted = max(wanted) >= size
        if len(wanted) <= SMALL:
            return self.chosen(wanted, size) if is_counted else None
        mine = frozenset(wanted)
        others = [one for one in self._living(size) if one.indices.isdisjoint(mine)]
        if not is_counted and not any(one.images & mine for one in others):
            self._remember(part, size, mine, None)
            return None
        images = self.chosen(wanted, size)
        self.told(f"A part counted for {full:,} images", size)
        self._give_way(others, frozenset(images))
        self._remember(part, size, mine, images)
        return images

    def _living(self, size: int) -> list[_Claim]:
        self._claims = [one for one in self._claims if one.part() is not None]
        return [one for one in self._claims if one.size == size]

    def _give_way(self, others: list[_Claim], images: frozenset[int]) -> None:
        """Scale the parts, taken as they were, that now have images of this one."""
        for one in others:
            part = one.part()
            if part is not None and not one.is_scaled and one.images & images:
                part.indices = self.chosen(_whole_numbers(part.indices), one.size)
                self._claims.remove(one)
                self._remember(part, one.size, one.indices, part.indices)

    def _remember(
        self, part: Any, size: int, indices: frozenset[int], images: list[int] | None
    ) -> None:
        given = indices if images is None else frozenset(images)
        self._claims.append(_Claim(weakref.ref(part), size, indices, given, images is not None))

    def _stand_for(self, size: int, full: int) -> None:
        if 0 < size < full:
            self._full.setdefault(size, full)


def _whole_numbers(values: Iterable[Any]) -> list[int]:
    """Indices as whole numbers; empty if one of them is something else."""
    if isinstance(values, torch.Tensor | np.ndarray):
        return values.tolist() if values.ndim == 1 and "int" in str(values.dtype) else []
    try:
        return [operator.index(value) for value in values]
    except TypeError:
        return []


def _length(value: Any) -> int:
    """How many items a data set has; 0 if it doesn't say."""
    try:
        return len(value)
    except Exception:  # noqa: BLE001 - whatever a student's __len__ may raise, where it is asked for
        return 0


# --- data sets --------------------------------------------------------------------------


def _serve_random_split(shares: Shares) -> None:
    split = torch.utils.data.random_split

    @functools.wraps(split)
    def random_split(dataset: Any, lengths: Sequence[Any], *rest: Any, **more: Any) -> Any:
        lengths = list(lengths)
        lengths = shares.lengths(lengths, _length(dataset)) or lengths
        with shares.exact():
            return split(dataset, lengths, *rest, **more)

    torch.utils.data.random_split = random_split
    torch.utils.data.dataset.random_split = random_split


def _serve_indices(shares: Shares) -> None:
    """``Subset(data, indices)`` and a loader's ``SubsetRandomSampler(indices)``."""
    make_subset, make_loader = Subset.__init__, DataLoader.__init__

    @functools.wraps(make_subset)
    def init_subset(self: Any, dataset: Any, indices: Any) -> None:
        images = shares.claim(self, indices, _length(dataset))
        make_subset(self, dataset, indices if images is None else images)

    @functools.wraps(make_loader)
    def init_loader(self: Any, dataset: Any, *rest: Any, **more: Any) -> None:
        for sampler in (*rest, *more.values()):
            if type(sampler) is SubsetRandomSampler:
                images = shares.claim(sampler, sampler.indices, _length(dataset))
                sampler.indices = sampler.indices if images is None else images
        make_loader(self, dataset, *rest, **more)

    Subset.__init__ = init_subset  # type: ignore[method-assign]
    DataLoader.__init__ = init_loader  # type: ignore[method-assign]


# --- tensors and arrays -------------------------------------------------------------------


def _serve_tensors(shares: Shares, counted: Counted) -> None:
    """``images[:50000]``, ``images[order[:50000]]``, ``images.split([50000, 10000])``."""
    kind: Any = torch.Tensor
    split, numpy = kind.split, kind.numpy
    kind.__getitem__ = _getting(kind.__getitem__, shares, counted)

    class Rows(np.ndarray):
        """An array of as many rows as there are images."""

        __getitem__ = _getting(np.ndarray.__getitem__, shares, counted)

    @functools.wraps(split)
    def split_tensor(self: Any, lengths: Any, dim: int = 0) -> Any:
        if isinstance(lengths, list | tuple) and dim == 0 and self.dim():
            lengths = shares.lengths(lengths, self.shape[0]) or lengths
        return split(self, lengths, dim)

    @functools.wraps(numpy)
    def as_array(self: Any, *args: Any, **kwargs: Any) -> Any:
        array = numpy(self, *args, **kwargs)
        rows = array.shape[0] if array.ndim else 0
        return array if shares.full(rows) == rows else array.view(Rows)

    kind.split, kind.numpy = split_tensor, as_array


def _getting(original: Callable[..., Any], shares: Shares, counted: Counted) -> Callable[..., Any]:
    """Indexing that knows the full sizes, along the first dimension."""

    @functools.wraps(original)
    def getitem(self: Any, index: Any) -> Any:
        first, rest = (index[0], index[1:]) if type(index) is tuple and index else (index, ())
        if type(first) is slice and (full := shares.full(_rows(self))) != _rows(self):
            bounds = counted.bounds(first, _rows(self), full)
            if bounds is not None:
                index = (shares.slice(*bounds, _rows(self)), *rest)
                shares.told(f"A slice counted for {full:,} images", _rows(self))
            return original(self, index)
        try:
            return original(self, index)
        except IndexError:
            if isinstance(first, int) or shares.full(_rows(self)) == _rows(self):
                raise
            numbers = _whole_numbers(first)
            if not numbers or not 0 <= min(numbers) <= max(numbers) < shares.full(_rows(self)):
                raise
            shares.told(f"Indices up to {shares.full(_rows(self)):,}", _rows(self))
            return original(self, (shares.chosen(numbers, _rows(self)), *rest))

    return getitem


def _rows(value: Any) -> int:
    return value.shape[0] if value.ndim else 0
