"""What the loaders of a data pipeline must give (lessons 1.3 §3 and 004 §6).

`props.py` over there reads batches and the order of epochs; images are told apart by keys that
no scaling changes. Which image has which label is known here, from the same files.
"""

from __future__ import annotations

import importlib.util
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
import torch

from grader import datasets
from grader.checks import CheckFailed, check
from grader.checks.forms import known_form, on

ROOT = Path(__file__).parents[2]
NAMES = ("train", "val", "test")
WORDS = {"train": "training", "val": "validation", "test": "test"}
BATCH = 48
SAMPLE = 3 * BATCH
"""How many images of each loader are looked at, from anywhere in it; of all others the order."""

MEAN, STD = 0.1307, 0.3081


def load_props():
    """The exercise's own props.py, on this side."""
    path = ROOT / "exercises" / "data_pipeline" / "props.py"
    spec = importlib.util.spec_from_file_location("data_pipeline_props", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Originals:
    """The images that were served: by their key, which image and which label."""

    def __init__(self):
        files = datasets.given("mnist", full=False).files[:4]
        images, labels, test_images, test_labels = (path.read_bytes() for path in files)
        images, test_images = (pixels(each) for each in (images, test_images))
        self.sizes = {"full": len(images), "test": len(test_images)}
        self.images = np.concatenate([images, test_images])
        self.labels = np.frombuffer(labels[8:] + test_labels[8:], np.uint8)
        keys = load_props().keys(torch.from_numpy(self.images)).tolist()
        self.rows = {key: row for row, key in enumerate(keys)}

    def is_of_test(self, key):
        """Whether an image is one of the test split."""
        row = self.rows.get(key)
        return row is not None and row >= self.sizes["full"]


def pixels(file):
    """The images (N, 28, 28) of a file as torchvision reads them: 16 bytes come before them."""
    return np.frombuffer(file, np.uint8, offset=16).reshape(-1, 28, 28)


class Loaders:
    """What the student's make_loaders() gave, asked for once and only when it is needed."""

    def __init__(self, student, seed):
        self.student = student
        self.seed = seed
        self.firsts = {}
        self.samples = {}

    @cached_property
    def handle(self):
        """The three loaders, over there."""
        loaders = self.student.make_loaders("data", BATCH)
        if loaders.type_name not in ("tuple", "list"):
            kind = "None" if loaders.type_name == "NoneType" else f"a {loaders.type_name}"
            raise CheckFailed(f"make_loaders() returned {kind}, expected three loaders")
        count = self.student.props.count(loaders).value
        if type(count) is not int or count != len(NAMES):
            raise CheckFailed(
                f"make_loaders() returned {count!s:.20} things, expected three loaders"
            )
        return loaders

    @cached_property
    def epochs(self):
        """The reader of epochs, over there."""
        return self.student.props.Epochs()

    def some(self, name):
        """Batches from all over one loader, each a pair of tensors; its last one is the last."""
        if name not in self.samples:
            loader = self.handle[NAMES.index(name)]
            batches = self.student.props.some(loader, SAMPLE, self.seed).value
            if not isinstance(batches, list) or not batches:
                raise CheckFailed(f"the {WORDS[name]} loader gives no batch")
            self.samples[name] = [pair(batch, name) for batch in batches]
        return self.samples[name]

    def first(self, name):
        """The keys of the first epoch; most checks need no other."""
        if name not in self.firsts:
            self.firsts[name] = self.order(name)
        return self.firsts[name]

    def asked_for(self, name):
        """How many images the loader's own sampler names."""
        return self.student.props.asked_for(self.handle[NAMES.index(name)]).value

    def order(self, name):
        """The keys of one more epoch in their order."""
        keys = self.epochs.order(self.handle[NAMES.index(name)]).value
        if isinstance(keys, str):
            raise CheckFailed(f"the {WORDS[name]} loader: {keys[:200]}")
        if not isinstance(keys, torch.Tensor) or keys.ndim != 1 or keys.dtype != torch.int64:
            raise CheckFailed(f"the {WORDS[name]} loader gives no epoch that can be read")
        if not len(keys):
            raise CheckFailed(f"the {WORDS[name]} loader gives no images")
        return keys.tolist()


def pair(batch, name):
    """One batch as images and labels."""
    if (
        not isinstance(batch, (list, tuple))
        or len(batch) != 2
        or not all(isinstance(part, torch.Tensor) for part in batch)
    ):
        raise CheckFailed(
            f"a batch of the {WORDS[name]} loader is not a pair of tensors (images, labels)"
        )
    return batch


@pytest.fixture(scope="session")
def loaders(student, run_seed):
    """The student's loaders."""
    return Loaders(student, run_seed)


@pytest.fixture(scope="session")
def originals():
    """The images and labels that were served."""
    return Originals()


@check("batches")
@pytest.mark.parametrize("name", NAMES)
def test_batches(loaders, originals, name):
    """Batches have the right shapes and types, and each image has its own label."""
    batches = loaders.some(name)
    for number, (images, labels) in enumerate(batches):
        size = len(labels) if labels.ndim else 0
        wanted = {
            "images": ((size, 1, 28, 28), torch.float32, images),
            "labels": ((size,), torch.int64, labels),
        }
        for what, (shape, dtype, got) in wanted.items():
            if tuple(got.shape) != shape or got.dtype != dtype or not size:
                raise CheckFailed(
                    f"the {what} of a batch of the {WORDS[name]} loader have the wrong shape or "
                    "type",
                    details=[f"expected {shape} {dtype}   got {tuple(got.shape)} {got.dtype}"],
                )
        is_last = number == len(batches) - 1 > 0
        if name == "train" and size != BATCH and not (is_last and size < BATCH):
            raise CheckFailed(
                f"make_loaders(root, {BATCH}) gives training batches of {size} images, "
                f"expected {BATCH}"
            )
        own_labels(images, labels, originals, name)


def own_labels(images, labels, originals, name):
    """Fail where an image that is known has another label than its own."""
    for key, label in zip(load_props().keys(images).tolist(), labels.tolist(), strict=True):
        row = originals.rows.get(key)
        if row is not None and label != originals.labels[row]:
            raise CheckFailed(
                f"the {WORDS[name]} loader gives the label {label} to an image of a "
                f"{originals.labels[row]}"
            )


def standardised(pixels):
    """Less the mean of MNIST, by its deviation."""
    return (pixels - MEAN) / STD


WRONG_PIXELS = {
    "scaled to 0..1 and not normalised": lambda pixels: pixels,
    "normalised with 0.5 and 0.5": lambda pixels: (pixels - 0.5) / 0.5,
    "normalised with mean and deviation swapped": lambda pixels: (pixels - STD) / MEAN,
    "normalised twice": lambda pixels: standardised(standardised(pixels)),
    "divided by the variance, not by the deviation": lambda pixels: (pixels - MEAN) / STD**2,
    "less the mean, and not divided by the deviation": lambda pixels: pixels - MEAN,
    "divided by the deviation, and not less the mean": lambda pixels: pixels / STD,
    "pixels from 0 to 255: they are not scaled to 0..1": lambda pixels: 255 * pixels,
    "normalised without having been scaled to 0..1": lambda pixels: standardised(255 * pixels),
    "normalised each by its own mean and deviation": lambda pixels: (
        (pixels - pixels.mean((1, 2, 3), keepdim=True)) / pixels.std((1, 2, 3), keepdim=True)
    ),
}
"""What the known slips make of pixels from 0 to 1, (N, 1, 28, 28)."""


def alike(one, other):
    """Whether two sets of images are the same up to float32."""
    return one.shape == other.shape and bool(torch.allclose(one, other, rtol=1e-4, atol=1e-4))


@check("normalised")
@pytest.mark.parametrize("name", NAMES)
def test_normalised(loaders, originals, thresholds, name):
    """The pixels have mean 0 and standard deviation 1, by MNIST's own two numbers."""
    images = torch.cat([images for images, _ in loaders.some(name)]).double()
    rows = [originals.rows.get(key) for key in load_props().keys(images).tolist()]
    known = [at for at, row in enumerate(rows) if row is not None]
    # Training images may be turned or moved a little on purpose; then only their statistics tell.
    is_changed = len(known) < len(rows) / 2
    if is_changed and name != "train":
        raise CheckFailed(f"the {WORDS[name]} loader gives images that are not those of MNIST")
    slip = None
    if is_changed:
        setting, expected = "changed", torch.tensor([0.0, 1.0])
        worst = max(abs(float(images.mean())), abs(float(images.std()) - 1))
    else:
        raw = torch.from_numpy(originals.images[[rows[at] for at in known]])
        pixels = (raw.double() / 255).unsqueeze(1)
        right = standardised(pixels)
        images, setting = images[known], "allowed"
        expected = torch.stack([right.mean(), right.std()])
        worst = float((images - right).abs().max())
        slip = known_form(images, right, on(WRONG_PIXELS, pixels), alike)
    thresholds.at_most(
        setting,
        worst,
        f"the {WORDS[name]} images are {slip or f'not normalised with {MEAN} and {STD}'}",
        label=f"largest difference of the {WORDS[name]} images",
        details=(
            f"mean     expected {float(expected[0]):.3f}   got {float(images.mean()):.3f}",
            f"std      expected {float(expected[1]):.3f}   got {float(images.std()):.3f}",
            f"smallest expected -0.424   got {float(images.min()):.3f}",
            f"largest  expected 2.821   got {float(images.max()):.3f}",
        ),
        settles_pass=True,
    )


@check("shares")
def test_shares(loaders, originals, thresholds):
    """Five sixths of the images are for training, one sixth for validation, all others for test."""
    full, test = originals.sizes["full"], originals.sizes["test"]
    right = {"train": full * 5 / 6, "val": full / 6, "test": test}
    missed = {}
    for name, expected in right.items():
        size = len(loaders.first(name))
        # A training loader may leave out its last, incomplete batch.
        least = expected - (BATCH if name == "train" else 0)
        missed[name] = max(size - expected, least - size, 0.0) / full
        if name == "test" and missed[name]:
            raise CheckFailed(of_the_images(name, size, test, expected))
        strange = sum(originals.is_of_test(key) != (name == "test") for key in loaders.first(name))
        if name != "train" and strange > size / 2:
            raise CheckFailed(
                f"the {WORDS[name]} loader gives images of the other split: MNIST's training "
                "images are for training and validation, its test images for the test"
            )
        asked = loaders.asked_for(name)
        if name != "train" and isinstance(asked, int) and size < asked:
            raise CheckFailed(
                f"the {WORDS[name]} loader leaves out {asked - size} of its {asked:,} images: "
                "its last, shorter batch"
            )
    worst = max(missed, key=missed.get)
    thresholds.at_most(
        "slack",
        missed[worst],
        of_the_images(worst, len(loaders.first(worst)), full, right[worst]),
        label="share of the images that are missing or too many",
        settles_pass=True,
    )


def of_the_images(name, size, of, expected):
    """How many images a loader gives, for a reader."""
    return (
        f"the {WORDS[name]} loader gives {size:,} of the {of:,} images that MNIST has "
        f"here{' for tests' if name == 'test' else ''}, expected {round(expected):,}"
    )


@check("disjoint")
@pytest.mark.parametrize(("one", "other"), [("train", "val"), ("train", "test"), ("val", "test")])
def test_disjoint(loaders, one, other):
    """No image is in two loaders."""
    images = set(loaders.first(one))
    shared = images & set(loaders.first(other))
    if shared:
        raise CheckFailed(
            f"{len(shared):,} of {len(images):,} {WORDS[one]} images are {WORDS[other]} images too"
        )


@check("shuffled")
def test_shuffled(loaders, thresholds):
    """Each epoch gives the training images in a new order, each of them once."""
    first, second = loaders.first("train"), loaders.order("train")
    if len(set(first)) < len(first):
        raise CheckFailed(
            f"one epoch of training gives {len(first) - len(set(first)):,} images a second time"
        )
    stayed = sum(a == b for a, b in zip(first, second, strict=False))
    thresholds.at_most(
        "stay",
        stayed / max(len(first), 1),
        f"the second epoch gives {stayed:,} of {len(first):,} training images at the same "
        "place as the first",
        label="share of the images that stay at their place",
        settles_pass=True,
    )


@check("steady")
def test_steady(loaders):
    """The validation images come in the same order every time."""
    first, second = loaders.first("val"), loaders.order("val")
    moved = sum(a != b for a, b in zip(first, second, strict=False))
    if moved or len(first) != len(second):
        raise CheckFailed(
            f"the second time, {moved:,} of {len(first):,} validation images come at another place"
        )
