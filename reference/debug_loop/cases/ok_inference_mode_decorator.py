# inference_mode as a decorator, model passed around, type hints everywhere.
from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

LossFn = Callable[[Tensor, Tensor], Tensor]


def build() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def fit_epoch(net: nn.Module, data: DataLoader, loss_fn: LossFn, opt: torch.optim.Optimizer) -> float:
    net.train()
    losses: list[float] = []
    for x, y in data:
        opt.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


@torch.inference_mode()
def score(net: nn.Module, data: DataLoader) -> float:
    net.eval()
    hits = [net(x).argmax(1).eq(y) for x, y in data]
    return torch.cat(hits).float().mean().item()


network = build()
optim = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.5)
for number in range(2):
    mean = fit_epoch(network, train_loader, nn.CrossEntropyLoss(), optim)
    print(f"{number}: {mean:.4f} {score(network, val_loader):.4f}")
