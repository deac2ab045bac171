"""Batches of MNIST made in one go, where that gives what torchvision gives, bit by bit.

Reading MNIST image by image by way of PIL takes 2 to 3 s for an epoch of 60,000 and is most of
the time of a small training run. Here a loader's batch is made by one index operation and the
transform's steps on the whole batch. Nothing is prepared or kept: every batch is made from the
data set's ``data``, ``targets`` and ``transform`` as they are at that moment, so that a change
of any of them counts at once. Before a transform is served for the first time, a handful of
images is loaded in both ways; a difference in a single bit, and it never is.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import torch
import torchvision
from torch.utils.data import Subset, _utils

from grader.observe.looking import is_exactly
from grader.runner.inside.served.mnist import Digits
from grader.runner.inside.served.recipes import Recipe, recipe

SAMPLES = 4
"""Images that are loaded in both ways before a transform is served."""

_INDICES = (list, tuple, range, np.ndarray, torch.Tensor)
_OWN = ("data", "targets", "transform", "target_transform", "__getitems__", "__getattr__")
"""What a subclass of MNIST could define so that the attributes say nothing any more."""


class FromMemory:
    """Makes batches, or leaves them to the way they are loaded without it."""

    def __init__(self) -> None:
        self._genuine: Any = torchvision.datasets.MNIST
        self._item = self._genuine.__getitem__
        self._fetcher: Any = _utils.fetch._MapDatasetFetcher  # noqa: SLF001 - makes every batch
        self._collate: Any = _utils.collate.default_collate
        self._collates = dict(_utils.collate.default_collate_fn_map)
        self._subset = (Subset.__getitem__, Subset.__getitems__)
        self._proved: dict[Hashable, bool] = {}

    def install(self) -> None:
        """Take the place of what a DataLoader calls for each batch."""
        original = self._fetcher.fetch

        @functools.wraps(original)
        def fetch(fetcher: Any, indices: Any) -> Any:
            batch = None
            if fetcher.auto_collation and fetcher.collate_fn is self._collate:
                try:
                    batch = self.batch(fetcher.dataset, indices)
                except Exception:  # noqa: BLE001 - the genuine way raises what is to be raised
                    batch = None
            return original(fetcher, indices) if batch is None else batch

        self._fetcher.fetch = fetch

    def batch(self, dataset: Any, indices: Any) -> list[torch.Tensor] | None:
        """Inputs and labels as the default collation gives them; None leaves them to it."""
        if not isinstance(indices, list | tuple) or not indices or self._is_watched():
            return None
        while type(dataset) is Subset and self._is_plain(dataset):
            indices = [dataset.indices[index] for index in indices]
            dataset = dataset.dataset
        rows = _rows(indices, len(dataset))
        if rows is None:
            return None
        if type(dataset) is Digits and all(map(_is_plain_tensor, dataset.tensors)):
            return [tensor.index_select(0, rows) for tensor in dataset.tensors]
        made = self._recipe_for(dataset)
        return None if made is None else _make(dataset, made, rows)

    def _is_watched(self) -> bool:
        """Whether somebody is to see every call: a mode of torch, or a collation of their own."""
        core = torch._C  # noqa: SLF001 - the modes in force have no public name
        return (
            core._len_torch_function_stack() > 0  # noqa: SLF001 - a default device, for one
            or core._len_torch_dispatch_stack() > 0  # noqa: SLF001
            or self._collates != _utils.collate.default_collate_fn_map
        )

    def _is_plain(self, subset: Any) -> bool:
        methods = (Subset.__getitem__, Subset.__getitems__)
        return methods == self._subset and is_exactly(subset.indices, *_INDICES)

    def _recipe_for(self, dataset: Any) -> Recipe | None:
        """The recipe of a data set that can be served as it is now."""
        kind: Any = type(dataset)
        if (
            not isinstance(dataset, self._genuine)
            or any(hasattr(kind, name) for name in _OWN)
            or kind.__getitem__ is not self._item
            or kind.__getattribute__ is not object.__getattribute__
            or dataset.target_transform is not None
            or not _holds_digits(dataset)
        ):
            return None
        made = recipe(dataset.transform)
        return made if made is not None and self._is_proved(dataset, made) else None

    # --- the proof ------------------------------------------------------------------------

    def _is_proved(self, dataset: Any, made: Recipe) -> bool:
        key = (made.key, tuple(dataset.data.shape[1:]))
        if key not in self._proved:
            self._proved[key] = False  # which stays if the genuine way raises
            self._proved[key] = self._agrees(dataset, made)
        return self._proved[key]

    def _agrees(self, dataset: Any, made: Recipe) -> bool:
        """Whether both ways give the same for a few images, and neither draws at random."""
        last = len(dataset.data) - 1
        where = [place * last // (SAMPLES - 1) for place in range(SAMPLES)]
        before = _random_states()
        genuine = self._collate([dataset[index] for index in where])
        ours = _make(dataset, made, torch.tensor(where))
        same = all(_same(one, two) for one, two in zip(genuine, ours, strict=True))
        return same and _random_states() == before


def _make(dataset: Any, made: Recipe, rows: torch.Tensor) -> list[torch.Tensor]:
    images, labels = dataset.data.index_select(0, rows), dataset.targets.index_select(0, rows)
    return [made.apply(images), labels]


def _rows(indices: Sequence[Any], size: int) -> torch.Tensor | None:
    """Positions as a tensor; None unless each is a whole number.

    One that is out of range stays so, and ``index_select`` refuses it.
    """
    if not all(map(_is_position, indices)):
        return None
    numbers = list(map(int, indices))
    if min(numbers) < 0:
        numbers = [number + size if number < 0 else number for number in numbers]
    return torch.tensor(numbers)


def _is_position(index: Any) -> bool:
    if type(index) is torch.Tensor:
        return index.dim() == 0 and index.dtype in (torch.int64, torch.int32)
    return type(index) is int or type(index) is np.int64  # for each image of a batch


def _holds_digits(dataset: Any) -> bool:
    data, targets = dataset.data, dataset.targets
    return (
        _is_plain_tensor(data)
        and _is_plain_tensor(targets)
        and data.dtype == torch.uint8
        and targets.dtype == torch.int64
        and data.dim() == 3  # noqa: PLR2004 - images, rows, columns
        and targets.dim() == 1
    )


def _is_plain_tensor(value: Any) -> bool:
    return type(value) is torch.Tensor and value.device.type == "cpu" and not value.requires_grad


def _same(one: Any, two: torch.Tensor) -> bool:
    return (
        type(one) is type(two)
        and (one.dtype, one.shape, one.stride()) == (two.dtype, two.shape, two.stride())
        and torch.equal(one, two)
    )


def _random_states() -> tuple[Any, ...]:
    numpy_state = repr(np.random.get_state(legacy=False))  # noqa: NPY002 - what students draw from
    return random.getstate(), torch.get_rng_state().tolist(), numpy_state
