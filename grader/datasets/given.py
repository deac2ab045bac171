"""What of a data set a student's process is given, and what it must never open.

Of the full MNIST: all training images, and as test split the published test images without
those that the grader measures on, some of the others drawn anew in their place, so that there
are 10,000 of them. The published test labels name those too, so that file is not given: the
others' labels stand in a file of their own, made once, in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.datasets.cache import cache, making
from grader.datasets.places import (
    MNIST,
    TEST_IMAGES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    Form,
    check_name,
    choice,
    fetched,
    full_mnist,
    heldout_file,
    public_file,
    raw_files,
)
from grader.datasets.subset import idx, made_of, subset_files
from grader.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One data set for one grading.

    ``files`` are opened for the student's process: training images, training labels, test
    images and test labels, and the subset's own file where its loaders are asked for. ``secrets``
    must not open there.
    """

    name: str
    form: Form
    files: tuple[Path, ...]
    secrets: tuple[Path, ...]


def given(name: str, *, full: bool, few: bool = False) -> Given:
    """The data for a submission.

    ``full`` asks for the full set where this machine has it, ``few`` for provided loaders over
    the subset's own images.

    Raises:
        UnknownName: there is no such data set.
        UsageError: ``GRADE_DATA`` demands what isn't there, or the cache can't be written.
        BankError: a file of the bank is missing.
    """
    check_name(name)
    root = full_mnist() if full and name == MNIST else None
    files = subset_files() if root is None else _full_files(root)
    return Given(
        name=name,
        form=Form.SUBSET if root is None else Form.FULL,
        files=(*files, public_file(name)) if few else files,
        secrets=(heldout_file(name), *_test_labels(name, root)),
    )


def _test_labels(name: str, root: Path | None) -> tuple[Path, ...]:
    """The published labels of the test images, wherever they are known to lie."""
    if name != MNIST:
        return ()
    chosen = choice()
    roots = [fetched(), root, chosen if isinstance(chosen, Path) else None]
    places = [place / part for place in filter(None, roots) for part in ("MNIST/raw", "")]
    labels = dict.fromkeys(place / TEST_LABELS for place in places)
    return tuple(path for path in labels if path.is_file())


# --- the test split without what is measured on ----------------------------------------


def _full_files(root: Path) -> tuple[Path, ...]:
    raw = raw_files(root)
    if raw is None:
        raise UsageError(f"The files of MNIST in {root} changed while they were read. Try again.")
    place = cache() / f"mnist-test-{made_of(heldout_file(MNIST))}"
    if not _is_whole(place):
        with making(place, _is_whole) as new:
            _split(raw[TEST_IMAGES], raw[TEST_LABELS], new)
    return raw[TRAIN_IMAGES], raw[TRAIN_LABELS], place / TEST_IMAGES, place / TEST_LABELS


def _is_whole(place: Path) -> bool:
    return (place / TEST_IMAGES).is_file() and (place / TEST_LABELS).is_file()


def _split(images_file: Path, labels_file: Path, new: Path) -> None:
    """Write the test images that are not held out, in their order, and their labels.

    The last of them stand there a second time, drawn anew: as many as are held out.
    """
    import numpy as np  # noqa: PLC0415  # a tenth of a second that only this needs

    from grader.datasets.lengthened import filled  # noqa: PLC0415

    with np.load(heldout_file(MNIST), allow_pickle=False) as arrays:
        heldout = {image.tobytes() for image in arrays["images"]}
    images = _values(np, images_file, header=16).reshape(-1, 28, 28)
    labels = _values(np, labels_file, header=8)
    others = np.array([image.tobytes() not in heldout for image in images])
    whole = filled(images[others], labels[others], len(images))
    for name, kept in zip((TEST_IMAGES, TEST_LABELS), whole, strict=True):
        (new / name).write_bytes(idx(kept))
        (new / name).chmod(0o444)


def _values(np: Any, path: Path, *, header: int) -> Any:
    return np.frombuffer(path.read_bytes(), np.uint8, offset=header)
