"""Which data sets there are, where their files belong, and what the person chose.

``GRADE_DATA`` chooses: ``subset`` never looks for the full set, ``full`` insists on the fetched
one, a folder is used in its place. Unset, the fetched set is used where there is one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader import bank
from grader.datasets import checksums
from grader.datasets.cache import cache
from grader.errors import BankError, UnknownName, UsageError

DATA_VARIABLE = "GRADE_DATA"
MNIST = "mnist"

RAW = Path("MNIST", "raw")  # where torchvision.datasets.MNIST(root) looks


class Form(StrEnum):
    """The forms that a data set comes in."""

    FULL = "full"
    SUBSET = "subset"


@dataclass(frozen=True, slots=True)
class Original:
    """A published file: its bytes, unpacked."""

    size: int
    sha256: str


TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"

FULL_MNIST: Mapping[str, Original] = {
    TRAIN_IMAGES: Original(
        47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    TRAIN_LABELS: Original(
        60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    TEST_IMAGES: Original(
        7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    TEST_LABELS: Original(
        10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}
"""As LeCun, Cortes and Burges published them."""


def check_name(name: str) -> None:
    """Raises UnknownName unless there is such a data set."""
    if name not in bank.dataset_names():
        raise UnknownName("data set", name, bank.dataset_names())


def fetched() -> Path:
    """Where the full MNIST goes when it is fetched."""
    return cache() / "mnist-full"


def choice() -> Form | Path | None:
    """What ``GRADE_DATA`` says: a form, a folder, or nothing."""
    own = os.environ.get(DATA_VARIABLE)
    if not own:
        return None
    return Form(own) if own in tuple(Form) else Path(own).expanduser()


# --- the files of the bank ------------------------------------------------------------


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


# --- the full set ---------------------------------------------------------------------


def full_mnist() -> Path | None:
    """The root of the full set, its checksums verified, or None.

    Raises:
        UsageError: ``GRADE_DATA`` demands a full set, and it isn't there.
    """
    chosen = choice()
    if chosen is Form.SUBSET:
        return None
    place = chosen if isinstance(chosen, Path) else fetched()
    if raw_files(place) is not None:
        return place
    if isinstance(chosen, Path):
        raise UsageError(
            f"{DATA_VARIABLE} names {place}, which doesn't hold the four files of MNIST with "
            f"their known checksums ({', '.join(FULL_MNIST)}; in the folder itself, or in "
            f"{RAW} below it, unpacked). Correct the variable, or unset it to use the subset."
        )
    if chosen is Form.FULL:
        raise UsageError(
            f"{DATA_VARIABLE}=full demands the full MNIST, which isn't on this machine. Get it "
            "with `grade data fetch mnist`, or unset the variable to use the subset."
        )
    return None


def raw_files(root: Path) -> Mapping[str, Path] | None:
    """The four files below a root by name, if they are what they should be."""
    for place in (root / RAW, root):
        files = {name: place / name for name in FULL_MNIST}
        if all(path.is_file() for path in files.values()) and all(
            checksums.sha256(path) == FULL_MNIST[name].sha256 for name, path in files.items()
        ):
            return files
    return None
