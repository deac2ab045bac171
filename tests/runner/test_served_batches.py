"""Batches made in one go are those of torchvision and torch, to the last bit."""

from __future__ import annotations

import copy
import pickle
import random
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    WeightedRandomSampler,
    _utils,
    random_split,
)
from torchvision import datasets, transforms
from torchvision.transforms import v2

from grader.observe.recorder import Recorder
from grader.runner.inside.served import batches
from grader.runner.inside.served.batches import FromMemory
from grader.runner.inside.served.mnist import Digits

COUNT = 150
NORMAL = transforms.Normalize((0.1307,), (0.3081,))
LESSON = transforms.Compose([transforms.ToTensor(), NORMAL])


def idx(array: np.ndarray[Any, Any]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that torchvision takes for MNIST, with 150 images of noise; all bytes occur."""
    place = tmp_path_factory.mktemp("data")
    draw = np.random.default_rng(0)
    raw = place / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        images = draw.integers(0, 256, (COUNT, 28, 28), dtype=np.uint8)
        labels = draw.integers(0, 10, COUNT, dtype=np.uint8)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    return place


@contextmanager
def serving() -> Iterator[list[bool]]:
    """Batches come from memory in the body; the list tells of each whether it did."""
    fetcher: Any = _utils.fetch._MapDatasetFetcher
    genuine, make = fetcher.fetch, FromMemory.batch
    told: list[bool] = []

    def batch(self: FromMemory, dataset: Any, indices: Any) -> Any:
        made = None
        try:
            made = make(self, dataset, indices)
        finally:
            told.append(made is not None)
        return made

    patched = type("Told", (FromMemory,), {"batch": batch})
    patched().install()
    try:
        yield told
    finally:
        fetcher.fetch = genuine


def seed() -> None:
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002 - what programs draw from
    torch.manual_seed(3)


def states() -> list[Any]:
    return [random.random(), np.random.rand(), torch.rand(1).item()]  # noqa: NPY002


def seen(make: Callable[[], Any], epochs: int = 2) -> list[Any]:
    """Every batch of a loader that ``make`` makes, or what it raised; and the streams after."""
    seed()
    found: list[Any] = []
    try:
        loader = make()
        for _ in range(epochs):
            found += list(loader)
    except Exception as error:  # noqa: BLE001
        found.append((type(error), str(error)))
    return [*found, states()]


def assert_same(one: Any, two: Any) -> None:
    assert type(one) is type(two)
    if isinstance(one, torch.Tensor):
        assert (one.dtype, one.shape, one.stride()) == (two.dtype, two.shape, two.stride())
        assert one.requires_grad == two.requires_grad
        assert one.is_inference() == two.is_inference()
        assert one.contiguous().view(torch.uint8).equal(two.contiguous().view(torch.uint8))
    elif isinstance(one, list | tuple):
        assert len(one) == len(two)
        for a, b in zip(one, two, strict=True):
            assert_same(a, b)
    else:
        assert one == two


def compare(make: Callable[[], Any], *, served: bool | None) -> None:
    """The loader's batches with and without serving; ``served``: whether any, or none, were."""
    genuine = seen(make)
    with serving() as told:
        ours = seen(make)
    assert_same(genuine, ours)
    if served is not None:
        assert any(told) == served
        assert all(told) == served


def mnist(root: Path, transform: Any = LESSON, **options: Any) -> Any:
    return datasets.MNIST(root, transform=transform, **options)


# --- transforms -----------------------------------------------------------------------

SERVED = {
    "ToTensor": transforms.ToTensor(),
    "lesson": LESSON,
    "nested": transforms.Compose([transforms.Compose([transforms.ToTensor()]), NORMAL]),
    "half": transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5), (0.5))]),
    "list": transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.5], [0.5])]),
    "in place": transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,), inplace=True)]
    ),
    "twice": transforms.Compose([transforms.ToTensor(), NORMAL, NORMAL]),
    "bytes": transforms.PILToTensor(),
    "converted": transforms.Compose(
        [transforms.PILToTensor(), transforms.ConvertImageDtype(torch.float32), NORMAL]
    ),
    "double": transforms.Compose(
        [transforms.ToTensor(), transforms.ConvertImageDtype(torch.float64)]
    ),
    "view": transforms.Compose([*LESSON.transforms, transforms.Lambda(lambda x: x.view(-1))]),
    "flatten": transforms.Compose([*LESSON.transforms, transforms.Lambda(lambda t: t.flatten())]),
    "torch.flatten": transforms.Compose([*LESSON.transforms, transforms.Lambda(torch.flatten)]),
    "lambda torch.flatten": transforms.Compose(
        [*LESSON.transforms, transforms.Lambda(lambda img: torch.flatten(img))]  # noqa: PLW0108
    ),
    "784": transforms.Compose(
        [transforms.ToTensor(), transforms.Lambda(lambda x: x.reshape(28 * 28))]
    ),
    "nn.Flatten": transforms.Compose([transforms.ToTensor(), nn.Flatten()]),
    "nn.Flatten(0)": transforms.Compose([transforms.ToTensor(), nn.Flatten(0)]),
    "v2": v2.Compose(
        [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize((0.1307,), (0.3081,))]
    ),
    "v2 unscaled": v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32)]),
    "v2 flattened": v2.Compose(
        [v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True), v2.Lambda(lambda x: x.view(-1))]
    ),
}


