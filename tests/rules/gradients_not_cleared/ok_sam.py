# Sharpness-aware minimisation: climb, second gradient, step from the old point.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
base = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    nn.functional.cross_entropy(model(images), labels).backward()
    with torch.no_grad():
        scale = 0.05 / torch.stack([p.grad.norm() for p in model.parameters()]).norm()
        climbs = [p.grad * scale for p in model.parameters()]
        for p, e in zip(model.parameters(), climbs):
            p.add_(e)
    base.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    with torch.no_grad():
        for p, e in zip(model.parameters(), climbs):
            p.sub_(e)
    base.step()
    base.zero_grad()
