# Rosenblatt's rule, row by row: no gradient anywhere, plain tensors as weights.
import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(input_dim), requires_grad=False)
        self.b = nn.Parameter(torch.zeros(1), requires_grad=False)

    def forward(self, x):
        total = x @ self.w + self.b
        return torch.where(total > 0, 1.0, 0.0).unsqueeze(1)


def or_gate():
    gate = Perceptron(2)
    gate.w.fill_(1.0)
    gate.b.fill_(-0.5)
    return gate


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    for _ in range(epochs):
        mistakes = 0
        for row, label in zip(X, y):
            error = label - model(row.unsqueeze(0))[0]
            if error.item() != 0:
                mistakes += 1
                model.w += lr * error * row
                model.b += lr * error
        if mistakes == 0:
            break
    return model
