# Gradients by the images of a frozen model; no optimizer takes part.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
model.requires_grad_(False)
for epoch in range(1):
    for images, labels in train_loader:
        images = images.clone().requires_grad_()
        nn.functional.cross_entropy(model(images), labels).backward()
        with torch.no_grad():
            attacked = images + 0.1 * images.grad.sign()
