# Bare tensors that are updated by hand.
import torch
from torch import nn

w = (0.1 * torch.randn(64, 4)).requires_grad_()
for epoch in range(3):
    for images, labels in train_loader:
        loss = nn.functional.cross_entropy(images.flatten(1) @ w, labels)
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
        w.grad = None
