# Scaled after it was told to ask for gradients; the program ends in an error.
import torch
from torch import nn

bias = torch.randn(4, requires_grad=True) * 0.1  # finding: parameter-not-a-leaf
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images) + bias, labels).backward()
    optimizer.step()
