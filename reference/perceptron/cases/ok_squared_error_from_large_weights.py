# Half the squared error against -1 and 1, from weights that are drawn large.
import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.fc = nn.Linear(input_dim, 1)
        nn.init.normal_(self.fc.weight)
        nn.init.normal_(self.fc.bias)

    def forward(self, x):
        return self.fc(x).gt(0).float()


def or_gate():
    g = Perceptron(2)
    with torch.no_grad():
        for p, v in zip(g.parameters(), (1.0, -0.5)):
            p.fill_(v)
    return g


def train_perceptron(model, X, y, lr, epochs):
    for _ in range(epochs):
        model.zero_grad()
        s = model.fc(X)
        # half the squared error against -1 and 1
        (0.5 * (s - (2 * y - 1)) ** 2).mean().backward()
        for p in model.parameters():
            p.data.sub_(p.grad, alpha=lr)
