# A while loop over batches from a generator; gradients cleared through param_groups.
import itertools

import torch
from torch import nn


def batches():
    while True:
        yield from train_loader


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
stream, step = batches(), 0
while step < 30:
    images, labels = next(stream)
    [setattr(p, "grad", None) for group in optimizer.param_groups for p in group["params"]]
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
    step += 1
