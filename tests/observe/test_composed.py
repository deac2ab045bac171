"""A model that no single object stands for is found, and asked, from the operations of a step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

from asking import ANSWERS, HEAD, IMAGES, LABELS, LOOP, UNSEEN, measure
from recording import loaders, record, run

TWO_LAYERS = """
hidden, out = nn.Linear(784, 16), nn.Linear(16, 3)
optimizer = torch.optim.Adam([*hidden.parameters(), *out.parameters()], lr=0.003)
"""
THREE_PARTS = """
encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU())
decoder, head = nn.Linear(16, 784), nn.Linear(16, 3)
"""
ONE = """
model = nn.Sequential(nn.Flatten(), nn.Linear({width}, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
"""
RAW = """
w1 = (torch.randn(784, 16) / 28).requires_grad_()
w2 = (torch.randn(16, 3) / 4).requires_grad_()
for epoch in range(6):
    for images, labels in train_loader:
        logits = (images.reshape(len(images), -1) @ w1).clamp(min=0) @ w2
        loss = (logits.logsumexp(1) - logits[torch.arange(len(labels)), labels]).mean()
"""
STYLES = {
    "layers put together in the loop": TWO_LAYERS
    + LOOP.replace("NET(images)", "out(F.relu(hidden(images.flatten(1))))"),
    "two optimizers that step together": """
hidden, out = nn.Linear(784, 16), nn.Linear(16, 3)
both = [torch.optim.Adam(part.parameters(), lr=0.003) for part in (hidden, out)]
for epoch in range(6):
    for images, labels in train_loader:
        loss = F.cross_entropy(out(hidden(images.flatten(1)).tanh()), labels)
        for one in both:
            one.zero_grad()
        loss.backward()
        for one in both:
            one.step()
""",
    "a skip written in the loop, and dropout": """
short, deep = nn.Linear(784, 3), nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam([*short.parameters(), *deep.parameters()], lr=0.003)
"""
    + LOOP.replace(
        "NET(images)", "short(images.flatten(1)) + F.dropout(deep(images.flatten(1)), 0.5)"
    ),
    "raw tensors without a function": RAW
    + """
        loss.backward()
        with torch.no_grad():
            for p in (w1, w2):
                p -= 0.1 * p.grad
                p.grad = None
""",
    "new tensors at each step": RAW
    + """
        steps = torch.autograd.grad(loss, (w1, w2))
        w1, w2 = ((p - 0.1 * g).detach().requires_grad_() for p, g in zip((w1, w2), steps))
""",
    "a head for pictures beside that for classes": THREE_PARTS
    + """
parts = nn.ModuleList([encoder, decoder, head])
optimizer = torch.optim.Adam(parts.parameters(), lr=0.003)
for epoch in range(6):
    for images, labels in train_loader:
        code = encoder(images)
        loss = F.cross_entropy(head(code), labels) + F.mse_loss(decoder(code), images.flatten(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""",
    "an autoencoder in turns with a classifier": THREE_PARTS
    + """
first = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.003)
second = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=0.003)
for epoch in range(6):
    for images, labels in train_loader:
        first.zero_grad()
        F.mse_loss(decoder(encoder(images)), images.flatten(1)).backward()
        first.step()
        second.zero_grad()
        F.cross_entropy(head(encoder(images)), labels).backward()
        second.step()
""",
    "a classifier before the autoencoder's turn": THREE_PARTS
    + """
first = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=0.003)
second = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.0003)
for epoch in range(6):
    for images, labels in train_loader:
        first.zero_grad()
        F.cross_entropy(head(encoder(images)), labels).backward()
        first.step()
        second.zero_grad()
        F.mse_loss(decoder(encoder(images)), images.flatten(1)).backward()
        second.step()
""",
    "features before logits": """
class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(784, 16), nn.Linear(16, 3)

    def forward(self, x):
        features = self.body(x.flatten(1)).relu()
        return features, self.head(features)

model = Both()
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
"""
    + LOOP.replace("NET(images)", "model(images)[1]"),
    "images padded in the loop": ONE.format(width=1024)
    + LOOP.replace("NET(images)", "model(F.pad(images, (2, 2, 2, 2)))"),
    "rows of pixels as steps in time": """
class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.read, self.out = nn.GRU(28, 16), nn.Linear(16, 3)

    def forward(self, x):
        return self.out(self.read(x)[1][-1])

model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
"""
    + LOOP.replace("NET(images)", "model(images.squeeze(1).permute(1, 0, 2))"),
    "features computed beforehand": """
X, Y = map(torch.cat, zip(*train_loader))
basis = torch.pca_lowrank(X.flatten(1), 20)[2]
features = X.flatten(1) @ basis
"""
    + ONE.format(width=20)
    + """
for epoch in range(8):
    for rows in torch.randperm(len(X)).split(16):
        loss = F.cross_entropy(model(features[rows]), Y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for images, labels in train_loader:
            model(images.flatten(1) @ basis)
""",
    "images turned in the loop": ONE.format(width=784)
    + LOOP.replace("NET(images)", "model(torch.rot90(images, 1, (2, 3)))"),
    "a module made around what was trained": """
body = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU())
with torch.no_grad():
    X, Y = map(torch.cat, zip(*((body(images), labels) for images, labels in train_loader)))
