"""The transforms of torchvision's that a data set holds, wherever it keeps them.

Runs in the student's process, and imports no torchvision: a transform is known by its class's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import nn
from torch.utils.data import Dataset

from grader.observe.looking import (
    attribute,
    is_a,
    module_of,
    modules_in,
    name_of,
    own,
    parts_of,
    values_of,
)

DEPTH = 6
THEIRS = "torchvision.transforms."


def transforms_of(dataset: Any) -> dict[int, tuple[str, Any]]:
    """Every transform in a data set, in order and each once: by its id, its class's name and it."""
    return {id(one): (name_of(one), one) for one in _held(dataset, DEPTH)}


def chains_of(dataset: Any) -> list[list[Any]]:
    """What is applied one after the other: the parts of each ``Compose`` that a data set holds."""
    composed = [one for name, one in transforms_of(dataset).values() if name == "Compose"]
    return [parts_of(attribute(one, "transforms")) for one in composed]


def _held(value: Any, depth: int) -> Iterator[Any]:
    if not depth:
        return
    for part in (*values_of(own(value)), *parts_of(attribute(value, "transforms"))):
        for one in modules_in(part) if is_a(part, nn.Module) else [part]:
            if module_of(type(one)).startswith(THEIRS):
                yield one
        if module_of(type(part)).startswith("torchvision.") or is_a(part, Dataset):
            yield from _held(part, depth - 1)
