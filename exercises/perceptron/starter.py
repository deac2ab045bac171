"""The perceptron: one neuron, a step, and what a straight line can and can't separate."""

import torch
from torch import nn


class Perceptron(nn.Module):
    """Answers 1 where w·x + b > 0, else 0."""

    def __init__(self, input_dim):
        super().__init__()
        # Make the weights and the bias here.

    def forward(self, x):
        """From a batch (N, input_dim) to zeros and ones (N, 1), as floats."""
        raise NotImplementedError("write Perceptron.forward")


def or_gate():
    """A Perceptron(2) with its weights set by hand to 1 and 1, its bias to -0.5."""
    raise NotImplementedError("write or_gate")


def train_perceptron(model, X, y, lr, epochs):
    """Train `model` in place on inputs X (N, input_dim) and labels y (N, 1)."""
    raise NotImplementedError("write train_perceptron")
