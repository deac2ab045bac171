"""Reference solution of `perceptron` (lesson 001 §3.1)."""

import torch
from torch import nn


class Perceptron(nn.Module):
    """One neuron with a step: 1 where w·x + b > 0, else 0."""

    def __init__(self, input_dim):
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)  # weight (1, input_dim), bias (1,)

    def forward(self, x):
        """From a batch (N, input_dim) to zeros and ones (N, 1)."""
        return (self.linear(x) > 0).to(x.dtype)


def or_gate():
    """OR by hand: the line x1 + x2 = 0.5 has (0, 0) on one side and the rest on the other."""
    gate = Perceptron(2)
    with torch.no_grad():  # setting a parameter is no step of a computation to be derived
        gate.linear.weight.copy_(torch.tensor([[1.0, 1.0]]))
        gate.linear.bias.fill_(-0.5)
    return gate


def train_perceptron(model, X, y, lr, epochs):
    """Train `model` in place on X (N, input_dim) and y (N, 1) by gradient descent."""
    # The step is flat, so no gradient comes through it. The loss works on the sum before the
    # step: it asks for a positive sum where y is 1 and a negative one where y is 0.
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        scores = model.linear(X)  # (N, 1)
        criterion(scores, y).backward()
        optimizer.step()
