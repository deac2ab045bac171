"""The embedded subset of MNIST as IDX files, as torchvision reads them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.datasets import checksums
from grader.datasets.cache import cache, making
from grader.datasets.places import (
    MNIST,
    RAW,
    TEST_IMAGES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    public_file,
)

_ARRAYS: Mapping[str, str] = {
    TRAIN_IMAGES: "train_images",
    TRAIN_LABELS: "train_labels",
    TEST_IMAGES: "val_images",
    TEST_LABELS: "val_labels",
}
_IDX_UINT8 = 0x08


def subset_place() -> Path:
    """A folder named after the contents, so that a new version never meets an old one."""
    return cache() / f"mnist-subset-{checksums.sha256_now(public_file(MNIST))[:12]}"


def has_subset(place: Path) -> bool:
    """Whether the four files are there."""
    return all((place / RAW / name).is_file() for name in _ARRAYS)


def subset_mnist() -> Path:
    """The root of the subset, laid out if need be.

    Raises:
        UsageError: the cache can't be written.
    """
    place = subset_place()
    if not has_subset(place):
        with making(place, has_subset) as new:
            (new / RAW).mkdir(parents=True)
            for name, raw in _idx_files():
                (new / RAW / name).write_bytes(raw)
    return place


def _idx_files() -> Iterator[tuple[str, bytes]]:
    import numpy as np  # noqa: PLC0415  # a tenth of a second that only this needs

    with np.load(public_file(MNIST), allow_pickle=False) as arrays:
        for name, key in _ARRAYS.items():
            yield name, idx(arrays[key])


def idx(array: Any) -> bytes:
    """An array of uint8 in the IDX format: type, rank, sizes (big-endian), values."""
    header = struct.pack(f">HBB{array.ndim}I", 0, _IDX_UINT8, array.ndim, *array.shape)
    values: bytes = array.astype("uint8").tobytes()
    return header + values
