# New tensors, which are the ones that are used from then on.
import torch
from torch import nn

w = torch.zeros(64, 4, requires_grad=True)
for images, labels in train_loader:
    nn.functional.cross_entropy(images.flatten(1) @ w, labels).backward()
    w = (w - 0.1 * w.grad).detach().requires_grad_()
