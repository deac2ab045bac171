"""Where the data sets are, for the grader and for a student who works at home.

The grader itself reads two small files of the bank: ``public.npz``, which a student's process
may hold, and ``heldout.npz``, whose labels it never sees. For a student's own runs the public
part is laid out as the original IDX files, as torchvision reads them; where somebody put the
full set, it is used instead, once its checksums have shown that it is what it should be.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import bank
from grader.errors import BankError, UnknownName, UsageError

DATA_VARIABLE = "GRADE_DATA"
MNIST = "mnist"

_RAW = Path("MNIST", "raw")  # where torchvision.datasets.MNIST(root) looks

_FULL_MNIST: Mapping[str, str] = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_SUBSET_ARRAYS: Mapping[str, str] = {
    "train-images-idx3-ubyte": "train_images",
    "train-labels-idx1-ubyte": "train_labels",
    "t10k-images-idx3-ubyte": "val_images",
    "t10k-labels-idx1-ubyte": "val_labels",
}
_IDX_UINT8 = 0x08


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set as this machine has it. ``folder`` is None until somebody asks for it."""

    name: str
    kind: str
    folder: Path | None


# --- for the grader -------------------------------------------------------------------


def public_file(name: str) -> Path:
    """The part that a student's process may hold.

    Raises:
        UnknownName: there is no such data set.
        BankError: its file is missing.
    """
    return _file(name, "public.npz")


def heldout_file(name: str) -> Path:
    """The part on which the grader measures; its labels stay outside the student's process.

    Raises:
        UnknownName: there is no such data set.
        BankError: its file is missing.
    """
    return _file(name, "heldout.npz")


def _file(name: str, part: str) -> Path:
    path = bank.dataset_folder(name) / part
    if not path.is_file():
        raise BankError(f"datasets/{name}/{part}: expected this file; it is missing.")
    return path


# --- for people -----------------------------------------------------------------------


def folder(name: str) -> Path:
    """The folder whose ``MNIST/raw`` holds the four IDX files; made if need be.

    Raises:
        UnknownName: there is no such data set.
        UsageError: ``GRADE_DATA`` holds no MNIST, or the cache can't be written.
    """
    if name != MNIST or name not in bank.dataset_names():
        raise UnknownName("data set", name, bank.dataset_names())
    return _full_mnist() or _subset_mnist()


def survey() -> tuple[Dataset, ...]:
    """Every data set with its kind and place; nothing is written."""
    return tuple(_look(name) for name in bank.dataset_names())


def _look(name: str) -> Dataset:
    if name != MNIST:
        return Dataset(name=name, kind="files of the bank", folder=bank.dataset_folder(name))
    if full := _full_mnist():
        return Dataset(name=name, kind="full, 60,000 + 10,000 images", folder=full)
    place = _subset_place()
    ready = place if _has_subset(place) else None
    return Dataset(name=name, kind="subset, 8,000 + 1,000 images", folder=ready)


def cache() -> Path:
    """The folder of this user for what can be made again."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG base directory specification: a relative path is to be ignored.
    root = Path(base) if Path(base).is_absolute() else Path("~/.cache").expanduser()
    return root / "grade" / "datasets"


def _full_mnist() -> Path | None:
    """A folder with the full set, its checksums verified, or None.

    Raises:
        UsageError: ``GRADE_DATA`` is set, and its folder holds no full MNIST.
    """
    own = os.environ.get(DATA_VARIABLE)
    if own:
        place = Path(own).expanduser()
        if found := _verified(place):
            return found
        raise UsageError(
            f"{DATA_VARIABLE} names {place}, which doesn't hold the four files of MNIST with "
            f"their known checksums ({', '.join(_FULL_MNIST)}; in the folder itself, or in "
            f"{_RAW} below it, unpacked). Correct the variable, or unset it to use the subset."
        )
    return _verified(cache() / "mnist-full")


def _verified(root: Path) -> Path | None:
    """The root, if the four files lie in it and are what they should be."""
    for place in (root / _RAW, root):
        if all(_sha256(place / name) == known for name, known in _FULL_MNIST.items()):
            return root
    return None


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


# --- the subset as IDX files ----------------------------------------------------------


def _subset_place() -> Path:
    """A folder named after the contents, so that a new version never meets an old one."""
    digest = _sha256(public_file(MNIST)) or ""
    return cache() / f"mnist-subset-{digest[:12]}"


def _subset_mnist() -> Path:
    place = _subset_place()
    if _has_subset(place):
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".making-") as making:
            new = Path(making) / "mnist"
            (new / _RAW).mkdir(parents=True)
            for name, raw in _idx_files():
                (new / _RAW / name).write_bytes(raw)
            _move(new, place)
    except OSError as problem:
        raise UsageError(
            f"The data can't be written to {place.parent} ({problem.strerror}). Set "
            "XDG_CACHE_HOME to a folder that can be written to."
        ) from None
    return place


def _move(new: Path, place: Path) -> None:
    """Puts a complete folder in its place, in one move; another process may be faster."""
    try:
        new.rename(place)
    except OSError:
        if _has_subset(place):
            return
        shutil.rmtree(place, ignore_errors=True)  # what a cleaner of caches left of it
        new.rename(place)


def _has_subset(place: Path) -> bool:
    return all((place / _RAW / name).is_file() for name in _SUBSET_ARRAYS)


def _idx_files() -> Iterator[tuple[str, bytes]]:
    import numpy as np  # noqa: PLC0415  # a tenth of a second that only this needs

    with np.load(public_file(MNIST), allow_pickle=False) as arrays:
        for name, key in _SUBSET_ARRAYS.items():
            yield name, _idx(arrays[key])


def _idx(array: Any) -> bytes:
    """An array of uint8 in the IDX format: type, rank, sizes (big-endian), values."""
    header = struct.pack(f">HBB{array.ndim}I", 0, _IDX_UINT8, array.ndim, *array.shape)
    values: bytes = array.astype("uint8").tobytes()
    return header + values
