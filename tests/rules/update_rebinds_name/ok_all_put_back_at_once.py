# All new numbers are computed first, and put into the parameters when they are all there.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))


def update(rate):
    with torch.no_grad():
        moved = {}
        for name, p in model.named_parameters():
            p = p - rate * p.grad
            moved[name] = p
        model.load_state_dict(moved)


for images, labels in train_loader:
    model.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    update(0.1)
