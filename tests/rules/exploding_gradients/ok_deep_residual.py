# Thirty layers that are skipped by connections, at rates that are right.
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(32, 32)

    def forward(self, x):
        return x + torch.relu(self.layer(x))


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), *[Block() for _ in range(30)], nn.LayerNorm(32), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
