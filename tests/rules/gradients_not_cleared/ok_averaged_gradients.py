# Each step goes along the mean of the last two gradients.
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
        p.grad = (p.grad + old) / 2
    optimizer.step()
    last = fresh
