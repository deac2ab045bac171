"""Trains on three kinds of pictures under the recorder, and asks what was trained about others."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset

from grader.observe.recorder import Recorder
from recording import run

CLASSES = 3
LOOP = """
for epoch in range(6):
    for images, labels in train_loader:
        loss = nn.functional.cross_entropy(NET(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
HEAD = """
import torch
from torch import nn
from torch.nn import functional as F
"""


def pictures(rows: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Grey pictures (rows, 28, 28), uint8, with a bright bar in one of three places."""
    draw = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, CLASSES, (rows,), generator=draw)
    images = torch.randint(0, 120, (rows, 28, 28), generator=draw)
    for image, label in zip(images, labels.tolist(), strict=True):
        image[4 + 8 * label : 9 + 8 * label] += 130
    return images.to(torch.uint8), labels


IMAGES, LABELS = pictures(240, 1)
UNSEEN, ANSWERS = pictures(90, 2)


def provide(scale: float = 1 / 255, shift: float = 0.0) -> Any:
    """The given names: a loader over the pictures, each pixel scaled and shifted."""

    def given() -> dict[str, Any]:
        images = (IMAGES.float() * scale + shift).unsqueeze(1)
        return {"train_loader": DataLoader(TensorDataset(images, LABELS), 16, shuffle=True)}

    return given


def accuracy(recorder: Recorder, names: dict[str, Any]) -> float:
    """The share of unseen pictures that the trained model names rightly."""
    logits = recorder.evaluate(UNSEEN, names)
    assert logits.shape == (len(UNSEEN), CLASSES)
    assert logits.dtype == torch.float32
    assert not logits.requires_grad
    return float((logits.argmax(1) == ANSWERS).float().mean())


def measure(source: str, given: Any = None) -> float:
    """Train in a fork and measure there."""
    _, result = run(
        HEAD + source, given=given or provide(), pools={"train": IMAGES.numpy()}, then=accuracy
    )
    assert isinstance(result, float)
    return result
