# A search for a rate on a copy rises until the loss explodes, on purpose; then a sound training.
import copy

import torch
from torch import nn


def search(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    for epoch in range(6):
        for images, labels in train_loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
            for group in optimizer.param_groups:
                group["lr"] *= 1.2


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
search(copy.deepcopy(model))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
