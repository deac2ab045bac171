# The function that has the copies has returned when the next loss is computed.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))


def update(rate):
    with torch.no_grad():
        for name, p in model.named_parameters():
            p = p - rate * p.grad  # finding: update-rebinds-name


for images, labels in train_loader:
    model.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    update(0.1)
