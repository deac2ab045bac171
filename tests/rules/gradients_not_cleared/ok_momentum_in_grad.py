# Momentum by hand, kept in the gradients of the step: v = 0.9 v + g.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
speed = [torch.zeros_like(p) for p in model.parameters()]
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    for p, v in zip(model.parameters(), speed):
        v.mul_(0.9).add_(p.grad)
        p.grad = v.clone()
    optimizer.step()
