# Two optimizers, a layer each.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
first = torch.optim.SGD(model[1].parameters(), lr=0.1)
second = torch.optim.SGD(model[3].parameters(), lr=0.1)
for images, labels in train_loader:
    model.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    first.step()
    second.step()
