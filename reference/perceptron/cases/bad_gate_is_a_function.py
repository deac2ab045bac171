# The gate answers OR, but nothing in it is a perceptron.
# failed: or_gate
import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)

    def forward(self, x):
        return (self.linear(x) > 0).float()


def or_gate():
    return lambda x: (x.sum(dim=1, keepdim=True) > 0.5).float()


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model.linear(X), y).backward()
        optimizer.step()
