# Optimistic descent: twice this gradient, less the last one.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
last = None
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    fresh = [p.grad.clone() for p in model.parameters()]
    for p, old in zip(model.parameters(), last or fresh):
        p.grad.mul_(2).sub_(old)
    optimizer.step()
    last = fresh