class Tripled(transforms.ToTensor):  # type: ignore[misc]
    """A subclass may do anything."""

    def __call__(self, pic: Any) -> Any:
        return super().__call__(pic) * 3


def noisy(image: Any) -> Any:
    return transforms.functional.to_tensor(image) + torch.randn(1)


LOADED = {
    "none": None,
    "rotation": transforms.Compose([transforms.RandomRotation(10), transforms.ToTensor()]),
    "crop": transforms.Compose([transforms.ToTensor(), transforms.RandomCrop(28, padding=2)]),
    "resize": transforms.Compose([transforms.Resize(32), transforms.ToTensor()]),
    "subclass": transforms.Compose([Tripled(), NORMAL]),
    "function": noisy,
    "lambda": transforms.Compose([transforms.ToTensor(), transforms.Lambda(lambda x: x * 2 - 1)]),
    "short view": transforms.Compose([transforms.ToTensor(), transforms.Lambda(lambda x: x[0])]),
    "wrong order": transforms.Compose([NORMAL, transforms.ToTensor()]),
    "three channels": transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))]
    ),
    "zero": transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.0,), (0.0,))]),
    "erasing": transforms.Compose([transforms.ToTensor(), transforms.RandomErasing()]),
    "empty": transforms.Compose([]),
}


@pytest.mark.parametrize("name", SERVED)
def test_transforms_of_known_classes_are_served(root: Path, name: str) -> None:
    """Types, strides and every bit are those of the images loaded one by one."""
    data = mnist(root, SERVED[name])
    compare(lambda: DataLoader(data, 64, shuffle=True), served=True)


@pytest.mark.parametrize("name", LOADED)
def test_other_transforms_are_applied_image_by_image(root: Path, name: str) -> None:
    """Random ones draw what they would have drawn, errors are the same."""
    data = mnist(root, LOADED[name])
    compare(lambda: DataLoader(data, 64, shuffle=True), served=False)


def test_a_transform_with_a_hook_is_applied_image_by_image(root: Path) -> None:
    """The hook sees every image."""
    normal = transforms.Normalize((0.5,), (0.5,))
    calls: list[int] = []
    normal.register_forward_hook(lambda *_: calls.append(1))
    data = mnist(root, transforms.Compose([transforms.ToTensor(), normal]))
    compare(lambda: DataLoader(data, 64), served=False)
    assert len(calls) == 4 * COUNT


