"""``torchvision.datasets.MNIST`` of any root holds the grader's copy, without a network."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
import torchvision

from grader.runner.inside.served.batches import FromMemory
from grader.runner.inside.served.mnist import Mnist
from grader.runner.inside.served.quiet import Note

_ORIGIN = {
    "full": (
        "torchvision.datasets.MNIST was served from the grader's own copy; in the test split "
        "other digits stand in for those that the grader measures on."
    ),
    "subset": (
        "torchvision.datasets.MNIST was served from the grader's own subset: 8,000 and 1,000 real "
        "digits, drawn anew until there are 60,000 and 10,000."
    ),
}


def serve_mnist(mnist: Mnist, note: Note) -> None:
    """Every root exists and holds ``mnist``; loaders over it make their batches in one go."""
    genuine = torchvision.datasets.MNIST
    others = (
        torchvision.datasets.FashionMNIST,
        torchvision.datasets.KMNIST,
        torchvision.datasets.EMNIST,
        torchvision.datasets.QMNIST,
    )

    def served(name: str, replacement: Callable[[Any], Any]) -> None:
        original = getattr(genuine, name)

        @functools.wraps(original)
        def method(self: Any) -> Any:
            return original(self) if isinstance(self, others) else replacement(self)

        setattr(genuine, name, method)

    def load(dataset: Any) -> tuple[torch.Tensor, torch.Tensor]:
        note(_ORIGIN[mnist.form])
        return mnist.split(train=dataset.train)

    served("_check_legacy_exist", lambda _: False)
    served("_check_exists", lambda _: True)
    served("download", lambda _: None)
    served("_load_data", load)
    FromMemory().install()
