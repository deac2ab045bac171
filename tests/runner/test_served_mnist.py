"""The MNIST that a submission finds, as the embedded subset and as the full files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from torch.utils.data import _utils

from grader import datasets
from grader.datasets.places import FULL_MNIST, Original
from grader.datasets.subset import idx
from grader.model import Report, SubmissionKind
from grader.pipeline import SUBSET_NOTE, Grader
from grader.runner.inside.served import mnist as served_mnist
from grader.runner.inside.served import vision
from grader.runner.inside.served.mnist import Mnist
from grading import exercise, submission

TRAIN, HELD, OTHERS = 700, 100, 200
TEST = HELD + OTHERS


def arrays() -> dict[str, np.ndarray[Any, Any]]:
    """Small files in MNIST's place; of the test images 100 are held out."""
    with (
        np.load(datasets.heldout_file("mnist")) as heldout,
        np.load(datasets.public_file("mnist")) as public,
    ):
        test = np.concatenate([heldout["images"][:HELD], public["val_images"][:OTHERS]])
        labels = np.concatenate([heldout["labels"][:HELD], public["val_labels"][:OTHERS]])
        train = public["train_images"][:TRAIN], public["train_labels"][:TRAIN]
    return dict(zip(FULL_MNIST, (*train, test, labels), strict=True))


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that GRADE_DATA names and that is taken for the full MNIST."""
    place = tmp_path / "full"
    place.mkdir()
    for name, array in arrays().items():
        content = idx(array)
        (place / name).write_bytes(content)
        known = Original(len(content), hashlib.sha256(content).hexdigest())
        monkeypatch.setitem(FULL_MNIST, name, known)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(datasets.DATA_VARIABLE, str(place))
    return place


@pytest.fixture
def opened(full: Path) -> Iterator[Mnist]:
    """The full files as a student's process holds them."""
    files = [os.open(path, os.O_RDONLY) for path in datasets.given("mnist", full=True).files]
    yield Mnist.read(files, "full")
    for fd in files:
        os.close(fd)


# --- what is read ---------------------------------------------------------------------


def test_the_full_files_are_mapped(opened: Mnist) -> None:
    """All training images, and the test images that are not held out; others stand in for those."""
    known = list(arrays().values())
    assert np.array_equal(opened.train_images, known[0])
    assert np.array_equal(opened.val_images[:OTHERS], known[2][HELD:])
    assert np.array_equal(opened.val_labels, [*known[3][HELD:], *known[3][-HELD:]])
    assert len({image.tobytes() for image in [*opened.val_images, *known[2][:HELD]]}) == TEST + HELD


def test_a_change_stays_in_the_data_set_that_was_changed(opened: Mnist, full: Path) -> None:
    """Neither the file nor another data set sees what a program writes into one."""
    first, labels = opened.split(train=True)
    first.zero_()
    labels.zero_()
    again, again_labels = opened.split(train=True)
    assert torch.equal(again, torch.from_numpy(arrays()["train-images-idx3-ubyte"]))
    assert again_labels.any()
    assert opened.train_images.any()
    assert (full / "train-images-idx3-ubyte").read_bytes() == idx(opened.train_images)


def test_what_is_no_idx_file_is_refused(tmp_path: Path) -> None:
    """A file of another type, or one that was cut off."""
    for content in (idx(np.zeros((3, 2), np.uint8))[:-1], b"\0\0\x0d\x01\0\0\0\1a"):
        (tmp_path / "file").write_bytes(content)
        fd = os.open(tmp_path / "file", os.O_RDONLY)
        with pytest.raises(ValueError, match="no IDX file"):
            Mnist.read([fd] * 4, "full")
        os.close(fd)


