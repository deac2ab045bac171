"""Programs that count MNIST's 60,000 images get what they would get anywhere else.

Each way of counting, slicing, splitting and sampling is tried on what the grader serves and on
torchvision's own data set over files with the same bytes: values, types and errors must agree.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from torch.utils import data as torch_data
from torch.utils.data import DataLoader, Subset, _utils
from torchvision.transforms import ToTensor

from grader import datasets
from grader.runner.inside.served import vision
from grader.runner.inside.served.mnist import Mnist

COUNTS = (1, 100, 6_000, 8_000, 10_000, 48_000, 50_000, 55_000, 59_999, 60_000, 60_001)

OF_ONE_NUMBER = (
    "x[:{n}]",
    "x[{n}:]",
    "x[-{n}:]",
    "x[:-{n}]",
    "x[0:{n}], y[0:{n}]",
    "x[{n}:60000]",
    "x[{n}::7]",
    "x[{n}]",
    "x[order[:{n}]], y[order[:{n}]]",
    "x[order.numpy()[{n}:]]",
    "x[torch.arange({n})]",
    "x[[0, {n} - 1]]",
    "x[range({n} - 1, {n})]",
    "x.narrow(0, 0, {n})",
    "x.split([{n}, 60000 - {n}])",
    "y.split({n})",
    "torch.utils.data.random_split(data, [{n}, 60000 - {n}])",
    "torch.utils.data.random_split(data, [{n}, len(data) - {n}])",
    "Subset(data, range({n}))",
    "Subset(data, range({n}, 60000))",
    "Subset(data, list(range(len(data)))[-{n}:])",
    "Subset(data, torch.arange({n}, len(data)))",
    "Subset(Subset(data, range({n})), range({n} // 2, {n}))",
    "DataLoader(data, 500, sampler=torch.utils.data.SubsetRandomSampler(range({n} // 50)))",
    "DataLoader(data, 500, sampler=torch.utils.data.SubsetRandomSampler(range(59000, {n})))",
    "a[:{n}]",
    "a[{n}:]",
    "a[order.numpy()[:{n}]]",
    "np.split(a, [{n}])",
    "a.reshape({n}, -1)",
    "np.random.default_rng(0).choice(len(data), {n}, replace=False)",
)
OTHERS = (
    "len(data), len(data.data), len(data.targets), data.data.shape",
    "x.reshape(60000, 784), x.view(60000, 1, 28, 28)",
    "a.reshape(60000, 784).astype(np.float32).mean()",
    "round(a.mean() / 255, 2), round(a.std() / 255, 2), a.mean(), a.std(axis=0)",
    "x.float().mean(), x.float().std()",
    "torch.utils.data.random_split(data, [0.8, 0.2])",
    "x.chunk(6), x.tensor_split(7)",
    "np.array_split(a, 5)",
    "y.bincount(), np.bincount(y.numpy())",
    "x[y == 3], a[y.numpy() == 3]",
    "[int(label) for _, label in itertools.islice(data, 59990, None)]",
    "[label for _, label in Subset(data, range(59990, 60001))]",
    "next(iter(DataLoader(data, 60000)))",
    "sum(len(labels) for _, labels in DataLoader(data, 7000))",
    "x[...], x[None, 0], x[::2][:30000], x[::6]",
    "torch.tensor([torch.tensor(1.0), torch.tensor(2.0)])",
    "data.train_data[:1], data.class_to_idx, data.classes",
    "int(x.sum()), x.stride(), x.is_contiguous()",
)
WAYS = [way.format(n=n) for way in OF_ONE_NUMBER for n in COUNTS] + list(OTHERS)

UNTOUCHED = (
    (torch.Tensor, "__getitem__"),
    (torch.Tensor, "split"),
    (torch.Tensor, "numpy"),
    (torch_data, "random_split"),
    (Subset, "__init__"),
    (DataLoader, "__init__"),
)


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Any, Any]]:
    """The data set that is served, and torchvision's own of the same bytes."""
    kind = torchvision.datasets.MNIST
    plain = kind(datasets.folder("mnist"), train=True, transform=ToTensor())
    names = ("_check_legacy_exist", "_check_exists", "download", "_load_data")
    before = {name: getattr(kind, name) for name in names}
    fetch = _utils.fetch._MapDatasetFetcher.fetch
    files = [os.open(path, os.O_RDONLY) for path in datasets.given("mnist", full=False).files]
    methods = [getattr(owner, name) for owner, name in UNTOUCHED]
    vision.serve_mnist(Mnist.read(files, "subset"), lambda _: None)
    assert methods == [getattr(owner, name) for owner, name in UNTOUCHED]
    yield kind("anywhere", train=True, download=True, transform=ToTensor()), plain
    for name, method in before.items():
        setattr(kind, name, method)
    _utils.fetch._MapDatasetFetcher.fetch = fetch  # type: ignore[method-assign]
    for fd in files:
        os.close(fd)


def outcome(way: str, data: Any) -> Any:
    """What a way of counting gives for a data set, as plain values, or how it fails."""
    torch.manual_seed(0)
    order = torch.randperm(60_000)
    x, y = data.data, data.targets
    names = {
        "data": data, "x": x, "y": y, "a": x.numpy(), "order": order, "torch": torch, "np": np,
        "Subset": Subset, "DataLoader": DataLoader, "itertools": itertools,
    }  # fmt: skip
    try:
        return told(eval(way, names))
    except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
        return type(error), str(error)


def told(value: Any) -> Any:
    """A value so that two can be compared: types, shapes and the digest of the numbers."""
    said: Any = value
    match value:
        case torch.Tensor():
            said = value.dtype, told(value.detach().contiguous().numpy())
        case np.ndarray():
            digest = hashlib.sha256(np.ascontiguousarray(value).data).hexdigest()
            said = value.dtype, value.shape, digest
        case Subset():
            said = len(value), told(list(value.indices)[:2000]), told(value[0][1])
        case DataLoader():
            said = [told(batch) for batch in value]
        case list() | tuple():
            said = [told(each) for each in value]
    return type(value), said


@pytest.mark.filterwarnings("ignore:train_data has been renamed")
@pytest.mark.parametrize("way", WAYS)
def test_counting_gives_what_it_gives_elsewhere(both: tuple[Any, Any], way: str) -> None:
    """The served data set and torchvision's own of the same files can't be told apart."""
    served, plain = (outcome(way, data) for data in both)
    assert served == plain
