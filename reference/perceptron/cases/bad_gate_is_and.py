# The bias of AND stands in the gate for OR.
# failed: or_gate
# says: or_gate() answers AND, not OR
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
    gate.linear.bias.data = torch.tensor([-1.5])
    return gate


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model.linear(X), y)
        loss.backward()
        optimizer.step()