def test_provided_loaders_split_the_training_images(
    opened: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ones train and the last ones validate, as in the lesson."""
    monkeypatch.setattr(served_mnist, "LESSON_SPLIT", 600)
    loaders = opened.loaders()
    train, val = (loaders[name].dataset for name in ("train_loader", "val_loader"))
    assert (len(train), len(val)) == (600, 100)
    assert torch.equal(val.targets, torch.from_numpy(opened.train_labels[600:].astype(np.int64)))


def test_the_subset_is_read_from_its_files() -> None:
    """60,000 and 10,000 images; the provided loaders have the 8,000 and 1,000 they are made of."""
    given = datasets.given("mnist", full=False, few=True)
    files = [os.open(path, os.O_RDONLY) for path in given.files]
    mnist = Mnist.read(files, "subset")
    assert (len(mnist.train_images), len(mnist.val_images)) == (60_000, 10_000)
    assert [len(loader.dataset) for loader in mnist.loaders().values()] == [8000, 1000]
    for fd in files:
        os.close(fd)


def test_classes_go_by_other_names_where_that_is_asked_for(opened: Mnist) -> None:
    """In the loaders and in what torchvision's class holds; the files stay as they are."""
    names = [(digit + 3) % 10 for digit in range(10)]
    before = opened.split(train=True)[1]
    opened.rename(names)
    assert torch.equal(opened.split(train=True)[1], (before + 3) % 10)
    assert torch.equal(opened.loaders()["train_loader"].dataset.targets, (before + 3) % 10)
    opened.rename(None)
    assert torch.equal(opened.split(train=True)[1], before)


# --- torchvision's class ----------------------------------------------------------------


@pytest.fixture
def served(opened: Mnist) -> Iterator[Callable[..., Any]]:
    """``torchvision.datasets.MNIST`` while it holds the small files; restored afterwards."""
    kind = torchvision.datasets.MNIST
    names = ("_check_legacy_exist", "_check_exists", "download", "_load_data")
    before = {name: getattr(kind, name) for name in names}
    fetch = _utils.fetch._MapDatasetFetcher.fetch
    vision.serve_mnist(opened, lambda _: None)
    yield kind
    for name, method in before.items():
        setattr(kind, name, method)
    _utils.fetch._MapDatasetFetcher.fetch = fetch  # type: ignore[method-assign]


def test_any_root_holds_the_graders_copy(served: Any) -> None:
    """With and without download."""
    assert len(served("nowhere")) == TRAIN
    assert len(served("elsewhere", train=False, download=True)) == TEST


# --- a whole grading ------------------------------------------------------------------

CHECKS = """
from grader.checks import check

@check("sizes")
def test_sizes(student, data_kind, measure):
    '''It loads.'''
    train, test = student.sizes().value
    measure("train", train)
    measure("test", test)
    measure("full", float(data_kind == "full"))
"""
LOADS = """
from torchvision import datasets

def sizes():
    return [len(datasets.MNIST(".", train=train, download=True)) for train in (True, False)]
"""


def grade(grader: Grader, folder: Path, *, asked: bool) -> Report:
    made = replace(exercise(folder, CHECKS, ["sizes"]), data=("mnist",), full_data=asked)
    return grader.grade(made, submission(LOADS, kind=SubmissionKind.MODULE))


def test_an_exercise_that_asks_for_it_gets_the_full_set(
    warm_grader: Grader, full: Path, tmp_path: Path
) -> None:
    """The result says so, and the judge knows; the published labels can't be opened."""
    report = grade(warm_grader, tmp_path, asked=True)
    assert report.metrics == {"train": TRAIN, "test": TEST, "full": 1.0}, report.run
    assert report.run.data == {"mnist": "full"}
    assert SUBSET_NOTE not in report.run.notes


def test_an_exercise_that_does_not_ask_gets_the_subset(
    warm_grader: Grader, full: Path, tmp_path: Path
) -> None:
    """Its thresholds were measured with it."""
    report = grade(warm_grader, tmp_path, asked=False)
    assert report.metrics == {"train": 60_000, "test": 10_000, "full": 0.0}, report.run
    assert report.run.data == {"mnist": "subset"}
    assert SUBSET_NOTE not in report.run.notes


def test_the_subset_in_place_of_the_full_set_is_said(warm_grader: Grader, tmp_path: Path) -> None:
    """In plain words, in the run's notes."""
    report = grade(warm_grader, tmp_path, asked=True)
    assert report.metrics["train"] == 60_000, report.run
    assert report.run.data == {"mnist": "subset"}
    assert SUBSET_NOTE in report.run.notes


PICKLED = """
from grader.checks import check

@check("again")
def test_again(student):
    '''It comes back.'''
    assert student.again().value == [60_000, 8000, 1000]
"""
PICKLES = """
import pickle
from torchvision import datasets

def again():
    given = [datasets.MNIST("."), train_loader.dataset, val_loader.dataset]
    return [len(pickle.loads(pickle.dumps(data))) for data in given]
"""


def test_data_sets_can_be_pickled_by_a_submission(warm_grader: Grader, tmp_path: Path) -> None:
    """``torch.save(dataset)`` works, though none of the grader's modules can be imported."""
    made = replace(
        exercise(tmp_path, PICKLED, ["again"]),
        data=("mnist",),
        provides=("train_loader", "val_loader"),
    )
    report = warm_grader.grade(made, submission(PICKLES))
    assert report.verdict.passed, report.verdict.checks
