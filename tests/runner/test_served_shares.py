"""Programs that count with all of MNIST's images, where there are fewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, Subset, SubsetRandomSampler, TensorDataset

from grader.runner.served.counted import Counted
from grader.runner.served.shares import serve_shares

TRAIN, TEST = 800, 100
SIZES = {TRAIN: 60_000, TEST: 10_000}
SPLITS = "train, val = images[:50_000], images[50_000:]"
LAST = "for i in range(0, len(images), 128): batch = images[i : i + 128]; N = 60_000"

Serve = Callable[[str], list[str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(text)`` for a program of this text gives the list that notes go to."""
    parts, tensor = torch.utils.data, torch.Tensor
    split, subset, loader = parts.random_split, Subset.__init__, DataLoader.__init__
    methods = {name: vars(tensor).get(name) for name in ("__getitem__", "numpy", "split")}

    def start(text: str) -> list[str]:
        notes: list[str] = []
        serve_shares(SIZES, Counted([text]), notes.append)
        return notes

    yield start
    parts.random_split = parts.dataset.random_split = split
    Subset.__init__ = subset  # type: ignore[method-assign]
    DataLoader.__init__ = loader  # type: ignore[method-assign]
    for name, method in methods.items():
        if method is not None:
            setattr(tensor, name, method)
        elif name in vars(tensor):
            delattr(tensor, name)


def images() -> torch.Tensor:
    """So many rows, each of which holds its own number."""
    return torch.arange(TRAIN, dtype=torch.float32).unsqueeze(1).expand(TRAIN, 4).clone()


def rows(part: Any) -> list[int]:
    """The numbers of the rows in a part, in order."""
    return [int(row[0]) for row in part]


class Own(Dataset[Any]):
    """A data set of one's own over as many images."""

    def __len__(self) -> int:
        return TRAIN

    def __getitem__(self, index: int) -> Any:
        return images()[index]


# --- data sets --------------------------------------------------------------------------


@pytest.mark.parametrize("make", [Own, lambda: TensorDataset(images())])
def test_any_data_set_of_that_size_is_split(serve: Serve, make: Any) -> None:
    """Not only torchvision's own; and the parts can be split again by what they stand for."""
    notes = serve("")
    train, val = torch.utils.data.random_split(make(), [50_000, 10_000])
    assert (len(train), len(val)) == (666, 134)
    again = torch.utils.data.random_split(train, [45_000, 5_000])
    assert [len(part) for part in again] == [599, 67]
    assert len(notes) == 2


def test_samplers_get_disjoint_shares(serve: Serve) -> None:
    """Of a shuffled order, as scripts cut it."""
    serve("")
    order = np.random.default_rng(0).permutation(60_000)
    cut = order[:50_000], list(order[50_000:])
    loaders = [DataLoader(Own(), sampler=SubsetRandomSampler(part)) for part in cut]  # type: ignore[arg-type]
    train, val = (set(loader.sampler) for loader in loaders)
    assert len(train) + len(val) == TRAIN
    assert not train & val
    assert len(val) == pytest.approx(TRAIN / 6, rel=0.3)


@pytest.mark.parametrize("first", [0, 1])
def test_a_part_below_the_size_stays_apart_from_the_rest(serve: Serve, first: int) -> None:
    """Whichever of the two comes first: 500 images and all after them share none."""
    serve("")
    cut = [range(500), range(500, 60_000)]
    parts = [Subset(Own(), cut[first]), Subset(Own(), cut[1 - first])]
    ours = [set(part.indices) for part in parts]
    assert not ours[0] & ours[1]
    assert len(ours[0]) + len(ours[1]) == TRAIN


def test_a_sample_keeps_its_number(serve: Serve) -> None:
    """A hundred images of a part that nobody has are a hundred others."""
    serve("")
    assert len(set(Subset(Own(), range(59_900, 60_000)).indices)) == 100
    assert list(Subset(Own(), range(100)).indices) == list(range(100))


def test_indices_that_can_be_read_once_are_left_alone(serve: Serve) -> None:
    """A generator's numbers are still there for the program."""
    serve("")
    assert list(Subset(Own(), (i for i in (1, 2))).indices) == [1, 2]  # type: ignore[arg-type]


def test_what_the_full_set_refuses_is_refused(serve: Serve) -> None:
    """Lengths that don't add up, and an index beyond the last image."""
    serve("")
    with pytest.raises(ValueError, match="Sum of input lengths"):
        torch.utils.data.random_split(Own(), [50_000, 1_000])
    assert max(Subset(Own(), [0, 60_000]).indices) == 60_000


# --- tensors and arrays -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (SPLITS, (slice(None, 50_000), slice(50_000, None))),
        ("a[:-10000], a[-10000:]", (slice(None, -10_000), slice(-10_000, None))),
        ("a[0:n], a[n:60000]", (slice(0, 50_000), slice(50_000, 60_000))),
        ("a[:n], a[-10_000:]", (slice(None, 50_000), slice(-10_000, None))),
        ("a[order[: n]], a[order[n :60000]]", (torch.arange(50_000), torch.arange(50_000, 60_000))),
    ],
)
@pytest.mark.parametrize("kind", ["tensor", "array"])
def test_slices_are_shares(serve: Serve, text: str, cut: tuple[Any, Any], kind: str) -> None:
    """The two parts of a split have every image, and none in common."""
    notes = serve(text)
    whole = images() if kind == "tensor" else images().numpy() / 1
    train, val = (rows(whole[one]) for one in cut)
    assert [*train, *val] == list(range(TRAIN))
    assert len(val) == pytest.approx(TRAIN / 6, abs=1)
    assert notes


def test_a_slice_of_columns_follows(serve: Serve) -> None:
    """Only the first dimension counts images."""
    serve(SPLITS)
    assert images()[50_000:, 1:3].shape == (133, 2)
    assert torch.zeros(5, TRAIN)[:, :50_000].shape == (5, TRAIN)


def test_parts_of_parts_are_counted_too(serve: Serve) -> None:
    """Batches of 50,000 training images, by position and by a shuffled order."""
    serve(SPLITS)
    train, order = images()[:50_000], torch.randperm(50_000)
    for begin in range(0, 50_000, 64):
        assert len(train[order[begin : begin + 64]]) == len(order[begin : begin + 64])
        assert len(train[begin : begin + 64])
    parts = torch.split(images(), [50_000, 10_000])
    assert [len(part) for part in parts] == [666, 134]


@pytest.mark.parametrize("text", [LAST, "x = images[:5000]", SPLITS])
def test_a_last_batch_is_no_split(serve: Serve, text: str) -> None:
    """It ends where the images end; so does a first batch that is larger than all of them."""
    notes = serve(text)
    assert rows(images()[768:896]) == list(range(768, TRAIN))
    assert len(images()[0:5_000]) == TRAIN
    assert not notes


def test_an_index_beyond_all_images_raises(serve: Serve) -> None:
    """One image that isn't there, and one that the full set hasn't."""
    serve(SPLITS)
    for index in (55_000, torch.tensor([60_000]), [0, 60_000]):
        with pytest.raises(IndexError):
            images()[index]


def test_a_program_without_such_numbers_is_left_alone(serve: Serve) -> None:
    """Indexing is torch's own then."""
    before = torch.Tensor.__getitem__
    serve("train, val = images[:700], images[700:]  # 9_000.5 and v10000")
    assert torch.Tensor.__getitem__ is before
