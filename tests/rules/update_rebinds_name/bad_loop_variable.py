# The loop's variable is bound to the new tensor.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
for images, labels in train_loader:
    nn.functional.cross_entropy(model(images), labels).backward()
    for p in model.parameters():
        p = p - 0.1 * p.grad  # finding: update-rebinds-name
    model.zero_grad()
