"""Where the data sets are, for the grader and for a student who works at home.

The grader itself reads two small files of the bank: ``public.npz``, which a student's process
may hold, and ``heldout.npz``, whose labels it never sees. An exercise may ask for the full set,
which is used where somebody fetched it. Elsewhere the public part is brought to the full length
and laid out as the original IDX files, as torchvision reads them, for gradings and for a student's
own runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader import bank
from grader.datasets.cache import cache
from grader.datasets.given import Given, given
from grader.datasets.places import (
    DATA_VARIABLE,
    FULL_MNIST,
    MNIST,
    RAW,
    Form,
    check_name,
    choice,
    full_mnist,
    heldout_file,
    public_file,
)
from grader.datasets.subset import has_subset, subset_mnist, subset_place
from grader.errors import UnknownName

__all__ = [
    "DATA_VARIABLE",
    "FULL_MNIST",
    "MNIST",
    "Dataset",
    "Form",
    "Given",
    "cache",
    "check_name",
    "choice",
    "folder",
    "given",
    "heldout_file",
    "public_file",
    "survey",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set as this machine has it. ``folder`` is None until somebody asks for it."""

    name: str
    kind: str
    folder: Path | None

    @property
    def size(self) -> int:
        """Bytes of its files; 0 while there is no folder."""
        if self.folder is None:
            return 0
        raw = self.folder / RAW
        place = raw if raw.is_dir() else self.folder
        return sum(path.stat().st_size for path in place.iterdir() if path.is_file())


def folder(name: str) -> Path:
    """The folder whose ``MNIST/raw`` holds the four IDX files; made if need be.

    Raises:
        UnknownName: there is no such data set.
        UsageError: ``GRADE_DATA`` demands what isn't there, or the cache can't be written.
    """
    check_name(name)
    if name != MNIST:
        raise UnknownName("data set", name, [MNIST])
    return full_mnist() or subset_mnist()


def survey() -> tuple[Dataset, ...]:
    """Every data set with its kind and place; nothing is laid out."""
    return tuple(_look(name) for name in bank.dataset_names())


def _look(name: str) -> Dataset:
    if name != MNIST:
        return Dataset(name=name, kind="files of the bank", folder=bank.dataset_folder(name))
    if full := full_mnist():
        return Dataset(name=name, kind="full, 60,000 + 10,000 images", folder=full)
    place = subset_place()
    ready = place if has_subset(place) else None
    return Dataset(name=name, kind="subset, 8,000 + 1,000 images at full length", folder=ready)
