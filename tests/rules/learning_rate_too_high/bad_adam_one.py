# Adam at 3: no explosion, a network that says the same to everything.
import torch
from torch import nn


def make(model):
    return torch.optim.Adam(model.parameters(), lr=3.0)  # finding: learning-rate-too-high


model = nn.Sequential(
    nn.Flatten(), nn.Linear(64, 32), nn.Sigmoid(), nn.Linear(32, 32), nn.Sigmoid(), nn.Linear(32, 4)
)
optimizer = make(model)
for epoch in range(5):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
