# A loader that drops the batch that isn't full, the layers from a list of widths, loss and step in closures.
from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


class SpiralNet(nn.Module):
    WIDTHS = (2, 16, 8, 1)

    def __init__(self) -> None:
        super().__init__()
        pairs = zip(self.WIDTHS, self.WIDTHS[1:])
        self.affine = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)

    def forward(self, x: Tensor) -> Tensor:
        *hidden, last = self.affine
        return last(reduce(lambda h, layer: nn.functional.silu(layer(h)), hidden, x))


def stepper(model: nn.Module) -> Callable[[Tensor, Tensor], float]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)

    def step(points: Tensor, arms: Tensor) -> float:
        loss = nn.functional.binary_cross_entropy_with_logits(model(points), arms)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return step


def train(model: nn.Module, X: Tensor, y: Tensor, epochs: int) -> list[float]:
    step = stepper(model)
    size = min(48, len(X))
    batches = DataLoader(TensorDataset(X, y), batch_size=size, shuffle=True, drop_last=True)
    return [sum(step(*batch) for batch in batches) / len(batches) for _ in range(epochs)]
