"""What a submission finds in its world: the data, and quiet stand-ins for what can't be served.

Runs in the student's process, before the submission. Everything here keeps the genuine class
and changes the one thing that a grader can't give: a network, a person at the keyboard, new
processes.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import os
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.utils.data
import torchvision
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset

from grader.runner.program import quiet_input

MEAN, STD = 0.1307, 0.3081
"""Of MNIST's training pixels scaled to 0..1 (lesson 1.3 §3)."""

FULL_SIZES = {True: 60_000, False: 10_000}
"""The sizes that a script written for the full MNIST counts with, by ``train``."""

Note = Callable[[str], None]


class Digits(TensorDataset):
    """MNIST in memory: items are ``(image (1, 28, 28) float32 normalised, label int64)``.

    ``data``, ``targets`` and ``classes`` are there as in torchvision's class.
    """

    classes = tuple(str(digit) for digit in range(10))

    def __init__(self, images: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> None:
        self.data = torch.from_numpy(images)
        self.targets = torch.from_numpy(labels.astype(np.int64))
        scaled = self.data.to(torch.float32).div(255.0).sub_(MEAN).div_(STD)
        super().__init__(scaled.unsqueeze(1), self.targets)

    def __getitems__(self, indices: list[int]) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """A whole batch by one index operation; DataLoader asks for it by this name."""
        images, labels = (tensor[indices] for tensor in self.tensors)
        return list(zip(images.unbind(0), labels.unbind(0), strict=True))


@dataclass(frozen=True)
class Mnist:
    """The part of MNIST that a student's process may hold; images (N, 28, 28), uint8."""

    train_images: np.ndarray[Any, Any]
    train_labels: np.ndarray[Any, Any]
    val_images: np.ndarray[Any, Any]
    val_labels: np.ndarray[Any, Any]

    @classmethod
    def read(cls, fd: int) -> Mnist:
        """Read the public file from an open descriptor, and close it."""
        with os.fdopen(fd, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})

    def loaders(self) -> dict[str, Any]:
        """``train_loader`` (batches of 64, shuffled) and ``val_loader`` (batches of 256)."""
        train = Digits(self.train_images, self.train_labels)
        val = Digits(self.val_images, self.val_labels)
        return {
            "train_loader": DataLoader(train, batch_size=64, shuffle=True),
            "val_loader": DataLoader(val, batch_size=256),
        }

    def split(self, *, train: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """What ``torchvision.datasets.MNIST(train=…)`` holds: images uint8 and labels int64."""
        images, labels = (
            (self.train_images, self.train_labels) if train else (self.val_images, self.val_labels)
        )
        return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))


def serve(mnist: Mnist | None, note: Note) -> None:
    """Install every stand-in. ``note`` takes a sentence for the report, once each."""
    builtins.input = quiet_input
    _serve_single_process_loading(note)
    _serve_eager(note)
    _serve_display()
    _serve_plain_progress_bars()
    _serve_colab(note)
    if mnist is not None:
        _serve_mnist(mnist, note)


def _serve_single_process_loading(note: Note) -> None:
    """``DataLoader(num_workers=2)`` loads in this process: it may start no other."""
    original = DataLoader.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def init(*args: Any, **kwargs: Any) -> None:
        bound = signature.bind(*args, **kwargs)
        if bound.arguments.get("num_workers"):
            note("DataLoader(num_workers=…) was served in the program's own process.")
            bound.arguments["num_workers"] = 0
            for name in ("prefetch_factor", "persistent_workers", "multiprocessing_context",
                         "worker_init_fn", "timeout"):  # fmt: skip
                bound.arguments.pop(name, None)
        original(*bound.args, **bound.kwargs)

    DataLoader.__init__ = init  # type: ignore[method-assign]


