# The binary cross-entropy that takes probabilities.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        targets = (labels > 1).float().unsqueeze(1)
        nn.functional.binary_cross_entropy(model(images), targets).backward()
        optimizer.step()
