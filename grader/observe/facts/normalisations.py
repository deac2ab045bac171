"""Inputs that are scaled twice by the same numbers: by their data set, and once more.

Runs in the student's process. A data set that holds a ``Normalize`` of torchvision's says by which
numbers it scales, and that it did so shows in what it gives: undone, those are pictures from 0 to
1. What became of a batch between the loader and the model is read from the two: an affine map of
each channel, or anything else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from grader.observe.calls import Call
from grader.observe.ledger import LiveSource
from grader.observe.log import plain_float
from grader.observe.looking import (
    attribute,
    has_values,
    is_exactly,
    is_tensor,
    name_of,
    parts_of,
    version_of,
)
from grader.observe.moments import Observer, Run
from grader.observe.pipelines import chains_of, transforms_of
from grader.schema.rows import Normalised

PICTURES = 4
MOST_NUMBERS = 1 << 20
MOST_ROWS = 20
LOOKS = 3
"""So many batches of a source are looked at on their way to a model."""
EXACT = 1e-3


class Scale(NamedTuple):
    """What is taken off each channel, and what it is divided by."""

    means: tuple[float, ...]
    deviations: tuple[float, ...]


class Normalisations(Observer):
    """Compares what a model is given with what the loader gave."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._scales: dict[int, list[Scale]] = {}
        self._doubled: dict[int, list[Scale]] = {}
        self._looks: dict[int, int] = {}
        self._given: tuple[LiveSource, torch.Tensor, int] | None = None

    def batch(self, source: LiveSource, tensors: Sequence[torch.Tensor]) -> None:
        """Keep the pictures of a data set that is known to scale them."""
        self._given = None
        if source.index not in self._scales:
            held = [one for _, one in transforms_of(source.dataset).values()]
            self._scales[source.index] = _scales_of(held)
            chains = [_scales_of(chain) for chain in chains_of(source.dataset)]
            self._doubled[source.index] = [
                one for chain in chains for one in chain if chain.count(one) > 1
            ]
        inputs = tensors[0]
        if not self._scales[source.index] or self._looks.get(source.index, 0) >= LOOKS:
            return
        if inputs.dim() == PICTURES and inputs.is_floating_point():
            self._given = source, inputs, version_of(inputs)

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """Find what was done to the pictures on their way."""
        del module, output
        given, self._given = self._given, None
        batch = inputs[0] if inputs else None
        if given is None or not is_tensor(batch) or call.source is not given[0]:
            return
        source, pictures, version = given
        if not has_values(batch) or batch.numel() != pictures.numel() > 0:
            return
        if batch.numel() > MOST_NUMBERS or version_of(pictures) != version:
            return
        self._looks[source.index] = self._looks.get(source.index, 0) + 1
        between = _affine(pictures.detach(), batch.detach().reshape(pictures.shape))
        again = [
            one
            for one in self._scales[source.index]
            if between is not None and _are_alike(one, between)
        ]
        for how, found in (("transforms", self._doubled[source.index]), ("loop", again)):
            times = 2 if how == "transforms" else 1
            if found and _were_scaled(pictures.detach(), found[0], times):
                self._write(call, source, how, found[0], batch)
                return

    def _write(
        self, call: Call, source: LiveSource, how: str, scale: Scale, batch: torch.Tensor
    ) -> None:
        numbers = batch.detach().double()
        told = (scale.means[0], scale.deviations[0], float(numbers.mean()), float(numbers.std()))
        place = call.place
        self.log.add(Normalised.write(source.index, place, how, *map(plain_float, told)))


_NONE = Scale((0.0,), (1.0,))


def _scales_of(transforms: Iterable[Any]) -> list[Scale]:
    """The numbers of each ``Normalize`` among some transforms."""
    found = (_scale_of(one) for one in transforms if name_of(one) == "Normalize")
    return [one for one in found if one is not None]


def _scale_of(transform: Any) -> Scale | None:
    """The numbers of a ``Normalize``, where they are plain ones and change anything."""
    found = []
    for name in ("mean", "std"):
        value = attribute(transform, name)
        numbers = [value] if is_exactly(value, int, float) else parts_of(value)
        if not numbers or any(not is_exactly(one, int, float) for one in numbers):
            return None
        found.append(tuple(map(float, numbers)))
    scale = Scale(*found)
    return None if _are_alike(scale, _NONE) or not all(scale.deviations) else scale


def _were_scaled(pictures: torch.Tensor, scale: Scale, times: int) -> bool:
    """Whether pictures from 0 to 1 have been scaled so often: undone, they are such."""
    shape = (1, -1, 1, 1)
    mean, deviation = (torch.tensor(each).reshape(shape).to(pictures) for each in scale)
    if float(pictures.min()) >= 0 or pictures.shape[1] % mean.numel():
        return False
    for _ in range(times):
        pictures = pictures * deviation + mean
    return float(pictures.min()) >= -EXACT and float(pictures.max()) <= 1 + EXACT


def _affine(one: torch.Tensor, other: torch.Tensor) -> Scale | None:
    """What makes one of the other, channel by channel; None if it is no such map."""
    means, deviations = [], []
    with contextlib.suppress(RuntimeError):  # two devices
        for x, y in zip(one.double().unbind(1), other.double().unbind(1), strict=True):
            apart = x - x.mean()
            size = float(apart.square().sum())
            if size <= 0:
                return None
            slope = float((apart * y).sum()) / size
            rest = y - y.mean() - slope * apart
            if slope <= 0 or float(rest.abs().max()) > EXACT * float(y.std()):
                return None
            deviations.append(1 / slope)
            means.append(float(x.mean()) - float(y.mean()) / slope)
    return Scale(tuple(means), tuple(deviations)) if means else None


def _are_alike(one: Scale, other: Scale) -> bool:
    """Whether two scales are one; a single number stands for all channels."""
    for these, those in zip(one, other, strict=True):
        count = max(len(these), len(those))
        if len(these) not in (1, count) or len(those) not in (1, count):
            return False
        pairs = zip(these * (count // len(these)), those * (count // len(those)), strict=True)
        if any(abs(a - b) > EXACT * (1 + abs(b)) for a, b in pairs):
            return False
    return True