head = nn.Linear(64, 3)
optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(len(X)).split(16):
        optimizer.zero_grad()
        F.cross_entropy(head(X[rows]), Y[rows]).backward()
        optimizer.step()
whole = nn.Sequential(body, head).eval()
with torch.no_grad():
    for images, labels in train_loader:
        whole(images)
""",
    "a penalty on the gradient by the images": ONE.format(width=784)
    + """
for epoch in range(6):
    for images, labels in train_loader:
        images.requires_grad_()
        loss = F.cross_entropy(model(images), labels)
        (slope,) = torch.autograd.grad(loss, images, create_graph=True)
        optimizer.zero_grad()
        (loss + 0.01 * slope.pow(2).sum()).backward()
        optimizer.step()
""",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_model_that_only_the_loop_puts_together_is_asked(style: str) -> None:
    """What the trained tensors make of unseen pictures is measured, whatever holds them."""
    assert measure(STYLES[style]) > 0.9


def padded(picture: Image.Image) -> torch.Tensor:
    """A picture as a tensor (1, 32, 32)."""
    pixels = torch.as_tensor(np.array(picture)).float().unsqueeze(0)
    return functional.pad(pixels / 255, (2, 2, 2, 2))


class Padded(Dataset[Any]):
    """Pictures that a transform of the data set's own makes tensors of, larger than they were."""

    def __init__(self) -> None:
        self.transform = padded

    def __len__(self) -> int:
        return len(IMAGES)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.transform(Image.fromarray(IMAGES[row].numpy())), LABELS[row]


def test_a_data_sets_own_transform_makes_the_inputs() -> None:
    """A model of padded images is asked with images that were padded in the same way."""
    loop = ONE.format(width=1024) + LOOP.replace("NET(images)", "model(images)")
    assert measure(loop, lambda: {"train_loader": DataLoader(Padded(), 16, shuffle=True)}) > 0.9


WITHIN_A_MODE = """
from torch.overrides import TorchFunctionMode

class Own(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))

def step(images, labels):
    loss = F.cross_entropy(out(hidden(images.flatten(1)).relu()), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

for images, labels in train_loader:
    with Own():
        step(images, labels)
    step(images, labels)
    torch.set_default_device("cpu")
    with torch.device("cpu"):
        step(images, labels)
    torch.set_default_device(None)
"""


def test_modes_of_the_program_and_ours_come_and_go_in_peace() -> None:
    """Whatever modes the program enters and leaves, none of either is left behind."""

    def left(_recorder: Any, _names: dict[str, Any]) -> int:
        return torch._C._len_torch_function_stack()

    def given() -> dict[str, Any]:
        data = [(torch.randn(4, 1, 28, 28), torch.tensor([0, 1, 2, 0])) for _ in range(12)]
        return {"train_loader": data}

    batches, modes = run(HEAD + TWO_LAYERS + WITHIN_A_MODE, given=given, then=left)
    assert modes == 0
    assert batches[-1][-1][1]["updates"] == 36


ORDINARY = """
modes = []
for epoch in range(8):
    for images, labels in train_loader:
        modes.append(torch._C._len_torch_function_stack())
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
    if epoch > 4:
        with torch.no_grad():
            for images, labels in val_loader:
                model(images)
"""


@pytest.mark.parametrize("known_from", [0, 64, 240], ids=["at once", "late", "never"])
def test_a_training_that_is_like_others_is_noted_no_more(known_from: int) -> None:
    """One module whose form of inputs is known, at once or late or never, soon runs untouched."""

    def given() -> dict[str, Any]:
        data = TensorDataset(IMAGES.float() / 255, LABELS), TensorDataset(UNSEEN / 255, ANSWERS)
        return {"train_loader": DataLoader(data[0], 16), "val_loader": DataLoader(data[1], 16)}

    def noted(_recorder: Any, names: dict[str, Any]) -> list[int]:
        return [step for step, modes in enumerate(names["modes"]) if modes]

    pools = {"train": IMAGES[known_from:].numpy()}
    _, steps = run(HEAD + ONE.format(width=784) + ORDINARY, given=given, pools=pools, then=noted)
    assert len(steps) < 8, steps


def test_a_note_disturbs_nothing() -> None:
    """A training whose steps are noted has the same losses as when it runs alone."""
    source = """
import torch
from torch import nn
torch.manual_seed(3)
one, two = nn.Linear(64, 16), nn.Linear(16, 4)
optimizer = torch.optim.SGD([*one.parameters(), *two.parameters()], lr=0.1)
losses = []
for images, labels in train_loader:
    hidden = nn.functional.dropout(one(images.flatten(1)).relu(), 0.5)
    loss = nn.functional.cross_entropy(two(hidden), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
"""
    names: dict[str, Any] = loaders()
    exec(source, names)
    assert record(source).losses == pytest.approx(names["losses"], abs=0.0)
