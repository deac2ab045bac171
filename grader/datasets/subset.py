"""The embedded subset of MNIST at the full length, as IDX files, as torchvision reads them.

They are made once, in the cache, and hold nothing that a student may not see. Where no cache
can be written they are made anew for as long as this process lives.
"""

from __future__ import annotations

import functools
import hashlib
import struct
import tempfile
from collections.abc import Iterator
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
from grader.errors import UsageError

_NAMES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
_MAKERS = ("lengthened.py", "redrawn.py")
_IDX_UINT8 = 0x08


def subset_place() -> Path:
    """A folder named after the contents, so that a new version never meets an old one."""
    return cache() / f"mnist-subset-{made_of(public_file(MNIST))}"


def made_of(file: Path) -> str:
    """What names a set that is made out of a file: the file, and the code that makes it."""
    digest = hashlib.sha256(checksums.sha256_now(file).encode())
    for name in _MAKERS:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:12]


def has_subset(place: Path) -> bool:
    """Whether the four files are there."""
    return all((place / RAW / name).is_file() for name in _NAMES)


def subset_mnist() -> Path:
    """The root of the subset at full length, laid out if need be.

    Raises:
        UsageError: the cache can't be written.
    """
    place = subset_place()
    if not has_subset(place):
        with making(place, has_subset) as new:
            _lay(new)
    return place


def subset_files() -> tuple[Path, ...]:
    """Training images, training labels, test images, test labels; also without a cache."""
    try:
        root = subset_mnist()
    except UsageError:
        root = Path(_passing().name)
    return tuple(root / RAW / name for name in _NAMES)


@functools.cache
def _passing() -> tempfile.TemporaryDirectory[str]:
    """A folder with the files that goes with this process."""
    folder = tempfile.TemporaryDirectory(prefix="grade-mnist-", ignore_cleanup_errors=True)
    _lay(Path(folder.name))
    return folder


def _lay(root: Path) -> None:
    (root / RAW).mkdir(parents=True)
    for name, raw in _idx_files():
        (root / RAW / name).write_bytes(raw)
        (root / RAW / name).chmod(0o444)


def _idx_files() -> Iterator[tuple[str, bytes]]:
    import numpy as np  # noqa: PLC0415  # a tenth of a second that only this needs

    from grader.datasets.lengthened import TEST, TRAIN, lengthened  # noqa: PLC0415

    with np.load(public_file(MNIST), allow_pickle=False) as arrays:
        train = lengthened(arrays["train_images"], arrays["train_labels"], TRAIN)
        test = lengthened(arrays["val_images"], arrays["val_labels"], TEST)
    yield from zip(_NAMES, map(idx, (*train, *test)), strict=True)


def idx(array: Any) -> bytes:
    """An array of uint8 in the IDX format: type, rank, sizes (big-endian), values."""
    header = struct.pack(f">HBB{array.ndim}I", 0, _IDX_UINT8, array.ndim, *array.shape)
    values: bytes = array.astype("uint8").tobytes()
    return header + values
