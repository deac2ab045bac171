"""Everything random in a process, from one seed.

Set after the fork: what the zygote drew, or two children drew alike, would be nobody's seed.
The order of sets of strings comes from the hash seed, which the zygote's environment fixes.
"""

from __future__ import annotations

import functools
import itertools
import random
from typing import Any

import numpy as np
import torch


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and torch, on every device that is in use.

    ``torch.manual_seed`` prepares devices that will never be started, too, and notes a traceback
    for each: half a millisecond, several times in a grading.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - students use the global generator
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]  # else nothing runs there
        torch.cuda.manual_seed_all(seed)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(seed)


class UnseededGenerators:
    """Gives ``numpy.random.default_rng()`` without a seed one that a run can repeat.

    NumPy asks the operating system there. The n-th such call of a run gets the n-th child of
    the run's seed instead; a call that names its seed gets what it names.
    """

    def __init__(self) -> None:
        self.start(0)

    def start(self, seed: int) -> None:
        """Count from the first call again, under another seed."""
        self._seed = seed
        self._numbers = itertools.count()

    def serve(self) -> None:
        """Take the place of ``numpy.random.default_rng`` in this process."""
        genuine = np.random.default_rng

        @functools.wraps(genuine)
        def default_rng(seed: Any = None) -> np.random.Generator:
            return genuine(self._next() if seed is None else seed)

        np.random.default_rng = default_rng

    def _next(self) -> np.random.SeedSequence:
        return np.random.SeedSequence(self._seed, spawn_key=(next(self._numbers),))
