"""Images of digits drawn once more: turned, sheared, scaled, shifted, bent, in another stroke.

A digit stays what it is, while hardly a pixel keeps its value. Numpy alone, and random numbers
from the raw stream of a bit generator, which no version of numpy changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]

SIDE = 28
KNOTS = 5
"""An image is bent by displacements at so many points a side, with straight lines between them."""
CHUNK = 1_000
CONTRAST, MIDDLE = 1.55, 0.54


@dataclass(frozen=True, slots=True)
class Change:
    """The most that each way of drawing anew changes; each image draws its own share.

    ``turn`` in degrees, ``shear`` and ``scale`` as shares, ``shift`` and ``bend`` in pixels;
    ``stroke`` is how far a stroke goes to one that is a pixel thicker, or thinner, all around.
    """

    turn: float
    shear: float
    scale: float
    shift: float
    bend: float
    stroke: float


class Stream:
    """Uniform numbers that are the same with every version of numpy."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int) -> Floats:
        """Numbers from -1 to 1."""
        raw = self._bits.random_raw(math.prod(shape)) >> np.uint64(40)  # 24 bits: exact in float32
        return (raw.astype(np.float32) / np.float32(1 << 23) - np.float32(1)).reshape(shape)


def redrawn(images: Bytes, seed: int, change: Change) -> Bytes:
    """Each image (N, 28, 28), uint8, drawn anew by its own draw from the seed."""
    stream = Stream(seed)
    parts = [
        _redrawn(images[start : start + CHUNK], stream, change)
        for start in range(0, len(images), CHUNK)
    ]
    return np.concatenate(parts) if parts else images.copy()


def _redrawn(images: Bytes, stream: Stream, change: Change) -> Bytes:
    pixels = images.astype(np.float32)
    moved = _moved(pixels, *_places(len(images), stream, change))
    drawn: Bytes = _sharpened(_stroked(moved, stream, change.stroke)).round().astype(np.uint8)
    return drawn


def _sharpened(drawn: Floats) -> Floats:
    """The contrast that reading between pixels took away, put back; 255 is the brightest again.

    The mean and the deviation of many images are then those of MNIST, 0.13 and 0.31.
    """
    brightest = np.maximum(drawn.max((1, 2), keepdims=True), np.float32(1))
    shares = drawn / brightest
    shares = (shares - np.float32(MIDDLE)) * np.float32(CONTRAST) + np.float32(MIDDLE)
    sharp: Floats = shares.clip(0, 1) * np.float32(255)
    return sharp


def _places(count: int, stream: Stream, change: Change) -> tuple[Floats, Floats]:
    """Where each pixel of the new images lies in the old ones: rows and columns (N, 28, 28)."""
    angle = stream.uniform(count, 1, 1) * np.float32(math.radians(change.turn))
    shear = stream.uniform(count, 1, 1) * np.float32(change.shear)
    high, wide = (1 + stream.uniform(count, 1, 1) * np.float32(change.scale) for _ in range(2))
    down, right = (stream.uniform(count, 1, 1) * np.float32(change.shift) for _ in range(2))
    middle = np.float32((SIDE - 1) / 2)
    rows, columns = np.meshgrid(*[np.arange(SIDE, dtype=np.float32) - middle] * 2, indexing="ij")
    sine, cosine = np.sin(angle), np.cos(angle)
    new_rows = (cosine * rows + sine * columns) * high + down + middle
    new_columns = (cosine * columns - sine * rows + shear * rows) * wide + right + middle
    if change.bend:
        weights = _between()
        knots = stream.uniform(2, count, KNOTS, KNOTS) * np.float32(change.bend)
        new_rows, new_columns = (
            places + weights @ bent @ weights.T
            for places, bent in zip((new_rows, new_columns), knots, strict=True)
        )
    return new_rows, new_columns


def _between() -> Floats:
    """(28, KNOTS): how much each knot counts at each pixel of a side."""
    at = np.arange(SIDE, dtype=np.float32) * np.float32((KNOTS - 1) / (SIDE - 1))
    distance = np.abs(at[:, None] - np.arange(KNOTS, dtype=np.float32))
    weights: Floats = np.clip(1 - distance, 0, 1)
    return weights


def _moved(pixels: Floats, rows: Floats, columns: Floats) -> Floats:
    """The images read at these places, with straight lines between pixels, and black outside."""
    wide = np.pad(pixels, ((0, 0), (1, 2), (1, 2))).reshape(len(pixels), -1)
    rows, columns = (np.clip(places, -1, SIDE) + 1 for places in (rows, columns))
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    low, far = (rows - top)[..., None], (columns - left)[..., None]
    side = SIDE + 3
    at = (top * side + left).reshape(len(pixels), -1)

    def read(offset: int) -> Floats:
        return np.take_along_axis(wide, at + offset, axis=1).reshape(rows.shape)[..., None]

    upper = read(0) * (1 - far) + read(1) * far
    lower = read(side) * (1 - far) + read(side + 1) * far
    found: Floats = (upper * (1 - low) + lower * low)[..., 0]
    return found


def _stroked(pixels: Floats, stream: Stream, most: float) -> Floats:
    """Strokes that are somewhat thicker or thinner."""
    share = stream.uniform(len(pixels), 1, 1) * np.float32(most)
    wide = np.pad(pixels, ((0, 0), (1, 1), (1, 1)))
    around = [
        wide[:, 1 + down : 1 + down + SIDE, 1 + right : 1 + right + SIDE]
        for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0))
    ]
    thick = np.maximum.reduce([pixels, *around])
    thin = np.minimum.reduce([pixels, *around])
    stroked: Floats = pixels + np.abs(share) * (np.where(share > 0, thick, thin) - pixels)
    return stroked
