# Gradients are set to None by hand, in a nested loop inside a helper.
import torch
from torch import nn


def forget(parameters):
    for p in parameters:
        p.grad = None


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    forget(model.parameters())
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
