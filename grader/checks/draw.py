"""Random inputs of a check, drawn from the run's seed on the judge's side."""

from __future__ import annotations

import hashlib

import torch


class Draw:
    """The fixture ``draw``: a generator of its own for each check of each run.

    The same seed and check give the same inputs; another seed gives inputs that nobody could
    have prepared for.
    """

    def __init__(self, seed: int, check_id: str) -> None:
        digest = hashlib.sha256(f"{seed}/{check_id}".encode()).digest()
        self._generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Standard normal numbers of the given shape."""
        return torch.randn(shape, generator=self._generator, dtype=dtype)

    def uniform(
        self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: torch.dtype = torch.float32
    ) -> torch.Tensor:
        """Numbers spread evenly over [low, high)."""
        return torch.rand(shape, generator=self._generator, dtype=dtype) * (high - low) + low

    def integers(self, *shape: int, low: int = 0, high: int) -> torch.Tensor:
        """Whole numbers (int64) from low to high - 1."""
        return torch.randint(low, high, shape, generator=self._generator)

    def choice(self, low: int, high: int) -> int:
        """One whole number from low to high, both included."""
        return int(self.integers(low=low, high=high + 1))
