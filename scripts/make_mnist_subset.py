"""Make the MNIST subset that ships with the grader, from the four original IDX files.

    python scripts/make_mnist_subset.py FOLDER_WITH_IDX [--to datasets/mnist]

Three parts, each balanced by class and shuffled:

==============  =======  =====================  ==========================================
file            images   taken from             who may hold it
==============  =======  =====================  ==========================================
public.npz      8,000    the 60,000 (training)  the student's process
public.npz      1,000    the 60,000 (training)  the student's process, as validation data
heldout.npz     2,000    the 10,000 (test)      the judge: the labels never leave it
==============  =======  =====================  ==========================================

The choice depends on nothing but the position of an image in its original file: positions
are ordered by a hash, so neither NumPy's generators nor their versions play a part.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import struct
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = npt.NDArray[np.uint8]
Positions: TypeAlias = npt.NDArray[np.int64]

CLASSES = 10
TRAIN_PER_CLASS = 800
VAL_PER_CLASS = 100
HELDOUT_PER_CLASS = 200
SEED = "grade-mnist-3"

ORIGINALS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of the four files as LeCun, Cortes and Burges published them, unpacked."""

EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class WrongOriginal(Exception):
    """An IDX file is missing, or is not the one that was published."""


def read_original(folder: Path, name: str) -> Bytes:
    """Read one IDX file of unsigned bytes, after checking its SHA-256.

    Returns:
        An array of the shape in the file's header: ``(N, 28, 28)`` or ``(N,)``.

    Raises:
        WrongOriginal: the file is missing or differs from the published one.
    """
    path = folder / name
    if not path.is_file():
        message = f"{path} does not exist. Unpack the four MNIST files into one folder."
        raise WrongOriginal(message)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != ORIGINALS[name]:
        message = f"{path} has SHA-256 {digest}; the original has {ORIGINALS[name]}."
        raise WrongOriginal(message)
    rank = content[3]
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * rank).reshape(shape)


def shuffled_by_class(labels: Bytes, source: str) -> list[Positions]:
    """For each class, the positions of its images in a fixed order that looks random."""
    positions = in_fixed_order(range(len(labels)), f"choose {source}")
    return [positions[labels[positions] == number] for number in range(CLASSES)]


def mixed(parts: Iterable[Positions], part: str) -> Positions:
    """The positions of all classes together, in an order independent of the one that chose.

    In the choosing order a rare class would reach further back than a frequent one.
    """
    together = [int(position) for positions in parts for position in positions]
    return in_fixed_order(together, f"mix {part}")


def in_fixed_order(positions: Iterable[int], purpose: str) -> Positions:
    """Positions ordered by the hash of each with the purpose: the same on every machine."""

    def rank(position: int) -> bytes:
        return hashlib.sha256(f"{SEED}, {purpose}, {position}".encode()).digest()

    return np.array(sorted(positions, key=rank), dtype=np.int64)


def make_public(folder: Path) -> dict[str, Bytes]:
    """The 8,000 training and 1,000 validation images, from the 60,000; no image in both."""
    images = read_original(folder, "train-images-idx3-ubyte")
    labels = read_original(folder, "train-labels-idx1-ubyte")
    classes = shuffled_by_class(labels, "train")
    end = TRAIN_PER_CLASS + VAL_PER_CLASS
    train = mixed((positions[:TRAIN_PER_CLASS] for positions in classes), "train")
    val = mixed((positions[TRAIN_PER_CLASS:end] for positions in classes), "val")
    return {
        "train_images": images[train],
        "train_labels": labels[train],
        "val_images": images[val],
        "val_labels": labels[val],
    }


def make_heldout(folder: Path) -> dict[str, Bytes]:
    """The 2,000 images that the grader measures on, from the 10,000 test images."""
    images = read_original(folder, "t10k-images-idx3-ubyte")
    labels = read_original(folder, "t10k-labels-idx1-ubyte")
    classes = shuffled_by_class(labels, "t10k")
    chosen = mixed((positions[:HELDOUT_PER_CLASS] for positions in classes), "heldout")
    return {"images": images[chosen], "labels": labels[chosen]}


def archive(arrays: Mapping[str, Bytes]) -> bytes:
    """Pack arrays as ``numpy.savez_compressed`` does, but without the time of day in it.

    The same arrays give the same bytes wherever the same zlib packs them; ``numpy.load``
    reads them with ``allow_pickle=False``.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", date_time=EARLIEST_ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.save(content, np.ascontiguousarray(array), allow_pickle=False)
            file.writestr(member, content.getvalue(), compresslevel=9)
    return packed.getvalue()


def content_digest(arrays: Mapping[str, Bytes]) -> str:
    """SHA-256 of names, shapes and values: the same however the arrays were packed."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """Write both files and print their sizes and digests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="the folder that holds the four IDX files")
    parser.add_argument("--to", type=Path, default=Path("datasets/mnist"), metavar="DIR")
    options = parser.parse_args(arguments)
    try:
        parts = {
            "public.npz": make_public(options.folder),
            "heldout.npz": make_heldout(options.folder),
        }
    except WrongOriginal as problem:
        print(problem, file=sys.stderr)
        return 2
    options.to.mkdir(parents=True, exist_ok=True)
    for name, arrays in parts.items():
        content = archive(arrays)
        (options.to / name).write_bytes(content)
        print(f"{name}  {len(content):,} bytes")
        print(f"  file     {hashlib.sha256(content).hexdigest()}")
        print(f"  content  {content_digest(arrays)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
