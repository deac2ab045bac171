"""A set of MNIST's full length out of fewer images, for machines that don't have all of it.

Each real image comes first as it is, then drawn anew by hand's measure (:mod:`redrawn`): turned
by a few degrees, bent, in another stroke. No two images of a set are equal. The set is laid in
blocks, and an image is drawn anew within its own block only, so that parts that are cut where a
block ends have no digit in common, in whatever form (docs/design/023-a-set-of-full-length.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.datasets.redrawn import Bytes, Change, redrawn

CHANGE = Change(turn=8.0, shear=0.1, scale=0.08, shift=1.0, bend=0.6, stroke=0.3)
SEED = 60_000


@dataclass(frozen=True, slots=True)
class Block:
    """So many positions of the set, filled with so many real images and those drawn from them."""

    positions: int
    images: int


TRAIN = (Block(10_000, 2_500), Block(40_000, 4_000), Block(5_000, 750), Block(5_000, 750))
"""60,000 out of 8,000: first parts for validation are cut at 10,000, last ones at 50,000 or 55,000,
and the first 2,500 images are 2,500 digits."""
TEST = (Block(5_000, 500), Block(5_000, 500))
"""10,000 out of 1,000."""


def lengthened(images: Bytes, labels: Bytes, blocks: tuple[Block, ...]) -> tuple[Bytes, Bytes]:
    """The set that these blocks make of images (N, 28, 28) and labels (N,), all of them used.

    Raises:
        ValueError: the blocks are for another number of images.
    """
    if sum(block.images for block in blocks) != len(images):
        raise ValueError(f"the blocks need {blocks}, there are {len(images)} images")
    rows, fresh = [], []
    first = 0
    for block in blocks:
        places = np.arange(block.positions)
        rows.append(first + places % block.images)
        fresh.append(places >= block.images)
        first += block.images
    order, anew = np.concatenate(rows), np.concatenate(fresh)
    made = images[order]
    made[anew] = redrawn(made[anew], SEED, CHANGE)
    return made, labels[order]


def filled(images: Bytes, labels: Bytes, length: int) -> tuple[Bytes, Bytes]:
    """All the images, and as many of the last ones drawn anew as are missing from a length."""
    if not len(images):
        return images, labels
    last = np.arange(2 * len(images) - length, len(images)) % len(images)
    return (
        np.concatenate([images, redrawn(images[last], SEED, CHANGE)]),
        np.concatenate([labels, labels[last]]),
    )