def _scaled_indices(indices: Sequence[int], full: int, size: int) -> list[int]:
    """The part of a smaller set that ``indices`` are of the full one, in their order.

    Each of the ``size`` images stands for one index of the ``full`` ones, so that parts which
    share no index share no image, and parts that make up the whole still do.
    """
    stands_for = {image * full // size: image for image in range(size)}
    chosen = (stands_for.get(int(index)) for index in indices)
    return [image for image in chosen if image is not None]


def _serve_eager(note: Note) -> None:
    """``torch.compile`` gives back what it was given: a compiler would be a new process."""

    def compile_(model: Any = None, **_: Any) -> Any:
        note("torch.compile was served by running the model as it is.")
        return model if model is not None else lambda function: function

    def compile_in_place(_: torch.nn.Module, *__: Any, **___: Any) -> None:
        note("Module.compile was served by running the model as it is.")

    torch.compile = compile_
    torch.nn.Module.compile = compile_in_place  # type: ignore[method-assign,assignment]


def _serve_mnist(mnist: Mnist, note: Note) -> None:
    """``torchvision.datasets.MNIST`` of any root holds the grader's copy, without a network."""
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
        note("torchvision.datasets.MNIST was served from the grader's own subset of MNIST.")
        return mnist.split(train=dataset.train)

    served("_check_legacy_exist", lambda _: False)
    served("_check_exists", lambda _: True)
    served("download", lambda _: None)
    served("_load_data", load)
    _serve_full_sizes(genuine, others, note)


def _serve_full_sizes(genuine: type, others: tuple[type, ...], note: Note) -> None:
    """Splits counted for 60,000 images get the same shares of the smaller set."""

    def full_size(dataset: Any) -> int | None:
        if isinstance(dataset, genuine) and not isinstance(dataset, others):
            return FULL_SIZES[bool(dataset.train)]  # type: ignore[attr-defined]
        return None

    split = torch.utils.data.random_split

    @functools.wraps(split)
    def random_split(
        dataset: Dataset[Any], lengths: Sequence[int | float], *rest: Any, **kw: Any
    ) -> Any:
        full, size = full_size(dataset), len(dataset)  # type: ignore[arg-type]
        if full is not None and full != size and sum(lengths) == full:
            note(f"random_split({list(lengths)}) was scaled to the {size:,} images there are.")
            scaled = [int(length * size // full) for length in lengths]
            lengths = [*scaled[:-1], size - sum(scaled[:-1])]
        return split(dataset, lengths, *rest, **kw)

    torch.utils.data.random_split = random_split
    torch.utils.data.dataset.random_split = random_split
    original = Subset.__init__

    @functools.wraps(original)
    def init(self: Any, dataset: Any, indices: Sequence[int]) -> None:
        full = full_size(dataset)
        if full is not None and len(indices) and len(dataset) <= max(indices) < full:
            note(f"Subset indices up to {full:,} were scaled to the {len(dataset):,} images there.")
            indices = _scaled_indices(indices, full, len(dataset))
        original(self, dataset, indices)

    Subset.__init__ = init  # type: ignore[method-assign]


def _serve_display() -> None:
    """``display(x)`` and ``get_ipython()`` of a notebook, without IPython."""

    def display(*values: object, **_: object) -> None:
        for value in values:
            print(value)

    builtins.display = display  # type: ignore[attr-defined]
    builtins.get_ipython = _Shell  # type: ignore[attr-defined]


class _Shell:
    """What ``get_ipython()`` gives: magics and shell commands do nothing."""

    def run_line_magic(self, *_: object) -> None:
        """Do nothing."""

    magic = run_cell_magic = system = run_line_magic


def _serve_plain_progress_bars() -> None:
    """``tqdm.notebook`` without a notebook's widgets: the plain bars of the same names."""

    def plain(name: str) -> Any:
        import tqdm.std  # noqa: PLC0415 - only where it is asked for

        return getattr(tqdm.std, {"tqdm_notebook": "tqdm", "tnrange": "trange"}.get(name, name))

    module = types.ModuleType("tqdm.notebook")
    module.__getattr__ = plain  # type: ignore[method-assign]
    sys.modules["tqdm.notebook"] = module


def _serve_colab(note: Note) -> None:
    """``from google.colab import drive, files`` imports; mounting and uploading do nothing."""

    def nothing(*_: object, **__: object) -> dict[str, bytes]:
        note("google.colab is not there; its drive and files calls did nothing.")
        return {}

    try:
        import google  # noqa: PLC0415 - a namespace package that may be installed
    except ImportError:
        google = types.ModuleType("google")
        google.__path__ = []
    colab = types.ModuleType("google.colab")
    for name, calls in (
        ("drive", ("mount", "flush_and_unmount")),
        ("files", ("upload", "download")),
    ):
        part = types.ModuleType(f"google.colab.{name}")
        for call in calls:
            setattr(part, call, nothing)
        setattr(colab, name, part)
        sys.modules[part.__name__] = part
    google.colab = colab
    sys.modules.setdefault("google", google)
    sys.modules["google.colab"] = colab
