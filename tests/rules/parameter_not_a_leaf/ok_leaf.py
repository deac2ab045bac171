# The first values are computed, and then asked for gradients.
import torch
from torch import nn

bias = (torch.randn(4) * 0.1).requires_grad_()
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD([bias, *model.parameters()], lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images) + bias, labels).backward()
    optimizer.step()
