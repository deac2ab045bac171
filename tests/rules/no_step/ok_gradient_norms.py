# Gradients are looked at, and there is no optimizer.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
for images, labels in train_loader:
    model.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    sum(p.grad.square().sum() for p in model.parameters())
