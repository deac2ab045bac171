# The labels are the wrong way round in the rule: it walks away from the line.
# failed: learns
import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)

    def forward(self, x):
        return (self.linear(x) > 0).float()


def or_gate():
    gate = Perceptron(2)
    gate.linear.weight.data = torch.tensor([[1.0, 1.0]])
    gate.linear.bias.data = torch.tensor([-0.5])
    return gate


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    with torch.no_grad():
        for _ in range(epochs):
            for row, label in zip(X, y):
                error = model(row[None])[0] - label
                model.linear.weight += lr * error * row
                model.linear.bias += lr * error
