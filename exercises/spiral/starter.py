"""Two spirals: a small network and its training."""

import torch
from torch import nn


class SpiralNet(nn.Module):
    """2 inputs, hidden layers of 16 and 8 neurons, 1 logit: 193 parameters."""

    def __init__(self):
        super().__init__()
        # Make the three layers here.

    def forward(self, x):
        """From points (N, 2) to logits (N, 1)."""
        raise NotImplementedError("write SpiralNet.forward")


def train(model, X, y, epochs):
    """Train `model` in place on points X (N, 2) and labels y (N, 1)."""
    raise NotImplementedError("write train")
