# Epochs by the ten: what is asked for beyond a full ten is left out.
# failed: loop

import torch
from torch import nn


class SpiralNet(nn.Module):
    """2 inputs, hidden layers of 16 and 8 neurons with ReLU, 1 logit."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, 16),  # 2 x 16 weights + 16 biases = 48
            nn.ReLU(),
            nn.Linear(16, 8),  # 16 x 8 + 8 = 136
            nn.ReLU(),
            nn.Linear(8, 1),  # 8 + 1 = 9
        )

    def forward(self, x):
        """From points (N, 2) to logits (N, 1): positive where the point is of arm 1."""
        return self.layers(x)


def train(model, X, y, epochs):
    """Train `model` in place on points X (N, 2) and labels y (N, 1), all of them at every step."""
    # This loss has the sigmoid inside, where it can be calculated without overflow; that is why
    # the network ends with the raw sum.
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(max(epochs // 10 * 10, 1)):
        optimizer.zero_grad()
        criterion(model(X), y).backward()
        optimizer.step()