def test_a_replaced_method_is_called(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may patch torchvision's own class."""
    data = mnist(root)
    monkeypatch.setattr(transforms.ToTensor, "__call__", lambda _, pic: torch.ones(1, 28, 28))
    compare(lambda: DataLoader(data, 64), served=False)


def test_a_shadowed_torch_is_not_taken_for_torch(root: Path) -> None:
    """``torch.flatten`` in a lambda counts only if ``torch`` is torch."""

    class Fake:
        flatten = staticmethod(lambda x: x.view(-1) * 2)

    scope: dict[str, Any] = {"torch": Fake}
    exec("flat = lambda x: torch.flatten(x)", scope)
    data = mnist(
        root, transforms.Compose([transforms.ToTensor(), transforms.Lambda(scope["flat"])])
    )
    compare(lambda: DataLoader(data, 64), served=False)


def test_a_difference_in_one_bit_is_noticed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transform whose batches differ from its images is never served."""
    make = batches._make

    def wrong(*given: Any) -> Any:
        images, labels = make(*given)
        images.view(torch.int32).reshape(-1)[-1] ^= 1
        return [images, labels]

    monkeypatch.setattr(batches, "_make", wrong)
    data = mnist(root)
    compare(lambda: DataLoader(data, 64), served=False)


# --- loaders --------------------------------------------------------------------------


@st.composite
def loaders(draw: st.DrawFn) -> Callable[[Any], Any]:
    """A function from a data set to a loader, of the kinds that people build."""
    size = draw(st.sampled_from([1, 7, 64, COUNT, 1000]))
    last = draw(st.booleans())
    kind = draw(st.sampled_from(["plain", "shuffle", "generator", "subset", "weighted", "batches"]))

    def make(data: Any) -> Any:
        count = len(data)
        options: dict[str, Any] = {"batch_size": size, "drop_last": last}
        if kind == "shuffle":
            options["shuffle"] = True
        elif kind == "generator":
            options |= {"shuffle": True, "generator": torch.Generator().manual_seed(5)}
        elif kind == "subset":
            options["sampler"] = SubsetRandomSampler(torch.randperm(count)[: count // 2])  # type: ignore[arg-type]
        elif kind == "weighted":
            options["sampler"] = WeightedRandomSampler(torch.rand(count).tolist(), 90)
        elif kind == "batches":
            sampler = RandomSampler(data, replacement=True, num_samples=70)
            options = {"batch_sampler": BatchSampler(sampler, size, last)}
        return DataLoader(data, **options)

    return make


@st.composite
def views(draw: st.DrawFn) -> Callable[[Any], Any]:
    """A function from MNIST to what a loader is made over: parts of it, parts of parts."""
    steps = draw(
        st.lists(st.sampled_from(["split", "range", "numpy", "tensor", "negative"]), max_size=2)
    )

    def view(data: Any) -> Any:
        for step in steps:
            half = len(data) // 2
            if step == "split":
                data = random_split(data, [half, len(data) - half])[0]
            elif step == "range":
                data = Subset(data, range(half))
            elif step == "numpy":
                order = np.random.permutation(len(data))  # noqa: NPY002
                data = Subset(data, order)  # type: ignore[arg-type]
            elif step == "tensor":
                data = Subset(data, torch.arange(half))  # type: ignore[arg-type]
            else:
                data = Subset(data, [-1, 0, -half])
        return data

    return view


@given(make=loaders(), view=views(), name=st.sampled_from(sorted(SERVED)), train=st.booleans())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_loader_over_any_part_gives_the_same(
    root: Path, make: Any, view: Any, name: str, *, train: bool
) -> None:
    """Samplers, sizes, generators, parts of parts: batches, their order and the streams after."""
    data = mnist(root, SERVED[name], train=train)
    compare(lambda: make(view(data)), served=None)


def test_a_part_with_indices_of_every_kind_is_served(root: Path) -> None:
    """Lists, ranges, arrays and tensors of positions, also from the end."""
    data = mnist(root)
    kinds = ([3, -1, 5], range(9), np.arange(9), torch.arange(9), (1, 2))
    for indices in kinds:
        part: Any = Subset(data, indices)  # type: ignore[arg-type]
        compare(partial(DataLoader, part, 4), served=True)


def test_positions_that_do_not_exist_raise_as_ever(root: Path) -> None:
    """The error is torch's own, at the same batch."""
    data = mnist(root)
    wrong: list[list[Any]] = [[0, 1, COUNT], [0, -COUNT - 1], [0, 1.5], [True, False], ["a"]]
    for indices in wrong:
        compare(partial(DataLoader, Subset(data, indices), 2), served=None)


def test_collating_otherwise_is_left_alone(root: Path) -> None:
    """A collation of one's own, or none, gets single images."""
    data = mnist(root)
    compare(lambda: DataLoader(data, 8, collate_fn=list), served=None)
    compare(lambda: DataLoader(data, batch_size=None), served=None)
    compare(lambda: DataLoader(data, 8, collate_fn=_utils.collate.default_collate), served=True)


def test_a_changed_default_collation_is_honoured(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program may teach torch to collate tensors in its own way."""
    data = mnist(root)
    own = {torch.Tensor: lambda batch, *, collate_fn_map: torch.stack(batch) * 2}
    for kind, collate in own.items():
        monkeypatch.setitem(_utils.collate.default_collate_fn_map, kind, collate)
    compare(lambda: DataLoader(data, 8), served=False)


def test_data_sets_side_by_side_are_loaded(root: Path) -> None:
    """ConcatDataset asks for single images, and gets the same."""
    data: Any = ConcatDataset([mnist(root), mnist(root, train=False)])
    compare(lambda: DataLoader(data, 64, shuffle=True), served=False)


# --- what a program does to a data set ------------------------------------------------


@pytest.mark.parametrize(
    ("change", "served"),
    [
        (lambda d: d.data.copy_(255 - d.data), True),
        (lambda d: d.targets.add_(1), True),
        (lambda d: setattr(d, "data", d.data[:100]), True),
        (lambda d: setattr(d, "data", d.data[:, 2:-2, 2:-2]), True),
        (lambda d: setattr(d, "transform", transforms.ToTensor()), True),
        (lambda d: d.transform.transforms.pop(), True),
        (lambda d: setattr(d.transform.transforms[1], "mean", (0.9,)), True),
        (lambda d: setattr(d, "targets", d.targets.tolist()), False),
        (lambda d: setattr(d, "targets", d.targets.float()), False),
        (lambda d: setattr(d, "target_transform", lambda digit: digit + 1), False),
        (lambda d: setattr(d, "data", d.data.float()), False),
        (lambda d: setattr(d, "data", d.data.numpy()), False),
        (lambda d: setattr(d, "transform", None), False),
        (lambda d: setattr(d, "targets", d.targets[:50]), None),
    ],
)
def test_a_change_of_a_data_set_counts_at_once(
    root: Path, change: Callable[[Any], object], *, served: bool | None
) -> None:
    """Between two batches too: nothing of before is kept."""

    def make() -> Any:
        steps = [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
        data = mnist(root, transforms.Compose(steps))
        yield from DataLoader(data, 60)
        change(data)
        yield from DataLoader(data, 60)

    genuine = seen(lambda: list(make()), epochs=1)
    with serving() as told:
        ours = seen(lambda: list(make()), epochs=1)
    assert_same(genuine, ours)
    assert told[:3] == [True] * 3
    if served is not None:
        assert set(told[3:]) == {served}


class Doubled(datasets.MNIST):  # type: ignore[misc]
    """Overrides how an item is made."""

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, label = super().__getitem__(index)
        return image * 2, label


class Inverted(datasets.MNIST):  # type: ignore[misc]
    """Its ``data`` isn't what __getitem__ of the base class finds first."""

    @property
    def data(self) -> Any:
        return 255 - self._data

    @data.setter
    def data(self, value: Any) -> None:
        self._data = value


class Named(datasets.MNIST):  # type: ignore[misc]
    """Changes nothing that matters."""

    def name(self) -> str:
        return "mine"


class Batched(datasets.MNIST):  # type: ignore[misc]
    """Makes its batches itself."""

    def __getitems__(self, indices: list[int]) -> list[Any]:
        return [self[index] for index in reversed(indices)]


class Wrapper(Dataset[Any]):
    """A student's own class around MNIST."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __len__(self) -> int:
        return len(self.inner)

    def __getitem__(self, index: int) -> Any:
        return self.inner[index]


@pytest.mark.parametrize(
    ("kind", "served"), [(Doubled, False), (Inverted, False), (Batched, False), (Named, True)]
)
def test_a_subclass_keeps_what_it_changes(
    root: Path, tmp_path: Path, kind: type, *, served: bool
) -> None:
    """Only one that overrides nothing of an item is served."""
    (tmp_path / kind.__name__).symlink_to(root / "MNIST")
    data = kind(tmp_path, transform=LESSON)
    compare(lambda: DataLoader(data, 64, shuffle=True), served=served)
    compare(lambda: DataLoader(Subset(data, range(20)), 64), served=served)


def test_a_wrapper_is_asked_for_each_image(root: Path) -> None:
    """What it does to an image is its own affair."""
    data = Wrapper(mnist(root))
    compare(lambda: DataLoader(data, 64, shuffle=True), served=False)


def test_single_images_are_torchvisions(root: Path) -> None:
    """Indexing, length and attributes of a data set are untouched by serving."""
    data = mnist(root)
    with serving():
        assert datasets.MNIST.__getitem__.__module__ == "torchvision.datasets.mnist"
        list(DataLoader(data, 64))
        again = mnist(root)
        assert_same([data[i] for i in range(5)], [again[i] for i in range(5)])
        assert len(data) == COUNT
        assert torch.equal(data.data, again.data)


def test_modes_and_defaults_of_torch_are_honoured(root: Path) -> None:
    """float64 by default, inference mode, another default device."""
    data = mnist(root)

    def inference() -> Any:
        with torch.inference_mode():
            return list(DataLoader(data, 64))

    def double() -> Any:
        torch.set_default_dtype(torch.float64)
        try:
            return list(DataLoader(data, 64))
        finally:
            torch.set_default_dtype(torch.float32)

    def meta() -> Any:
        with torch.device("meta"):
            return [labels.device for _, labels in DataLoader(data, 64)]

    compare(inference, served=True)
    compare(double, served=True)
    compare(meta, served=None)


def test_batches_share_nothing_with_the_data(root: Path) -> None:
    """A program that works in place on a batch, even on raw bytes, changes no data set."""
    data = mnist(root, transforms.PILToTensor())
    before = data.data.clone()
    with serving():
        for images, labels in DataLoader(data, 64):
            images.zero_()
            labels.zero_()
    assert torch.equal(data.data, before)
    assert data.targets.any()


# --- provided loaders -----------------------------------------------------------------


def digits() -> Digits:
    draw = np.random.default_rng(1)
    images = draw.integers(0, 256, (COUNT, 28, 28), dtype=np.uint8)
    return Digits(images, draw.integers(0, 10, COUNT, dtype=np.uint8))


def test_provided_loaders_are_served() -> None:
    """As their items collated, also after their tensors were changed."""
    data = digits()
    compare(lambda: DataLoader(data, 64, shuffle=True), served=True)
    compare(lambda: DataLoader(Subset(data, [5, -2, 7]), 2), served=True)
    data.tensors[0].mul_(2)
    compare(lambda: DataLoader(data, 64), served=True)


def test_provided_digits_can_be_copied_and_pickled() -> None:
    """``torch.save(loader.dataset)`` and copies work; both hold the same."""
    data = digits()
    for other in (copy.deepcopy(data), pickle.loads(pickle.dumps(data))):
        assert_same(list(data.tensors), list(other.tensors))


def test_sequential_sampling_is_in_order(root: Path) -> None:
    """Labels of a loader without shuffling are the data set's, in its order."""
    data = mnist(root)
    with serving() as told:
        loader = DataLoader(data, 60, sampler=SequentialSampler(data))
        labels = torch.cat([labels for _, labels in loader])
    assert all(told)
    assert torch.equal(labels, data.targets)


def test_batches_are_served_under_the_recorder(root: Path) -> None:
    """It replaces ``nn.Module.__call__``, which a transform inherits; its sources stay known."""
    data = mnist(root)
    train, val = random_split(data, [100, 50])
    rows: list[Any] = []
    recorder = Recorder(rows.extend, {__file__: ("s.py", None)}, {"train": data.data.numpy()})
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recorder.install()
    try:
        with serving() as told:
            for images, labels in DataLoader(train, 20, shuffle=True):
                optimizer.zero_grad()
                loss: Any = nn.functional.cross_entropy(model(images), labels)
                loss.backward()
                optimizer.step()
            for images, _ in DataLoader(val, 50):
                model(images)
    finally:
        recorder.finish()
        recorder.uninstall()
    assert told == [True] * 6
    sources = {row[1]: row[2:] for row in rows if row[0] == "source"}
    assert [row[:4] for row in sources.values()] == [
        ["loader", "Subset", 100, "train"],
        ["loader", "Subset", 50, "train"],
    ]
    assert ["shared", 1, 0, 0] in rows
