# The same loop twice, as a cell that is run again: every step of both finds nothing.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.zero_grad()
    optimizer.step()  # finding: gradients-cleared-before-step
for images, labels in train_loader:
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.zero_grad()
    optimizer.step()  # finding: gradients-cleared-before-step
