# The model clears its own gradients.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for images, labels in train_loader:
    model.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
