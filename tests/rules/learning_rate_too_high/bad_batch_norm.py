# Batch normalisation keeps the loss finite at any rate; it learns nothing all the same.
import torch
from torch import nn

model = nn.Sequential(
    nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 4)
)
optimizer = torch.optim.SGD(model.parameters(), lr=300.0)  # finding: learning-rate-too-high
for epoch in range(4):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
