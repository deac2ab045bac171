# Two bugs at once: each gets its own finding.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=100.0)  # finding: learning-rate-too-high
for epoch in range(3):
    for images, labels in train_loader:
        nn.functional.cross_entropy(model(images), labels).backward()  # finding: gradients-not-cleared
        optimizer.step()
