# A hidden layer: no perceptron any more, its border has corners; and the gate is none of its kind.
# failed: linear or_gate
import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.hidden = nn.Linear(input_dim, 16)
        self.linear = nn.Linear(16, 1)

    def score(self, x):
        return self.linear(torch.tanh(2 * self.hidden(x)))

    def forward(self, x):
        return (self.score(x) > 0).float()


class Gate(nn.Module):
    def forward(self, x):
        return (x.sum(1, keepdim=True) - 0.5 > 0).float()


def or_gate():
    return Gate()


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model.score(X), y)
        loss.backward()
        optimizer.step()

