"""Where the data came from is known, or it is unknown: it is never guessed."""

from __future__ import annotations

import pytest
import torch

from grader.rules import validation_in_train_mode, validation_tracks_gradients
from grader.trace.trace import Trace
from recording import record

HEAD = """
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset
torch.manual_seed(0)
kind = torch.randint(0, 3, (600,))
points = torch.randn(3, 8)[kind] + torch.randn(600, 8)
net = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
"""
LOOP = """
for epoch in range(2):
    net.train()
    for x, y in TRAINING:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    EVAL
    with torch.no_grad():
        for x in HELD:
            net(x)
"""
TRAINING = {
    "slices": "[(points[s:s + 50], kind[s:s + 50]) for s in range(0, 500, 50)]",
    "shuffled rows": "[(points[i], kind[i]) for i in torch.randperm(500).split(50)]",
    "chosen rows": "[(points.index_select(0, i), kind[i]) for i in torch.randperm(500).split(50)]",
    "parts": "zip(points[:500].split(50), kind[:500].split(50))",
    "a loader": "DataLoader(TensorDataset(points[:500], kind[:500]), 50, shuffle=True)",
    "arrays": """[(torch.from_numpy(points.numpy()[s:s + 50]), kind[s:s + 50])
             for s in range(0, 500, 50)]""",
    "all at once": "[(points[:500], kind[:500])] * 5",
}
HELD = {
    "slices": "[points[s:s + 5] for s in range(500, 600, 5)]",
    "all at once": "[points[500:]]",
    "chosen rows": "[points[i] for i in torch.arange(500, 600).split(20)]",
    "parts": "points[500:].chunk(4)",
    "an array's": "[torch.as_tensor(points.numpy()[500:])]",
}
PAIRS = [
    *((training, "slices") for training in TRAINING),
    *(("shuffled rows", held) for held in HELD),
]


def program(training: str, held: str, mode: str = "pass") -> str:
    """A training with a pass over other data after each epoch."""
    loop = LOOP.replace("TRAINING", training).replace("HELD", held).replace("EVAL", mode)
    return HEAD + loop


def found(trace: Trace) -> list[str]:
    """The rules on validation that find something."""
    assert not trace.faults
    rules = (validation_in_train_mode, validation_tracks_gradients)
    return [finding.rule for rule in rules for finding in rule.find(trace)]


@pytest.mark.parametrize(("training", "held"), PAIRS)
def test_rows_of_one_tensor_are_told_apart(training: str, held: str) -> None:
    """However they are taken from it, what was trained on and what was not are known."""
    bad = record(program(TRAINING[training], HELD[held]))
    assert found(bad) == ["validation-in-train-mode"]
    good = record(program(TRAINING[training], HELD[held], "net.eval()"))
    assert found(good) == []
    assert any(good.is_held_out(source.index) for source in good.sources)


UNKNOWN = {
    "training data, looked at again": ("shuffled rows", "[points[:100], points[200:500]]"),
    "a grid": ("shuffled rows", "[torch.stack([torch.linspace(-3, 3, 50)] * 8, 1)]"),
    "other data": ("slices", "[torch.randn(50, 8)]"),
    "data of which much was trained on": ("slices", "[points]"),
}
NOISY = "[(points[i] + 0.1 * torch.randn(50, 8), kind[i]) for i in torch.randperm(500).split(50)]"


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_to_be_held_out_is_not_judged(name: str) -> None:
    """Data seen in training, or from elsewhere, in training mode is no fault."""
    training, held = UNKNOWN[name]
    assert found(record(program(TRAINING[training], held))) == []


def test_rows_that_were_changed_on_their_way_have_no_origin() -> None:
    """With noise added in training, nobody knows which rows it was."""
    assert found(record(program(NOISY, "[points[:500]]"))) == []


DATASETS = """
class Rows(Dataset):
    def __init__(self, x, y, rows, noise=0.0):
        self.x, self.y, self.rows, self.noise = x, y, rows, noise
    def __len__(self):
        return len(self.rows)
    def __getitem__(self, i):
        x = self.x[self.rows[i]]
        return x + self.noise * torch.randn(8), self.y[self.rows[i]]
class Around(Dataset):
    def __init__(self, inner, noise):
        self.inner, self.noise = inner, noise
    def __len__(self):
        return len(self.inner)
    def __getitem__(self, i):
        x, y = self.inner[i]
        return x + self.noise * torch.randn(8), y
whole = TensorDataset(points, kind)
first, rest = Subset(whole, range(500)), Subset(whole, range(500, 600))
"""
OWN = "DataLoader(Rows(points, kind, range(500), {}), 50, shuffle=True)"
HELD_ROWS = "(x for x, y in DataLoader(Rows(points, kind, range({})), 20))"
AROUND = "DataLoader(Around(first, 0.1), 50, shuffle=True)"


