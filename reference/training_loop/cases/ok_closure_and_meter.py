# The step is a closure, and a meter of its own adds up the losses.
from itertools import chain

import torch
from torch.nn.utils import clip_grad_norm_


class Meter:
    def __init__(self):
        self.sum = torch.zeros((), dtype=torch.float64)
        self.n = 0

    def add(self, value, n):
        self.sum += value.detach().double() * n
        self.n += n

    @property
    def mean(self):
        return float(self.sum / self.n)


def one_epoch(model, dataloader, criterion, optimizer, max_norm, device):
    meter = Meter()
    with torch.set_grad_enabled(True):
        for i, (xb, yb, *_) in enumerate(dataloader):
            xb = xb.to(device=device, non_blocking=True)
            yb = yb.to(device=device, non_blocking=True)

            def closure():
                optimizer.zero_grad(set_to_none=False)
                loss = criterion(model(xb), yb)
                loss.backward()
                if max_norm:
                    clip_grad_norm_(chain(model.parameters()), max_norm=max_norm)
                return loss

            meter.add(optimizer.step(closure), xb.size(0))
    return meter.mean


def train(
    model,
    dataloader,
    criterion,
    optimizer,
    epochs,
    *,
    scheduler=None,
    max_norm=None,
    device="cpu",
    **unused,
):
    model = model.to(device).train()
    losses = [None] * epochs
    for e in range(epochs):
        losses[e] = one_epoch(model.train(), dataloader, criterion, optimizer, max_norm, device)
        scheduler and scheduler.step()
    return losses
