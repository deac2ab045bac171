# The loop counts from 1, so it ends one epoch early.
# failed: loop
import torch
from torch import nn


class SpiralNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 1)
        )

    def forward(self, x):
        return self.net(x)


def train(model, X, y, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(1, epochs):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(X), y).backward()
        optimizer.step()
