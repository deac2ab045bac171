"""The subset at full length: real digits first, no two images alike, MNIST's own statistics."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from grader import datasets
from grader.datasets.lengthened import CHANGE, TEST, TRAIN, Block, filled, lengthened
from grader.datasets.redrawn import Bytes, Change, Stream, redrawn
from grader.datasets.subset import subset_files

HEADER = {3: 16, 1: 8}


def read(number: int) -> Bytes:
    """One of the four files as an array."""
    content = subset_files()[number].read_bytes()
    rank = content[3]
    shape = np.frombuffer(content, ">u4", rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=HEADER[rank]).reshape(shape)


def embedded(part: str) -> tuple[Bytes, Bytes]:
    """The subset's own images and labels."""
    with np.load(datasets.public_file("mnist"), allow_pickle=False) as arrays:
        return arrays[f"{part}_images"], arrays[f"{part}_labels"]


def test_lengths_are_those_of_mnist() -> None:
    """60,000 images to train on and 10,000 to test, with one label each."""
    assert [read(number).shape for number in range(4)] == [
        (60_000, 28, 28), (60_000,), (10_000, 28, 28), (10_000,)
    ]  # fmt: skip


def test_no_two_images_are_equal_and_none_is_held_out() -> None:
    """Not within a split, not between the two, and not one of those that are measured on."""
    with np.load(datasets.heldout_file("mnist"), allow_pickle=False) as arrays:
        held = arrays["images"]
    everything = [image.tobytes() for part in (read(0), read(2), held) for image in part]
    assert len(set(everything)) == 60_000 + 10_000 + 2_000


@pytest.mark.parametrize(("number", "blocks", "part"), [(0, TRAIN, "train"), (2, TEST, "val")])
def test_each_block_begins_with_real_images(
    number: int, blocks: tuple[Block, ...], part: str
) -> None:
    """As they are, all of them in one block or another; and each label is that of its image."""
    images, labels = embedded(part)
    made, their = read(number), read(number + 1)
    position = first = 0
    for block in blocks:
        real = slice(first, first + block.images)
        assert np.array_equal(made[position : position + block.images], images[real])
        assert np.array_equal(
            their[position : position + block.positions],
            np.resize(labels[real], block.positions),
        )
        position, first = position + block.positions, first + block.images
    assert (position, first) == (len(made), len(images))


def test_the_usual_cuts_fall_between_blocks() -> None:
    """Validation on the first 10,000, on the last 10,000 or on the last 5,000."""
    ends = np.cumsum([block.positions for block in TRAIN]).tolist()
    assert {10_000, 50_000, 55_000} <= set(ends)


def test_pixels_and_classes_are_spread_as_in_mnist() -> None:
    """Mean 0.1307 and deviation 0.3081 to the second place, each digit as often as the others."""
    images, labels = read(0), read(1)
    assert (round(images.mean() / 255, 2), round(images.std() / 255, 2)) == (0.13, 0.31)
    counts = np.bincount(labels, minlength=10)
    assert counts.min() > 0.9 * counts.max()
    assert set(images.max((1, 2)).tolist()) <= {254, 255}


def test_a_digit_drawn_anew_stays_near_its_original() -> None:
    """Nearer than to most others of its class; and no draw is the one before."""
    images = embedded("train")[0][:200]
    drawn = redrawn(images, 1, CHANGE)
    own = np.abs(images.astype(int) - drawn.astype(int)).mean((1, 2))
    other = np.abs(images.astype(int) - np.roll(drawn, 1, 0).astype(int)).mean((1, 2))
    assert own.min() > 0
    assert np.mean(own < other) > 0.98
    assert not np.array_equal(drawn, redrawn(images, 2, CHANGE))
    assert np.array_equal(drawn, redrawn(images, 1, CHANGE))


def test_no_change_gives_the_image_back_but_for_its_contrast() -> None:
    """Black stays black, the brightest pixel stays the brightest."""
    images = embedded("train")[0][:50]
    drawn = redrawn(images, 0, Change(0, 0, 0, 0, 0, 0))
    assert not drawn[images < 20].any()
    assert (drawn[images == 255] == 255).all()


def test_the_stream_is_uniform() -> None:
    """From -1 to 1, with the mean and the deviation of a uniform number."""
    numbers = Stream(0).uniform(100_000)
    assert numbers.min() >= -1
    assert numbers.max() < 1
    assert abs(numbers.mean()) < 0.01
    assert abs(numbers.std() - 3**-0.5) < 0.01


def test_blocks_for_another_set_are_refused() -> None:
    """Each image must have its place."""
    images, labels = embedded("val")
    with pytest.raises(ValueError, match="1000 images"):
        lengthened(images, labels, TRAIN)


@pytest.mark.parametrize("count", [0, 1, 7, 10, 12])
def test_a_split_is_filled_to_its_length(count: int) -> None:
    """With as many as are missing, and left alone where nothing is or nothing can be."""
    images, labels = (array[:count] for array in embedded("val"))
    whole, their = filled(images, labels, 10)
    assert len(whole) == len(their) == (0 if not count else max(10, count))
    assert np.array_equal(whole[:count], images)
    assert all(not np.array_equal(one, two) for one, two in pairwise(whole))