@pytest.mark.parametrize(
    ("training", "held", "is_found"),
    [
        (OWN.format(0.0), HELD_ROWS.format("500, 600"), True),
        (OWN.format(0.0), HELD_ROWS.format("500"), False),
        (OWN.format(0.1), HELD_ROWS.format("500"), False),
        (AROUND, "(x for x, y in DataLoader(Around(rest, 0.0), 20))", True),
        (AROUND, "(x for x, y in DataLoader(Around(first, 0.0), 20))", False),
        (AROUND, "(x for x, y in DataLoader(first, 20))", False),
        ("DataLoader(first, 50, shuffle=True)", "(x for x, y in DataLoader(rest, 20))", True),
    ],
)
def test_data_sets_of_the_programs_own(training: str, held: str, *, is_found: bool) -> None:
    """Their rows are known by what they hold and give, and noise is not taken for other data."""
    source = program(training, held).replace("net = ", f"{DATASETS}net = ", 1)
    assert found(record(source)) == ["validation-in-train-mode"] * is_found


def test_every_row_that_was_trained_on_is_known() -> None:
    """Late in a long epoch too, and where the data are looked at by another way."""
    many = HEAD.replace("600", "6000") + LOOP.replace("EVAL", "pass")
    training = "DataLoader(TensorDataset(points[:5000], kind[:5000]), 25, shuffle=True)"
    for rows, is_found in (("4000:5000", False), ("5000:", True)):
        source = many.replace("TRAINING", training).replace("HELD", f"[points[{rows}]]")
        assert found(record(source)) == ["validation-in-train-mode"] * is_found


def test_rows_that_lie_where_others_lay_are_read_anew() -> None:
    """Each batch of a loop is made in the memory of the last: no two are taken for one."""
    loop = """
net.eval()
memory = np.empty((50, 8), np.float32)
for rows in range(0, 600, 50):
    memory[:] = points[rows:rows + 50]
    net(torch.from_numpy(memory))
"""
    (source,) = record(HEAD + loop).sources
    assert source.rows == 600


BY_HAND = """
import torch
torch.manual_seed(0)
kind = torch.randint(0, 3, (600,))
x = torch.randn(3, 8)[kind] + torch.randn(600, 8)
w1, b1 = (torch.randn(8, 16) * 0.3).requires_grad_(), torch.zeros(16, requires_grad=True)
w2 = (torch.randn(16, 3) * 0.3).requires_grad_()
for epoch in range(3):
    for s in range(0, 600, 50):
        logits = (x[s:s + 50] @ w1 + b1).relu() @ w2
        loss = torch.nn.functional.cross_entropy(logits, kind[s:s + 50])
        loss.backward()
        with torch.no_grad():
            for p in (w1, b1, w2):
                p -= 0.1 * p.grad
                p.grad = None
"""


def test_a_training_pass_is_never_a_validation_pass() -> None:
    """Each product with the data is one forward, and its backward pass follows."""
    assert found(record(BY_HAND)) == []


PICTURES = """
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
class Turned(Dataset):
    def __init__(self, images):
        self.data = images
    def __len__(self):
        return len(self.data)
    def __getitem__(self, i):
        return self.data[i].flip(0)[None].float() / 255, i % 3
class Renamed(Turned):
    def __init__(self, images):
        self.pictures = images
    def __len__(self):
        return len(self.pictures)
    def __getitem__(self, i):
        return self.pictures[i].flip(0)[None].float() / 255, i % 3
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for x, y in DataLoader(DATA(train_images), 20, shuffle=True):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
with torch.no_grad():
    net(LOOKED[:50].unsqueeze(1) / 255)
"""


@pytest.mark.parametrize("data", ["Turned", "Renamed"])
@pytest.mark.parametrize("looked", ["train_images", "val_images"])
def test_images_that_were_changed_in_training_are_known(data: str, looked: str) -> None:
    """Of an augmented data set the images themselves are no other ones."""
    draw = torch.Generator().manual_seed(3)
    images = torch.randint(0, 256, (300, 28, 28), generator=draw, dtype=torch.uint8)
    pools = {"train": images[:200].clone(), "val": images[200:].clone()}
    given = {f"{name}_images": pool for name, pool in pools.items()}
    source = PICTURES.replace("DATA", data).replace("LOOKED", looked)
    trace = record(source, given=lambda: given, pools=pools)
    assert found(trace) == ["validation-in-train-mode"] * (looked == "val_images")
