"""Fingerprints of single rows of a batch, so that an image is known again by its content.

Runs in the student's process. A fingerprint survives any increasing affine map of a row
(``x / 255``, normalisation) and any reshape, as it only asks which of two pixels is larger.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from grader.observe.looking import has_values

BITS = 62
SMALLEST = 14
"""The side of a picture from which on its middle alone gives enough pairs."""
FEW = 32
SAMPLE = 64

Pairs = tuple[torch.Tensor, torch.Tensor]


class Fingerprints:
    """Computes fingerprints, and looks them up in the pools of known images.

    ``pools``: name → uint8 images (N, 28, 28), as arrays or tensors; may be empty.
    """

    def __init__(self, pools: Mapping[str, Any]) -> None:
        self._pools = {name: torch.as_tensor(images) for name, images in pools.items()}
        self._known: dict[int, tuple[str, int]] | None = None
        self._pairs: dict[int, Pairs] = {}
        # float64 holds 31 bits of a sum of powers exactly; two columns make 62.
        powers = torch.zeros(BITS, 2, dtype=torch.float64, device="cpu")  # whatever the default
        for bit in range(BITS):
            powers[bit, bit // 31] = float(1 << (bit % 31))
        self._powers = powers

    def of(self, batch: torch.Tensor, limit: int = SAMPLE) -> list[int]:
        """Fingerprints of up to ``limit`` evenly spread rows; 0 stands for a row without shape.

        A blank row, and one whose pixels give no order, is 0.
        """
        if not has_values(batch) or batch.dim() == 0 or batch.numel() == 0:
            return []
        count = batch.shape[0]
        if count > limit:
            batch = batch[:: -(-count // limit)]
        flat = batch.detach().reshape(batch.shape[0], -1)
        if flat.device.type != "cpu":
            flat = flat.cpu()
        return self._exact(flat) if flat.shape[1] < FEW else self._ordered(flat)

    def _ordered(self, flat: torch.Tensor) -> list[int]:
        first, second = self._pairs_for(flat.shape[1])
        bits = flat.index_select(1, first) > flat.index_select(1, second)
        halves = (bits.to(torch.float64) @ self._powers).to(torch.int64)
        prints: list[int] = ((halves[:, 1] << 31) | halves[:, 0]).tolist()
        return prints

    @staticmethod
    def _exact(flat: torch.Tensor) -> list[int]:
        rows = flat.to(torch.float32).tolist()
        return [hash(tuple(row)) & ((1 << BITS) - 1) for row in rows]

    def _pairs_for(self, width: int) -> Pairs:
        """Fixed pairs of positions for rows of ``width``; of a picture, off the blank border."""
        pairs = self._pairs.get(width)
        if pairs is None:
            draw = torch.Generator().manual_seed(width)
            where = torch.arange(width, device="cpu")
            side = math.isqrt(width // 3 if width % 3 == 0 else width)
            if width in (side * side, 3 * side * side) and side >= SMALLEST:
                rows, columns = (
                    slice(5 * side // 28, 23 * side // 28),
                    slice(side // 4, 3 * side // 4),
                )
                where = where[: side * side].view(side, side)[rows, columns].reshape(-1)
            picks = torch.randint(len(where), (2, BITS), generator=draw, device="cpu")
            pairs = (where[picks[0]], where[picks[1]])
            self._pairs[width] = pairs
        return pairs

    def known(self, fingerprint: int) -> tuple[str, int] | None:
        """The pool and the position there of the image with this fingerprint."""
        if fingerprint == 0 or not self._pools:
            return None
        if self._known is None:
            self._known = {}
            for name, images in self._pools.items():
                for index, print_ in enumerate(self.of(images, limit=len(images))):
                    if print_:
                        self._known[print_] = (name, index)
        return self._known.get(fingerprint)

    def pools(self) -> Mapping[str, torch.Tensor]:
        """The pools of known images, by name."""
        return self._pools

    def image(self, pool: str, index: int) -> torch.Tensor:
        """The raw image (28, 28), uint8, at a position of a pool."""
        return self._pools[pool][index]
